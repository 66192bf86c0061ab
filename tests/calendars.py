"""Calendars as short as an administrator writes them, for tests of the time model."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from breaktime.core.breaks import Break, Days, Layer, Profile
from breaktime.core.rule import Rule
from breaktime.core.wall import Span
from breaktime.core.when import Kind, look

LONDON = ZoneInfo("Europe/London")
WEEK = frozenset(range(5))
MON, FRI, SAT, SUN = 0, 4, 5, 6


def utc(text):
    """Read '2026-11-23 12:00' as the UTC instant that it names."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def span(text):
    """Read '23:30-00:30' as `config` does: an end that is not later is on the next day."""
    start, end = (int(at[:2]) * 60 + int(at[3:]) for at in text.split("-"))
    return Span(start, end if end > start else end + 1440)


def a_break(name, at, days=None, **more):
    spans = tuple(span(one) for one in at.split(", "))
    weekdays = None if days is None else frozenset(days)
    platforms = more.pop("platforms", None)
    rule = Rule(f"break:{name}")
    return Break(rule, spans, Days(weekdays=weekdays, **more), platforms=platforms)


def layer(name, *breaks, adds=False, narrowest=False):
    """One rule of one team, place, person or everyone."""
    if adds:
        return Layer((Rule(name),), (), (breaks,))
    return Layer((Rule(name),), (breaks,), narrowest=narrowest)


def profile(*breaks, zone=LONDON, **more):
    return Profile(zone, (layer("everyone", *breaks),), **more)


def openings(who, since, until, platform="facebook"):
    """Walk from answer to answer by `until`, and return the ranges that are open."""
    at, end, found = utc(since), utc(until), []
    while at < end:
        opening = look(who, at, platform)
        stop = end if opening.until is None else min(opening.until, end)
        if opening.kind in {Kind.FIXED, Kind.EXCEPTION}:
            found.append(f"{at:%m-%d %H:%M}-{stop:%m-%d %H:%M}")
        at = stop
    return found


def kind_at(who, at, platform="facebook"):
    return look(who, utc(at), platform).kind
