"""
The course of a connection: a coroutine that goes on at once when what it waits for has happened.

A task of asyncio learns of it a turn of the loop later, by a handle of its own; a connection waits
three times until it is relayed. What needs a task all the same has one, by `Course.in_task`.

Laws of this file:
    A course waits for a `Wait`, or for a future of the loop, and each of them wakes it once.
    However it ends, whoever began it is told once, and nothing that it had begun goes on.
"""

from __future__ import annotations

import asyncio
import errno
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Coroutine, Generator
    from types import TracebackType

    from breaktime.door.deadlines import Deadlines


class Wait[T]:
    """
    Something that happens once, and that one course may wait for.

    Fields:
        happened: whether it has.
        wake: called when it does; None for nobody.
    """

    __slots__ = ("_outcome", "happened", "wake")

    def __init__(self) -> None:
        """Begin with nothing happened."""
        self.happened = False
        self.wake: Callable[[], None] | None = None
        self._outcome: T

    def happen(self, outcome: T) -> None:
        """Wake whoever waits, and give it this; only the first time."""
        if self.happened:
            return
        self.happened, self._outcome = True, outcome
        if self.wake is not None:
            self.wake()

    def __await__(self) -> Generator[Wait[T], None, T]:
        """Wait; return what has come of it."""
        if not self.happened:
            yield self
        return self._outcome


class _TooLateError(BaseException):
    """A deadline is reached; nobody but `_Within` is to catch it."""


class Course:
    """A coroutine, and what it waits with."""

    __slots__ = ("_deadlines", "_ended", "_fault", "_loop", "_runs", "_steps", "_tasks", "_waits")

    def __init__(
        self,
        steps: Coroutine[Wait[object] | asyncio.Future[object], None, None],
        ended: Callable[[BaseException | None], None],
        loop: asyncio.AbstractEventLoop,
        deadlines: Deadlines,
        tasks: set[asyncio.Task[object]],
    ) -> None:
        """
        Prepare a course; `go_on` begins it.

        Args:
            steps: what is to be done.
            ended: called once at the end, with what was raised, or None.
            loop: the running loop.
            deadlines: of all courses of the door.
            tasks: holds those that courses have begun, as long as they go on.
        """
        self._steps: Coroutine[Wait[object] | asyncio.Future[object], None, None] | None = steps
        self._ended = ended
        self._loop = loop
        self._deadlines = deadlines
        self._tasks = tasks
        self._waits: Wait[object] | asyncio.Future[object] | None = None
        self._fault: BaseException | None = None
        self._runs = False

    def go_on(self) -> None:
        """Begin, or go on behind what has happened."""
        self._advance(None)

    def throw(self, fault: BaseException) -> None:
        """
        Raise something in it where it waits, or where it will wait next.

        Does nothing once it has ended.
        """
        if self._runs:
            self._fault = fault
        else:
            self._advance(fault)

    def cancel(self) -> None:
        """End it; whatever it waits for is given up."""
        self.throw(asyncio.CancelledError())

    def _advance(self, fault: BaseException | None) -> None:
        steps = self._steps
        if steps is None:
            return
        self._wait_no_more()
        self._runs = True
        try:
            waits = steps.send(None) if fault is None else steps.throw(fault)
            while self._fault is not None:  # it came while it ran
                fault, self._fault = self._fault, None
                waits = steps.throw(fault)
        except StopIteration:
            self._end(None)
        except (KeyboardInterrupt, SystemExit) as end:
            self._end(end)
            raise
        except BaseException as problem:  # noqa: BLE001  whoever began it is told
            self._end(problem)
        else:
            self._wait_for(waits)
        finally:
            self._runs = False

    def _wait_for(self, waits: Wait[object] | asyncio.Future[object]) -> None:
        self._waits = waits
        if isinstance(waits, Wait):
            waits.wake = self.go_on
        else:
            waits.add_done_callback(self._done)

    def _wait_no_more(self) -> None:
        waits, self._waits = self._waits, None
        if isinstance(waits, Wait):
            waits.wake = None
        elif waits is not None:
            waits.remove_done_callback(self._done)

    def _done(self, future: asyncio.Future[object]) -> None:
        if self._waits is future:  # it may have been given up meanwhile
            self.go_on()

    def _end(self, problem: BaseException | None) -> None:
        self._steps = None
        self._ended(problem)

    # What its steps wait with

    def within(self, seconds: float) -> _Within:
        """Return a context whose waits together end in time, or else by `TimeoutError`."""
        return _Within(self, self._deadlines, seconds)

    async def writable(self, sock: socket.socket, seconds: float) -> int:
        """Wait until a socket is connected or has failed; return 0, or `ETIMEDOUT`."""
        ready: Wait[int] = Wait()
        deadline = self._deadlines.add(seconds, partial(ready.happen, errno.ETIMEDOUT))
        self._loop.add_writer(sock, ready.happen, 0)
        try:
            return await ready
        finally:
            deadline.cancel()
            self._loop.remove_writer(sock)

    async def in_task[T](
        self, work: Coroutine[object, object, T], unwanted: Callable[[T], object] | None = None
    ) -> T:
        """
        Have something done that waits for the loop; it is begun at once.

        Args:
            work: what is to be done. If the course is ended meanwhile, so is this, and is waited
                for.
            unwanted: gets what came of it, if that was too late.
        """
        task = asyncio.Task(work, loop=self._loop, eager_start=True)
        fault: BaseException | None = None
        while not task.done():
            self._tasks.add(task)
            over: Wait[None] = Wait()
            task.add_done_callback(partial(_over, over))
            try:
                await over
            except BaseException as found:  # noqa: BLE001  raised below
                fault = found
                task.cancel()
        self._tasks.discard(task)
        if fault is None:
            return task.result()
        if not task.cancelled() and task.exception() is None and unwanted is not None:
            unwanted(task.result())
        raise fault


def _over(wait: Wait[None], _: object) -> None:
    wait.happen(None)


class _Within:
    """As long as it is entered, its course has a deadline."""

    __slots__ = ("_course", "_deadline", "_deadlines", "_seconds", "_too_late")

    def __init__(self, course: Course, deadlines: Deadlines, seconds: float) -> None:
        self._course = course
        self._deadlines = deadlines
        self._seconds = seconds
        self._too_late: BaseException | None = None

    def __enter__(self) -> None:
        self._deadline = self._deadlines.add(self._seconds, self._reached)

    def __exit__(
        self, _: object, problem: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._deadline.cancel()
        if problem is not None and problem is self._too_late:
            raise TimeoutError from problem

    def _reached(self) -> None:
        self._too_late = _TooLateError()
        self._course.throw(self._too_late)
