"""How whoever connects to an origin waits: as a task of the loop, or as a course."""

from __future__ import annotations

import asyncio
import errno
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Coroutine


class Waiting(Protocol):
    """How whoever connects waits; a `Course` is one."""

    async def writable(self, sock: socket.socket, seconds: float) -> int:
        """Wait until a socket is connected or has failed; return 0, or `ETIMEDOUT`."""
        ...

    async def in_task[T](
        self, work: Coroutine[object, object, T], unwanted: Callable[[T], object] | None = None
    ) -> T:
        """Have something done in a task; *unwanted* gets what came of it, if that was too late."""
        ...


class _InTask:
    """As a task of the loop waits."""

    async def in_task[T](
        self,
        work: Coroutine[object, object, T],
        unwanted: Callable[[T], object] | None = None,  # noqa: ARG002  there is no other task
    ) -> T:
        return await work

    async def writable(self, sock: socket.socket, seconds: float) -> int:
        loop = asyncio.get_running_loop()
        writable: asyncio.Future[int] = loop.create_future()
        timer = loop.call_later(seconds, _settle, writable, errno.ETIMEDOUT)
        loop.add_writer(sock, _settle, writable, 0)
        try:
            return await writable
        finally:
            timer.cancel()
            loop.remove_writer(sock)


IN_TASK: Waiting = _InTask()


def _settle(waiter: asyncio.Future[int], code: int) -> None:
    if not waiter.done():
        waiter.set_result(code)
