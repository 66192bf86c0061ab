"""Reading to an end that only the bytes themselves tell, and not a byte further."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class CutShortError(OSError):
    """The other side has ended before, or has said too much without coming to an end."""


async def read_through(
    sock: socket.socket, size_of: Callable[[bytes], int | None], most: int
) -> bytes:
    """
    Read what has an end that only its bytes tell.

    What follows stays in the socket, for whoever reads it next.

    Args:
        sock: connected and not blocking.
        size_of: returns how long it is, from its first bytes; None while that is not known. What
            it raises leaves all it was shown unread.
        most: how long it may be.

    Raises:
        CutShortError: there is no end to it.
        OSError: the connection is gone.
    """
    known = b""
    while True:
        await _readable(sock)
        try:
            seen = sock.recv(most, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            continue
        size = size_of(known + seen)
        whole = size is not None and size <= len(known) + len(seen)
        known += sock.recv(size - len(known) if whole and size is not None else len(seen))
        if whole:
            return known
        if not seen or len(known) > most:
            raise CutShortError


async def _readable(sock: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(sock, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(sock)
