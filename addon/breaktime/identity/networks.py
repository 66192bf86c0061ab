"""Addresses of clients, and the networks that a configuration names."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

type Address = IPv4Address | IPv6Address
type Network = IPv4Network | IPv6Network

_LONGEST = 64
"""Longer text is no address: IPv6 takes 45 characters, a zone some more."""


def read_address(text: str) -> Address | None:
    """Read an address; an IPv4 client of a dual-stack socket counts as the IPv4 it is."""
    if len(text) > _LONGEST:
        return None
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def is_among(address: Address | None, networks: "tuple[Network, ...]") -> bool:
    """Tell whether an address is in one of the networks."""
    return address is not None and any(
        address.version == network.version and address in network for network in networks
    )


def _network(written: object) -> Network:
    if isinstance(written, IPv4Network | IPv6Network):
        return written
    try:
        return ip_network(str(written).strip())
    except ValueError:
        shown = ascii(str(written))[1:-1][:60]
        raise ValueError(
            f"must be an address or network such as `10.0.0.5` or `10.20.0.0/16`, found `{shown}`"
        ) from None


type Networks = tuple[
    Annotated[
        IPv4Network | IPv6Network,
        BeforeValidator(_network),
        WithJsonSchema({"type": "string", "examples": ["10.20.0.0/16", "10.0.0.5"]}),
    ],
    ...,
]
