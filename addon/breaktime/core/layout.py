"""
Stage 4, layout: which times the rules of a person give, start day by start day.

Ranks of rules are put one over the other here; what holds at one instant is `when`'s business.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import IntEnum
from functools import reduce
from typing import NamedTuple

from breaktime.core.breaks import Break, FlexibleBreak, Profile
from breaktime.core.flexible import Offer, narrower
from breaktime.core.kept import Remembered
from breaktime.core.rule import Rule
from breaktime.core.wall import local_day, occurrences


class Kind(IntEnum):
    """What the calendar says at one instant; where several hold, the highest counts."""

    CLOSED = 0
    FLEXIBLE = 1
    FIXED = 2
    EXCEPTION = 3
    BLACKOUT = 4
    SUSPENDED = 5


class Interval(NamedTuple):
    """
    A time that one rule gives, between two UTC instants.

    Fields:
        since, until: UTC instants [since, until).
        kind: what it means.
        rules: the rules that give it, the deciding one first.
        offer: the flexible break that may be taken in it.
    """

    since: datetime
    until: datetime
    kind: Kind
    rules: tuple[Rule, ...]
    offer: Offer | None = None


def _intervals(
    profile: Profile, day: date, breaks: Iterable[Break], platform: str | None, kind: Kind
) -> list[Interval]:
    holiday = day in profile.holidays
    return [
        _interval(one, day, since, until, kind)
        for one in breaks
        if (one.platforms is None or platform in one.platforms)
        and one.days.holds(day, holiday=holiday)
        for span in one.spans
        for since, until in occurrences(profile.zone, day, span)
    ]


def _interval(one: Break, day: date, since: datetime, until: datetime, kind: Kind) -> Interval:
    if not isinstance(one, FlexibleBreak):
        return Interval(since, until, kind, (one.rule,))
    allowance = timedelta(minutes=one.minutes)
    offer = Offer(one.rule.id, day, since, until, allowance, one.sittings, (one.rule,))
    return Interval(since, until, Kind.FLEXIBLE, offer.rules, offer)


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
    lists: tuple[tuple[Interval, ...], ...]


class Ruling(NamedTuple):
    """The breaks that start on one local day, and the rules in force where there is none."""

    breaks: tuple[Interval, ...]
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
def ruling(profile: Profile, platform: str | None, day: date) -> Ruling:
    """Return what the ranks of somebody's rules say about one local day."""
    found: list[Interval] = []
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
    return Ruling(tuple(found), tuple(shared), tuple(rules))


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
    interval: Interval, rules: tuple[Rule, ...], rivals: frozenset[str] = frozenset()
) -> Interval:
    """Note the rules that give an interval, and what its offer shares its allowance with."""
    offer = interval.offer
    if offer is not None:
        offer = offer._replace(rules=rules, rivals=offer.rivals | rivals)
    return interval._replace(rules=rules, offer=offer)


def common(rulings: Iterable[Ruling]) -> list[Interval]:
    """
    Return the times that lists share which mean only what they share.

    A night that began yesterday can meet a morning of today. So every list is first put
    together from all days on which the same lists are in force.
    """
    together: dict[tuple[Kind, tuple[Rule, ...]], list[list[Interval]]] = {}
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


def _meeting(these: list[Interval], those: list[Interval]) -> list[Interval]:
    """Return where two lists meet, with the rules of both; the smaller kind is what both give."""
    return [
        Interval(
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


def _met(a: Interval, b: Interval) -> Offer | None:
    if a.offer is not None and b.offer is not None:
        return narrower(a.offer, b.offer)
    offer = a.offer or b.offer
    if offer is None:
        return None
    return offer._replace(since=max(a.since, b.since), until=min(a.until, b.until))


def overrides(profile: Profile, day: date) -> list[Interval]:
    """Return the blackouts that start on a local day, and the suspensions that there are."""
    holiday = day in profile.holidays
    found = [
        Interval(since, until, Kind.BLACKOUT, (one.rule,))
        for one in profile.blackouts
        if one.days.holds(day, holiday=holiday)
        for span in one.spans
        for since, until in occurrences(profile.zone, day, span)
    ]
    for suspension in profile.suspensions:
        since, until = local_day(profile.zone, suspension.since, suspension.until)
        found.append(Interval(since, until, Kind.SUSPENDED, (suspension.rule,)))
    return found
