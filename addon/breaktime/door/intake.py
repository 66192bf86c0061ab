"""Reading: from a socket into a gate, as far as somebody waits or there is room."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from breaktime.door.course import Wait
from breaktime.door.gate import Gate
from breaktime.door.steps import Step

if TYPE_CHECKING:
    import asyncio
    import socket
    from collections.abc import Callable

    from breaktime.door.deadlines import Deadlines

log = logging.getLogger(__name__)

_CHUNK = 16_384


class Intake:
    """
    The reading side of a client, as long as the door owns it.

    Fields:
        gate: what was read.
        ended: the client has ended its side. Not yet the end of the connection: it may still
            read. Whoever reads the socket next meets the end again.
        watching: whether the loop wakes us for bytes.
    """

    __slots__ = ("_deadlines", "_loop", "_lost", "_sock", "_waiter", "ended", "gate", "watching")

    def __init__(
        self,
        sock: socket.socket,
        gate: Gate,
        loop: asyncio.AbstractEventLoop,
        deadlines: Deadlines,
        lost: Callable[[], None],
    ) -> None:
        """
        Read nothing yet.

        Args:
            sock: not blocking.
            gate: what it is read into.
            loop: the running loop.
            deadlines: of all that connections wait for.
            lost: called when the connection has broken.
        """
        self.gate = gate
        self.ended = False
        self.watching = False
        self._sock = sock
        self._loop = loop
        self._deadlines = deadlines
        self._lost = lost
        self._waiter: Wait[Step | None] | None = None

    async def wait(self, seconds: float) -> Step | None:
        """
        Wait for the gate.

        Returns:
            What it says; MORE when it took too long, and None when the client has ended its side.
        """
        if self.ended:
            return None
        waiter: Wait[Step | None] = Wait()
        self._waiter = waiter
        if not self.watching:
            self.watching = True
            self._loop.add_reader(self._sock, self.pull)
        deadline = self._deadlines.add(seconds, partial(waiter.happen, Step.MORE))
        try:
            return await waiter
        finally:
            deadline.cancel()
            self._waiter = None

    def pull(self) -> None:
        """
        Read what is there; while nobody waits, bytes are collected, but not without end.

        Nobody waits for a deadline because of a fault: the loop would call again at once, in vain.
        """
        try:
            self._read()
        except Exception:
            log.exception("what a client has sent could not be read")
            self._lost()

    def _read(self) -> None:
        waiter = self._waiter
        waiting = waiter is not None and not waiter.happened
        room = _CHUNK if waiting else min(_CHUNK, self.gate.room)
        if not room or self.ended:
            self.stop()
            return
        try:
            data = self._sock.recv(room)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self._lost()
            return
        step = self.gate.feed(data) if data else None
        if not data:
            self.ended = True
            self.stop()
        if waiter is not None and waiting and step is not Step.MORE:
            waiter.happen(step)

    def stop(self) -> None:
        """Read no further, until somebody waits."""
        if self.watching:
            self.watching = False
            self._loop.remove_reader(self._sock)

    def leave(self) -> bytes:
        """
        Leave the socket to somebody who watches it in our place.

        Returns:
            What is to be replayed.
        """
        self.watching = False
        replay = bytes(self.gate.buffer)
        self.gate = Gate()
        return replay
