"""
Stage 7, the edge of it: records get their numbers and are written before anything is released.

Laws of this file:

1. `put` raises nothing. It says whether the record is kept; who asked decides what follows.
2. Every record takes a number, kept or not. Lost ones are the gaps between the numbers, and the
   first record that can be written again is one that says how many they are, also where that is
   another process.
"""

from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from breaktime import __version__
from breaktime.audit.ecs import Origin
from breaktime.audit.line import journal
from breaktime.audit.losses import Loss
from breaktime.audit.sink import Sink
from breaktime.core.record import Action, Record
from breaktime.core.visit import Evidence

REMIND = timedelta(minutes=1)
"""How often the operator is told that records are being lost."""

Tell = Callable[[int, Exception | None], None]
"""Tells the operator how many records are lost, and why; without a fault: the loss has ended."""

SELDOM = timedelta(minutes=10)
"""One record tells of everything alike in this time."""

REMEMBERED = 10_000
"""How many records `Coalescer` remembers; the oldest are forgotten first."""

Topic = tuple[Hashable, ...]
"""What a record is about. One stands for another only where all of it is the same."""


class Recorder:
    """
    Writes records to a sink, from one thread.

    Fields:
        writable: the last write succeeded. Every `put` tries anew.
        lost: records lost since the last one that was kept.
        fault: why the last write failed, None while it works.
    """

    def __init__(
        self, sink: Sink, gateway: str, version: str = __version__, *, tell: Tell | None = None
    ) -> None:
        """
        Go on with the numbers of a sink.

        Args:
            sink: where lines go; closed with the recorder.
            gateway: name of this gateway, on every line.
            version: version of breaktime, on every line.
            tell: is called with the first loss, once a minute after it, and when it is over.
        """
        self._sink = sink
        self._journal = journal(sink, Origin(gateway, version))
        self._sequence = sink.last_sequence
        self._tell = tell
        self._told: datetime | None = None
        self._missing: Record | None = None
        """The last record that was lost."""
        self.lost = 0
        if sink.loss.lost and sink.loss.sequence > self._sequence:
            self._sequence, self.lost = sink.loss
        self.fault: Exception | None = None

    @property
    def writable(self) -> bool:
        """Whether the last write succeeded."""
        return self.fault is None

    @property
    def sequence(self) -> int:
        """The number that was given last."""
        return self._sequence

    def put(self, record: Record) -> bool:
        """
        Write one record.

        Returns:
            True when it is kept: the sink has it, and the death of this process does not lose
            it. False when it is lost, and counted.
        """
        if self.lost:
            self._close_gap(record)
        if not self.lost and self._write(record):
            return True
        self._sequence += 1
        self.lost += 1
        self._missing = record
        self._sink.note(Loss(self._sequence, self.lost))
        if self._told is None or abs(record.at - self._told) >= REMIND:
            self._told = record.at
            self._say(self.fault)
        return False

    def _close_gap(self, record: Record) -> None:
        """Say how many records are missing, if that can be written."""
        if not self._write(_gap(record, self.lost)):
            return
        self._say(None)
        self.lost, self._told, self._missing = 0, None, None
        self._sink.note(Loss(self._sequence, 0))

    def _say(self, fault: Exception | None) -> None:
        if self._tell is not None:
            with suppress(Exception):  # a log that cannot be told of does not stop the other
                self._tell(self.lost, fault)

    def close(self) -> None:
        """
        Close the sink; what is lost is told of, if that can be written by now.

        Raises:
            OSError: what was written last may not be on disk.
        """
        if self._missing is not None:
            self._close_gap(self._missing)
        self._sink.close()

    def _write(self, record: Record) -> bool:
        """Write one line, and take its number if it is kept."""
        try:
            self._journal.put(record, self._sequence + 1)
        except Exception as fault:  # noqa: BLE001  whatever it is: not written is not written
            self.fault = fault
            return False
        self.fault = None
        self._sequence += 1
        return True


def _gap(record: Record, lost: int) -> Record:
    """Say how many records are missing before one that can be written."""
    noun = "record" if lost == 1 else "records"
    return Record(
        at=record.at,
        action=Action.AUDIT_GAP,
        message=f"{lost} {noun} could not be written",
        ruleset=record.ruleset,
        lost=lost,
    )


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
