"""`breaktime report`: text, page and table; harmless, and noted."""

import csv
import xml.etree.ElementTree as ET
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from breaktime.audit import DayFiles, Recorder
from breaktime.audit.columns import prepare
from breaktime.audit.selection import Selection
from breaktime.core.decide import Context
from breaktime.core.record import Action, Record
from breaktime.reports import gather, query
from breaktime.reports.known import Known
from records import NOON, VISIT
from support.command import breaktime, objects

HOSTILE = "\x1b[2J<script>alert(1)</script>\u202e=1+1"


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    directory = tmp_path_factory.mktemp("audit")
    recorder = Recorder(DayFiles(directory, "gateway"), "gateway")
    for number in range(6):
        for teams in (("finance",), ("=cmd",), (HOSTILE,)):
            page = VISIT._replace(person=f"p{number}", teams=teams, decision=f"{number}{teams}")
            assert recorder.put(page)
    tally = VISIT.tally._replace(visits=41)
    counted = Record(NOON, Action.VISITS_COUNTED, "Counted: 41 visits in the hour, open", "")
    counted = counted._replace(platform="=x", context=Context.OWN_PAGE, tally=tally)
    assert recorder.put(counted)
    assert recorder.put(counted._replace(tally=tally._replace(many=False)))
    recorder.close()
    return directory


def test_as_text_it_says_what_was_counted_and_how(directory):
    done = breaktime("report", directory)
    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode("ascii")
    assert "18 visits and 0 refusals of 6 people.\nVisits in a break: 18, or 100.0 %.\n" in text
    assert "never time spent" in text
    assert "\n  =x, own-page: 41 visits, 0 refusals\n1 count of an hour is not shown: " in text
    assert all(0x20 <= byte <= 0x7E or byte == 0x0A for byte in done.stdout)


def test_as_a_page_it_loads_and_runs_nothing(directory):
    done = breaktime("report", directory, "--format", "html")
    page = done.stdout.decode()
    assert (done.returncode, done.stderr) == (0, b"")
    assert "<script" not in page
    assert "src=" not in page
    assert "href=" not in page
    assert "default-src 'none'" in page
    assert '<th scope="row">=x</th><td>own-page</td><td>41</td><td>0</td>' in page
    assert page.count("<svg") + 1 == page.count('<th scope="row">') > 3
    for svg in page.split("<svg")[1:]:
        ET.fromstring("<svg" + svg.partition("</svg>")[0] + "</svg>")


def test_as_a_table_no_cell_is_a_formula(directory):
    done = breaktime("report", directory, "--format", "csv")
    rows = list(csv.reader(done.stdout.decode("ascii").splitlines()))
    assert rows[1][:4] == ["everybody", "", "6", "18"]
    assert ["team", "'=cmd", "6", "6"] in [row[:4] for row in rows]
    assert rows[-1][:5] == ["only counted", "'=x, own-page", "", "41", "0"]
    assert not any(cell[:1] in set("=+-@") for row in rows for cell in row if cell)


def test_who_made_a_report_is_noted(directory):
    breaktime("report", directory, "--team", "finance", "--since", "2026-11-23")
    last = objects((directory / "readings" / "readings.jsonl").read_bytes())[-1]
    assert last["message"] == "The records were read: report"
    assert last["breaktime"]["note"] == f"team finance, since {NOON:%Y-%m-%d}T00:00:00+00:00"


def test_single_people_cannot_be_asked_for(directory):
    assert breaktime("report", directory, "--person", "p1").returncode == 2


def test_what_was_kept_and_changed_by_somebody_is_told_of(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    log = tmp_path / "log"
    recorder = Recorder(DayFiles(log, "gateway"), "gateway")
    for number in range(10):
        at = NOON + timedelta(days=number // 5)
        assert recorder.put(VISIT._replace(at=at, person=f"p{number % 5}", decision=f"d{number}"))
    recorder.close()
    prepare(log)
    monkeypatch.setattr(gather, "RESTED", 0)  # the log is a moment old
    query.report(log, Selection(), ZoneInfo("UTC"), NOON, Known.open())
    (kept,) = (log / "columns").iterdir()
    first = breaktime("report", log)
    assert (first.stderr, b"10 visits" in first.stdout) == (b"", True)
    kept.write_bytes(b"")
    plain = breaktime("report", log, "--from-lines")
    assert (plain.stderr, b"10 visits" in plain.stdout) == (b"", True)
    again = breaktime("report", log)
    (file,) = {path.name for path in log.glob("*.jsonl") if kept.name.startswith(path.name)}
    told = f"what was kept of {file} was changed by somebody, and is not used\n"
    assert (again.returncode, again.stderr.decode(), b"10 visits" in again.stdout) == (
        0,
        told,
        True,
    )
