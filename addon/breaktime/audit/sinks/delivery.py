"""
Hands the log to sinks, each in a thread of its own and none in the way of anything else.

Laws of this file:

1. A cursor moves once the sink has taken what is before it. So each record comes at least once and
   in order, whatever dies meanwhile.
2. A sink that fails is told of once, and once more when it has caught up.
3. What was gone before a sink could have it is counted and told of, once for each time.
"""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from breaktime.audit.sinks import Config, Sink
from breaktime.audit.sinks.cursor import Cursor, CursorFile
from breaktime.audit.sinks.feed import Feed

LOOK = 1.0
"""How often it is looked for new lines, in seconds."""

AGAIN = 15.0
"""How long a sink that failed is left alone, in seconds."""

TOGETHER = 200
"""So many records are handed over at once."""

LEAVING = 5.0
"""How long the end waits for sinks, in seconds."""

BREATH = 0.005
"""How long it rests after so many, in seconds: requests come first while a sink catches up."""


class Lag(NamedTuple):
    """
    How far a sink is behind.

    Fields:
        records: so many numbers.
        seconds: since the first of them; 0 where there is none.
    """

    records: int
    seconds: float


class Told(NamedTuple):
    """
    Who is told what; called in the threads of sinks.

    Fields:
        behind: a sink does not take records: its name, how many, and why; without a reason: it
            has caught up.
        gone: so many records were gone before a sink could have them; its name comes first.
    """

    behind: Callable[[str, int, str], None] = lambda *_: None
    gone: Callable[[str, int], None] = lambda *_: None


class Log(NamedTuple):
    """
    The log that is handed on.

    Fields:
        directory: where its files are.
        stream: what their names begin with: `audit-<gateway>-`.
        newest: returns the number that was given last; may be asked from any thread.
        begun: the number that was last when the log was opened; a new sink begins after it.
    """

    directory: Path
    stream: str
    newest: Callable[[], int]
    begun: int


class Deliveries:
    """Hands one log to all of its sinks."""

    def __init__(
        self,
        sinks: Sequence[Config],
        base: Path,
        log: Log,
        told: Told,
        clock: Callable[[], datetime],
    ) -> None:
        """
        Start a thread for each sink.

        One that is new begins with the lines that are written since the log was opened.

        Args:
            sinks: who takes records.
            base: folder that the paths of the configuration start from.
            log: what is handed on.
            told: who is told of trouble.
            clock: reads the instant; called in any thread.
        """
        self._ways = [
            Delivery(each.name, each.open(base), log, told, clock=clock) for each in sinks
        ]

    def lags(self) -> dict[str, Lag]:
        """Return how far each is behind, by name."""
        return {way.name: way.lag for way in self._ways}

    def close(self) -> None:
        """Hand over what is left, as far as sinks take it at once, and end."""
        for way in self._ways:
            way.leave()
        end = time.monotonic() + LEAVING
        for way in self._ways:
            way.join(max(end - time.monotonic(), 0.01))


class Delivery:
    """Hands one log to one sink."""

    def __init__(  # noqa: PLR0913  the last is for tests
        self,
        name: str,
        sink: Sink,
        log: Log,
        told: Told,
        *,
        clock: Callable[[], datetime],
        again: float = AGAIN,
        look: float = LOOK,
    ) -> None:
        """Start; see `Deliveries`."""
        self.name = name
        self._sink = sink
        self._log = log
        self._told = told
        self._clock = clock
        self._again = again
        self._look = look
        self._feed = Feed(log.directory, log.stream)
        self._file = CursorFile.of(log.directory, log.stream, name)
        self._cursor = self._first()
        self._kept: Cursor | None = None
        self._since: datetime | None = None
        """When the first record was written that is on its way."""
        self._behind = False
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._run, name="breaktime-sink", daemon=True)
        self._thread.start()

    @property
    def lag(self) -> Lag:
        """How far it is behind."""
        records = max(self._log.newest() - self._cursor.sequence, 0)
        since = self._since
        seconds = 0.0 if since is None else (self._clock() - since).total_seconds()
        return Lag(records, max(seconds, 0.0))

    def leave(self) -> None:
        """Ask for the end."""
        self._leaving.set()

    def join(self, seconds: float) -> None:
        """Wait for the end, for so long at most."""
        self._thread.join(seconds)

    def _first(self) -> Cursor:
        """Return where to begin: where it stopped, if that is in this log."""
        begun, found = self._log.begun, self._file.read()
        return found if found is not None and found.sequence <= begun else Cursor(begun)

    def _run(self) -> None:
        while True:
            leaving = self._leaving.is_set()
            problem = self._hand_over()
            if (problem is not None) is not self._behind:
                self._behind = problem is not None
                with suppress(Exception):  # whoever is told: the next record comes first
                    self._told.behind(self.name, self.lag.records, problem or "")
            if leaving:
                break
            self._leaving.wait(self._look if problem is None else self._again)
        with suppress(Exception):
            self._sink.close()

    def _hand_over(self) -> str | None:
        """Hand over what there is; say why not, where that is so."""
        try:
            while (batch := self._feed.after(self._cursor, TOGETHER)).entries or batch.gone:
                self._since = batch.entries[0].at if batch.entries else None
                if batch.entries:
                    self._sink.send(batch.entries)
                if batch.gone:
                    self._told.gone(self.name, batch.gone)
                self._move(batch.cursor)
                time.sleep(BREATH)
            self._since = None
            self._move(batch.cursor)
        except Exception as fault:  # noqa: BLE001  whatever it is: they were not taken
            return str(fault) or type(fault).__name__
        return None

    def _move(self, cursor: Cursor) -> None:
        """Move on; where the disk does not keep that, the sink has some lines again later."""
        self._cursor = cursor
        if cursor != self._kept:
            with suppress(OSError):
                self._file.keep(cursor)
                self._kept = cursor
