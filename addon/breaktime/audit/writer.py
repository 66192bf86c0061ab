"""
The queue before the recorder, and the one thread that empties it: no disk can stop the event loop.

Laws of this file:

1. `put` does nothing that may wait. What it returns comes true once the record is kept; whatever it
   tells of is released after that.
2. Nobody waits for longer than `PATIENCE`. A record that nobody waits for any more is taken back if
   what it tells of was then refused; if it is written all the same, a second one says so.
3. What the queue cannot take is lost, counted, and told of like every loss.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from breaktime.audit.answers import Answers
from breaktime.audit.recorder import Recorder
from breaktime.audit.sealer import MOST
from breaktime.core.record import Record, withheld

PATIENCE = 2.0
"""How long somebody waits for a record to be kept, in seconds."""

QUEUE = 10_000
"""So many records may wait; each takes about 1 KB."""

TOGETHER = 128
"""So many are written at once; meanwhile the event loop runs."""

LEAVING = 15.0
"""How long the end waits for a disk, in seconds."""

_NAP = 1.0
"""How often the thread looks at the clock, in seconds."""


class _Waiting:
    """One record on its way. `given_up` and `withdrawn` are set by the event loop only."""

    __slots__ = ("future", "given_up", "held", "record", "since", "withdrawn")

    def __init__(
        self, record: Record, future: asyncio.Future[bool], since: float, *, held: bool
    ) -> None:
        self.record = record
        self.future = future
        self.since = since
        self.held = held
        self.given_up = False
        self.withdrawn = False


class Writer:
    """Takes records from one event loop, and has a thread write and seal them."""

    def __init__(  # noqa: PLR0913  the last four are for tests and benches
        self,
        recorder: Recorder,
        clock: Callable[[], datetime],
        *,
        seal_every: float = 60.0,
        steady: Callable[[], float] = time.monotonic,
        patience: float = PATIENCE,
        limit: int = QUEUE,
    ) -> None:
        """
        Start the thread, which owns the recorder from now on; call it in a running event loop.

        Args:
            recorder: closed with the writer.
            clock: reads the instant; called in the thread.
            seal_every: how often lines are sealed, in seconds.
            steady: reads a clock that nobody sets, in seconds; called in the thread.
            patience: see `PATIENCE`.
            limit: see `QUEUE`.
        """
        self._recorder = recorder
        self._clock = clock
        self._steady = steady
        self._seal_every = seal_every
        self._patience = patience
        self._limit = limit
        self._loop = asyncio.get_running_loop()
        self._answers = Answers(self._loop)
        self._queue: deque[_Waiting] = deque()
        self._unanswered: deque[_Waiting] = deque()
        self._stalled = False
        self._look: asyncio.TimerHandle | None = None
        self._refused: deque[Record] = deque(maxlen=1)
        self._settling: deque[asyncio.Future[bool]] = deque()
        self._overflow = self._counted = 0  # the first is written by the loop, the second not
        self._sealed = steady()
        self._awake = False
        self._stopping = False
        self._bell = threading.Lock()  # held while there is nothing to do
        self._bell.acquire()
        self._thread = threading.Thread(target=self._run, name="breaktime-records", daemon=True)
        self._thread.start()

    @property
    def writable(self) -> bool:
        """Whether the last record that somebody waited for was kept."""
        return self._recorder.writable and not self._stalled

    @property
    def lost(self) -> int:
        """How many records were lost since the last one that was kept."""
        return self._recorder.lost

    @property
    def queued(self) -> int:
        """How many records wait for the thread."""
        return len(self._queue)

    @property
    def lag(self) -> float:
        """For how long somebody has waited for a record, in seconds; 0 where nobody waits."""
        return self._loop.time() - self._unanswered[0].since if self._unanswered else 0.0

    def put(self, record: Record, *, held: bool = False) -> asyncio.Future[bool]:
        """
        Have one record written.

        Args:
            record: what happened.
            held: what it tells of is released only if it is kept.

        Returns:
            True when it is kept: the death of this process does not lose it. False when it is lost,
            and counted, or not kept in time.
        """
        loop = self._loop
        future = loop.create_future()
        waiting = _Waiting(record, future, loop.time(), held=held)
        if len(self._queue) >= self._limit or (self._stalled and held):
            self._refused.append(record)
            self._overflow += 1
            future.set_result(False)
        else:
            self._queue.append(waiting)
            if self._stalled:
                waiting.given_up = True
                future.set_result(False)
            else:
                self._unanswered.append(waiting)
                if self._look is None:
                    self._look = loop.call_later(self._patience, self._lose_patience)
        if not self._awake:
            # At the end of this turn of the loop: what else is put in it goes the same way, and
            # the thread does not ask for the interpreter in the middle of it.
            self._awake = True
            loop.call_soon(self._ring)
        return future

    def settle(self) -> asyncio.Future[bool]:
        """
        Have what was put before sealed now, or kept by the disk where nothing is sealed.

        Returns:
            Whether that was done.
        """
        future = self._loop.create_future()
        self._settling.append(future)
        self._ring()
        return future

    def _ring(self) -> None:
        """Wake the thread; what was put into the queue before is seen by it."""
        self._awake = True
        try:  # noqa: SIM105  for each record: `suppress` takes twice as long
            self._bell.release()
        except RuntimeError:
            pass  # it is rung already

    def close(self) -> bool:
        """
        Write what is waiting, seal it, and close the recorder.

        It waits for the disk, so an event loop asks for it in a thread.

        Returns:
            False where the disk did not answer; what was waiting may be lost.
        """
        self._stopping = True
        self._ring()
        self._thread.join(LEAVING)
        return not self._thread.is_alive()

    # What follows runs in the event loop.

    def _answer(self, batch: list[_Waiting], kept: list[bool]) -> None:
        for waiting, is_kept in zip(batch, kept, strict=True):
            if waiting.given_up:
                if is_kept and waiting.held:
                    self._queue.append(
                        _Waiting(
                            withheld(waiting.record, self._clock()), waiting.future, 0.0, held=False
                        )
                    )
                    self._queue[-1].given_up = True
                    self._ring()
                continue
            self._unanswered.popleft()
            if not waiting.future.done():
                waiting.future.set_result(is_kept)
        self._stalled = False

    def _lose_patience(self) -> None:
        """Answer those who have waited for too long."""
        unanswered, now = self._unanswered, self._loop.time()
        while unanswered and unanswered[0].since + self._patience <= now:
            waiting = unanswered.popleft()
            waiting.withdrawn = waiting.held
            waiting.given_up = self._stalled = True
            if not waiting.future.done():
                waiting.future.set_result(False)
        self._look = None
        if unanswered:
            self._look = self._loop.call_at(
                unanswered[0].since + self._patience, self._lose_patience
            )

    # What follows runs in the thread.

    def _run(self) -> None:
        self._recorder.begin(self._clock())
        stopping = False
        while not stopping:
            self._bell.acquire(timeout=_NAP)
            stopping, self._awake = self._stopping, False
            try:
                self._go_round()
            except Exception as fault:  # noqa: BLE001  without this thread nothing is recorded at all
                self._recorder.failed(fault)
        self._recorder.seal(self._clock())
        with suppress(OSError):
            self._recorder.close()
        self._answers.end()

    def _go_round(self) -> None:
        now = self._steady()
        while self._queue:
            self._write()
            self._count_overflow()
            if self._recorder.waiting >= MOST:
                self._seal()
        self._count_overflow()
        if self._settling:
            self._settle()
        elif now - self._sealed >= self._seal_every:
            self._seal()

    def _settle(self) -> None:
        """Seal at once for those who wait for it."""
        waiting = [self._settling.popleft() for _ in range(len(self._settling))]
        self._sealed = self._steady()
        done = self._recorder.settle(self._clock())
        self._answers.say(_tell, waiting, done)

    def _seal(self) -> None:
        self._sealed = self._steady()
        self._recorder.seal(self._clock())

    def _write(self) -> None:
        """Write what waits, as much as goes at once."""
        batch: list[_Waiting] = []
        while self._queue and len(batch) < TOGETHER:
            waiting = self._queue.popleft()
            if waiting.withdrawn:
                self._recorder.lose(waiting.record)
            else:
                batch.append(waiting)
        kept = [False] * len(batch)
        try:
            if batch:
                kept = self._recorder.put_all([waiting.record for waiting in batch])
        finally:  # whatever happens: who waits is answered, in the order in which they came
            self._answers.say(self._answer, batch, kept)

    def _count_overflow(self) -> None:
        """Count what the queue could not take."""
        more = self._overflow - self._counted
        if more:
            self._counted += more
            self._recorder.lose(self._refused[0], more)


def _tell(waiting: list[asyncio.Future[bool]], done: bool) -> None:  # noqa: FBT001  what was asked
    for future in waiting:
        if not future.done():
            future.set_result(done)
