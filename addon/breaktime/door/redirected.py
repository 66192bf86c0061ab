"""
Where a connection was going before the firewall sent it here.

Linux only: the connection tracker keeps the first destination of what a `redirect` rule changed.
"""

from __future__ import annotations

import socket
import struct
from ipaddress import IPv4Address, IPv6Address

_SO_ORIGINAL_DST = 80  # linux/netfilter_ipv4.h, and IP6T_SO_ORIGINAL_DST of the same value
_V4 = struct.Struct("!2xH4s8x")  # struct sockaddr_in
_V6 = struct.Struct("!2xH4x16s4x")  # struct sockaddr_in6


def original_destination(sock: socket.socket) -> tuple[str, int]:
    """
    Return the IP address and port that a client wanted to connect to.

    Args:
        sock: accepted from a listener to which a firewall redirects.

    Raises:
        OSError: nobody has sent it here: the client has connected to the listener itself, or the
            system cannot tell.
    """
    if sock.family == socket.AF_INET6:
        found = sock.getsockopt(socket.IPPROTO_IPV6, _SO_ORIGINAL_DST, _V6.size)
        port, packed = _V6.unpack(found)
        where = str(IPv6Address(packed)), port
    else:
        found = sock.getsockopt(socket.IPPROTO_IP, _SO_ORIGINAL_DST, _V4.size)
        port, packed = _V4.unpack(found)
        where = str(IPv4Address(packed)), port
    if where == sock.getsockname()[:2]:
        raise OSError("nobody has sent it here")
    return where
