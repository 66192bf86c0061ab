"""
The PROXY protocol, version 2: whom a balancer brings.

The balancer opens a connection of its own, and says first whose it is. Version 1, which is a line
of text, is not read: it is longer to read right, and whatever speaks it speaks version 2.

Source: https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt, section 2.2.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, NamedTuple

from breaktime.door.reasons import MalformedError, Reason
from breaktime.door.through import CutShortError, read_through

if TYPE_CHECKING:
    import socket

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
MAX_ANNOUNCEMENT = 4096
"""Of addresses and what may follow them, such as what the balancer knows of a certificate."""

_FIXED = len(SIGNATURE) + 4
_LOCAL, _PROXY = 0x20, 0x21  # version and command in one byte
_TCP4, _TCP6 = 0x11, 0x21  # family and transport in one byte
_EXTRA_HEAD = 3


class Announced(NamedTuple):
    """
    What a balancer says before the first byte of a client.

    Fields:
        peer: IP address and port of the client; None where the balancer speaks for itself, to
            find out whether we live.
        target: IP address and port that the client has connected to, of the balancer's or, where a
            firewall sent it to the balancer, of wherever it was going; None where *peer* is None.
        size: bytes that the announcement takes.
    """

    peer: tuple[str, int] | None
    target: tuple[str, int] | None
    size: int


def read_announcement(data: bytes | bytearray) -> Announced | None:
    """
    Read what a balancer says of a client.

    Args:
        data: the first bytes of the connection; what follows the announcement is left alone.

    Returns:
        None while it is not complete.

    Raises:
        MalformedError: it is not one of version 2 for a TCP client.
    """
    if not SIGNATURE.startswith(data[: len(SIGNATURE)]):
        raise MalformedError(Reason.UNANNOUNCED)
    if len(data) < _FIXED:
        return None
    command, family = data[12], data[13]
    length = int.from_bytes(data[14:16])
    if command not in {_LOCAL, _PROXY} or length > MAX_ANNOUNCEMENT:
        raise MalformedError(Reason.ANNOUNCEMENT)
    if len(data) < _FIXED + length:
        return None
    if command == _LOCAL:
        return Announced(None, None, _FIXED + length)
    body = bytes(data[_FIXED : _FIXED + length])
    return Announced(*_ends(family, body), _FIXED + length)


async def pass_announcement(sock: socket.socket, inner: socket.socket) -> None:
    """
    Pass on what a balancer says before the client begins TLS, and not a byte more.

    Whoever listens at the other end reads it, and says what is wrong with it.

    Args:
        sock: of the balancer, not blocking.
        inner: leads to who listens; empty, so that all of it finds room.

    Raises:
        OSError: there is nothing to go on with.
    """
    try:
        inner.send(await read_through(sock, _size, _FIXED + MAX_ANNOUNCEMENT))
    except MalformedError as problem:
        inner.send(sock.recv(_FIXED + MAX_ANNOUNCEMENT))
        raise CutShortError from problem


def _size(data: bytes) -> int | None:
    found = read_announcement(data)
    return None if found is None else found.size


def _ends(family: int, body: bytes) -> tuple[tuple[str, int], tuple[str, int]]:
    """Return both ends of a connection, and check that all the rest is what it has to be."""
    address: IPv4Address | IPv6Address
    target: IPv4Address | IPv6Address
    if family == _TCP4 and len(body) >= 12:  # noqa: PLR2004  two addresses and two ports
        address, target = IPv4Address(body[:4]), IPv4Address(body[4:8])
        ports, extras = body[8:12], body[12:]
    elif family == _TCP6 and len(body) >= 36:  # noqa: PLR2004  the same
        address, target = _plain(body[:16]), _plain(body[16:32])
        ports, extras = body[32:36], body[36:]
    else:
        raise MalformedError(Reason.ANNOUNCEMENT)
    if address.is_unspecified or address.is_multicast:
        raise MalformedError(Reason.ANNOUNCEMENT)
    while extras:
        end = _EXTRA_HEAD + int.from_bytes(extras[1:_EXTRA_HEAD])
        if len(extras) < max(end, _EXTRA_HEAD):
            raise MalformedError(Reason.ANNOUNCEMENT)
        extras = extras[end:]
    return (str(address), int.from_bytes(ports[:2])), (str(target), int.from_bytes(ports[2:]))


def _plain(packed: bytes) -> IPv4Address | IPv6Address:
    """Read an address of IPv6, which may be one of IPv4 in disguise."""
    address = IPv6Address(packed)
    return address.ipv4_mapped or address
