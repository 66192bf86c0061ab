"""
TLS of asyncio, with little memory: what one side does not read is not read from the other.

By itself it keeps a quarter of a megabyte for what comes, from the first byte on, lets half a
megabyte wait to be sent, and counts what waits below that apart.
"""

from __future__ import annotations

import asyncio
from asyncio.sslproto import SSLProtocol
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import socket
    import ssl
    from asyncio.sslproto import _SSLProtocolTransport

CHUNK = 65_536
"""Bytes that are read at a time."""


class _Tls(SSLProtocol):
    """
    TLS on a socket.

    What is not taken stays in two places, here and in the transport of the socket; each says so
    as soon as anything does.
    """

    max_size = CHUNK

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast("asyncio.Transport", transport).set_write_buffer_limits(high=0)
        super().connection_made(transport)


async def begin(  # noqa: PLR0913  as many as asyncio has
    sock: socket.socket,
    protocol: asyncio.Protocol | asyncio.BufferedProtocol,
    context: ssl.SSLContext,
    *,
    seconds: float,
    leaving: float,
    server_name: str | None = None,
) -> asyncio.Transport:
    """
    Begin TLS on a connected socket.

    Args:
        sock: not blocking; the transport closes it, also where this fails.
        protocol: gets what is said inside.
        context: what is shown, and whom to trust.
        seconds: for the handshake.
        leaving: seconds at most in which the peer takes what was sent before the end.
        server_name: of the server, as its certificate has it; None: this is the server.

    Returns:
        A transport for what is said inside.

    Raises:
        OSError: the handshake has failed; `ssl.SSLCertVerificationError` where that is because
            of the certificate of the peer.
    """
    loop = asyncio.get_running_loop()
    waiter = loop.create_future()
    below, tls = await loop.connect_accepted_socket(
        lambda: _Tls(
            loop,
            protocol,
            context,
            waiter,
            server_side=server_name is None,
            server_hostname=server_name,
            ssl_handshake_timeout=cast("int", seconds),  # fractions are as good
            ssl_shutdown_timeout=leaving,
        ),
        sock,
    )
    try:
        await waiter
    except BaseException:
        below.abort()
        raise
    inside = cast("_SSLProtocolTransport", tls._get_app_transport())  # type: ignore[attr-defined]  # noqa: SLF001
    # From one byte on: by none, it would never be told that there is room.
    inside.set_write_buffer_limits(high=1)
    inside.set_read_buffer_limits(high=1)
    return inside
