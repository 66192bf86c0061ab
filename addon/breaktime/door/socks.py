"""
SOCKS 5, as far as it leads to a tunnel: greeting, name and password, CONNECT.

A name and password are taken as they come, and looked at where a controlled site is asked for: as
with a proxy of HTTP, nobody is asked who it is for what is none of our business.

Sources: RFC 1928; RFC 1929.
"""

from __future__ import annotations

from base64 import b64encode
from enum import Enum, auto
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple

from breaktime.door.authority import MAX_PORT, clean_name
from breaktime.door.reasons import MalformedError, Reason

_VERSION, _AUTH_VERSION = 5, 1
_NO_AUTH, _PASSWORD = 0, 2
_CONNECT = 1
_V4, _NAME, _V6 = 1, 3, 4
_NOWHERE = b"\0\1" + bytes(6)  # reserved, and 0.0.0.0:0: nobody needs to know our address

NO_METHOD = b"\x05\xff"
NO_PASSWORD = b"\x01\x01"
GRANTED = b"\x05\x00" + _NOWHERE
FAILED = b"\x05\x01" + _NOWHERE
FORBIDDEN = b"\x05\x02" + _NOWHERE
UNREACHABLE = b"\x05\x04" + _NOWHERE
NO_COMMAND = b"\x05\x07" + _NOWHERE


class Wanted(NamedTuple):
    """
    What a client asks for.

    Fields:
        host: a name in its one spelling, or an IP address.
        port: 1 to 65535.
        credentials: name and password as in a header of HTTP, or None. A secret: never log it.
    """

    host: str
    port: int
    credentials: str | None


class _Awaited(Enum):
    GREETING = auto()
    PASSWORD = auto()
    REQUEST = auto()


class Socks:
    """What one client says, as a machine without a socket."""

    __slots__ = ("_awaited", "_credentials")

    def __init__(self) -> None:
        """Wait for the greeting."""
        self._awaited = _Awaited.GREETING
        self._credentials: str | None = None

    def take(self, data: bytearray) -> bytes | Wanted | None:
        """
        Take one message from the front of *data*.

        Returns:
            What is to be sent before the client goes on, or what it wants; None while its message
            is not complete.

        Raises:
            MalformedError: it is not SOCKS 5, or asks for what there is not.
        """
        if self._awaited is _Awaited.GREETING:
            return self._greeting(data)
        if self._awaited is _Awaited.PASSWORD:
            return self._password(data)
        return self._request(data)

    def _greeting(self, data: bytearray) -> bytes | None:
        _expect(data, _VERSION)
        if len(data) < 2 or len(data) < 2 + data[1]:  # noqa: PLR2004  version and how many
            return None
        methods = bytes(data[2 : 2 + data[1]])
        del data[: 2 + len(methods)]
        if _PASSWORD in methods:
            self._awaited = _Awaited.PASSWORD
            return bytes((_VERSION, _PASSWORD))
        if _NO_AUTH in methods:
            self._awaited = _Awaited.REQUEST
            return bytes((_VERSION, _NO_AUTH))
        raise MalformedError(Reason.SOCKS_METHOD)

    def _password(self, data: bytearray) -> bytes | None:
        _expect(data, _AUTH_VERSION)
        name = _counted(data, 1)
        password = None if name is None else _counted(data, 2 + len(name))
        if name is None or password is None:
            return None
        del data[: 3 + len(name) + len(password)]
        if not name or b":" in name:  # a name with a colon cannot be told from its password
            raise MalformedError(Reason.SOCKS_PASSWORD)
        self._credentials = "Basic " + b64encode(name + b":" + password).decode("ascii")
        self._awaited = _Awaited.REQUEST
        return bytes((_AUTH_VERSION, 0))

    def _request(self, data: bytearray) -> Wanted | None:
        _expect(data, _VERSION)
        if len(data) < 5:  # noqa: PLR2004  up to the length of a name
            return None
        command, reserved, kind = data[1:4]
        size = {_V4: 4, _V6: 16, _NAME: 1 + data[4]}.get(kind)
        if reserved or size is None:
            raise MalformedError(Reason.SOCKS_REQUEST)
        if len(data) < 6 + size:
            return None
        address, port = bytes(data[4 : 4 + size]), int.from_bytes(data[4 + size : 6 + size])
        del data[: 6 + size]
        if command != _CONNECT:
            raise MalformedError(Reason.SOCKS_COMMAND)
        host = _host(kind, address)
        if host is None or not 1 <= port <= MAX_PORT:
            raise MalformedError(Reason.AUTHORITY)
        return Wanted(host, port, self._credentials)


def _host(kind: int, address: bytes) -> str | None:
    if kind == _V4:
        return str(IPv4Address(address))
    if kind == _V6:
        return str(IPv6Address(address))
    name = address[1:]
    return clean_name(name.decode("ascii")) if name.isascii() else None


def _expect(data: bytearray, version: int) -> None:
    if data[0] != version:
        raise MalformedError(Reason.SOCKS_VERSION)


def _counted(data: bytearray, at: int) -> bytes | None:
    """Return the bytes behind their number at *at*; None while they are not all there."""
    if len(data) <= at or len(data) < at + 1 + data[at]:
        return None
    return bytes(data[at + 1 : at + 1 + data[at]])
