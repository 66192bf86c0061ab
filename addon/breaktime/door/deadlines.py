"""
Deadlines that hardly anybody reaches: one timer of the loop for all that are equally far away.

Every wait of a client has an end, and nearly all are over long before. A timer of asyncio for each
would be put in order among all others, and taken out again. Those that are equally far away are
reached in the order in which they were set, so they need none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable


class Deadline:
    """One of them."""

    __slots__ = ("_queue", "_reached", "at")

    def __init__(
        self, queue: dict[Deadline, None], at: float, reached: Callable[[], object]
    ) -> None:
        """
        Set it.

        Args:
            queue: holds it until it is reached.
            at: when that is, by the loop's clock.
            reached: called then.
        """
        self._queue = queue
        self.at = at
        self._reached = reached

    def cancel(self) -> None:
        """Forget it; does nothing where it was reached."""
        self._queue.pop(self, None)

    def come(self) -> None:
        """Be reached, unless it was cancelled."""
        if self in self._queue:
            del self._queue[self]
            self._reached()


class Deadlines:
    """All deadlines of a door."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin with none."""
        self._loop = loop
        self._queues: dict[float, dict[Deadline, None]] = {}
        self._timers: dict[float, asyncio.TimerHandle] = {}

    def add(self, seconds: float, reached: Callable[[], object]) -> Deadline:
        """Call somebody after so many seconds, unless it is cancelled before."""
        queue = self._queues.get(seconds)
        if queue is None:
            queue = self._queues[seconds] = {}
        deadline = Deadline(queue, self._loop.time() + seconds, reached)
        queue[deadline] = None
        if seconds not in self._timers:
            self._timers[seconds] = self._loop.call_at(deadline.at, self._look, seconds)
        return deadline

    def close(self) -> None:
        """Forget all of them."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._queues.clear()

    def _look(self, seconds: float) -> None:
        """Call whose deadline is reached, and come again for the next one."""
        queue, now = self._queues[seconds], self._loop.time()
        del self._timers[seconds]
        for deadline in queue:
            if deadline.at > now:
                self._timers[seconds] = self._loop.call_at(deadline.at, self._look, seconds)
                break
            self._loop.call_soon(deadline.come)
