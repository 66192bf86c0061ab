"""
The relay: bytes between two sockets, untouched and unread.

Laws of this file:
    Per chunk there is one receive, one send and one addition: no clock, no task, no copy.
    What the sink does not take is copied out of the shared buffer at once, and the source is not
    read until it is gone. So at most one buffer full is pending in each direction.
    The end of one direction is passed on and leaves the other open.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

BUFFER_BYTES = 262_144


class _Way:
    """
    One direction of a relay.

    Fields:
        moved: bytes taken from the source.
        rest: what the sink has not taken yet.
        finished: the source has ended and the sink knows.
    """

    __slots__ = ("_relay", "finished", "moved", "rest", "sink", "source")

    def __init__(self, relay: Relay, source: socket.socket, sink: socket.socket) -> None:
        self._relay = relay
        self.source = source
        self.sink = sink
        self.moved = 0
        self.rest = b""
        self.finished = False

    def start(self, first: bytes) -> None:
        """Send *first*, then whatever the source sends."""
        self.moved = len(first)
        # The source may still be watched by whoever read from it before: this replaces it.
        self._relay.loop.add_reader(self.source, self._pump)
        if first:
            self._pass_on(memoryview(first))

    def _pump(self) -> None:
        relay = self._relay
        view = relay.buffer
        try:
            n = self.source.recv_into(view)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            relay.end()
            return
        if not n:
            self._end()
            return
        self.moved += n
        self._pass_on(view[:n])

    def _pass_on(self, data: memoryview) -> None:
        """Send *data*; keep a copy of what the sink does not take, and do not read meanwhile."""
        try:
            sent = self.sink.send(data)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError:
            self._relay.end()
            return
        if sent < len(data):
            self.rest = bytes(data[sent:])
            self._relay.loop.remove_reader(self.source)
            self._relay.loop.add_writer(self.sink, self._flush)

    def _flush(self) -> None:
        try:
            sent = self.sink.send(self.rest)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self._relay.end()
            return
        self.rest = self.rest[sent:]
        if not self.rest:
            self._relay.loop.remove_writer(self.sink)
            self._relay.loop.add_reader(self.source, self._pump)

    def _end(self) -> None:
        """Pass the end of the source on; nothing is pending, or it would not have been read."""
        self._relay.loop.remove_reader(self.source)
        self.finished = True
        if self._relay.finished:  # to close says so, too
            self._relay.end()
            return
        try:
            self.sink.shutdown(socket.SHUT_WR)
        except OSError:
            self._relay.end()


class Relay:
    """
    A client and an origin that talk past us.

    Both sockets belong to the relay from the start on and are closed by it.
    """

    __slots__ = ("_down", "_on_end", "_up", "buffer", "ended", "loop")

    def __init__(
        self,
        client: socket.socket,
        origin: socket.socket,
        *,
        loop: asyncio.AbstractEventLoop,
        buffer: memoryview,
        on_end: Callable[[Relay], None],
    ) -> None:
        """
        Prepare a relay.

        Args:
            client: connected and not blocking.
            origin: connected and not blocking.
            loop: the running loop.
            buffer: where chunks are received; may be shared by all relays of a thread, as nothing
                stays in it between two callbacks.
            on_end: called once, when both sockets are closed.
        """
        self.loop = loop
        self.buffer = buffer
        self.ended = False
        self._on_end = on_end
        self._up = _Way(self, client, origin)
        self._down = _Way(self, origin, client)

    @property
    def up(self) -> int:
        """Bytes from the client."""
        return self._up.moved

    @property
    def down(self) -> int:
        """Bytes from the origin."""
        return self._down.moved

    @property
    def pending(self) -> int:
        """Bytes that were read and not yet sent on, in both directions."""
        return len(self._up.rest) + len(self._down.rest)

    def start(self, first: bytes) -> None:
        """
        Begin to relay.

        Args:
            first: what was already read from the client.
        """
        self._down.start(b"")
        self._up.start(first)  # last: it may find the origin gone, and that ends both

    @property
    def finished(self) -> bool:
        """Whether both directions have ended."""
        return self._up.finished and self._down.finished

    def end(self) -> None:
        """Close both sockets now, whatever is pending."""
        if self.ended:
            return
        self.ended = True
        for way in (self._up, self._down):  # each is watched at one end
            if way.rest:
                self.loop.remove_writer(way.sink)
            elif not way.finished:
                self.loop.remove_reader(way.source)
        self._up.source.close()
        self._down.source.close()
        self._up.rest = self._down.rest = b""
        self._on_end(self)
