"""The client's side of an inspected connection: who it is, and how it is left."""

import asyncio
import socket
from typing import Any

from breaktime.door.abrupt import reset_when_closed, unsent

LAST_WORDS = 16_384
"""Bytes that may still be on their way to a client whose connection ends gently."""


class ClientWriter(asyncio.StreamWriter):
    """A stream writer that tells the client's addresses, whoever's socket it really is."""

    def __init__(
        self,
        transport: asyncio.Transport,
        protocol: asyncio.StreamReaderProtocol,
        reader: asyncio.StreamReader,
        addresses: dict[str, object],
    ) -> None:
        """Take mitmproxy's three, and what is known of the client by name."""
        super().__init__(transport, protocol, reader, asyncio.get_running_loop())
        self._addresses = addresses

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return what the door knows, and else what the socket tells."""
        return self._addresses.get(name) or super().get_extra_info(name, default)


def end_gently(transport: asyncio.WriteTransport) -> None:
    """Close the way to a client: gently for a last word, and else without what it has not read."""
    sock = transport.get_extra_info("socket")
    if transport.get_write_buffer_size() or unsent(sock) > LAST_WORDS:
        reset_when_closed(sock)
        transport.abort()
    else:  # a reset would take the last word back
        transport.close()


def own_address(sock: socket.socket) -> object:
    """Return our address of a socket; a client that has gone already has left none."""
    if sock.family == socket.AF_UNIX:  # behind it is TLS to the proxy
        return _NOWHERE
    try:
        return sock.getsockname()
    except OSError:
        return _NOWHERE


_NOWHERE = ("0.0.0.0", 0)  # noqa: S104  nothing is bound to it
