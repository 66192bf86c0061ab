"""
The streams of an opened connection: as little is read ahead as passing it on at full speed needs.

asyncio reads a quarter of a megabyte at a time, and goes on until its reader has half of that
again; what is written waits beside it. Behind a client that does not read, all of it stays.
"""

import asyncio
import socket

from breaktime.mitm.intake import Intake

CHUNK = 65_535
"""Bytes that are read at a time; as many as mitmproxy asks for."""

_MORE = 4_096
"""Bytes that are read behind a chunk which nobody has asked for yet; then no more."""


class _Chunks(asyncio.StreamReaderProtocol, asyncio.BufferedProtocol):
    """
    Fills a reader a chunk at a time, by way of a buffer that all of them share.

    To stop reading and begin again takes longer than to read: whoever asks for a chunk before the
    next one has come is read on without.
    """

    _shared = memoryview(bytearray(CHUNK))
    _little = _shared[:_MORE]

    def __init__(self, reader: Intake, loop: asyncio.AbstractEventLoop) -> None:
        """Fill this reader."""
        super().__init__(reader, loop=loop)
        self._reader = reader

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002  what asyncio would take
        """Return where a chunk is received; nothing stays in it between two callbacks."""
        return self._little if self._reader.held else self._shared

    def buffer_updated(self, nbytes: int) -> None:
        """Take what was received."""
        self._reader.feed_data(self._shared[:nbytes])  # which copies it


async def open_streams(
    sock: socket.socket, *, replay: bytes = b""
) -> tuple[Intake, asyncio.Transport, asyncio.StreamReaderProtocol]:
    """
    Read from a connected socket, and write to it.

    Args:
        sock: connected, not blocking; the transport closes it.
        replay: what was read from it before.

    Returns:
        A reader; a transport, in which something waits as soon as its socket takes no more; and
        the protocol that a `StreamWriter` wants to know.

    Raises:
        OSError: the socket is dead already; it is closed then.
    """
    loop = asyncio.get_running_loop()
    reader = Intake(limit=CHUNK // 2, loop=loop)  # it stops at twice as much
    if replay:
        reader.feed_data(replay)
    protocol = _Chunks(reader, loop)
    transport, _ = await loop.connect_accepted_socket(lambda: protocol, sock)
    transport.set_write_buffer_limits(high=0)
    return reader, transport, protocol


def has_to_wait(writer: object) -> bool:
    """Tell whether something that was sent is still here, or whoever it was for has gone."""
    if not isinstance(writer, asyncio.StreamWriter):
        return writer is not None
    return writer.transport.is_closing() or writer.transport.get_write_buffer_size() > 0
