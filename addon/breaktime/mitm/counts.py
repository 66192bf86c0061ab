"""Stage 7, record: what is only counted, an hour at a time, and told of without anybody's name."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from breaktime.core.record import Action, Counted, Record
from breaktime.core.session import Ending, Key, Session

HOUR = timedelta(hours=1)

MANY = 5
"""From so many people on, a count says that there were as many; they are forgotten with it."""

LOOK_SECONDS = 5.0
"""How often it is looked whether a session is over."""

log = structlog.get_logger("breaktime.gateway")

type _Topic = tuple[str, str | None, str | None, str | None, str]


@dataclass(slots=True)
class _Count:
    """
    One count that goes on.

    Fields:
        first: what was counted first.
        visits: how often.
        people: the first of those who did it, `MANY` at most; written nowhere.
    """

    first: Record
    visits: int = 0
    people: set[str | None] = field(default_factory=set)


class Counting(Protocol):
    """Where what leaves no record of its own is counted: here, or in another process."""

    def add(self, record: Record) -> None:
        """Count what a record would have told of."""

    def look(self, at: datetime) -> None:
        """Tell of the hours that are over."""

    def close(self, at: datetime) -> None:
        """Tell of everything."""


class Elsewhere(Counting, Protocol):
    """Where sessions and counts of several processes are put together."""

    def begin(self, key: Key) -> None:
        """Take note that a session goes on here."""

    def end(self, key: Key, session: Session, why: Ending) -> None:
        """Take over a session that goes on here no more."""


class Counts:
    """Counts what leaves no record of its own, by platform, context and what happened."""

    def __init__(self, put: Callable[[Record], object]) -> None:
        """
        Begin with nothing.

        Args:
            put: writes a record.
        """
        self._put = put
        self._counts: dict[_Topic, _Count] = {}

    def add(self, record: Record) -> None:
        """Count what a record would have told of."""
        rule = record.because[0] if record.because else ""
        topic = (record.action, record.platform, record.context, record.reason, rule)
        count = self._counts.get(topic)
        if count is not None and _hour(count.first.at) != _hour(record.at):
            self._tell(topic, record.at)
            count = None
        if count is None:
            count = self._counts[topic] = _Count(record)
        count.visits += 1
        if len(count.people) < MANY:
            count.people.add(record.person or record.source)

    def look(self, at: datetime) -> None:
        """Tell of the hours that are over."""
        for topic, count in list(self._counts.items()):
            if _hour(count.first.at) != _hour(at):
                self._tell(topic, at)

    def close(self, at: datetime) -> None:
        """Tell of everything."""
        for topic in list(self._counts):
            self._tell(topic, at)

    def _tell(self, topic: _Topic, at: datetime) -> None:
        count = self._counts.pop(topic)
        first, since = count.first, _hour(count.first.at)
        noun = "visit" if count.visits == 1 else "visits"
        what = "refused" if first.action is Action.VISIT_BLOCKED else "open"
        self._put(
            Record(
                at=at,
                action=Action.VISITS_COUNTED,
                message=f"Counted: {count.visits} {noun} in the hour, {what}",
                ruleset=first.ruleset,
                reason=first.reason,
                context=first.context,
                because=first.because[:1],
                platform=first.platform,
                category=first.category,
                tally=Counted(count.visits, since, since + HOUR, len(count.people) >= MANY),
            )
        )


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


async def look_again(look: Callable[[], object]) -> None:
    """Look again and again which sessions and counts are over."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            look()
        except Exception as fault:  # the next look may go well
            log.exception("sessions were not looked through", error=type(fault).__name__)
