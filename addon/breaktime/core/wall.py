"""
The wall clock: what a zone's clock reads at an instant, and when it reads a time.

Laws of this file:

1. Instants are UTC. The wall clock is read here and nowhere else.
2. A wall-clock range is open at an instant if the wall clock *reads* a time inside it at that
   instant. Nothing is computed from the time elapsed since midnight: on a day the clocks change
   those two differ by an hour. A range inside the spring gap therefore does not happen, and one
   inside the repeated autumn hour happens twice.
3. A range that runs past midnight belongs to the day on which it starts.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
_PROBE = timedelta(hours=3)


class Span(NamedTuple):
    """
    A range of the wall clock, start included, end not.

    Fields:
        start: minutes after the 00:00 of the start day, 0 to 2879; from 1440 on it is the next
            day, as with a break in the small hours of a night shift.
        end: likewise, start < end <= start + 1440, and no later than 2880.
    """

    start: int
    end: int


def local_day(zone: ZoneInfo, since: date, until: date) -> tuple[datetime, datetime]:
    """
    Return the UTC instants [from, to) of whole local days, both days included.

    A day that the zone skips (Apia, 2011-12-30) gives an empty range.
    """
    first, last = day_edges(zone, since), day_edges(zone, until)
    return first[0], max(first[0], last[1])


def local_text(zone: ZoneInfo, at: datetime) -> datetime:
    """Return the wall clock of a zone at an instant: to be shown, never to be computed with."""
    return at.astimezone(zone)


def instants(zone: ZoneInfo, wall: datetime) -> tuple[datetime, ...]:
    """
    Return the UTC instants at which the wall clock of a zone reads *wall*.

    Returns:
        No instant in the spring gap, two in the repeated autumn hour, otherwise one.
    """
    found: list[datetime] = []
    for fold in (0, 1):
        at = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
        if at.astimezone(zone).replace(tzinfo=None) == wall and at not in found:
            found.append(at)
    return tuple(found)


@lru_cache(maxsize=4096)
def day_edges(zone: ZoneInfo, day: date) -> tuple[datetime, datetime]:
    """Return the UTC instants [from, to) of one whole local day; both alike if it is skipped."""
    if not date.min + 2 * DAY < day < date.max - 4 * DAY:
        edge = datetime.combine(day, time.min, UTC)
        return edge, edge
    pieces = occurrences(zone, day, Span(0, 1440))
    if not pieces:
        edge = occurrences(zone, day + DAY, Span(0, 1440))[0][0]
        return edge, edge
    return pieces[0][0], pieces[-1][1]


@lru_cache(maxsize=4096)
def _offsets(zone: ZoneInfo, day: date) -> tuple[tuple[datetime, datetime, timedelta], ...]:
    """
    Cut the instants around a local day into stretches of one UTC offset.

    Covers the day before to two days after, in UTC: more than any zone's idea of the day and
    the night after it. zoneinfo does not tell transitions, so they are searched by halving.
    """
    at = datetime.combine(day, time.min, UTC) - DAY
    end = at + 4 * DAY
    found = [(at, _offset(zone, at))]
    while at < end:
        after = min(at + _PROBE, end)
        if _offset(zone, after) != found[-1][1]:
            low, high = at, after
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                middle = middle.replace(microsecond=0)
                if _offset(zone, middle) == found[-1][1]:
                    low = middle
                else:
                    high = middle
            found.append((high, _offset(zone, high)))
        at = after
    edges = [since for since, _ in found[1:]] + [end]
    return tuple((since, until, shift) for (since, shift), until in zip(found, edges, strict=True))


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta(0)


def occurrences(zone: ZoneInfo, day: date, span: Span) -> list[tuple[datetime, datetime]]:
    """Return the UTC ranges in which the wall clock reads a time inside a span of a start day."""
    midnight = datetime.combine(day, time.min, UTC)
    start = midnight + timedelta(minutes=span.start)
    end = midnight + timedelta(minutes=span.end)
    found: list[tuple[datetime, datetime]] = []
    for since, until, shift in _offsets(zone, day):
        low, high = max(since, start - shift), min(until, end - shift)
        if low >= high:
            continue
        if found and found[-1][1] == low:
            low = found.pop()[0]
        found.append((low, high))
    return found
