"""
Stage 4, flexible: breaks that a person starts and stops, as the ledger has them and as they go on.

Laws of this file:

1. Allowances are elapsed time, not wall clock.
2. A sitting that was started goes on counting until it is stopped, its allowance is used or its
   span ends: also in a blackout, on every device, and while a gateway is down. Only fixed breaks
   cost nothing.
3. What has been counted never becomes less, whatever a clock does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from breaktime.core.rule import Rule

LEAST = timedelta(minutes=5)
"""The shortest part of a flexible break. A sitting that is stopped earlier costs as much."""

HEARTBEAT = timedelta(seconds=15)
"""The longest time between two looks at a running sitting while a gateway runs."""

SKEW = timedelta(seconds=2)
"""How far the clocks of two gateways may differ without anybody noticing."""

_NOTHING = timedelta(0)

type Stretch = tuple[datetime, datetime]
"""UTC instants [from, to)."""


class Offer(NamedTuple):
    """
    A flexible break on one start day, as far as the calendar goes.

    Fields:
        id: of the break; with `day` it names the account in the ledger.
        day: local day on which the span starts.
        since, until: UTC instants of the span.
        allowance: the most time, over all sittings of the day.
        sittings: the most parts.
        rules: the rules that give it.
        rivals: ids of breaks of other teams; what was taken of them counts here too.
    """

    id: str
    day: date
    since: datetime
    until: datetime
    allowance: timedelta
    sittings: int
    rules: tuple[Rule, ...] = ()
    rivals: frozenset[str] = frozenset()


class Taken(NamedTuple):
    """
    What somebody has had of one break on one day.

    Fields:
        used: time charged for sittings that have ended.
        sittings: how many were started, with one that goes on.
    """

    used: timedelta = _NOTHING
    sittings: int = 0


class Sitting(NamedTuple):
    """
    A part of a flexible break that was started and not stopped.

    Fields:
        id, day: of the break.
        number: which part of the day it is, from 1.
        since: UTC instant of the start.
        until: UTC instant at which the span ends.
        allowance: the most time of this sitting.
        free: fixed breaks meanwhile, in order; they cost nothing.
        counted: UTC instant up to which time was counted.
        spent: time counted.
    """

    id: str
    day: date
    number: int
    since: datetime
    until: datetime
    allowance: timedelta
    free: tuple[Stretch, ...]
    counted: datetime
    spent: timedelta = _NOTHING

    def ends_at(self) -> datetime:
        """Return the UTC instant at which the allowance is used or the span ends."""
        at, left = self.counted, self.allowance - self.spent
        for since, until in self.free:
            if until <= at:
                continue
            before = max(since - at, _NOTHING)
            if left <= before:
                break
            at, left = until, left - before
        return min(at + left, self.until)

    def counted_at(self, at: datetime) -> "Sitting":
        """Return the sitting with time counted up to an instant; an earlier one counts nothing."""
        end = min(at, self.ends_at())
        if end <= self.counted:
            return self
        costs = end - self.counted
        for since, until in self.free:
            costs -= max(min(until, end) - max(since, self.counted), _NOTHING)
        return self._replace(counted=end, spent=self.spent + costs)

    def told(self, at: datetime, lost: timedelta = _NOTHING) -> "Sitting":
        """
        Return the sitting after somebody looked at a clock.

        A clock that went back has been running since the last look, for `HEARTBEAT` at most: that
        is counted, and counting goes on from where the clock is now. So nobody gains by it.

        Args:
            at: UTC instant that the clock shows.
            lost: time that has passed since the last look and that the clock does not show.
        """
        if self.counted - at <= SKEW:
            shown = self.counted_at(at)
            return shown._replace(spent=min(self.allowance, shown.spent + lost))
        spent = min(self.allowance, self.spent + HEARTBEAT)
        return self._replace(counted=at, spent=spent)

    def charge(self, at: datetime) -> timedelta:
        """Return what it costs if it ends at an instant."""
        return min(self.allowance, max(LEAST, self.counted_at(at).spent))


@dataclass(frozen=True, slots=True)
class Usage:
    """
    What the ledger says about one person; a value, read once for each decision.

    Fields:
        taken: what was had, by id of the break and start day.
        running: the sitting that goes on, or that nobody has stopped in time.
        known: False where the ledger cannot be read.
    """

    taken: Mapping[tuple[str, date], Taken] = field(default=MappingProxyType({}))
    running: Sitting | None = None
    known: bool = True

    def running_at(self, at: datetime) -> Sitting | None:
        """Return the sitting that goes on at an instant."""
        running = self.running
        return running if running is not None and at < running.ends_at() else None

    def had(self, offer: Offer, at: datetime) -> Taken:
        """Return what somebody has had, at an instant, of a break and of its rivals."""
        used, sittings = _NOTHING, 0
        ids = {offer.id, *offer.rivals}
        for name in ids:
            taken = self.taken.get((name, offer.day))
            if taken is not None:
                used, sittings = used + taken.used, sittings + taken.sittings
        running = self.running
        if running is not None and running.day == offer.day and running.id in ids:
            used += running.charge(at)
        return Taken(used, sittings)


def together(offers: Iterable[Offer]) -> tuple[Offer, ...]:
    """Return the offers of one day that can all be had: of those that share, the largest."""
    found: list[Offer] = []
    for offer in sorted(offers, key=lambda one: (-one.allowance, one.id)):
        if not any(offer.id in {one.id, *one.rivals} or one.id in offer.rivals for one in found):
            found.append(offer)
    return tuple(found)


NOTHING_TAKEN = Usage()

UNKNOWN = Usage(known=False)
"""The ledger was not, or cannot be, read."""


class Chance(NamedTuple):
    """
    A sitting that could be started.

    Fields:
        offer: of which break.
        left: the longest that it can be.
        start_by: UTC instant from which on it cannot be started: too little of the span is left.
        number: which part of the day it would be, from 1.
    """

    offer: Offer
    left: timedelta
    start_by: datetime
    number: int


def is_used(offer: Offer, usage: Usage, at: datetime) -> bool:
    """Tell whether too little is left of an allowance for one more sitting."""
    had = usage.had(offer, at)
    return had.sittings >= offer.sittings or offer.allowance - had.used < LEAST


def chances(offers: Iterable[Offer], usage: Usage, at: datetime) -> tuple[Chance, ...]:
    """Return what could be started at an instant, the longest first, then by name."""
    found: list[Chance] = []
    for offer in offers:
        start_by = offer.until - LEAST
        if at >= start_by or is_used(offer, usage, at):
            continue
        had = usage.had(offer, at)
        left = min(offer.allowance - had.used, offer.until - at)
        found.append(Chance(offer, left, start_by, had.sittings + 1))
    return tuple(sorted(found, key=lambda chance: (-chance.left, chance.offer.id)))


def narrower(one: Offer, other: Offer) -> Offer:
    """Return what two teams give where only what both give counts."""
    tight, loose = sorted((one, other), key=lambda offer: (offer.allowance, offer.id, offer.day))
    return tight._replace(
        since=max(one.since, other.since),
        until=min(one.until, other.until),
        sittings=min(one.sittings, other.sittings),
        rules=tuple(dict.fromkeys((*tight.rules, *loose.rules))),
        rivals=(tight.rivals | loose.rivals | {loose.id}) - {tight.id},
    )
