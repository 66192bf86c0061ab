"""
Sittings: what starting a flexible break would give, asked with the same rules as a page.

Nothing is written here: the ledger asks these functions under its lock and keeps the answer.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from breaktime.core.breaks import Profile
from breaktime.core.decide import MAX_STEPS, Reason
from breaktime.core.flexible import Offer, Sitting, Usage, chances, is_used
from breaktime.core.when import Kind, Opening, free_stretches, look

_CLOSED = {
    Kind.CLOSED: Reason.OUTSIDE_BREAKS,
    Kind.FLEXIBLE: Reason.OUTSIDE_BREAKS,
    Kind.FIXED: Reason.BREAK_FIXED,
    Kind.EXCEPTION: Reason.BREAK_EXCEPTION,
    Kind.BLACKOUT: Reason.BLACKOUT,
    Kind.SUSPENDED: Reason.SUSPENDED,
}


class Refused(NamedTuple):
    """
    Why a sitting cannot be started.

    Fields:
        reason: of the calendar or the allowance; `BREAK_FLEXIBLE` where one goes on already, and
            `BREAK_FIXED` or `BREAK_EXCEPTION` where a break is on that costs nothing.
        until: UTC instant at which the calendar changes, None if not foreseeable.
        offer: the break that cannot be had, where one is on offer.
    """

    reason: Reason
    until: datetime | None = None
    offer: Offer | None = None


class Left(NamedTuple):
    """
    What is left of one flexible break that is on offer.

    Fields:
        offer: the break.
        left: time that was not used, the running sitting counted.
        sittings: parts that may still be started.
    """

    offer: Offer
    left: timedelta
    sittings: int


def begin(
    profile: Profile, usage: Usage, at: datetime, name: str | None = None
) -> Sitting | Refused:
    """
    Return the sitting that starts now, or why there is none.

    Args:
        profile: the rules of the person, in the place they are at.
        usage: what the ledger says about them.
        at: UTC instant.
        name: id of the break, ``break:own-choice``; None for the one that gives most.
    """
    running = usage.running_at(at)
    if running is not None:
        return Refused(Reason.BREAK_FLEXIBLE, running.ends_at())
    opening, offers = _on_offer(profile, at)
    named = [offer for offer in offers if name in {None, offer.id}]
    if not named:
        return Refused(_CLOSED[opening.kind], opening.until)
    best = next(iter(chances(named, usage, at)), None)
    if best is None:
        used = all(is_used(offer, usage, at) for offer in named)
        reason = Reason.BUDGET_USED if used else Reason.OUTSIDE_BREAKS
        return Refused(reason, opening.until, named[0])
    offer = best.offer
    left = offer.allowance - usage.had(offer, at).used
    free = free_stretches(profile, at, offer.until)
    return Sitting(offer.id, offer.day, best.number, at, offer.until, left, free, at)


def next_chance(
    profile: Profile, usage: Usage, at: datetime, name: str | None = None
) -> datetime | None:
    """Return the next UTC instant at which a sitting can be started, as far as foreseeable."""
    then: datetime | None = at
    for _ in range(MAX_STEPS):
        if then is None:
            break
        found = begin(profile, usage, then, name)
        if not isinstance(found, Refused):
            return then
        then = found.until
    return None


def what_is_left(profile: Profile, usage: Usage, at: datetime) -> tuple[Left, ...]:
    """Return what is left of every flexible break that is on offer at an instant."""
    found: list[Left] = []
    for offer in _on_offer(profile, at)[1]:
        had = usage.had(offer, at)
        left = max(offer.allowance - had.used, timedelta(0))
        found.append(Left(offer, left, max(offer.sittings - had.sittings, 0)))
    return tuple(found)


def _on_offer(profile: Profile, at: datetime) -> tuple[Opening, tuple[Offer, ...]]:
    """Ask the calendar once for each set of platforms that a flexible break is for."""
    sets = {one.platforms for one in profile.flexible} or {None}
    platforms = sorted("" if one is None else min(one, default="") for one in sets)
    openings = [look(profile, at, platform or None) for platform in dict.fromkeys(platforms)]
    offers = {(offer.id, offer.day): offer for one in openings for offer in one.offers}
    # Any offer will do; where there is none, the strongest answer is why.
    kind = max(one.kind for one in openings)
    until = min((one.until for one in openings if one.until is not None), default=None)
    return Opening(kind, (), until), tuple(offers.values())
