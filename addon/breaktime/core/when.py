"""
Stage 4, when: whether somebody has a break at one instant, and when that changes.

The rules of a person are laid out over days, cut into stretches of one answer and kept; to ask is
then a look-up. How the wall clock is read is `wall`'s business.
"""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum
from functools import reduce
from typing import Any, Final, NamedTuple

from breaktime.core.breaks import Break, FlexibleBreak, Profile
from breaktime.core.flexible import Offer, Stretch, narrower
from breaktime.core.kept import Kept, Remembered
from breaktime.core.rule import Rule
from breaktime.core.wall import DAY, day_edges, local_day, occurrences

HORIZON_DAYS = 400
"""How far ahead the next change is looked for: a yearly break and some days to spare."""


class Kind(IntEnum):
    """What the calendar says at one instant; where several hold, the highest counts."""

    CLOSED = 0
    FLEXIBLE = 1
    FIXED = 2
    EXCEPTION = 3
    BLACKOUT = 4
    SUSPENDED = 5


class Opening(NamedTuple):
    """
    The answer of the calendar at one instant.

    Fields:
        kind: what it says.
        rules: the rules that say so, the deciding one first.
        until: UTC instant at which `kind` or `offers` change, None if not within `HORIZON_DAYS`.
        offers: flexible breaks that may be taken, where nothing else counts.
    """

    kind: Kind
    rules: tuple[Rule, ...]
    until: datetime | None = None
    offers: tuple[Offer, ...] = ()


class _Interval(NamedTuple):
    since: datetime
    until: datetime
    kind: Kind
    rules: tuple[Rule, ...]
    offer: Offer | None = None


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


def free_stretches(profile: Profile, since: datetime, until: datetime) -> tuple[Stretch, ...]:
    """Return the fixed breaks for all platforms between two UTC instants: they cost nothing."""
    found: list[Stretch] = []
    at = since
    while at < until:
        opening = look(profile, at)
        end = until if opening.until is None else min(opening.until, until)
        if opening.kind in {Kind.FIXED, Kind.EXCEPTION}:
            found.append((at, end))
        at = end
    return tuple(found)


def _intervals(
    profile: Profile, day: date, breaks: Iterable[Break], platform: str | None, kind: Kind
) -> list[_Interval]:
    holiday = day in profile.holidays
    return [
        _interval(one, day, since, until, kind)
        for one in breaks
        if (one.platforms is None or platform in one.platforms)
        and one.days.holds(day, holiday=holiday)
        for span in one.spans
        for since, until in occurrences(profile.zone, day, span)
    ]


def _interval(one: Break, day: date, since: datetime, until: datetime, kind: Kind) -> _Interval:
    if not isinstance(one, FlexibleBreak):
        return _Interval(since, until, kind, (one.rule,))
    allowance = timedelta(minutes=one.minutes)
    offer = Offer(one.rule.id, day, since, until, allowance, one.sittings, (one.rule,))
    return _Interval(since, until, Kind.FLEXIBLE, offer.rules, offer)


class _List(NamedTuple):
    """Breaks of one source, and the rules that name the source."""

    breaks: tuple[Break, ...]
    rules: tuple[Rule, ...]


class _Rank(NamedTuple):
    """
    What one rank says about the breaks that start on one day.

    Fields:
        kind: weekly breaks or dated exceptions.
        replacing: lists that hide the ranks below.
        added: lists on top of this rank or of the ranks below.
        narrowest: several replacing lists mean what they share; otherwise all of them.
    """

    kind: Kind
    replacing: tuple[_List, ...]
    added: tuple[_List, ...]
    narrowest: bool

    @property
    def rules(self) -> tuple[Rule, ...]:
        return tuple(
            dict.fromkeys(rule for one in (*self.replacing, *self.added) for rule in one.rules)
        )


class _Shared(NamedTuple):
    """Lists of which only the common times count; kind and rules tell them from others."""

    kind: Kind
    rules: tuple[Rule, ...]
    lists: tuple[tuple[_Interval, ...], ...]


class _Ruling(NamedTuple):
    """The breaks that start on one local day, and the rules in force where there is none."""

    breaks: tuple[_Interval, ...]
    shared: tuple[_Shared, ...]
    rules: tuple[Rule, ...]


