"""
The parent: another proxy, through which origins are reached.

Laws of this file:
    A parent is asked for tunnels only, with a head of our own: nothing that a client has said
    reaches it outside of a tunnel.
    Its credentials are in that head and nowhere else.
    Of its answer not a byte more is read than its head: what follows is the origin's.
"""

from __future__ import annotations

import asyncio
import base64
import errno
import re
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_network
from typing import TYPE_CHECKING, Final

from breaktime.core.names import normal_name
from breaktime.door.destination import Network, parse_address
from breaktime.door.through import CutShortError, read_through
from breaktime.door.tls import wrap

if TYPE_CHECKING:
    import socket
    import ssl
    from collections.abc import Callable, Iterable

HEAD_BYTES: Final = 16_384
"""How long the head of an answer may be."""

_STATUS: Final = re.compile(rb"HTTP/1\.[01] ([1-5][0-9][0-9])(?: [^\r\n]*)?\r\n")
_CREDENTIALS: Final = 407
_GRANTED: Final = range(200, 300)
_NOT_OUT_THERE: Final = frozenset({
    "localhost", "localdomain", "local", "internal", "intranet", "lan", "home", "corp", "private",
})  # fmt: skip
"""Last labels that name nothing on the internet, but may name something beside the parent."""


class Trouble(StrEnum):
    """
    Why a parent gave no tunnel. Values are added, never renamed; they label a metric.

    Members:
        UNREACHABLE: it cannot be connected to, or does not answer in time.
        GARBAGE: what it says is no answer.
        CREDENTIALS: it wants others.
        REFUSED: it does not want to connect there.
        ORIGIN: it could not connect there.
    """

    UNREACHABLE = "unreachable"
    GARBAGE = "garbage"
    CREDENTIALS = "credentials"
    REFUSED = "refused"
    ORIGIN = "origin"


ITS_OWN: Final = frozenset({Trouble.UNREACHABLE, Trouble.GARBAGE, Trouble.CREDENTIALS})
"""What is wrong with the parent, and not with where somebody wants to go."""

_SENTENCES: Final = {
    Trouble.UNREACHABLE: "the parent proxy does not answer",
    Trouble.GARBAGE: "the parent proxy answers with something that is no answer",
    Trouble.CREDENTIALS: "the parent proxy wants other credentials",
    Trouble.REFUSED: "the parent proxy does not let anybody go there",
    Trouble.ORIGIN: "the parent proxy cannot connect there",
}


class ParentError(OSError):
    """
    The parent gave no tunnel.

    Fields:
        trouble: why; its text holds no name, no address and no credentials.
    """

    def __init__(self, trouble: Trouble) -> None:
        """Remember why."""
        super().__init__(errno.EHOSTUNREACH, _SENTENCES[trouble])
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class ParentAt:
    """
    Where a parent is, and what is asked of it.

    Fields:
        host, port: where it listens.
        credentials: name and password with a colon between them, or None.
        tls: what is spoken with it, or None for plain.
        by_address: names are looked up here, and it is asked for addresses.
        names: what is connected to without it, with everything below.
        networks: likewise; for destinations that are given as addresses.
        seconds: how long it may take, until a tunnel stands.
    """

    host: str
    port: int
    credentials: str | None = field(default=None, repr=False)
    tls: ssl.SSLContext | None = None
    by_address: bool = False
    names: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()
    seconds: float = 8.0


