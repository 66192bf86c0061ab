"""One record, one line: printable ASCII, bounded, and the same by either way."""

import json
import re
from datetime import date, timedelta, timezone

import structlog
from hypothesis import HealthCheck, given, settings
from pydantic_core import from_json

from breaktime.audit.ecs import Origin, to_ecs
from breaktime.audit.line import LINE_BYTES, Lines, journal, render
from records import NOON, RECORDS, VISIT

ORIGIN = Origin("gw-%s", "1.0.0")
LINE = re.compile(rb"[\x20-\x7e]+\n")
LINES = Lines(ORIGIN)
often = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


class Kept:
    def __init__(self):
        self.lines = []

    def write(self, line, day):
        self.lines.append((line, day))


@given(RECORDS)
@often
def test_every_record_is_one_line(record):
    """Whatever a client sends: one line, nothing that moves a cursor, never too long."""
    line = LINES.line(record, 7, "id")

    assert LINE.fullmatch(line)
    assert len(line) <= LINE_BYTES
    assert json.loads(line)["event"]["sequence"] == 7


@given(RECORDS)
@often
def test_the_short_way_writes_the_same(record):
    """Lines from kept forms are those that the whole layout gives, byte for byte."""
    whole = render(to_ecs(record, sequence=7, event_id="id", origin=ORIGIN))

    assert LINES.line(record, 7, "id") == whole


@given(RECORDS)
@often
def test_nothing_is_lost_on_a_line_that_fits(record):
    """Every text comes back as it was, but for halves of surrogate pairs."""

    def whole(text):
        return text and text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    read = json.loads(LINES.line(record, 7, "id"))

    if "long" not in read["breaktime"].get("removed", ()):
        assert read["user"]["name"] == whole(record.person)
        assert read["url"]["domain"] == whole(record.domain)
        assert read["url"]["path"] == whole(record.path)
        assert read["message"] == whole(record.message)


def test_half_a_surrogate_pair_loses_nobody_the_line():
    """Readers of strict JSON, DuckDB and pydantic among them, would refuse the whole line."""
    half = VISIT._replace(person="a\ud800b", note="\udce9", teams=("\ud83d\ude00",))
    line = LINES.line(half, 7, "id")

    assert from_json(line)["event"]["sequence"] == 7
    assert json.loads(line)["user"] == {
        "name": "a\ufffdb", "group": {"name": ["\U0001f600"]}, "hash": VISIT.pseudonym,
    }  # fmt: skip


def test_what_is_cut_is_marked():
    """A reader sees that there was more, and what machines compare is whole."""
    line = json.loads(LINES.line(VISIT._replace(person="x" * 100_000), 7, "id"))

    assert line["user"]["name"] == "x" * (1024 - 5) + "..."
    assert line["breaktime"]["removed"] == ["query", "long"]
    assert line["rule"]["ruleset"] == "sha256:5f0c9e1b7a44"
    assert line["breaktime"]["decision"]["id"] == VISIT.decision


def test_a_line_that_is_long_everywhere():
    """Even then it is a line, and lists are cut too."""
    long = "\U0001f600" * 10_000
    many = (long,) * 100
    record = VISIT._replace(
        person=long, teams=many, because=many, names=many, removed=many, domain=long,
        path=long, message=long, parameters={long: long}, platform=long, role=long, place=long,
        method=long, error=long, file=long, category=long, scheme=long,
    )  # fmt: skip
    line = LINES.line(record, 7, "id")

    assert len(line) <= LINE_BYTES
    assert json.loads(line)["user"]["name"].endswith("...")
    assert len(json.loads(line)["breaktime"]["names"]) == 8


def test_a_watch_address_after_a_page():
    """Forms with and without parameters are not mixed up."""
    page = VISIT._replace(parameters={})

    for record in page, VISIT, page:
        url = json.loads(LINES.line(record, 7, "id"))["url"]
        assert url.get("query") == ("v=1+2" if record.parameters else None)


def test_the_store_gets_line_and_day():
    """The day is that of the record, in UTC, wherever the instant was written down."""
    kept = Kept()
    late = NOON.astimezone(timezone(timedelta(hours=14)))
    journal(kept, ORIGIN).put([VISIT._replace(at=late)], 3)
    ((line, day),) = kept.lines

    assert day == date(2026, 11, 23)
    assert json.loads(line)["event"]["sequence"] == 3


def test_the_operators_log_has_no_say():
    """Whatever `structlog.configure` was told, the audit log writes what it writes."""
    kept = Kept()
    before = journal(kept, ORIGIN)
    structlog.configure(
        processors=[lambda *_: "silenced"], wrapper_class=structlog.BoundLogger, context_class=list
    )
    try:
        before.put([VISIT], 1)
        journal(kept, ORIGIN).put([VISIT], 2)
    finally:
        structlog.reset_defaults()

    assert [json.loads(line)["event"]["sequence"] for line, _ in kept.lines] == [1, 2]
