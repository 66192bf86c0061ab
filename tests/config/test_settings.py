"""Are settings what the file says, with paths that hold from anywhere?"""

from datetime import date, timedelta
from ipaddress import ip_network
from pathlib import Path

from breaktime.config import parse
from breaktime.config.settings_gateway import EntranceSettings
from breaktime.config.text import Endpoint
from breaktime.identity import Surroundings
from written import LEAST, loaded


def test_what_is_left_out():
    settings = loaded().settings
    assert settings.gateway.listen == (EntranceSettings(Endpoint("127.0.0.1", 8080)),)
    assert settings.gateway.ports == {80, 443}
    assert settings.records.block_if_unwritable
    assert settings.page.organisation == "Exampleshire Council"
    assert settings.page.languages == ("en",)
    assert settings.page.help is None
    assert settings.ending.grace == timedelta(seconds=60)


def test_what_is_said():
    settings = loaded("""
        gateway:
          listen: ["0.0.0.0:8080", "0.0.0.0:8080", "[::]:8080"]
          ports: [443]
          internal: [10.1.0.0/16]
        records: {directory: /var/log/b, if_records_cannot_be_written: allow}
        ending: {warn_before: 1 minute, grace: 0 seconds}
        page: {help: {name: HR, phone: 999}, policy: https://example.org/p}
    """).settings
    assert settings.gateway.listen == (
        EntranceSettings(Endpoint("0.0.0.0", 8080)),
        EntranceSettings(Endpoint("::", 8080)),
    )
    assert settings.gateway.internal == (ip_network("10.1.0.0/16"),)
    assert not settings.records.block_if_unwritable
    assert settings.ending.warn_before == timedelta(minutes=1)
    assert settings.page.help.phone == "999"
    assert settings.page.policy == "https://example.org/p"


def test_paths_start_from_the_folder_of_the_main_file(tmp_path):
    more = "gateway: {ca: ca, trust: [a.pem, /b.pem]}\nrecords: {directory: records}\n"
    settings = parse(LEAST + more, base=tmp_path).settings
    assert settings.base == tmp_path
    assert settings.gateway.ca == tmp_path / "ca"
    assert settings.gateway.trust == (tmp_path / "a.pem", Path("/b.pem"))
    assert settings.records.directory == tmp_path / "records"
    assert settings.ledger.path == tmp_path / "records" / "ledger.sqlite"
    assert settings.ledger.url is None


def test_the_ledger_is_a_file_or_a_database(tmp_path):
    file = parse(f"{LEAST}ledger: {{path: l.sqlite}}\n", base=tmp_path).settings.ledger
    url = "postgresql+psycopg://breaktime@db/breaktime"
    database = parse(f"{LEAST}ledger: {{url: {url}}}\n", base=tmp_path).settings.ledger

    assert file.path == tmp_path / "l.sqlite"
    assert database.url == url
    assert url not in repr(database)


def test_identity_can_be_opened_from_there(tmp_path):
    (tmp_path / "people.csv").write_text("address,person\n10.0.0.1,a.jones\n")
    text = LEAST.replace("kind: basic, file: htpasswd", "kind: addresses, table: people.csv")
    (config,) = parse(text, base=tmp_path).settings.identity
    assert config.open(Surroundings(tmp_path)).kind == "addresses"


def test_records_are_kept_and_held_as_it_says():
    records = loaded("""
        records:
          keep: {break: 30 days, business_case: 2 years}
          hold:
            - {case: HR-1, records: [d-1, "7"], until: 2027-03-31}
            - {case: HR-2, records: [d-2], until: 2027-01-01}
    """).settings.records
    assert [length.days for length in records.keep] == [30, 180, 730, 400]
    assert records.held(date(2027, 1, 1)) == {"d-1", "d-2", "7"}
    assert records.held(date(2027, 3, 31)) == {"d-1", "7"}
    assert records.held(date(2027, 4, 1)) == set()
