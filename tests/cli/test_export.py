"""`breaktime export`: everything about one person, and nothing about anybody else."""

import json

import pytest

from breaktime.audit import DayFiles, Recorder
from records import BLOCKED, NOON, VISIT
from support import command
from support.command import breaktime, objects

OWN = [
    VISIT._replace(person="c.lee", by=None, path="/<script>alert(1)</script>\x1b[2J"),
    BLOCKED._replace(person="c.lee", by=None),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("council")
    domains = "organisation: {domains: [exampleshire, exampleshire.example], "
    config = command.configuration(folder, command.CONFIG.replace("organisation: {", domains))
    recorder = Recorder(DayFiles(folder / "audit", "gateway"), "gateway")
    for record in (*OWN, VISIT._replace(person="canary"), VISIT._replace(person="C.LEE")):
        assert recorder.put(record)
    recorder.close()
    return config


def test_for_programs_it_is_the_records_of_the_person_and_no_other(site):
    done = breaktime("export", "-c", site, "--subject", "c.lee", "--format", "json")
    assert (done.returncode, done.stderr) == (0, b"")
    found = json.loads(done.stdout)
    log = breaktime("log", "-c", site, "--person", "c.lee", "--format", "json", "-n", "-1")
    assert found["records"] == objects(log.stdout)
    assert found["counts"] == {"visit-allowed": 1, "visit-blocked": 1}
    assert [case["from"] for case in found["business_cases"]] == ["2026-01-01"]
    assert found["fields"]["Time"]
    assert found["proof"] is None
    assert b"canary" not in done.stdout


@pytest.mark.parametrize("written", ["C.Lee", r"EXAMPLESHIRE\c.LEE", " c.lee@exampleshire.example"])
def test_whom_it_is_about_may_be_written_as_they_sign_in(site, written):
    """Else the answer would be that there is no record, to whoever has a right to them."""
    done = breaktime("export", "-c", site, "--subject", written, "--format", "json")
    assert (done.returncode, done.stderr) == (0, b"")
    found = json.loads(done.stdout)
    assert (found["person"], len(found["records"])) == ("c.lee", 2)
    last = objects((site.parent / "audit" / "readings" / "readings.jsonl").read_bytes())[-1]
    assert last["user"]["name"] == "c.lee"
    log = breaktime("log", "-c", site, "--person", written, "--format", "json", "-n", "-1")
    assert objects(log.stdout) == found["records"]


def test_as_a_page_it_is_in_words_and_runs_nothing(site):
    done = breaktime("export", "-c", site, "--subject", "c.lee")
    page = done.stdout.decode()
    assert (done.returncode, done.stderr) == (0, b"")
    assert "was open" in page
    assert "was refused" in page
    assert "<script" not in page
    assert "\x1b" not in page
    assert "canary" not in page


def test_it_is_noted_before_whose_records_were_handed_out(site):
    breaktime("export", "-c", site, "--subject", "c.lee", "--since", f"{NOON:%Y-%m-%d}")
    last = objects((site.parent / "audit" / "readings" / "readings.jsonl").read_bytes())[-1]
    assert (last["event"]["action"], last["user"]["name"]) == ("subject-exported", "c.lee")


def test_where_there_is_nothing_it_says_so(site):
    done = breaktime("export", "-c", site, "--subject", "nobody")
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr == b"there is no record of nobody\n"
