"""Stage 6, compare: what somebody gains and loses when one calendar takes the place of another."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from breaktime.core.breaks import Profile
from breaktime.core.decide import is_open
from breaktime.core.flexible import Offer, together
from breaktime.core.rule import Rule
from breaktime.core.when import look

MINUTE = timedelta(minutes=1)


class Change(NamedTuple):
    """
    The difference between two calendars over some days.

    Fields:
        before, after: minutes that are open, with those that somebody may have of flexible breaks.
        gains: minutes that were closed and will be open.
        loses: minutes that were open and will be closed.
        gained, lost: the rules that opened or will open those minutes.
    """

    before: int
    after: int
    gains: int
    loses: int
    gained: tuple[Rule, ...]
    lost: tuple[Rule, ...]


class _Open(NamedTuple):
    since: datetime
    until: datetime
    rules: tuple[Rule, ...]


def compare(
    old: Profile | None,
    new: Profile | None,
    since: datetime,
    until: datetime,
    platform: str | None = None,
) -> Change:
    """
    Compare two calendars between two UTC instants.

    Args:
        old: the rules of one person as they are; None where nothing is ever closed to them.
        new: the same as they will be.
        since: where the comparison begins.
        until: where it ends, itself not included.
        platform: it matters where a break is for some platforms only.
    """
    was, before = _calendar(old, since, until, platform)
    will, after = _calendar(new, since, until, platform)
    gains, loses = list(_without(will, was)), list(_without(was, will))
    more = _exceeding(after, before) if old is not None else {}
    less = _exceeding(before, after) if new is not None else {}
    return Change(
        _minutes(was) + sum(map(_allowed, before)),
        _minutes(will) + sum(map(_allowed, after)),
        _minutes(gains) + sum(more.values()),
        _minutes(loses) + sum(less.values()),
        _rules(gains, more),
        _rules(loses, less),
    )


def _calendar(
    profile: Profile | None, since: datetime, until: datetime, platform: str | None
) -> tuple[list[_Open], list[Offer]]:
    """Return what is open, and the flexible breaks that can be had on each day."""
    if profile is None:
        return [_Open(since, until, ())], []
    found: list[_Open] = []
    offers: dict[date, dict[Offer, None]] = {}
    at = since
    while at < until:
        opening = look(profile, at, platform)
        end = until if opening.until is None else min(opening.until, until)
        if is_open(opening.kind):
            found.append(_Open(at, end, opening.rules))
        for offer in opening.offers:
            offers.setdefault(offer.day, {})[offer] = None
        at = end
    return found, [one for of_day in offers.values() for one in together(of_day)]


def _exceeding(these: list[Offer], those: list[Offer]) -> dict[Offer, int]:
    """
    Return the minutes that some flexible breaks give more than others.

    Breaks of one day whose spans meet stand for each other, each minute once.
    """
    left = {other: _allowed(other) for other in those}
    found: dict[Offer, int] = {}
    for offer in these:
        minutes = _allowed(offer)
        for other in those:
            if other.day == offer.day and other.since < offer.until and offer.since < other.until:
                same = min(minutes, left[other])
                minutes, left[other] = minutes - same, left[other] - same
        if minutes > 0:
            found[offer] = minutes
    return found


def _allowed(offer: Offer) -> int:
    return round(offer.allowance / MINUTE)


def _without(these: list[_Open], those: list[_Open]) -> Iterator[_Open]:
    """Return what of some openings lies in none of the others; both are in order."""
    first = 0
    for one in these:
        at = one.since
        while first < len(those) and those[first].until <= at:
            first += 1
        for other in those[first:]:
            if other.since >= one.until:
                break
            if at < other.since:
                yield one._replace(since=at, until=other.since)
            at = max(at, other.until)
        if at < one.until:
            yield one._replace(since=at)


def _minutes(openings: list[_Open]) -> int:
    return round(sum(((one.until - one.since) for one in openings), timedelta(0)) / MINUTE)


def _rules(openings: list[_Open], offers: Iterable[Offer]) -> tuple[Rule, ...]:
    found = [one.rules[0] for one in openings if one.rules]
    return tuple(dict.fromkeys([*found, *(one.rules[0] for one in offers)]))
