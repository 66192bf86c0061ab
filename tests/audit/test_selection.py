"""Which records somebody asks for; tests/cli/test_log.py asks for them."""

from datetime import UTC, date, datetime

import pytest

from breaktime.audit.selection import EVERYTHING, Selection, instant_of, teams_of

RECORD = {
    "@timestamp": "2026-11-23T12:00:00Z",
    "user": {"name": "a", "group": {"name": ["finance", "planning"]}},
    "breaktime": {"verdict": "block", "platform": "x", "context": "break"},
}
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)

# fmt: off
ROWS = [
    (Selection(),                                  True),
    (Selection(people=("a", "b")),                 True),
    (Selection(people=("b",)),                     False),
    (Selection(teams=("planning",)),               True),
    (Selection(teams=("it",)),                     False),
    (Selection(platforms=("x",), verdicts=("allow",)), False),
    (Selection(contexts=("break",)),               True),
    (Selection(since=NOON),                        True),
    (Selection(until=NOON),                        False),
]
# fmt: on


@pytest.mark.parametrize(("selection", "has"), ROWS)
def test_a_record_is_asked_for_or_not(selection, has):
    assert selection.has(RECORD) is has


@pytest.mark.parametrize(
    "record", [{}, {"user": 5, "breaktime": []}, {"@timestamp": "2026-11-23T12:00"}, {"user": {}}]
)
def test_what_is_no_record_of_ours_is_asked_for_by_nothing(record):
    assert EVERYTHING.has(record)
    assert (teams_of(record), instant_of(record)) == ((), None)
    for selection in (Selection(people=("a",)), Selection(teams=("t",)), Selection(since=NOON)):
        assert not selection.has(record)


def test_it_says_in_words_what_is_asked_for():
    assert str(EVERYTHING) == "everything"
    assert str(Selection(people=("a", "b"), verdicts=("block",), since=NOON)) == (
        "person a or b, verdict block, since 2026-11-23T12:00:00+00:00"
    )
    assert Selection(since=NOON).first_day == date(2026, 11, 23)
