"""
Stage 4, when: whether somebody has a break at one instant, and when that changes.

Laws of this file:

1. Instants are UTC. The wall clock exists in this file only.
2. A wall-clock range is open at an instant if the wall clock *reads* a time inside it at that
   instant. Nothing is computed from the time elapsed since midnight: on a day the clocks change
   those two differ by an hour. A range inside the spring gap therefore does not happen, and one
   inside the repeated autumn hour happens twice.
3. A range that runs past midnight belongs to the day on which it starts.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum, StrEnum
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from breaktime.core.rule import Rule

HORIZON_DAYS = 400
"""How far ahead the next change is looked for: a yearly break and some days to spare."""

_DAY = timedelta(days=1)
_PROBE = timedelta(hours=3)


class Span(NamedTuple):
    """
    A range of the wall clock, start included, end not.

    Fields:
        start: minutes after the 00:00 of the start day, 0 to 1439.
        end: likewise, start < end <= start + 1440; beyond 1440 it is the next day.
    """

    start: int
    end: int


class HolidayRule(StrEnum):
    """What a bank holiday or closed day means for a break."""

    INCLUDE = "include"
    EXCLUDE = "exclude"
    ONLY = "only"


@dataclass(frozen=True, slots=True)
class Days:
    """
    A filter of start days; an absent list matches every day.

    Fields:
        weekdays: 0 = Monday to 6 = Sunday.
        dates: single dates.
        since, until: first and last day, both included.
        holidays: what bank holidays and closed days do.
    """

    weekdays: frozenset[int] | None = None
    dates: frozenset[date] | None = None
    since: date = date.min
    until: date = date.max
    holidays: HolidayRule = HolidayRule.INCLUDE

    def holds(self, day: date, *, holiday: bool) -> bool:
        """Tell whether a start day is meant."""
        if not self.since <= day <= self.until:
            return False
        if self.weekdays is not None and day.weekday() not in self.weekdays:
            return False
        if self.dates is not None and day not in self.dates:
            return False
        return self.holidays is HolidayRule.INCLUDE or holiday == (
            self.holidays is HolidayRule.ONLY
        )


EVERY_DAY = Days()


@dataclass(frozen=True, slots=True)
class Break:
    """
    A break with fixed times.

    Fields:
        rule: where it is written.
        days: the days on which it starts.
        spans: its ranges.
        platforms: ids of the platforms it is for; None for all.
    """

    rule: Rule
    spans: tuple[Span, ...]
    days: Days = EVERY_DAY
    platforms: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """
    The breaks that one rank of rules gives: a person's, the teams', the place's or everyone's.

    Fields:
        rules: where the layer is written, most often one place; several for several teams.
        sources: the breaks, one tuple for each rule that replaces the ranks below.
        added: breaks on top of this rank or of the ranks below.
        narrowest: several sources mean their intersection; otherwise their union.
    """

    rules: tuple[Rule, ...]
    sources: tuple[tuple[Break, ...], ...] = ()
    added: tuple[Break, ...] = ()
    narrowest: bool = False


@dataclass(frozen=True, slots=True)
class DatedException:
    """
    Breaks that replace the weekly ones, or add to them, on some dates.

    Fields:
        rule: where it is written.
        since, until: first and last day, both included.
        breaks: the breaks of these days; none closes them.
        adds: the breaks come on top of the weekly ones.
    """

    rule: Rule
    since: date
    until: date
    breaks: tuple[Break, ...]
    adds: bool = False


@dataclass(frozen=True, slots=True)
class Blackout:
    """Times in which no break counts."""

    rule: Rule
    spans: tuple[Span, ...]
    days: Days = EVERY_DAY


@dataclass(frozen=True, slots=True)
class Suspension:
    """Whole days, both included, in which somebody's personal use is withdrawn."""

    rule: Rule
    since: date
    until: date