def _ranks(profile: Profile, day: date) -> Iterable[_Rank]:
    """Go through the ranks that speak about a day, most specific first."""
    for rank in profile.exceptions:
        dated = [one for one in rank if one.since <= day <= one.until]
        if dated:
            yield _Rank(
                Kind.EXCEPTION,
                tuple(_List(one.breaks, (one.rule,)) for one in dated if not one.adds),
                tuple(_List(one.breaks, (one.rule,)) for one in dated if one.adds),
                profile.narrowest,
            )
    for layer in profile.layers:
        yield _Rank(
            Kind.FIXED,
            tuple(_List(source, layer.rules) for source in layer.sources),
            tuple(_List(added, layer.rules) for added in layer.added),
            layer.narrowest,
        )


@Remembered
def _ruling(profile: Profile, platform: str | None, day: date) -> _Ruling:
    found: list[_Interval] = []
    shared: list[_Shared] = []
    rules: list[Rule] = []
    for rank in _ranks(profile, day):
        alone = [(one, rank.added) for one in rank.added]
        if rank.narrowest and len(rank.replacing) > 1:
            lists = tuple(
                tuple(_intervals(profile, day, one.breaks, platform, rank.kind))
                for one in rank.replacing
            )
            names = tuple(dict.fromkeys(rule for one in rank.replacing for rule in one.rules))
            shared.append(_Shared(rank.kind, names, lists))
        else:
            alone += [(one, rank.replacing) for one in rank.replacing]
        found += [
            _given(interval, (*interval.rules, *one.rules), _rivals(one, peers))
            for one, peers in alone
            for interval in _intervals(profile, day, one.breaks, platform, rank.kind)
        ]
        rules += rank.rules
        if rank.replacing:
            break
    return _Ruling(tuple(found), tuple(shared), tuple(rules))


def _rivals(one: _List, others: Iterable[_List]) -> frozenset[str]:
    """Return the flexible breaks that other teams give, or add: the largest counts, no sum."""
    own, found = (
        frozenset(each.rule.id for list_ in lists for each in list_.breaks if _flexible(each))
        for lists in ([one], others)
    )
    return found - own


def _flexible(one: Break) -> bool:
    return isinstance(one, FlexibleBreak)


def _given(
    interval: _Interval, rules: tuple[Rule, ...], rivals: frozenset[str] = frozenset()
) -> _Interval:
    """Note the rules that give an interval, and what its offer shares its allowance with."""
    offer = interval.offer
    if offer is not None:
        offer = offer._replace(rules=rules, rivals=offer.rivals | rivals)
    return interval._replace(rules=rules, offer=offer)


def _common(rulings: Iterable[_Ruling]) -> list[_Interval]:
    """
    Return the times that lists share which mean only what they share.

    A night that began yesterday can meet a morning of today. So every list is first put
    together from all days on which the same lists are in force.
    """
    together: dict[tuple[Kind, tuple[Rule, ...]], list[list[_Interval]]] = {}
    for ruling in rulings:
        for one in ruling.shared:
            lists = together.setdefault((one.kind, one.rules), [[] for _ in one.lists])
            for whole, part in zip(lists, one.lists, strict=True):
                whole.extend(part)
    return [
        _given(interval, (*(interval.offer or interval).rules, *rules))
        for (_, rules), lists in together.items()
        for interval in reduce(_meeting, lists)
    ]


def _meeting(these: list[_Interval], those: list[_Interval]) -> list[_Interval]:
    """Return where two lists meet, with the rules of both; the smaller kind is what both give."""
    return [
        _Interval(
            max(a.since, b.since),
            min(a.until, b.until),
            min(a.kind, b.kind),
            (*a.rules, *b.rules),
            _met(a, b),
        )
        for a in these
        for b in those
        if max(a.since, b.since) < min(a.until, b.until)
    ]


def _met(a: _Interval, b: _Interval) -> Offer | None:
    if a.offer is not None and b.offer is not None:
        return narrower(a.offer, b.offer)
    offer = a.offer or b.offer
    if offer is None:
        return None
    return offer._replace(since=max(a.since, b.since), until=min(a.until, b.until))


