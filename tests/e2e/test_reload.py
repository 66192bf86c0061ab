"""A changed configuration is taken whole or not at all, while everything goes on."""

import json
import subprocess
from contextlib import suppress

import pytest

from support.clients import connect, curl, exchange, tls
from support.gateway import LIBRARY, PEOPLE, POLLS, UNKNOWN, running, write_config
from support.wire import GOODBYE, pump, read_frame, text_frame, upgrade

pytestmark = pytest.mark.e2e

FACEBOOK = "https://www.facebook.com/"
LOADED, REJECTED = "config-loaded", "config-rejected"
MORE = "include: [more.d/*.yaml]"


@pytest.fixture
def gateway(origin, tmp_path):
    (tmp_path / "more.d").mkdir()
    (tmp_path / "more.d" / "one.yaml").write_text("never_control: [nhs.uk]\n")
    with running(tmp_path, origin, extra=MORE) as gateway:
        gateway.clock("10:00:00")
        assert curl(gateway, FACEBOOK).status == 403
        yield gateway


def change(gateway, old, new, name="config.yaml"):
    file = gateway.folder / name
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def ruleset(line):
    return line["rule"]["ruleset"]


def test_a_changed_file_is_in_force_when_its_record_is_there(gateway):
    old = ruleset(gateway.lines()[0])
    change(gateway, "at: 12:00-14:00", "at: 09:00-14:00")

    line = gateway.await_line(LOADED)

    assert curl(gateway, FACEBOOK).status == 200
    assert ruleset(line) == ruleset(gateway.visits()[-1]) != old
    assert line["file"]["path"] == "config.yaml"
    kept = {path.stem for path in gateway.folder.rglob("policies/*.json")}
    assert {f"sha256:{name}" for name in kept} == {old, ruleset(line)}


def test_a_file_that_is_replaced_by_renaming_is_noticed_again_and_again(gateway):
    for count, (start, status) in enumerate((("09:00", 200), ("11:00", 403)), 1):
        text = (gateway.folder / "config.yaml").read_text()
        new = gateway.folder / "config.new"
        new.write_text(
            text.replace("at: 12:00-14:00", f"at: {start}-14:00").replace(
                "at: 09:00-14:00", f"at: {start}-14:00"
            )
        )
        new.replace(gateway.folder / "config.yaml")
        gateway.await_line(LOADED, count)
        assert curl(gateway, FACEBOOK).status == status


def test_a_signal_is_a_reload_and_a_record_even_where_nothing_has_changed(gateway):
    gateway.hang_up()
    line = gateway.await_line(LOADED)

    assert ruleset(line) == ruleset(gateway.lines()[0])


def test_a_bad_file_changes_nothing_but_is_told(gateway):
    old = ruleset(gateway.lines()[0])
    change(gateway, "everyone: {breaks: [lunch]}", "everyone: {breaks: [lunsh]}\nowm_pages: []")

    line = gateway.await_line(REJECTED)

    told = gateway.await_told("lunch")
    assert "config.yaml:" in told
    assert "`lunsh`" in told
    assert "owm_pages" in told
    assert line["breaktime"]["config"]["problems"] == 2
    assert line["event"]["outcome"] == "failure"
    gateway.clock("12:30:00")
    assert curl(gateway, FACEBOOK).status == 200
    assert ruleset(gateway.visits()[-1]) == old


def test_a_bad_file_that_is_mended_is_taken(gateway):
    change(gateway, "version: 1", "version: [")
    gateway.await_line(REJECTED)
    change(gateway, "version: [", "version: 1")
    gateway.hang_up()
    gateway.await_line(LOADED)
    change(gateway, "at: 12:00-14:00", "at: 09:00-14:00")
    gateway.await_line(LOADED, 2)

    assert curl(gateway, FACEBOOK).status == 200


def test_a_file_that_has_gone_leaves_the_policy(gateway):
    (gateway.folder / "config.yaml").rename(gateway.folder / "away.yaml")
    gateway.await_line(REJECTED)
    gateway.clock("12:30:00")

    assert curl(gateway, FACEBOOK).status == 200


def test_an_included_file_counts_and_so_does_a_new_one(gateway):
    (gateway.folder / "more.d" / "one.yaml").write_text("never_control: [facebook.com]\n")
    gateway.await_line(LOADED)
    assert curl(gateway, FACEBOOK).status == 200
    (gateway.folder / "more.d" / "one.yaml").unlink()
    gateway.await_line(LOADED, 2)
    assert curl(gateway, FACEBOOK).status == 403
    (gateway.folder / "more.d" / "two.yaml").write_text("never_control: [facebook.com]\n")
    gateway.await_line(LOADED, 3)
    assert curl(gateway, FACEBOOK).status == 200


def test_the_table_of_people_counts(gateway):
    gateway.clock("12:30:00")
    assert curl(gateway, FACEBOOK, source=UNKNOWN).status == 403
    change(gateway, "127.0.20.8,night", f"{UNKNOWN},a.jones", "people.csv")
    gateway.hang_up()
    gateway.await_line(LOADED)

    assert curl(gateway, FACEBOOK, source=UNKNOWN).status == 200


def test_the_table_of_people_is_watched(gateway):
    gateway.clock("12:30:00")
    change(gateway, "127.0.20.8,night", f"{UNKNOWN},a.jones", "people.csv")
    gateway.await_line(LOADED)

    assert curl(gateway, FACEBOOK, source=UNKNOWN).status == 200


def test_a_setting_counts_that_is_no_policy(gateway):
    change(gateway, "directory: audit", "directory: audit, if_records_cannot_be_written: allow")

    gateway.await_line(LOADED)


