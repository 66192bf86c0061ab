"""
Stage 4, when: whether somebody has a break at one instant, and when that changes.

The rules of a person are laid out over days, cut into stretches of one answer and kept; to ask is
then a look-up. How the wall clock is read is `wall`'s business.
"""

from bisect import bisect_right
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any, Final, NamedTuple

from breaktime.core.breaks import Profile
from breaktime.core.flexible import Offer, Stretch
from breaktime.core.kept import Kept, Remembered
from breaktime.core.layout import Interval, Kind, common, overrides, ruling
from breaktime.core.rule import OWN, Rule
from breaktime.core.wall import DAY, day_edges

__all__ = ["HORIZON_DAYS", "KEPT", "Kind", "Opening", "free_stretches", "look", "named", "said"]

HORIZON_DAYS = 400
"""How far ahead the next change is looked for: a yearly break and some days to spare."""

_DAYS_KEPT: Final = 8
"""From how many laid out days on those go that are far from the newest."""

_NEAR: Final = 2
"""Days before and after the newest that stay."""


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


def look(profile: Profile, at: datetime, platform: str | None = None) -> Opening:
    """
    Say what the calendar of one person says at one instant.

    Args:
        profile: the person's rules.
        at: UTC instant.
        platform: the platform asked for; it matters where a break is for some platforms only.
    """
    opening = said(profile, at, platform)[2]
    return opening if profile.own is None else _owned(opening, profile.own)


def said(
    profile: Profile, at: datetime, platform: str | None = None
) -> tuple[datetime, datetime, Opening]:
    """
    Say what the calendar says at one instant, and between which UTC instants it says just that.

    In what is said, `OWN` stands for the list of whoever has one of their own.
    """
    key = platform if profile.limited else None, at.toordinal()
    edges, openings = profile.laid_out.get(key) or _lay_out(profile, *key)
    after = bisect_right(edges, at)
    return edges[after - 1], edges[after], openings[after - 1]


def _owned(opening: Opening, own: Rule) -> Opening:
    """Name the list of whoever asks where `OWN` stands for it."""
    offers = tuple(one._replace(rules=named(one.rules, own)) for one in opening.offers)
    return Opening(opening.kind, named(opening.rules, own), opening.until, offers)


def named(rules: tuple[Rule, ...], own: Rule) -> tuple[Rule, ...]:
    """Put somebody's own list where `OWN` stands for it."""
    return tuple([own if rule is OWN else rule for rule in rules])


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
    rulings = [ruling(profile, platform, day) for day in days]
    nearby = [one for each in rulings for one in each.breaks] + common(rulings)
    nearby += [one for day in days for one in overrides(profile, day)]
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


def _state(profile: Profile, platform: str | None, spans: list[Interval], at: datetime) -> Opening:
    here = [one for one in spans if one.since <= at < one.until]
    if here:
        first = max(here, key=lambda one: one.kind)
        if first.kind is Kind.FLEXIBLE:
            offers = {(one.offer.id, one.offer.day): one.offer for one in here if one.offer}
            return Opening(first.kind, first.rules, offers=tuple(offers.values()))
        return Opening(first.kind, first.rules)
    day = at.astimezone(profile.zone).date()
    return Opening(Kind.CLOSED, ruling(profile, platform, day).rules)


def _lay_out(
    profile: Profile, platform: str | None, ordinal: int
) -> tuple[tuple[datetime, ...], tuple[Opening, ...]]:
    """
    Return the stretches of one UTC day with the instant at which each kind of answer ends.

    Returns:
        The UTC instants at which they begin, with the end of the day as the last; and the answers.
    """
    segments = _segments(profile, platform, ordinal)
    until = _next_other(profile, platform, ordinal, segments[-1][1])
    openings: list[Opening] = []
    for index in range(len(segments) - 1, -1, -1):
        opening = segments[index][1]
        if openings and _differ(openings[-1], opening):
            until = _one(segments[index + 1][0])
        openings.append(opening._replace(until=until))
    edges = tuple(map(_one, (*(since for since, _ in segments), segments[0][0] + DAY)))
    found = edges, tuple(reversed(openings))
    if len(profile.laid_out) >= _DAYS_KEPT:
        for key in list(profile.laid_out):
            if abs(key[1] - ordinal) > _NEAR:
                profile.laid_out.pop(key, None)
    profile.laid_out[platform, ordinal] = found
    return found


@lru_cache(maxsize=4096)
def _one(at: datetime) -> datetime:
    """Return one object for each instant: all whose break ends then look at the same memory."""
    return at


def _differ(one: Opening, other: Opening) -> bool:
    return one.kind is not other.kind or one.offers != other.offers


def _next_other(
    profile: Profile, platform: str | None, ordinal: int, last_seen: Opening
) -> datetime | None:
    if profile.constant:
        return None
    last = min(ordinal + HORIZON_DAYS, date.max.toordinal() - 4)
    later = _foreseen(profile, platform, ordinal, last_seen) + 1
    found: datetime | None = None
    while later <= last and found is None:
        covered = _suspended_through(profile, later)
        if last_seen.kind is Kind.SUSPENDED and covered is not None:
            later = covered + 1
            continue
        for since, opening in _segments(profile, platform, later):
            if _differ(opening, last_seen):
                found = since
                break
        else:
            later += 1
    profile.foreseen[platform] = ordinal, later - 1, last_seen
    return found


def _foreseen(profile: Profile, platform: str | None, ordinal: int, last_seen: Opening) -> int:
    """Return the last day of which is known that it goes on with what was last seen of a day."""
    since, through, seen = profile.foreseen.get(platform, (ordinal, ordinal, last_seen))
    if since <= ordinal <= through and not _differ(seen, last_seen):
        return int(through)
    return ordinal


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


KEPT: Final[tuple[Kept[Any, Any], ...]] = (ruling.kept, _segments.kept)
"""
Steps to days that were laid out; the days themselves are with the profiles.

They go by profile, and a new policy has new profiles: after a reload nobody asks for the old
ones, which would stay until others push them out.
"""
