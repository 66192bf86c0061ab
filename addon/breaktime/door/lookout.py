"""
The loop of the gateway: it wakes who waits for a socket with fewer steps than asyncio takes.

asyncio makes a handle for each socket that has something, queues it, and runs it in a context of
its own. Here, whoever is to be woken is called. All else of the loop is asyncio's own: transports,
tasks, timers, signals.

Laws of this file:
    Nobody is called for what another socket of the same number had: an event belongs to the watch
    that there was when it was found.
    What is found for asyncio is dealt with before anybody here is called, who might end it.
    Whatever one of them raises, the others are called.
    A descriptor that was closed while it was watched is not watched, and its number is anybody's.
"""

from __future__ import annotations

import asyncio
import math
import os
import select
import selectors
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed import FileDescriptorLike as _Descriptor

_IN, _OUT = select.EPOLLIN, select.EPOLLOUT
_AT_ONCE = 256


class _Watch:
    """
    Who is woken for one descriptor.

    Fields:
        sides: of the socket that are watched, as epoll has them.
        read, write: called when there is something to read, and room to write; None for nobody.
    """

    __slots__ = ("read", "sides", "write")

    def __init__(self, sides: int) -> None:
        self.sides = sides
        self.read: Callable[[], object] | None = None
        self.write: Callable[[], object] | None = None

    def call(self, side: int, callback: Callable[[], object] | None) -> None:
        if side == _IN:
            self.read = callback
        else:
            self.write = callback


type _Found = list[tuple[_Watch, int]]


class _Lookout(selectors.EpollSelector):
    """A selector with watches beside what is registered; one descriptor is never both."""

    def __init__(
        self,
        now: Callable[[_Found], object],
        later: Callable[[_Found], object],
        tell: Callable[[Exception], object],
    ) -> None:
        """
        Watch nothing.

        Args:
            now: gets what was found for watches.
            later: the same, once what was found for others has been dealt with.
            tell: is told what `now` has raised.
        """
        super().__init__()
        # The same set of the kernel once more: the class above has no way to it but its own.
        self._set = select.epoll.fromfd(os.dup(self.fileno()))
        self._watches: dict[int, _Watch] = {}
        self._now = now
        self._later = later
        self._tell = tell

    def watch(self, fd: int, side: int, callback: Callable[[], object]) -> None:
        """
        Watch a side of a descriptor, in place of whoever did.

        Raises:
            OSError: it cannot be watched; it is not watched at all then.
        """
        watch = self._watches.get(fd)
        try:
            if watch is not None:
                self._set.modify(fd, watch.sides | side)
                watch.sides |= side
        except FileNotFoundError:  # closed since, and the kernel has forgotten it
            watch = None
        if watch is None:
            self._watches.pop(fd, None)
            self._set.register(fd, side)
            watch = self._watches[fd] = _Watch(side)
        watch.call(side, callback)

    def register(
        self, fileobj: _Descriptor, events: int, data: object = None
    ) -> selectors.SelectorKey:
        """Register for others; what watched the same number before was closed since."""
        key = super().register(fileobj, events, data)
        self._watches.pop(key.fd, None)
        return key

    def leave(self, fd: int, side: int) -> bool:
        """Watch a side no more; tell whether it was watched."""
        watch = self._watches.get(fd)
        if watch is None or not watch.sides & side:
            return False
        watch.call(side, None)
        self._change(fd, watch, watch.sides & ~side)
        return True

    def _change(self, fd: int, watch: _Watch, sides: int) -> None:
        watch.sides = sides
        try:
            if sides:
                self._set.modify(fd, sides)
            else:
                del self._watches[fd]
                self._set.unregister(fd)
        except BaseException:
            self._watches.pop(fd, None)
            raise

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait for what is registered; who watches is woken meanwhile."""
        if timeout is None:
            timeout = -1
        elif timeout > 0:  # in milliseconds, and never less than what was asked for
            timeout = math.ceil(timeout * 1e3) * 1e-3
        registered: list[tuple[selectors.SelectorKey, int]] = []
        found: _Found = []
        watches = self._watches
        for fd, event in self._set.poll(timeout, _AT_ONCE):
            if (watch := watches.get(fd)) is not None:
                found.append((watch, event))
            elif (key := self.get_map().get(fd)) is not None:
                ready = selectors.EVENT_WRITE if event & ~_IN else 0
                ready |= selectors.EVENT_READ if event & ~_OUT else 0
                registered.append((key, ready & key.events))
        if registered and found:
            self._later(found)
        elif found:
            try:
                self._now(found)
            except Exception as problem:  # noqa: BLE001  it would end the loop
                self._tell(problem)
        return registered

    def close(self) -> None:
        """Watch nothing any more."""
        self._watches.clear()
        self._set.close()
        super().close()


class DoorLoop(asyncio.SelectorEventLoop):
    """A loop of asyncio whose readers and writers are woken with fewer steps."""

    def __init__(self) -> None:
        """Watch nothing yet."""
        self._lookout = _Lookout(
            self._serve, lambda found: self.call_soon(self._serve, found), self._tell
        )
        super().__init__(self._lookout)

    def add_reader(self, fd: _Descriptor, callback: Callable[..., object], *args: object) -> None:
        """Call somebody whenever there is something to read, in place of who was called before."""
        self._lookout.watch(_number(fd), _IN, partial(callback, *args) if args else callback)

    def remove_reader(self, fd: _Descriptor) -> bool:
        """Call nobody any more for what there is to read; tell whether somebody was."""
        # `sock_recv` and its like end by this what they have begun by ways of their own.
        return self._lookout.leave(_number(fd), _IN) or super().remove_reader(fd)

    def add_writer(self, fd: _Descriptor, callback: Callable[..., object], *args: object) -> None:
        """Call somebody whenever there is room to write, in place of who was called before."""
        self._lookout.watch(_number(fd), _OUT, partial(callback, *args) if args else callback)

    def remove_writer(self, fd: _Descriptor) -> bool:
        """Call nobody any more when there is room to write; tell whether somebody was."""
        return self._lookout.leave(_number(fd), _OUT) or super().remove_writer(fd)

    def _serve(self, found: _Found) -> None:
        for watch, event in found:
            try:
                # What breaks is for both to find out, now or next time. One may end the watch of
                # the other.
                if event & ~_OUT and (read := watch.read) is not None:
                    read()
                if event & ~_IN and (write := watch.write) is not None:
                    write()
            except Exception as problem:  # noqa: BLE001  the others are called all the same
                self._tell(problem)

    def _tell(self, problem: Exception) -> None:
        message = "Whoever waits for a socket has failed"
        self.call_exception_handler({"message": message, "exception": problem})


def _number(fd: _Descriptor) -> int:
    return fd if isinstance(fd, int) else fd.fileno()