def test_a_table_that_does_not_load_leaves_the_old_one(gateway):
    gateway.clock("12:30:00")
    change(gateway, "address,person", "adress,person", "people.csv")
    gateway.hang_up()
    gateway.await_line(REJECTED)

    assert curl(gateway, FACEBOOK).status == 200
    assert "people.csv:1" in gateway.told()


def test_a_changed_comment_is_no_new_policy(gateway):
    change(gateway, "version: 1", "version: 1  # reviewed")
    gateway.await_told("its meaning is the same")

    assert LOADED not in [line["event"]["action"] for line in gateway.lines()]


def test_a_connection_that_is_open_is_judged_by_the_new_policy(gateway):
    request = b"GET / HTTP/1.1\r\nHost: www.facebook.com\r\n\r\n"
    with tls(gateway, connect(gateway, "www.facebook.com:443"), "www.facebook.com") as sock:
        assert exchange(sock, request).status == 403
        change(gateway, "at: 12:00-14:00", "at: 09:00-14:00")
        gateway.await_line(LOADED)
        assert exchange(sock, request).status == 200


def test_many_reloads_leave_one_of_the_valid_policies(gateway):
    for count in range(1, 6):
        write_config(gateway.folder, extra=MORE + f"\n# {count}")
        gateway.hang_up()
        gateway.await_line(LOADED, count)

    assert len({ruleset(line) for line in gateway.lines()}) == 1


def still_open(gateway, sock):
    try:
        return exchange(sock, b"GET /more HTTP/1.1\r\nHost: www.facebook.com\r\n\r\n").status
    except (OSError, AssertionError):
        return None


def open_to(gateway, source):
    host = "www.facebook.com"
    return tls(gateway, connect(gateway, f"{host}:443", source=source), host)


def test_a_suspension_ends_what_the_break_had_opened(gateway):
    gateway.clock("12:30:00")
    with open_to(gateway, PEOPLE["a.jones"]) as sock, open_to(gateway, PEOPLE["c.lee"]) as other:
        for each in (sock, other):
            assert exchange(each, upgrade("www.facebook.com")).status == 101
        suspended = "{for: {person: a.jones}, from: 2026-11-01, until: 2026-11-30, reference: HR-2}"
        change(gateway, "suspensions:\n", f"suspensions:\n  - {suspended}\n")
        gateway.await_line(LOADED)

        assert pump(sock) == GOODBYE
        other.sendall(text_frame(b"still"))
        assert read_frame(other) == b"still"


def test_an_exemption_that_is_taken_away_ends_what_it_had_opened(gateway):
    with open_to(gateway, LIBRARY) as sock:
        assert still_open(gateway, sock) == 200
        change(gateway, "exempt:\n  - {place: libraries, reason: public network}\n", "")
        gateway.await_line(LOADED)

        assert pump(sock) == b""


def test_nobody_is_taken_any_more_for_whom_an_old_table_took_them(gateway):
    gateway.clock("12:30:00")
    with open_to(gateway, PEOPLE["a.jones"]) as sock:
        assert still_open(gateway, sock) == 200
        change(gateway, "127.0.20.5,a.jones\n", "", "people.csv")
        gateway.await_line(LOADED)

        assert pump(sock) == b""


def test_a_business_case_that_is_withdrawn_ends_what_it_had_opened(gateway):
    with (
        tls(gateway, connect(gateway, "x.com:443", source=PEOPLE["c.lee"]), "x.com") as sock,
        open_to(gateway, LIBRARY) as other,
    ):
        assert exchange(sock, upgrade("x.com")).status == 101
        assert still_open(gateway, other) == 200
        change(gateway, "until: 2027-12-31", "until: 2026-01-02")
        gateway.await_line(LOADED)

        assert pump(sock) == GOODBYE
        assert still_open(gateway, other) == 200
    cut = gateway.await_line("connection-cut")
    assert (cut["user"]["name"], cut["url"]["domain"]) == ("c.lee", "x.com")


RAW = b"HELLO / 2.0\r\n"  # no HTTP for a gateway, and for the origin of the tests enough
TUNNELS = """
name: Tunnels
category: social-network
domains: {web: [tunnels.example]}
sources: [tests]
"""


def test_a_raw_tunnel_ends_when_its_site_is_controlled_and_its_record_names_nobody(gateway, origin):
    """What it was is not known, and whose it was, was nobody's business when it began."""
    with (
        connect(gateway, "tunnels.example:80") as sock,
        connect(gateway, "innocent.example:80") as other,
    ):
        for each in (sock, other):
            each.sendall(RAW)
        await_spoken(gateway, origin, 2)
        (gateway.folder / "rules.d" / "tunnels.yaml").write_text(TUNNELS)
        gateway.hang_up()
        gateway.await_line(LOADED)

        assert pump(sock) == b""
        other.sendall(b"\r\n")
        assert other.recv(1)
    cut = gateway.await_line("connection-cut")
    assert (cut["url"]["domain"], cut["breaktime"]["platform"]) == ("tunnels.example", "tunnels")
    assert cut["user"]["name"] is None
    assert "source" not in cut
    assert "127.0.20." not in json.dumps(cut)
    with connect(gateway, "tunnels.example:80") as sock:
        sock.sendall(RAW)
        assert pump(sock) == b""


def await_spoken(gateway, origin, count):
    for _ in range(POLLS):
        if origin.seen.spoken >= count:
            return
        with suppress(subprocess.TimeoutExpired):
            gateway.process.wait(0.05)
    raise AssertionError("the origin has heard nothing")
