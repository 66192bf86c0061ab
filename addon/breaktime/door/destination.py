"""
Where the gateway may not be made to connect to.

A proxy lends its place in the network. Without this check, every employee could reach what only
the gateway can: its own dashboards, the metadata service of a cloud, the management network.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

from breaktime.door.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Collection

type Address = IPv4Address | IPv6Address
type Network = IPv4Network | IPv6Network

_METADATA = frozenset(
    map(ip_address, ("169.254.169.254", "169.254.170.2", "fd00:ec2::254", "100.100.100.200"))
)
_SHARED = IPv4Network("100.64.0.0/10")
_COMPATIBLE = IPv6Network("::/96")
_LAST_32_BITS = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/96"), _COMPATIBLE)
_TRANSLATED = IPv6Network("64:ff9b:1::/48")


@lru_cache(maxsize=4096)
def parse_address(text: str) -> Address:
    """
    Read an IP address; a zone such as ``%eth0`` is left out.

    Raises:
        ValueError: *text* is no IP address.
    """
    return ip_address(text.partition("%")[0])


@lru_cache(maxsize=4096)
def spelled(text: str) -> str:
    """
    Return an IP address in its one spelling, without zone.

    Raises:
        ValueError: *text* is no IP address.
    """
    return str(parse_address(text))


def refusal(address: str, internal: tuple[Network, ...]) -> Reason | None:
    """
    Say why an address may not be connected to.

    Args:
        address: an IP address as a resolver returns it; a zone is ignored.
        internal: networks that are allowed although they are not public. Allowing a form that
            embeds an IPv4 address does not allow the address it embeds.

    Returns:
        None when it may be connected to.

    Raises:
        ValueError: *address* is not an IP address.
    """
    ip = parse_address(address)
    inner = _embedded(ip) if isinstance(ip, IPv6Address) else None
    if not _within(ip, internal):
        if inner is not None:
            return Reason.EMBEDDED
        return _special(ip)
    if inner is not None and not _within(inner, internal):
        return _special(inner)
    return None


def parse_networks(texts: Collection[str]) -> tuple[Network, ...]:
    """
    Read networks such as ``10.0.0.0/8``.

    Raises:
        ValueError: one of them is no network.
    """
    return tuple(ip_network(text) for text in texts)


def _within(ip: Address, networks: Collection[Network]) -> bool:
    return any(ip in network for network in networks)  # of another version: never


def _embedded(ip: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that a translator or a tunnel would make of *ip*."""
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip.sixtofour is not None:
        return ip.sixtofour
    if ip.teredo is not None:
        return ip.teredo[1]
    if ip.is_loopback or ip.is_unspecified:
        return None  # these have names of their own
    if any(ip in network for network in _LAST_32_BITS):
        return IPv4Address(int(ip) & 0xFFFF_FFFF)
    if ip in _TRANSLATED:
        return IPv4Address(0)  # where in it the address sits is the operator's secret
    return None


def _special(ip: Address) -> Reason | None:
    """Name the first special purpose of *ip*, the most telling first."""
    purposes = (
        (ip in _METADATA, Reason.METADATA),
        (ip.is_unspecified, Reason.UNSPECIFIED),
        (ip.is_loopback, Reason.LOOPBACK),
        (ip.is_link_local, Reason.LINK_LOCAL),
        (ip.is_multicast, Reason.MULTICAST),
        (ip in _SHARED, Reason.SHARED),
        (isinstance(ip, IPv6Address) and ip.is_site_local, Reason.PRIVATE),
        (ip.is_reserved, Reason.RESERVED),
        (ip.is_private, Reason.PRIVATE),
        (not ip.is_global, Reason.RESERVED),
    )
    return next((reason for applies, reason in purposes if applies), None)
