"""
Every change of the clock of some zones, minute by minute.

The changes are found by reading the clock, the windows are laid around each of them, and a reading
of every minute says when they are open.
"""

from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise

import pytest

from breaktime.config import zones
from breaktime.core.breaks import Break, Layer, Profile
from breaktime.core.rule import Rule
from breaktime.core.wall import Span
from breaktime.core.when import Kind, look

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# fmt: off
ZONES = [
    # zone                 first and last year  changes
    ("Europe/London",       2024, 2030,         14),
    ("Australia/Lord_Howe", 2024, 2030,         14),  # by half an hour
    ("America/St_Johns",    2005, 2012,         16),  # one minute after midnight
    ("America/St_Johns",    2024, 2030,         14),
    ("Pacific/Apia",        2010, 2021,         23),  # skips 2011-12-30
    ("Africa/Casablanca",   2024, 2030,         None),  # around Ramadan
    ("Africa/Casablanca",   2012, 2018,         None),
]
# fmt: on


@cache
def changes(name, first, last):
    """Return the instants at which a clock is changed, to the minute."""
    zone = zones.zone(name)
    at = datetime(first, 1, 1, tzinfo=UTC)
    found = []
    while at.year <= last:
        later = at + HOUR
        if at.astimezone(zone).utcoffset() != later.astimezone(zone).utcoffset():
            minute = next(
                at + n * MINUTE
                for n in range(1, 61)
                if (at + n * MINUTE).astimezone(zone).utcoffset() != at.astimezone(zone).utcoffset()
            )
            found.append(minute)
        at = later
    return found


def windows(zone, change):
    """Lay windows around what the clock reads before and after a change."""
    before = (change - MINUTE).astimezone(zone)
    after = change.astimezone(zone)
    edges = sorted({before.hour * 60 + before.minute + 1, after.hour * 60 + after.minute})
    low, high = edges[0], edges[-1]
    inside = ((low + 5) % 1440, 15)
    shapes = [
        inside,
        ((low - 30) % 1440, 45),
        ((high - 15) % 1440, 45),
        ((low - 30) % 1440, high - low + 60),
        ((low - 300) % 1440, 600),
        (0, 1440),
        ((low + 1) % 1440, 1439),
    ]
    found = [Span(start, start + min(length, 1440)) for start, length in shapes]
    # The same in the small hours of a shift that began the day before.
    return [*found, *(Span(one.start + 1440, one.end + 1440) for one in found if one.end <= 1440)]


@pytest.mark.parametrize(("name", "first", "last", "count"), ZONES)
def test_each_change_is_found(name, first, last, count):
    found = changes(name, first, last)
    assert found
    assert count is None or len(found) == count


@pytest.mark.parametrize(("name", "first", "last", "count"), ZONES)
def test_windows_around_each_change_are_open_when_the_clock_says_so(name, first, last, count):
    zone = zones.zone(name)
    for change in changes(name, first, last):
        since = change - 26 * HOUR
        walls = [
            (at, wall.hour * 60 + wall.minute)
            for at in (since + n * MINUTE for n in range(52 * 60))
            for wall in [at.astimezone(zone)]
        ]
        for span in windows(zone, change):
            who = Profile(zone, (Layer((), ((Break(Rule("b"), (span,)),),)),))
            expected = [
                at for at, minute in walls
                if any(span.start <= minute + day < span.end for day in (0, 1440))
            ]  # fmt: skip
            assert opened(who, since, since + 52 * HOUR) == expected, (change, span)


def opened(who, since, until):
    """Return the minutes that are open, walking from answer to answer."""
    found, at = [], since
    while at < until:
        opening = look(who, at)
        stop = min(opening.until or until, until)
        assert stop > at
        if opening.kind is Kind.FIXED:
            found += [at + n * MINUTE for n in range(int((stop - at) / MINUTE))]
        at = stop
    return found


def test_changes_are_at_whole_minutes_and_apart():
    for name, first, last, _ in ZONES:
        assert all(later - at > DAY for at, later in pairwise(changes(name, first, last)))
