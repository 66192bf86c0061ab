"""Sessions: what counts, what does not, and what is told of one in the end."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breaktime.core.decide import Context, Decision, Reason, Verdict
from breaktime.core.record import Action
from breaktime.core.rule import Rule
from breaktime.core.session import (
    IDLE,
    Ending,
    Session,
    begun,
    is_of_session,
    key_of,
    record_of,
)
from breaktime.core.visit import Evidence
from records import VISIT

NOON = datetime(2026, 11, 23, 12, 7, 41, tzinfo=UTC)
END = NOON.replace(hour=14, minute=0, second=0)
LUNCH = Rule("break:lunch", "lunch")
ALLOWED = Decision(
    Verdict.ALLOW, Reason.BREAK_FIXED, Context.BREAK, (LUNCH,), "r.hughes", platform="facebook"
)


def session(*visits, until=END):
    found = begun(VISIT._replace(at=NOON), until)
    for seconds in visits:
        found.ask(NOON + timedelta(seconds=seconds), until)
        found.visit(NOON + timedelta(seconds=seconds))
    return found


@pytest.mark.parametrize(
    ("reason", "evidence", "counts"),
    [
        (Reason.BREAK_FIXED, Evidence.USER_NAVIGATION, True),
        (Reason.BREAK_FLEXIBLE, Evidence.BACKGROUND, True),
        (Reason.BUSINESS_CASE, Evidence.IN_PAGE, True),
        (Reason.BREAK_FIXED, Evidence.EMBEDDED, False),
        (Reason.BREAK_FIXED, Evidence.SPECULATIVE, False),
        (Reason.EMBED, Evidence.BACKGROUND, False),
        (Reason.LOGIN, Evidence.NAVIGATION, False),
        (Reason.OWN_PAGE, Evidence.USER_NAVIGATION, False),
        (Reason.EXEMPT, Evidence.USER_NAVIGATION, False),
    ],
)
def test_what_is_part_of_a_session(reason, evidence, counts):
    assert is_of_session(ALLOWED._replace(reason=reason), evidence) is counts


def test_what_is_refused_is_part_of_none():
    refused = ALLOWED._replace(verdict=Verdict.BLOCK, reason=Reason.OUTSIDE_BREAKS)
    assert not is_of_session(refused, Evidence.USER_NAVIGATION)


def test_a_session_is_of_a_person_on_whatever_computer_or_of_a_computer():
    assert key_of(ALLOWED, "10.0.0.1") == key_of(ALLOWED, "10.0.0.2")
    nobody = ALLOWED._replace(person=None)
    assert key_of(nobody, "10.0.0.1") != key_of(nobody, "10.0.0.2")


def test_a_minute_has_activity_where_a_page_was_opened_in_it():
    """What an open page fetches all through the break by itself makes no minute active."""
    found = session(0, 5, 600)
    for minute in range(110):
        found.ask(NOON + timedelta(minutes=minute), END)

    totals = found.totals
    assert (totals.visits, totals.requests, totals.active_minutes) == (3, 113, 2)
    assert totals.first == NOON.replace(second=0)
    assert totals.last == NOON.replace(second=0) + timedelta(minutes=10)


def test_a_page_that_was_never_reached_is_taken_back():
    found = session(0, 5, 600)
    found.take_back(NOON)
    assert (found.totals.visits, found.totals.active_minutes) == (2, 2)
    found.take_back(NOON)
    found.take_back(NOON)  # no more than was counted
    assert (found.totals.visits, found.totals.active_minutes) == (1, 1)


def test_bodies_are_counted_and_left_alone():
    found = session(0)
    assert (found.send(b"ab"), found.receive(b"abc"), found.receive(b"")) == (b"ab", b"abc", b"")
    assert (found.totals.sent, found.totals.received) == (2, 3)


@pytest.mark.parametrize(
    ("after", "until", "why"),
    [
        (timedelta(0), END, None),
        (IDLE - timedelta(seconds=1), END, None),
        (IDLE, END, Ending.IDLE),
        (IDLE, None, Ending.IDLE),
        (timedelta(seconds=1), NOON + timedelta(seconds=1), Ending.BREAK_ENDED),
    ],
)
def test_a_session_is_over_with_the_break_or_when_nothing_is_asked_for(after, until, why):
    assert session(0, until=until).over(NOON + after) is why


def test_what_comes_and_goes_keeps_a_session_going_without_being_asked_for():
    """A WebSocket, or a film: there is no request in it, and its bytes belong to the session."""
    for move in (Session.send, Session.receive):
        found = session(0, until=None)
        move(found, b"x")
        assert found.over(NOON + IDLE) is None
        assert found.over(NOON + IDLE + IDLE) is Ending.IDLE
        move(found, b"x")
        assert found.over(NOON + 3 * IDLE) is None
    ended = session(0, until=NOON)
    ended.send(b"x")
    assert ended.over(NOON) is Ending.BREAK_ENDED


def test_the_record_says_who_where_and_how_much_and_no_page():
    record = record_of(session(0, 90), Ending.BREAK_ENDED, END, "f00")
    assert (record.action, record.reason, record.at) == (
        Action.SESSION_ENDED,
        Ending.BREAK_ENDED,
        END,
    )
    assert (record.person, record.teams, record.platform) == ("r.hughes", ("finance",), "facebook")
    assert (record.domain, record.path, record.verdict, record.counted) == (None,) * 4
    assert not record.parameters
    assert (
        record.message == "Session: 2 visits, pages opened in 2 different minutes; not time spent"
    )
    assert "1 visit, pages opened in 1 minute;" in record_of(session(0), "idle", END, "").message


def test_a_session_without_a_page_says_so():
    """A program, or a page by a browser that says nothing: recorded, and no visit."""
    totals = session().totals
    assert (totals.visits, totals.active_minutes, totals.first, totals.last) == (0, 0, None, None)


@given(st.lists(st.integers(0, 7000), max_size=30))
def test_minutes_are_never_more_than_visits_nor_outside_them(seconds):
    totals = session(*seconds).totals
    assert totals.visits == totals.requests == len(seconds)
    assert totals.active_minutes == len({(41 + each) // 60 for each in seconds})
    if seconds:
        assert totals.first <= NOON + timedelta(seconds=min(seconds))
        assert totals.last <= NOON + timedelta(seconds=max(seconds))


@pytest.mark.parametrize("first", [0, 1], ids=["the earlier takes in", "the later takes in"])
def test_what_two_processes_saw_of_a_session_is_one(first):
    early, late = session(0, 70), session(10, 200)
    late.began = late.began._replace(at=NOON + timedelta(seconds=10))
    early.sent, late.received = 5, 7
    whole, other = (early, late) if first == 0 else (late, early)

    whole.join(other)

    assert whole.began.at == NOON
    assert (whole.seen, whole.until) == (late.seen, late.until)
    assert (whole.visits, whole.requests, whole.sent, whole.received) == (4, 4, 5, 7)
    assert sum(whole._minutes.values()) == 4
    assert len(whole._minutes) == 3
