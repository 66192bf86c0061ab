"""Stage 7, the far side of it: sinks and witnesses of a running gateway."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from breaktime.audit import Writer
from breaktime.audit.sinks.delivery import Deliveries, Log, Told
from breaktime.audit.statement import Statement
from breaktime.audit.witnesses import Round
from breaktime.config import Settings
from breaktime.core.record import Action, Record
from breaktime.mitm.clock import Clock
from breaktime.mitm.logs import tell_lag, tell_sink
from breaktime.watch.metrics import OutletState

SELDOM = timedelta(hours=1)
"""How often it is recorded at most that one witness does not listen."""


class Outlets:
    """
    Sinks and witnesses of one log.

    Its methods may be called from any thread. What has to be recorded is put where all records are,
    so a sink hears of its own troubles, too.
    """

    def __init__(self, settings: Settings, clock: Clock, ruleset: Callable[[], str]) -> None:
        """
        Tell witnesses from now on; sinks begin with `attach`. Called in the event loop.

        Args:
            settings: say who they are.
            clock: reads the instant.
            ruleset: returns the fingerprint of the policy in force.
        """
        self._settings = settings
        self._clock = clock
        self._ruleset = ruleset
        self._loop = asyncio.get_running_loop()
        self._writer: Writer | None = None
        self._deliveries: Deliveries | None = None
        self._missed: dict[str, datetime] = {}
        """When it was recorded last of each witness that it does not listen."""
        self._missing: set[str] = set()
        """Of whom the last record says so."""
        self._round = Round(settings.records.witnesses, self._tell_witness)

    def witness(self, statement: Statement) -> None:
        """Have every witness told of a checkpoint; returns at once."""
        self._round.tell(statement)

    def attach(self, writer: Writer, stream: str, newest: Callable[[], int], begun: int) -> None:
        """
        Begin to hand records on.

        Args:
            writer: takes what has to be recorded.
            stream: what the names of the files begin with.
            newest: returns the number that was given last.
            begun: the number that was last when the log was opened; a new sink begins after it.
        """
        self._writer = writer
        records = self._settings.records
        log = Log(records.directory, stream, newest, begun)
        told = Told(tell_sink, self._tell_gone)
        self._deliveries = Deliveries(records.sinks, self._settings.base, log, told, self._clock)

    def detach(self) -> None:
        """Record nothing any more: the log is about to be closed."""
        self._writer = None

    def states(self) -> tuple[OutletState, ...]:
        """Return how far each is behind."""
        witnesses = [
            OutletState("witness", name, count) for name, count in self._round.lags().items()
        ]
        lags = {} if self._deliveries is None else self._deliveries.lags()
        sinks = [OutletState("sink", name, *lag) for name, lag in lags.items()]
        return (*witnesses, *sinks)

    def close(self) -> None:
        """Hand over what is left, as far as they take it at once, and end; takes seconds."""
        if self._deliveries is not None:
            self._deliveries.close()
        self._round.close()

    def _tell_witness(self, name: str, lag: int, problem: str) -> None:
        tell_lag(name, lag, problem)
        now = self._clock()
        if not problem and name in self._missing:
            self._missing.discard(name)
            self._record(now, Action.AUDIT_WITNESSED, "A witness has all seals again", name)
        elif problem and name not in self._missing and self._is_news(name, now):
            self._missing.add(name)
            self._missed[name] = now
            self._record(now, Action.AUDIT_UNWITNESSED, "A witness does not take the seals", name)

    def _is_news(self, name: str, now: datetime) -> bool:
        last = self._missed.get(name)
        return last is None or abs(now - last) >= SELDOM

    def _tell_gone(self, name: str, count: int) -> None:
        noun = "record was" if count == 1 else "records were"
        message = f"{count} {noun} not in the log any more before a sink had them"
        done = self._record(self._clock(), Action.AUDIT_UNSENT, message, name, count)
        if not done:
            raise OSError("the log is being closed")  # told of after the next start

    def _record(
        self, at: datetime, action: Action, message: str, name: str, lost: int | None = None
    ) -> bool:
        """Have something recorded; False where nothing can be any more."""
        writer = self._writer
        if writer is None:
            return False
        record = Record(at, action, message, self._ruleset(), outlet=name, lost=lost)
        try:
            self._loop.call_soon_threadsafe(writer.put, record)
        except RuntimeError:  # the loop is closed
            return False
        return True
