# ruff: noqa: E501  a row of a table is one line
"""Two calendars compared: what is gained, what is lost, and by which rules."""

from datetime import timedelta

import pytest
from hypothesis import given, settings

from breaktime.core.breaks import FlexibleBreak
from breaktime.core.compare import compare
from breaktime.core.decide import is_open
from breaktime.core.rule import Rule
from breaktime.core.when import Kind, look
from calendars import a_break, profile, utc
from questions import INSTANTS, POLICIES

MONDAY, TUESDAY = utc("2026-11-23 00:00"), utc("2026-11-24 00:00")

# fmt: off
ROWS = [
    # what the row shows         before                       after                        minutes before, after, gains, loses
    ("nothing changes",          "12:00-13:00",               "12:00-13:00",               (60, 60, 0, 0)),
    ("longer",                   "12:00-13:00",               "11:30-13:30",               (60, 120, 60, 0)),
    ("shorter",                  "12:00-13:00",               "12:15-12:45",               (60, 30, 0, 30)),
    ("moved",                    "12:00-13:00",               "12:30-13:30",               (60, 60, 30, 30)),
    ("cut in pieces",            "12:00-13:00",               "12:00-12:15, 12:45-13:00",  (60, 30, 0, 30)),
    ("put together",             "12:00-12:15, 12:45-13:00",  "12:00-13:00",               (30, 60, 30, 0)),
    ("elsewhere",                "09:00-09:15, 15:00-15:15",  "10:00-10:15, 16:00-16:15",  (30, 30, 30, 30)),
    ("over midnight",            "23:30-00:30",               "23:45-00:15",               (60, 30, 0, 30)),
]
# fmt: on


@pytest.mark.parametrize("row", [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_minutes_gained_and_lost(row):
    before, after, minutes = row
    old, new = profile(a_break("old", before)), profile(a_break("new", after))
    assert compare(old, new, MONDAY, TUESDAY)[:4] == minutes


def test_the_breaks_that_are_gained_and_lost_are_named():
    old, new = profile(a_break("tea", "10:00-10:15")), profile(a_break("lunch", "12:00-12:15"))
    found = compare(old, new, MONDAY, TUESDAY)
    assert ([rule.id for rule in found.gained], [rule.id for rule in found.lost]) == (
        ["break:lunch"],
        ["break:tea"],
    )


def test_what_is_never_closed_is_open_all_the_time():
    found = compare(None, profile(a_break("tea", "10:00-10:15")), MONDAY, TUESDAY)
    assert found == (1440, 15, 0, 1425, (), ())


def test_who_has_no_breaks_has_no_minutes():
    assert compare(profile(), profile(), MONDAY, TUESDAY) == (0, 0, 0, 0, (), ())


def own_choice(minutes, between="11:30-14:30"):
    (place,) = a_break("x", between).spans
    rule = Rule("break:own-choice")
    return profile(FlexibleBreak(rule, (place,), minutes=minutes))


def and_more():
    """Two flexible breaks in one list, each its own: 45 minutes and 30."""
    lunch, tea = (
        FlexibleBreak(Rule(f"break:{name}"), a_break("x", span).spans, minutes=minutes)
        for name, span, minutes in (("a", "11:30-14:30", 45), ("b", "12:00-15:00", 30))
    )
    return profile(lunch, tea)


FLEXIBLE = {
    "longer": (own_choice(30), own_choice(45), (30, 45, 15, 0)),
    "shorter": (own_choice(45), own_choice(30), (45, 30, 0, 15)),
    "the same, in a longer span": (own_choice(45), own_choice(45, "11:00-15:00"), (45, 45, 0, 0)),
    "at another time of the day": (own_choice(45), own_choice(45, "15:00-17:00"), (45, 45, 45, 45)),
    "instead of a fixed break": (
        profile(a_break("lunch", "12:00-13:00")), own_choice(45), (60, 45, 45, 60),
    ),
    "one more on top": (own_choice(45), and_more(), (45, 75, 30, 0)),
    "one instead of two": (and_more(), own_choice(60), (75, 60, 0, 15)),
    "instead of nothing ever closed": (None, own_choice(45), (1440, 45, 0, 1440)),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "minutes"), FLEXIBLE.values(), ids=FLEXIBLE)
def test_flexible_breaks_count_as_long_as_they_may_last(old, new, minutes):
    assert compare(old, new, MONDAY, TUESDAY)[:4] == minutes
    back = compare(new, old, MONDAY, TUESDAY)
    assert back[:4] == (minutes[1], minutes[0], minutes[3], minutes[2])


def test_a_flexible_break_is_named():
    found = compare(own_choice(30), own_choice(45), MONDAY, TUESDAY)
    assert [rule.id for rule in found.gained] == ["break:own-choice"]


def test_what_closes_is_not_open():
    assert [kind for kind in Kind if is_open(kind)] == [Kind.FIXED, Kind.EXCEPTION]


@settings(deadline=None)
@given(before=POLICIES, after=POLICIES, at=INSTANTS)
def test_each_minute_is_counted_once(before, after, at):
    """Law: the minutes are those that a scan counts; the two directions mirror each other."""
    old, new = (policy.standing("ada", (), None).profile for policy in (before, after))
    end = at + timedelta(days=1)
    found = compare(old, new, at, end, "tiktok")
    minutes = [at + timedelta(minutes=n) for n in range(1440)]
    was = [is_open(look(old, minute, "tiktok").kind) for minute in minutes]
    will = [is_open(look(new, minute, "tiktok").kind) for minute in minutes]
    pairs = list(zip(was, will, strict=True))
    assert found[:4] == (
        sum(was), sum(will), pairs.count((False, True)), pairs.count((True, False)),
    )  # fmt: skip
    back = compare(new, old, at, end, "tiktok")
    assert (back.gains, back.loses, back.gained, back.lost) == (
        found.loses, found.gains, found.lost, found.gained,
    )  # fmt: skip
