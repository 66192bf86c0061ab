"""
TLS to the proxy: what a client says inside it is handed on in clear, over a pair of sockets.

Everything behind it, gate, relay and inspection, has an ordinary socket, and knows of TLS only
the certificate that the client has shown.
"""

from __future__ import annotations

import asyncio
import select
import socket
import ssl
from functools import partial
from typing import TYPE_CHECKING, cast

from breaktime.door.abrupt import reset_when_closed, unsent
from breaktime.door.secure import CHUNK, begin

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_SHUTDOWN_SECONDS = 1.0
"""For which the other side may still read what was sent before a connection was cut."""

_LEAVING_SECONDS = 30.0
"""The same where it has come to its own end: a slow client gets the rest of its answer."""

_LAST_WORDS = 16_384
"""Bytes that may still be on their way to a client that is cut and gets the rest."""

_STALLED_SECONDS = 30.0
"""Between two looks whether anybody still wants what the other side does not read."""

_LOOK_SECONDS = 0.1
"""Between two looks whether the other side of a connection that was cut has got everything."""


def server_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """
    Return what a listener speaks TLS by: 1.2 or newer, and HTTP/1.1 inside.

    Args:
        certificate: file (PEM) with the certificate, and those between it and the authority.
        key: file (PEM) with its key.

    Raises:
        OSError: a file cannot be read.
        ssl.SSLError: a file holds nothing of the kind, or the two do not belong together.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # Browsers would speak HTTP/2 to the proxy, which the gate does not read.
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(certificate, key)
    # A session that is resumed shows no certificate, and a certificate may have been revoked.
    context.num_tickets = 0
    context.options |= ssl.OP_NO_TICKET
    return context


class _Half(asyncio.BufferedProtocol):
    """
    One side; writes what it reads to the other.

    While the other side does not read, this one is not read either. Its end would not be noticed
    then, so it is looked for now and again.
    """

    _shared = memoryview(bytearray(CHUNK))

    def __init__(self, patience: float = _SHUTDOWN_SECONDS) -> None:
        """
        Wait for a connection.

        Args:
            patience: seconds for which who is connected may still read after the end.
        """
        self._patience = patience
        self._waits = False
        self._hurries = False
        self._short = False
        self._moves = 0
        self._watching: asyncio.TimerHandle | None = None
        self.transport: asyncio.Transport | None = None
        self.other: _Half | None = None
        self._lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.transport.pause_reading()  # until there is an other side

    def link(self, other: _Half) -> None:
        self.other = other
        if self._lost:
            other.close()
        elif self.transport is not None:
            self.transport.resume_reading()

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002  what asyncio would take
        return self._shared

    def buffer_updated(self, nbytes: int) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.write(bytes(self._shared[:nbytes]))

    def pause_writing(self) -> None:
        if self.other is not None:
            self.other.wait()

    def resume_writing(self) -> None:
        if self.other is not None:
            self.other.go_on()

    def wait(self) -> None:
        self._waits = True
        if self.transport is None:
            return
        if self._hurries:
            self._give_up()
        else:
            self.transport.pause_reading()
            if self._watching is None:
                self._watch(self._moves)

    def _watch(self, moves: int) -> None:
        """
        End both sides once nobody is there any more, and the other side takes nothing.

        There is one timer at most: who waits and goes on a thousand times a second has no more.
        """
        self._watching = None
        if self._lost or self.transport is None or not self._waits:
            return
        if moves == self._moves and _has_gone(self.transport.get_extra_info("socket")):
            self._give_up()
            return
        loop = asyncio.get_running_loop()
        self._watching = loop.call_later(_STALLED_SECONDS, self._watch, self._moves)

    def go_on(self) -> None:
        self._waits = False
        self._moves += 1
        if self.transport is not None and not self.transport.is_closing():
            self.transport.resume_reading()

    def hurry(self) -> None:
        """End what is read here; at once, unless the other side takes it as it comes."""
        self._hurries = True
        if self.other is not None:
            self.other.be_short()
        if self._waits or (self.other is not None and self.other.is_behind()):
            self._give_up()

    def is_behind(self) -> bool:
        """Tell whether much that was written to this side was not taken there yet."""
        sock = None if self.transport is None else self.transport.get_extra_info("socket")
        return not self._lost and sock is not None and unsent(sock) > _LAST_WORDS

    def _give_up(self) -> None:
        """End both sides, with what has been read here."""
        if self.other is not None:  # which may be in the middle of writing
            asyncio.get_running_loop().call_soon(self.other.abort)
        if self.transport is not None:
            self.transport.abort()

    def be_short(self) -> None:
        """Have little patience at the end, also where that has begun."""
        self._short = True
        self._patience = min(self._patience, _SHUTDOWN_SECONDS)
        if self.transport is not None and self.transport.is_closing():
            self._leave()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  both ends alike
        self._lost = True
        if self._watching is not None:
            self._watching.cancel()
        if self.other is not None:
            self.other.close()

    def close(self) -> None:
        """End this side once it has sent what it has; a client that does not read, soon."""
        if self.transport is None or self.transport.is_closing():
            return
        self.transport.close()
        self._leave()

    def _leave(self) -> None:
        """See to it that a side which was closed ends."""
        asyncio.get_running_loop().call_later(self._patience, self.abort)
        if self._short:
            self._look()

    def _look(self, *, empty: bool = False) -> None:
        """
        End a side that was cut, once it has got everything: its own goodbye is not waited for.

        It has to be empty twice: what the loop has not come to yet is in no socket.
        """
        sock = None if self.transport is None else self.transport.get_extra_info("socket")
        if self._lost or self.transport is None or sock is None:
            return
        was_empty, empty = empty, not self.transport.get_write_buffer_size() and not unsent(sock)
        if empty and was_empty:
            self.transport.abort()
        else:
            look = partial(self._look, empty=empty)
            asyncio.get_running_loop().call_later(_LOOK_SECONDS, look)

    def abort(self) -> None:
        """Take back what the client has not read by now; does nothing where it has ended."""
        sock = None if self.transport is None else self.transport.get_extra_info("socket")
        if self.transport is not None and sock is not None:
            reset_when_closed(sock)
            self.transport.abort()


def _has_gone(sock: socket.socket) -> bool:
    """Tell whether the peer of a socket has closed it, whatever is still to be read."""
    poll = select.poll()
    poll.register(sock.fileno(), 0)  # errors and ends are told of without being asked for
    return bool(poll.poll(0))


async def _open(sock: socket.socket, side: _Half) -> None:
    """Begin to read a socket and write to it; nothing waits for it that is not waited for."""
    opened = asyncio.get_running_loop().connect_accepted_socket(lambda: side, sock)
    transport, _ = await opened
    transport.set_write_buffer_limits(high=0)


async def wrap(
    sock: socket.socket, context: ssl.SSLContext, name: str, seconds: float
) -> socket.socket:
    """
    Begin TLS with a server, and return a socket on which it is spoken to in clear.

    Args:
        sock: connected to the server, not blocking; it belongs to this function.
        context: whom to trust.
        name: of the server, as its certificate has it.
        seconds: for the handshake.

    Raises:
        OSError: the handshake has failed.
    """
    outside, inside = _Half(), _Half()
    outer = await begin(
        sock, outside, context, seconds=seconds, leaving=_SHUTDOWN_SECONDS, server_name=name
    )
    try:
        ours, theirs = pair()
    except OSError:
        outer.abort()
        raise
    try:
        await _open(theirs, inside)
    except BaseException:
        outer.abort()
        ours.close()
        theirs.close()
        raise
    inside.link(outside)
    outside.link(inside)
    return ours


def pair() -> tuple[socket.socket, socket.socket]:
    """
    Return two sockets that are connected, neither of them blocking.

    Raises:
        OSError: there are no descriptors left.
    """
    ends = socket.socketpair()
    for end in ends:
        end.setblocking(False)  # noqa: FBT003 - the signature of the standard library
    return ends


async def unwrap(
    sock: socket.socket,
    inner: socket.socket,
    context: ssl.SSLContext,
    shown: Callable[[bytes | None], None],
    seconds: float,
) -> Callable[[], None]:
    """
    Begin TLS with a client and pass on what it says; both sockets are closed in the end.

    Args:
        sock: of the client, not blocking.
        inner: one of a pair, not blocking; the other one belongs to who listens to the client.
        context: certificate of the proxy, and how clients are verified.
        shown: is told the client's certificate, DER, before its first byte; None for none.
        seconds: for the handshake.

    Returns:
        What to call when the connection is cut: what the client does not read is given up.

    Raises:
        OSError: the handshake has failed; `ssl.SSLCertVerificationError` where that is because
            of the certificate of the client.
    """
    outside, inside = _Half(_LEAVING_SECONDS), _Half()
    try:
        outer = await begin(sock, outside, context, seconds=seconds, leaving=_LEAVING_SECONDS)
    except BaseException:
        inner.close()
        raise
    try:
        shown(outer.get_extra_info("ssl_object").getpeercert(binary_form=True))
        await _open(inner, inside)
    except BaseException:
        outer.abort()
        inner.close()
        raise
    inside.link(outside)
    outside.link(inside)
    return inside.hurry
