"""Stage 6, week: the answers of the calendar over some days, one after the other."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from breaktime.core.breaks import Profile
from breaktime.core.rule import Rule
from breaktime.core.when import Kind, look

MINUTE = timedelta(minutes=1)


class Stretch(NamedTuple):
    """
    A time with one answer.

    Fields:
        since, until: UTC instants, the end not included.
        kind: what the calendar says.
        rules: the rules that say so, the deciding one first.
    """

    since: datetime
    until: datetime
    kind: Kind
    rules: tuple[Rule, ...]

    @property
    def minutes(self) -> float:
        """How long it lasts."""
        return (self.until - self.since) / MINUTE


def stretches(
    profile: Profile, since: datetime, until: datetime, platform: str | None = None
) -> Iterator[Stretch]:
    """
    Go through the answers of the calendar between two UTC instants.

    The calendar names the end of each kind of answer; inside it, one break may follow another
    without a pause. Breaks begin and end at full minutes, so each minute is asked who opens it.
    """
    at = since
    while at < until:
        opening = look(profile, at, platform)
        end = until if opening.until is None else min(opening.until, until)
        begun = at
        if opening.kind is not Kind.CLOSED:
            minute = _full_minute(at)
            while minute < end:
                rules = look(profile, minute, platform).rules
                if rules != opening.rules:
                    yield Stretch(begun, minute, opening.kind, opening.rules)
                    begun, opening = minute, opening._replace(rules=rules)
                minute += MINUTE
        yield Stretch(begun, end, opening.kind, opening.rules)
        at = end


def _full_minute(at: datetime) -> datetime:
    """Return the next full minute after an instant."""
    return at.astimezone(UTC).replace(second=0, microsecond=0) + MINUTE