@dataclass(frozen=True, eq=False)
class Profile:
    """
    All that decides about the breaks of one person in one place.

    Fields:
        zone: whose wall clock counts.
        layers: most specific first. The first with sources hides those after it.
        exceptions: by rank, most specific first. The first rank with one on a date counts.
        blackouts, suspensions: those that concern the person.
        holidays: bank holidays and closed days.
        narrowest: several exceptions of one rank mean their intersection.
    """

    zone: ZoneInfo
    layers: tuple[Layer, ...] = ()
    exceptions: tuple[tuple[DatedException, ...], ...] = ()
    blackouts: tuple[Blackout, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    holidays: frozenset[date] = frozenset()
    narrowest: bool = False
    limited: bool = field(init=False)
    constant: bool = field(init=False)

    def __post_init__(self) -> None:
        """
        Note two things that save work.

        `limited`: some break is for some platforms only, so the answer depends on the platform.
        `constant`: nothing ever opens or closes, so no next change need be looked for.
        """
        breaks = [
            one for layer in self.layers for group in (*layer.sources, layer.added) for one in group
        ]
        breaks += [one for rank in self.exceptions for dated in rank for one in dated.breaks]
        object.__setattr__(self, "limited", any(one.platforms is not None for one in breaks))
        changing = breaks or self.blackouts or self.suspensions
        object.__setattr__(self, "constant", not changing)


class Kind(IntEnum):
    """What the calendar says at one instant; where several hold, the highest counts."""

    CLOSED = 0
    FIXED = 1
    EXCEPTION = 2
    BLACKOUT = 3
    SUSPENDED = 4


class Opening(NamedTuple):
    """
    The answer of the calendar at one instant.

    Fields:
        kind: what it says.
        rules: the rules that say so, the deciding one first.
        until: UTC instant at which `kind` changes, None if not within `HORIZON_DAYS`.
    """

    kind: Kind
    rules: tuple[Rule, ...]
    until: datetime | None = None


class _Interval(NamedTuple):
    since: datetime
    until: datetime
    kind: Kind
    rules: tuple[Rule, ...]


def look(profile: Profile, at: datetime, platform: str | None = None) -> Opening:
    """
    Say what the calendar of one person says at one instant.

    Args:
        profile: the person's rules.
        at: UTC instant.
        platform: the platform asked for; it matters where a break is for some platforms only.
    """
    starts, openings = _utc_day(profile, platform if profile.limited else None, at.toordinal())
    return openings[bisect_right(starts, at) - 1]


def local_day(zone: ZoneInfo, since: date, until: date) -> tuple[datetime, datetime]:
    """
    Return the UTC instants [from, to) of whole local days, both days included.

    A day that the zone skips (Apia, 2011-12-30) gives an empty range.
    """
    first, last = _day_edges(zone, since), _day_edges(zone, until)
    return first[0], max(first[0], last[1])


def local_text(zone: ZoneInfo, at: datetime) -> datetime:
    """Return the wall clock of a zone at an instant: to be shown, never to be computed with."""
    return at.astimezone(zone)


def instants(zone: ZoneInfo, wall: datetime) -> tuple[datetime, ...]:
    """
    Return the UTC instants at which the wall clock of a zone reads *wall*.

    Returns:
        None in the spring gap, two in the repeated autumn hour, otherwise one.
    """
    found: list[datetime] = []
    for fold in (0, 1):
        at = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
        if at.astimezone(zone).replace(tzinfo=None) == wall and at not in found:
            found.append(at)
    return tuple(found)


@lru_cache(maxsize=4096)
def _day_edges(zone: ZoneInfo, day: date) -> tuple[datetime, datetime]:
    if not date.min + 2 * _DAY < day < date.max - 4 * _DAY:
        edge = datetime.combine(day, time.min, UTC)
        return edge, edge
    pieces = _occurrences(zone, day, Span(0, 1440))
    if not pieces:
        edge = _occurrences(zone, day + _DAY, Span(0, 1440))[0][0]
        return edge, edge
    return pieces[0][0], pieces[-1][1]


@lru_cache(maxsize=4096)
def _offsets(zone: ZoneInfo, day: date) -> tuple[tuple[datetime, datetime, timedelta], ...]:
    """
    Cut the instants around a local day into stretches of one UTC offset.

    Covers the day before to two days after, in UTC: more than any zone's idea of the day and
    the night after it. zoneinfo does not tell transitions, so they are searched by halving.
    """
    at = datetime.combine(day, time.min, UTC) - _DAY
    end = at + 4 * _DAY
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


def _occurrences(zone: ZoneInfo, day: date, span: Span) -> list[tuple[datetime, datetime]]:
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


def _intervals(
    profile: Profile, day: date, breaks: Iterable[Break], platform: str | None, kind: Kind
) -> list[_Interval]:
    holiday = day in profile.holidays
    return [
        _Interval(since, until, kind, (one.rule,))
        for one in breaks
        if (one.platforms is None or platform in one.platforms)
        and one.days.holds(day, holiday=holiday)
        for span in one.spans
        for since, until in _occurrences(profile.zone, day, span)
    ]


def _common(groups: list[list[_Interval]]) -> list[_Interval]:
    """Return what lies in every group: the rules of all that meet there."""
    common = groups[0]
    for group in groups[1:]:
        common = [
            _Interval(max(a.since, b.since), min(a.until, b.until), a.kind, (*a.rules, *b.rules))
            for a in common
            for b in group
            if max(a.since, b.since) < min(a.until, b.until)
        ]
    return common


def _joined(groups: list[list[_Interval]], *, narrowest: bool) -> list[_Interval]:
    if narrowest and len(groups) > 1:
        return _common(groups)
    return [interval for group in groups for interval in group]


def _weekly(
    profile: Profile, day: date, platform: str | None
) -> tuple[list[_Interval], tuple[Rule, ...]]:
    found: list[_Interval] = []
    rules: list[Rule] = []
    for layer in profile.layers:
        added = _intervals(profile, day, layer.added, platform, Kind.FIXED)
        groups = [
            _intervals(profile, day, source, platform, Kind.FIXED) for source in layer.sources
        ]
        found += [
            one._replace(rules=(*one.rules, *layer.rules))
            for one in (*_joined(groups, narrowest=layer.narrowest), *added)
        ]
        rules += layer.rules
        if layer.sources:
            break
    return found, tuple(rules)


@lru_cache(maxsize=65536)
def _breaks(
    profile: Profile, platform: str | None, day: date
) -> tuple[tuple[_Interval, ...], tuple[Rule, ...]]:
    """Return the breaks that start on a local day, and the rules in force where there is none."""
    for rank in profile.exceptions:
        dated = [one for one in rank if one.since <= day <= one.until]
        if not dated:
            continue
        groups = [
            [
                interval._replace(rules=(*interval.rules, one.rule))
                for interval in _intervals(profile, day, one.breaks, platform, Kind.EXCEPTION)
            ]
            for one in dated
        ]
        replacing = [group for group, one in zip(groups, dated, strict=True) if not one.adds]
        adding = [group for group, one in zip(groups, dated, strict=True) if one.adds]
        found = _joined(adding, narrowest=False)
        rules = tuple(one.rule for one in dated)
        if replacing:
            return (*_joined(replacing, narrowest=profile.narrowest), *found), rules
        weekly, below = _weekly(profile, day, platform)
        return (*found, *weekly), (*rules, *below)
    weekly, rules = _weekly(profile, day, platform)
    return tuple(weekly), rules


def _overrides(profile: Profile, day: date) -> list[_Interval]:
    holiday = day in profile.holidays
    found = [
        _Interval(since, until, Kind.BLACKOUT, (one.rule,))
        for one in profile.blackouts
        if one.days.holds(day, holiday=holiday)
        for span in one.spans
        for since, until in _occurrences(profile.zone, day, span)
    ]
    for suspension in profile.suspensions:
        since, until = local_day(profile.zone, suspension.since, suspension.until)
        found.append(_Interval(since, until, Kind.SUSPENDED, (suspension.rule,)))
    return found


@lru_cache(maxsize=65536)
def _segments(
    profile: Profile, platform: str | None, ordinal: int
) -> tuple[tuple[datetime, Opening], ...]:
    """
    Cut one UTC day into stretches of one answer; `until` is not known yet.

    The local days that can reach into a UTC day are the one before (a zone ahead or behind, or
    a night that began then), two before (both at once), the same and the next.
    """
    start = datetime.combine(date.fromordinal(ordinal), time.min, UTC)
    end = start + _DAY
    days = [start.date() + offset * _DAY for offset in (-2, -1, 0, 1)]
    spans = [
        one
        for day in days
        for one in (*_breaks(profile, platform, day)[0], *_overrides(profile, day))
        if one.since < end and one.until > start
    ]
    edges = {start, *(max(one.since, start) for one in spans)}
    edges |= {one.until for one in spans if one.until < end}
    edges |= {edge for day in days for edge in _day_edges(profile.zone, day) if start < edge < end}
    found: list[tuple[datetime, Opening]] = []
    for edge in sorted(edges):
        opening = _state(profile, platform, spans, edge)
        if not found or found[-1][1] != opening:
            found.append((edge, opening))
    return tuple(found)


def _state(profile: Profile, platform: str | None, spans: list[_Interval], at: datetime) -> Opening:
    here = [one for one in spans if one.since <= at < one.until]
    if here:
        first = max(here, key=lambda one: one.kind)
        return Opening(first.kind, first.rules)
    day = at.astimezone(profile.zone).date()
    return Opening(Kind.CLOSED, _breaks(profile, platform, day)[1])


@lru_cache(maxsize=65536)
def _utc_day(
    profile: Profile, platform: str | None, ordinal: int
) -> tuple[tuple[datetime, ...], tuple[Opening, ...]]:
    """Return the stretches of one UTC day with the instant at which each kind of answer ends."""
    segments = _segments(profile, platform, ordinal)
    until = _next_other(profile, platform, ordinal, segments[-1][1].kind)
    openings: list[Opening] = []
    for index in range(len(segments) - 1, -1, -1):
        opening = segments[index][1]
        if openings and openings[-1].kind is not opening.kind:
            until = segments[index + 1][0]
        openings.append(opening._replace(until=until))
    return tuple(since for since, _ in segments), tuple(reversed(openings))


def _next_other(
    profile: Profile, platform: str | None, ordinal: int, kind: Kind
) -> datetime | None:
    if profile.constant:
        return None
    last = min(ordinal + HORIZON_DAYS, date.max.toordinal() - 4)
    for later in range(ordinal + 1, last + 1):
        for since, opening in _segments(profile, platform, later):
            if opening.kind is not kind:
                return since
    return None
