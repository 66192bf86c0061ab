"""
What a connection sends is handled in the turn of the loop in which it arrives.

asyncio stores it and wakes a task, which comes to it a turn later: for one answer of a site, two
times to sleep and two to be woken.
"""

import asyncio
import socket
from collections.abc import Callable

MAX_UNREAD = 65_536
"""Bytes that may wait for a task; at twice as many no more is received. mitmproxy has the same."""

Take = Callable[[bytes], bool]


class Intake(asyncio.StreamReader):
    """
    A reader whose bytes may be taken as they arrive, where somebody waits for these and no others.

    Fields:
        take: handles what arrives, or returns False where it has to wait for the task that reads;
            None as long as nobody wants that.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin with nothing."""
        super().__init__(limit=MAX_UNREAD, loop=loop)
        self.take: Take | None = None
        self._unread = 0
        self._is_next = False

    def rest(self) -> None:
        """Have the next bytes wait for the task: what was taken has found no room yet."""
        self._is_next = False

    def feed_data(self, data: bytes) -> None:
        """Have it taken, or keep it until it is read."""
        if self._is_next and self.take is not None and self.take(data):
            return
        self._is_next = False
        self._unread += len(data)
        super().feed_data(data)

    async def read(self, n: int = -1) -> bytes:
        """Wait for bytes; those that are taken meanwhile are none of them."""
        self._is_next = self._unread == 0
        try:
            data = await super().read(n)
        finally:
            self._is_next = False
        self._unread -= len(data)
        return data


async def streams(sock: socket.socket) -> tuple[Intake, asyncio.StreamWriter]:
    """
    Return both directions of a socket that is connected.

    Raises:
        OSError: if it is dead already.
    """
    loop = asyncio.get_running_loop()
    reader = Intake(loop)
    protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
    transport, _ = await loop.create_connection(lambda: protocol, sock=sock)
    return reader, asyncio.StreamWriter(transport, protocol, reader, loop)
