"""From a thread to an event loop: what a thread has to say is said on the loop, in order."""

import asyncio
import os
from collections import deque
from collections.abc import Callable
from contextlib import suppress


class Answers:
    """
    What `loop.call_soon_threadsafe` does, for less of the loop's time.

    asyncio wakes its loop by a pair of sockets, and reads until nothing comes; an eventfd is read
    once, whatever was said meanwhile. Where the system has none, asyncio's own way is taken.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to listen; call it in the loop."""
        self._loop = loop
        self._said: deque[tuple[Callable[..., None], tuple[object, ...]]] = deque()
        self._number = -1
        with suppress(AttributeError, OSError):
            self._number = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
            loop.add_reader(self._number, self._hear)

    def say(self, what: Callable[..., None], *arguments: object) -> None:
        """
        Have something called in the loop; called in the thread.

        A loop that is closed calls nothing: nobody waits.
        """
        self._said.append((what, arguments))
        if self._number >= 0:
            os.eventfd_write(self._number, 1)
            return
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._call)

    def end(self) -> None:
        """Say what was said before, and then listen no longer; the thread says nothing after it."""
        self.say(self._close)

    def __del__(self) -> None:
        """Give back the descriptor where the loop was closed before it heard of the end."""
        if self._number >= 0:
            os.close(self._number)

    def _hear(self) -> None:
        os.eventfd_read(self._number)
        self._call()

    def _call(self) -> None:
        said = self._said
        while said:
            what, arguments = said.popleft()
            try:
                what(*arguments)
            except Exception as fault:  # noqa: BLE001  one that fails takes no other with it
                told = {"message": "an answer could not be given", "exception": fault}
                self._loop.call_exception_handler(told)

    def _close(self) -> None:
        if self._number >= 0:
            self._loop.remove_reader(self._number)
            os.close(self._number)
            self._number = -1
