"""What a ledger does, for whoever uses one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from breaktime.core.flexible import Sitting, Usage
from breaktime.core.sitting import Refused
from breaktime.ledger.requests import SqlRequests

NOTHING = timedelta(0)


class LedgerError(Exception):
    """The ledger cannot be read or written. The text says why, without addresses or passwords."""


class EventKind(StrEnum):
    """What happened to a sitting, as the audit log calls it."""

    STARTED = "break-started"
    ENDED = "break-ended"
    REFUSED = "break-refused"


@dataclass(frozen=True, slots=True)
class Event:
    """
    Something that has to be recorded; a ledger keeps it until a gateway has done so.

    Fields:
        id: of the event.
        at: UTC instant.
        kind: what happened.
        person: canonical id.
        break_id: id of the break; empty where none was on offer.
        reason: why; ``stopped``, ``budget_used`` or ``span_ended`` for one that ended.
        granted: the most time that the sitting was started for.
        used: what it was charged.
        sitting: which part of the day it is, from 1; 0 where there is none.
    """

    id: str
    at: datetime
    kind: EventKind
    person: str
    break_id: str
    reason: str
    granted: timedelta
    used: timedelta
    sitting: int


class Ledger(Protocol):
    """
    Keeps what people have had, once for each of them.

    `requests` is the queue of those who ask for business cases; it is kept with the rest.

    Every method may block for some seconds, may be called from several threads and processes at
    once, and raises `LedgerError` where the ledger cannot be used. Each change is whole or not at
    all, and kept when the method returns, whatever happens to the process then.
    """

    requests: SqlRequests

    def usage(self, person: str, at: datetime) -> Usage:
        """Return what somebody has had these days."""
        ...

    def start(
        self, person: str, at: datetime, begin: Callable[[Usage], Sitting | Refused]
    ) -> Sitting | Refused:
        """
        Start a sitting.

        Args:
            person: canonical id.
            at: UTC instant.
            begin: decides; called under the lock with what the ledger says by then.
        """
        ...

    def stop(self, person: str, at: datetime) -> Event | None:
        """Stop the sitting that goes on, and return what it cost; None where none goes on."""
        ...

    def tick(self, at: datetime, lost: timedelta = NOTHING) -> None:
        """
        Count the time of every sitting that goes on, and end those that are over.

        Args:
            at: UTC instant.
            lost: time since the last tick of this gateway that its clock does not show, because it
                was set back meanwhile.
        """
        ...

    def running(self) -> frozenset[str]:
        """Return the people whose sitting goes on."""
        ...

    def take(self, reader: str, at: datetime) -> tuple[Event, ...]:
        """
        Return events that nobody has recorded, and keep them from other gateways for a while.

        Args:
            reader: name of the gateway; what it took before and did not drop comes again.
            at: UTC instant.
        """
        ...

    def drop(self, events: Iterable[Event]) -> None:
        """Forget events that are recorded."""
        ...

    def reset(self, person: str, at: datetime, days: Iterable[date]) -> None:
        """
        Give somebody the allowances of some days anew; a part that goes on stays one.

        Args:
            person: canonical id.
            at: UTC instant.
            days: local days on which the spans of the breaks start.
        """
        ...

    def forget(self, before: date) -> None:
        """Forget what was had on earlier days, and what was asked for a year before them."""
        ...

    def hang_up(self) -> None:
        """
        Have whoever waits for the ledger wait no longer; it returns at once.

        What they asked for may be done, or not: they get `LedgerError`.
        """
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...
