"""A listening socket: accepts, and knows when to stop for a moment."""

from __future__ import annotations

import errno
import logging
import socket
from functools import lru_cache
from ipaddress import IPv6Address
from typing import TYPE_CHECKING

from breaktime.door.destination import parse_address
from breaktime.door.dial import tune

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

log = logging.getLogger(__name__)

BACKLOG = 1024
_AT_ONCE = 64

# Out of file descriptors or memory. The client stays in the queue of the kernel, and the loop
# would be woken for it again and again.
_EXHAUSTED = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})

type Welcome = Callable[[socket.socket, tuple[str, int]], None]
"""Takes an accepted socket, not blocking, and the IP address and port of the client."""


class Listener:
    """
    One listening socket.

    Fields:
        address: IP address and port it is bound to.
        paused: whether it waits for resources.
    """

    def __init__(
        self,
        bind: tuple[str, int],
        *,
        loop: asyncio.AbstractEventLoop,
        welcome: Welcome,
        pause_seconds: float,
        inherited: socket.socket | None = None,
    ) -> None:
        """
        Bind and begin to accept.

        Args:
            bind: IP address and port; port 0 for any. ``::`` listens for IPv6 only.
            loop: the running loop.
            welcome: gets what is accepted.
            pause_seconds: how long to pause when the process has run out of something.
            inherited: a socket that is bound there already and listens; it is closed with this.

        Raises:
            OSError: it cannot be bound.
            ValueError: the host is no IP address.
        """
        self._loop = loop
        self._welcome = welcome
        self._pause_seconds = pause_seconds
        self._timer: asyncio.TimerHandle | None = None
        self._at_once = 1
        self._sock = inherited or _bound(*bind)
        tune(self._sock)  # what is accepted is as the listener: no call for each client
        host, port = self._sock.getsockname()[:2]
        self.address: tuple[str, int] = (host, port)
        loop.add_reader(self._sock, self._accept)

    @property
    def paused(self) -> bool:
        """Whether it waits for resources."""
        return self._timer is not None

    def close(self) -> None:
        """Stop listening; what was accepted is not touched."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._loop.remove_reader(self._sock)
        self._sock.close()

    def _accept(self) -> None:
        """
        Let in whoever waits.

        After a fault, they wait a moment in the queue of the kernel: who is not accepted cannot be
        refused, and the loop would call again at once, in vain.
        """
        try:
            self._let_in()
        except Exception:
            log.exception("nobody could be let in; it is tried again in a moment")
            self._pause()

    def _let_in(self) -> None:
        """Let in one; where one waits behind each, more and more at once."""
        for _ in range(self._at_once):
            try:
                sock, peer = self._sock.accept()
            except OSError as failure:
                if failure.errno in _EXHAUSTED:
                    self._pause()
                self._at_once = 1
                return  # nobody there any more, or one that left while it was in the queue
            try:
                sock.setblocking(False)  # noqa: FBT003 - the signature of the standard library
                self._welcome(sock, (_plain(peer[0]), peer[1]))
            except Exception:
                log.exception("a client could not be let in")
                sock.close()
        self._at_once = min(2 * self._at_once, _AT_ONCE)

    def _pause(self) -> None:
        self._loop.remove_reader(self._sock)
        self._timer = self._loop.call_later(self._pause_seconds, self._resume)

    def _resume(self) -> None:
        self._timer = None
        self._loop.add_reader(self._sock, self._accept)


def _bound(host: str, port: int) -> socket.socket:
    is_v6 = isinstance(parse_address(host), IPv6Address)
    sock = socket.socket(socket.AF_INET6 if is_v6 else socket.AF_INET, socket.SOCK_STREAM)
    try:
        # Not SO_REUSEPORT: a second process would silently share the port.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if is_v6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind((host, port))
        sock.listen(BACKLOG)
        sock.setblocking(False)  # noqa: FBT003 - the signature of the standard library
    except BaseException:
        sock.close()
        raise
    return sock


@lru_cache(maxsize=4096)
def _plain(host: str) -> str:
    """Return an IP address without zone, and IPv4 as such."""
    ip = parse_address(host)
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        return str(ip.ipv4_mapped)
    return str(ip)
