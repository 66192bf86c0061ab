"""A week of answers: without gaps, and each minute as the calendar says."""

from datetime import timedelta

from hypothesis import given, settings

from breaktime.core.week import stretches
from breaktime.core.when import Kind, look
from calendars import a_break, profile, utc
from questions import INSTANTS, POLICIES

WHO = profile(a_break("tea", "10:00-10:15"), a_break("more", "10:15-10:30, 12:00-13:00"))


def told(since, until, who=WHO):
    return [
        (f"{one.since:%H:%M}-{one.until:%H:%M}", one.kind.name, one.rules[0].id)
        for one in stretches(who, utc(since), utc(until))
    ]


def test_breaks_that_follow_each_other_are_told_apart():
    assert told("2026-11-23 09:00", "2026-11-23 11:00") == [
        ("09:00-10:00", "CLOSED", "everyone"),
        ("10:00-10:15", "FIXED", "break:tea"),
        ("10:15-10:30", "FIXED", "break:more"),
        ("10:30-11:00", "CLOSED", "everyone"),
    ]


def test_it_begins_and_ends_where_it_is_told_to():
    (one,) = stretches(WHO, utc("2026-11-23 12:10"), utc("2026-11-23 12:20"))
    assert (one.since, one.until, one.minutes) == (
        utc("2026-11-23 12:10"),
        utc("2026-11-23 12:20"),
        10,
    )


def test_who_has_no_breaks_has_one_long_answer():
    assert told("2026-11-23 00:00", "2026-11-24 00:00", profile()) == [
        ("00:00-00:00", "CLOSED", "everyone")
    ]


@settings(deadline=None)
@given(policy=POLICIES, at=INSTANTS)
def test_each_minute_is_as_the_calendar_says(policy, at):
    """Law: no gap, no overlap, and kind and rules are those of `look`."""
    who = policy.standing("ada", (), None).profile
    end = at + timedelta(days=1)
    found = list(stretches(who, at, end, "tiktok"))
    assert [one.since for one in found] + [end] == [at] + [one.until for one in found]
    for one in found:
        for minute in range(0, int(one.minutes), 5):
            opening = look(who, one.since + timedelta(minutes=minute), "tiktok")
            assert opening.kind is one.kind
            assert opening.rules == one.rules or one.kind is Kind.CLOSED
