"""Abrupt ends: what the kernel still holds for a client is not delivered after the end."""

from __future__ import annotations

import array
import contextlib
import fcntl
import socket
import struct
import termios

_AT_ONCE = struct.pack("ii", 1, 0)


def unsent(sock: socket.socket) -> int:
    """
    Count the bytes that were written to a socket and that its peer has not confirmed.

    A kernel takes megabytes for a client on a slow line, who would go on reading them for minutes.
    Where the system cannot tell, there are none.
    """
    count = array.array("i", [0])
    try:
        fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, count)
    except (OSError, ValueError):  # ValueError: it is closed
        return 0
    return count[0]


def reset_when_closed(sock: socket.socket) -> None:
    """Have closing a socket reset the connection, whatever it still holds."""
    with contextlib.suppress(OSError):  # it is dead already
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