class Parent:
    """
    Asks a parent for tunnels.

    Fields:
        at: where it is.
        failures: how often it gave none, by why.
    """

    def __init__(
        self,
        at: ParentAt,
        failures: Counter[str] | None = None,
        tell: Callable[[Trouble | None], object] = lambda _: None,
    ) -> None:
        """
        Begin with nothing asked.

        Args:
            at: where it is.
            failures: where failures are counted.
            tell: is told when it begins to give no tunnels, and why; and, with None, when it gives
                them again.
        """
        self.at = at
        self.failures: Counter[str] = Counter() if failures is None else failures
        self._tell = tell
        self._wrong: Trouble | None = None

    def serves(self, name: str) -> bool:
        """Tell whether a destination, in its normal spelling, is reached through it."""
        if is_literal(name):
            return not any(parse_address(name) in network for network in self.at.networks)
        return not any(name == each or name.endswith("." + each) for each in self.at.names)

    async def tunnel(self, sock: socket.socket, host: str, port: int) -> socket.socket:
        """
        Ask for a tunnel on a connection to the parent.

        Args:
            sock: connected and not blocking; it is closed if there is no tunnel.
            host: a name or an IP address, no brackets.
            port: 1 to 65535.

        Returns:
            What leads to the origin: *sock*, or behind TLS the end of a pair.

        Raises:
            ParentError: there is no tunnel.
        """
        inner = sock
        if self.at.tls is not None:
            try:
                inner = await wrap(sock, self.at.tls, self.at.host, self.at.seconds)
            except OSError as problem:
                raise ParentError(Trouble.UNREACHABLE) from problem
        try:
            loop = asyncio.get_running_loop()
            await loop.sock_sendall(inner, self._request(host, port))
            _check(await read_through(inner, _end_of_head, HEAD_BYTES))
        except ParentError:
            inner.close()
            raise
        except CutShortError as problem:
            inner.close()
            raise ParentError(Trouble.GARBAGE) from problem
        except OSError as problem:
            inner.close()
            raise ParentError(Trouble.UNREACHABLE) from problem
        except BaseException:  # cancelled, too
            inner.close()
            raise
        return inner

    def note(self, trouble: Trouble | None) -> None:
        """Count a failure, or that there was none, and tell where it has become another."""
        if trouble is not None:
            self.failures[trouble] += 1
        wrong = trouble if trouble in ITS_OWN else None
        if (wrong is None) is not (self._wrong is None):
            self._tell(wrong)
        self._wrong = wrong

    def _request(self, host: str, port: int) -> bytes:
        where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        lines = [f"CONNECT {where} HTTP/1.1", f"Host: {where}"]
        if self.at.credentials is not None:
            encoded = base64.b64encode(self.at.credentials.encode()).decode()
            lines.append(f"Proxy-Authorization: Basic {encoded}")
        return "\r\n".join([*lines, "", ""]).encode("ascii")


def asked_for(host: str) -> str | None:
    """
    Return the normal spelling of what a parent may be asked for.

    Args:
        host: a name or an address in any spelling: a parent may take ``2130706433`` for an address.

    Returns:
        None for names that lead nowhere on the internet: where they lead beside the parent is
        nothing that the gateway can judge.
    """
    name = normal_name(host)
    if name is None or is_literal(name):
        return name
    last = name.rpartition(".")[2]
    return None if last in _NOT_OUT_THERE or "." not in name or name.endswith("home.arpa") else name


def is_literal(name: str) -> bool:
    """Tell whether a normal name is an address."""
    try:
        parse_address(name)
    except ValueError:
        return False
    return True


def direct_names(given: Iterable[str]) -> tuple[frozenset[str], tuple[Network, ...]]:
    """Part what is connected to directly into names and networks, as `ParentAt` has them."""
    names: set[str] = set()
    networks: list[Network] = []
    for each in given:
        try:
            networks.append(ip_network(each))
        except ValueError:
            names.add(each)
    return frozenset(names), tuple(networks)


def _end_of_head(data: bytes) -> int | None:
    found = data.find(b"\r\n\r\n")
    return None if found < 0 else found + 4


def _check(head: bytes) -> None:
    """
    Read what a parent says.

    Raises:
        ParentError: no tunnel.
    """
    found = _STATUS.match(head)
    if found is None:
        raise ParentError(Trouble.GARBAGE)
    status = int(found[1])
    if status in _GRANTED:
        return
    if status == _CREDENTIALS:
        raise ParentError(Trouble.CREDENTIALS)
    if status >= 500:  # noqa: PLR2004  failures of what it asked, or its own
        raise ParentError(Trouble.ORIGIN)
    raise ParentError(Trouble.REFUSED if status >= 400 else Trouble.GARBAGE)  # noqa: PLR2004  refusals
