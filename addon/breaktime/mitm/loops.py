"""
Loops that end their process where they fail themselves.

What a break has opened goes on without its loop: sockets stay open, and nobody is there to end
them. asyncio would run such a loop again, to have its tasks end, and wait for threads that wait for
the loop. A supervisor can only begin a new process when this one has ended.
"""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, NoReturn

import structlog

from breaktime.door.lookout import DoorLoop

FAILED: Final = 70
"""The exit status; `EX_SOFTWARE` of sysexits."""

log = structlog.get_logger("breaktime.gateway")


class EndingLoop(asyncio.SelectorEventLoop):
    """
    A loop that ends its process where it fails; what a task or a callback raises is none of that.

    Fields:
        last: called before the process ends; what it waits for has to be bounded.
    """

    last: Callable[[], object] | None = None

    def run_forever(self) -> None:
        """Run until it is stopped."""
        try:
            super().run_forever()
        except Exception as problem:  # noqa: BLE001  whatever it is, the loop runs no more
            self._end(problem)

    def _end(self, problem: Exception) -> NoReturn:
        try:
            log.critical("the event loop has failed; the process ends", exc_info=problem)
            if self.last is not None:
                self.last()
        except Exception:
            log.exception("the process could not end as it should")
        finally:
            os._exit(FAILED)


class GatewayLoop(EndingLoop, DoorLoop):
    """The loop of the door's process."""


@contextmanager
def last(call: Callable[[], object]) -> Iterator[None]:
    """
    Have something called where the running loop fails within.

    Args:
        call: what is to be called; it runs in no task, and the loop runs no more.
    """
    loop = asyncio.get_running_loop()
    if not isinstance(loop, EndingLoop):
        yield
        return
    loop.last = call
    try:
        yield
    finally:
        loop.last = None