def _overrides(profile: Profile, day: date) -> list[_Interval]:
    holiday = day in profile.holidays
    found = [
        _Interval(since, until, Kind.BLACKOUT, (one.rule,))
        for one in profile.blackouts
        if one.days.holds(day, holiday=holiday)
        for span in one.spans
        for since, until in occurrences(profile.zone, day, span)
    ]
    for suspension in profile.suspensions:
        since, until = local_day(profile.zone, suspension.since, suspension.until)
        found.append(_Interval(since, until, Kind.SUSPENDED, (suspension.rule,)))
    return found


@Remembered
def _segments(
    profile: Profile, platform: str | None, ordinal: int
) -> tuple[tuple[datetime, Opening], ...]:
    """
    Cut one UTC day into stretches of one answer; `until` is not known yet.

    The local days that can reach into a UTC day are the one before (a zone ahead or behind, or
    a night that began then), two before (both at once), the same and the next.
    """
    start = datetime.combine(date.fromordinal(ordinal), time.min, UTC)
    end = start + DAY
    days = [start.date() + offset * DAY for offset in (-2, -1, 0, 1)]
    rulings = [_ruling(profile, platform, day) for day in days]
    nearby = [one for ruling in rulings for one in ruling.breaks] + _common(rulings)
    nearby += [one for day in days for one in _overrides(profile, day)]
    spans = [one for one in nearby if one.since < end and one.until > start]
    edges = {start, *(max(one.since, start) for one in spans)}
    edges |= {one.until for one in spans if one.until < end}
    edges |= {edge for day in days for edge in day_edges(profile.zone, day) if start < edge < end}
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
        if first.kind is Kind.FLEXIBLE:
            offers = {(one.offer.id, one.offer.day): one.offer for one in here if one.offer}
            return Opening(first.kind, first.rules, offers=tuple(offers.values()))
        return Opening(first.kind, first.rules)
    day = at.astimezone(profile.zone).date()
    return Opening(Kind.CLOSED, _ruling(profile, platform, day).rules)


@Remembered
def _utc_day(
    profile: Profile, platform: str | None, ordinal: int
) -> tuple[tuple[datetime, ...], tuple[Opening, ...]]:
    """Return the stretches of one UTC day with the instant at which each kind of answer ends."""
    segments = _segments(profile, platform, ordinal)
    until = _next_other(profile, platform, ordinal, segments[-1][1])
    openings: list[Opening] = []
    for index in range(len(segments) - 1, -1, -1):
        opening = segments[index][1]
        if openings and _differ(openings[-1], opening):
            until = segments[index + 1][0]
        openings.append(opening._replace(until=until))
    return tuple(since for since, _ in segments), tuple(reversed(openings))


def _differ(one: Opening, other: Opening) -> bool:
    return one.kind is not other.kind or one.offers != other.offers


def _next_other(
    profile: Profile, platform: str | None, ordinal: int, last_seen: Opening
) -> datetime | None:
    if profile.constant:
        return None
    last = min(ordinal + HORIZON_DAYS, date.max.toordinal() - 4)
    later = ordinal + 1
    while later <= last:
        covered = _suspended_through(profile, later)
        if last_seen.kind is Kind.SUSPENDED and covered is not None:
            later = covered + 1
            continue
        for since, opening in _segments(profile, platform, later):
            if _differ(opening, last_seen):
                return since
        later += 1
    return None


def _suspended_through(profile: Profile, ordinal: int) -> int | None:
    """
    Return the last of the UTC days from *ordinal* on that one suspension covers whole.

    Nothing counts above a suspension, so these days need not be laid out. A local day may begin
    and end half a day earlier or later than the UTC day of its date: hence a day to spare.
    """
    for one in profile.suspensions:
        if one.since.toordinal() < ordinal < one.until.toordinal():
            return one.until.toordinal() - 1
    return None


KEPT: Final[tuple[Kept[Any, Any], ...]] = (_ruling.kept, _segments.kept, _utc_day.kept)
"""
Days that were laid out.

They go by profile, and a new policy has new profiles: after a reload nobody asks for the old
ones, which would stay until others push them out.
"""
