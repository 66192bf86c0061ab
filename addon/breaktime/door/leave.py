"""How a refused client leaves: with the answer read."""

from __future__ import annotations

import asyncio
import contextlib
import socket

_CHUNK = 16_384
_MAX_DISCARDED = 1_048_576


async def take_leave(sock: socket.socket, seconds: float) -> None:
    """
    Give a client time to read the last answer.

    Closing a socket with unread data in it resets the connection, and the answer is lost with it.
    So what the client still sends is read and thrown away, for a while and up to a mebibyte.

    Args:
        sock: not blocking, watched by nobody; the answer has been sent. It stays open.
        seconds: how long at most.
    """
    loop = asyncio.get_running_loop()
    empty = asyncio.Event()
    discarded = 0

    def discard() -> None:
        nonlocal discarded
        try:
            n = len(sock.recv(_CHUNK))
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            n = 0
        discarded += n
        if not n or discarded > _MAX_DISCARDED:
            empty.set()

    try:
        sock.shutdown(socket.SHUT_WR)
    except OSError:
        return
    loop.add_reader(sock, discard)
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await empty.wait()
    finally:
        loop.remove_reader(sock)
