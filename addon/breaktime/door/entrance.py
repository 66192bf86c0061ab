"""What a client meets at a port, before it has said anything."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from breaktime.door.destination import Network


class Way(StrEnum):
    """
    How clients come to a port.

    Members:
        PROXY: they are told that this is their proxy, and speak HTTP to it.
        TRANSPARENT: they know nothing of it: the firewall sends their connections here.
        SOCKS5: they are told that this is their SOCKS server.
    """

    PROXY = "proxy"
    TRANSPARENT = "transparent"
    SOCKS5 = "socks5"


class Entrance(NamedTuple):
    """
    One port to listen at.

    Fields:
        host: IP address.
        port: 0 for any.
        way: how clients come to it.
        balancers: networks of the balancers that announce each client with the PROXY protocol.
            Where there are any, nobody else is let in, and nobody unannounced.
    """

    host: str
    port: int
    way: Way = Way.PROXY
    balancers: tuple[Network, ...] = ()
