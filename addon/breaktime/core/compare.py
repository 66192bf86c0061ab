"""Stage 6, compare: what somebody gains and loses when one calendar takes the place of another."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from breaktime.core.breaks import Profile
from breaktime.core.decide import is_open
from breaktime.core.rule import Rule
from breaktime.core.when import look

MINUTE = timedelta(minutes=1)


class Change(NamedTuple):
    """
    The difference between two calendars over some days.

    Fields:
        before, after: minutes that are open.
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
    before = list(_openings(old, since, until, platform))
    after = list(_openings(new, since, until, platform))
    gains, loses = list(_without(after, before)), list(_without(before, after))
    return Change(
        _minutes(before), _minutes(after), _minutes(gains), _minutes(loses),
        _rules(gains), _rules(loses),
    )  # fmt: skip


def _openings(
    profile: Profile | None, since: datetime, until: datetime, platform: str | None
) -> Iterator[_Open]:
    if profile is None:
        yield _Open(since, until, ())
        return
    at = since
    while at < until:
        opening = look(profile, at, platform)
        end = until if opening.until is None else min(opening.until, until)
        if is_open(opening.kind):
            yield _Open(at, end, opening.rules)
        at = end


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


def _rules(openings: list[_Open]) -> tuple[Rule, ...]:
    return tuple(dict.fromkeys(one.rules[0] for one in openings if one.rules))
