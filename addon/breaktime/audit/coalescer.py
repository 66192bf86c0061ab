"""One record that stands for many."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from breaktime.core.record import Record
from breaktime.core.visit import Evidence

SELDOM = timedelta(minutes=10)
"""One record tells of everything alike in this time."""

REMEMBERED = 10_000
"""How many records `Coalescer` remembers; the oldest are forgotten first."""

Topic = tuple[Hashable, ...]
"""What a record is about. One stands for another only where all of it is the same."""


def topic_of(record: Record, client: str) -> Topic:
    """
    Return what a record is about, as far as one record may stand for another.

    A client that is no browser goes to pages as a person does, so each page is one of its own.

    Args:
        record: what would be written.
        client: address of the client; where nobody is known, the computer is the nearest there
            is to a person.
    """
    who = (record.person, None) if record.person else (None, client)
    if record.evidence is Evidence.BACKGROUND:
        # A tab that was left open is one thing, also where what refuses it changes meanwhile.
        return (*who, record.platform, record.action)
    page: Topic = ()
    if record.evidence is Evidence.APP:
        page = (record.domain, record.path, *record.parameters.items())
    return (*who, record.platform, record.action, record.reason, record.ruleset, *page)


@dataclass(slots=True)
class Coalescer:
    """
    Tells whether a record would only say again what one of the last ten minutes says.

    A tab that was left open asks every few seconds. For `Keeping.SELDOM` ask `earlier`; where it
    has an answer, show that id and write nothing; where not, write the record and `remember` it.

    Fields:
        stretch: how long one record stands for all.
        size: how many are remembered.
    """

    stretch: timedelta = SELDOM
    size: int = REMEMBERED
    _told: dict[Topic, tuple[datetime, str]] = field(default_factory=dict)

    def earlier(self, topic: Topic, at: datetime) -> str | None:
        """Return the decision id of the record that already tells of this, or None."""
        told = self._told.get(topic)
        if told is None or abs(at - told[0]) >= self.stretch:
            return None
        return told[1]

    def remember(self, topic: Topic, record: Record) -> None:
        """Let a record that was written stand for what follows it."""
        if record.decision is None:
            return
        self._told.pop(topic, None)
        self._told[topic] = (record.at, record.decision)
        while len(self._told) > self.size:
            del self._told[next(iter(self._told))]

    def forget(self, topic: Topic) -> None:
        """Let a record stand for nothing, because it is not kept."""
        self._told.pop(topic, None)
