"""
The way out: every connection of the gateway to an origin begins here.

Laws of this file:
    What is checked is the address that is connected to: between check and connect, no name is
    looked up again. Where a parent proxy looks names up, it is told none that could lead inward,
    and where they lead nobody here knows.
    A socket is either returned or closed.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, zip_longest
from typing import TYPE_CHECKING

from breaktime.core.names import normal_name
from breaktime.door.destination import Network, parse_address, parse_networks, refusal, spelled
from breaktime.door.parent import (
    Parent,
    ParentAt,
    ParentError,
    Trouble,
    asked_for,
    is_literal,
)
from breaktime.door.reasons import Reason
from breaktime.door.resolve import BusyError, Resolve, Resolver
from breaktime.door.waiting import IN_TASK, Waiting

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


class Refused(OSError):  # noqa: N818 - it is an answer to the client, not an error of ours
    """
    The destination may not be connected to.

    Fields:
        reason: why; holds no name and no address.
    """

    def __init__(self, reason: Reason) -> None:
        """Remember why."""
        super().__init__(errno.EACCES, str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Dialled:
    """
    A connection to an origin.

    Fields:
        sock: connected, not blocking; belongs to the caller.
        address: the IP address it is connected to; the name where a parent has looked it up.
        port: the port it is connected to.
    """

    sock: socket.socket
    address: str
    port: int

    def close(self) -> None:
        """End it."""
        self.sock.close()


class Dialler:
    """
    Connects to origins, and only to those that the gateway may be made to connect to.

    Fields:
        parent: the proxy through which they are reached, or None.
    """

    def __init__(  # noqa: PLR0913  each of them says something else about the way out
        self,
        resolve: Resolve | None = None,
        *,
        internal: Iterable[str] = (),
        ports: Collection[int] | None = None,
        parent: Parent | None = None,
        address_seconds: float = 2.5,
        addresses: int = 6,
    ) -> None:
        """
        Prepare to dial.

        Args:
            resolve: how names become addresses; by default the system is asked.
            internal: networks that may be connected to although they are not public.
            ports: that may be asked for; None for all.
            parent: the proxy through which origins are reached; None for none.
            address_seconds: how long one address may take before the next one is tried.
            addresses: how many are tried.

        Raises:
            ValueError: *internal* holds something that is no network.
        """
        self._resolver: Resolver | None = None
        if resolve is None:
            resolve = self._resolver = Resolver()
        self._resolve: Resolve = resolve
        self._internal: tuple[Network, ...] = parse_networks(tuple(internal))
        self._special = lru_cache(maxsize=4096)(lambda address: refusal(address, self._internal))
        self._way_back = lru_cache(maxsize=4096)(self._find_way_back)
        self._ports = ports
        self.parent = parent
        self._address_seconds = address_seconds
        self._addresses = addresses
        self._own: set[tuple[str, int]] = set()

    def avoid(self, own: Iterable[tuple[str, int]]) -> None:
        """
        Never connect to these listeners: a request would come back for ever.

        Args:
            own: IP address and port each; ``0.0.0.0`` and ``::`` stand for every address of this
                machine.
        """
        self._own.update((spelled(host), port) for host, port in own)
        self._way_back.cache_clear()

    async def resolve(self, host: str, port: int, client: str | None = None) -> tuple[str, ...]:
        """
        Return the IP addresses of a host, without connecting to any; none if a parent knows them.

        Args:
            host: a name or an IP address, no brackets.
            port: 1 to 65535.
            client: address of who is asking, who may ask for so many names at a time; None for us.

        Raises:
            Refused: the client asks for too many names at a time.
            OSError: it could not be resolved.
        """
        if self._parent_knows(host):
            return ()
        return tuple(address for address, _ in await self._look_up(host, port, client))

    async def connect(
        self, host: str, port: int, client: str | None = None, waiting: Waiting = IN_TASK
    ) -> Dialled:
        """
        Connect to a host.

        Args:
            host: a name or an IP address, no brackets.
            port: 1 to 65535.
            client: address of who is asking, as in `resolve`.
            waiting: how it is waited.

        Raises:
            Refused: the port, or none of its addresses, may be connected to, or the client asks
                for too many names at a time.
            OSError: it could not be resolved, or none of its addresses answered.
        """
        if self._ports is not None and port not in self._ports:
            raise Refused(Reason.PORT)
        if self._parent_knows(host):
            return await waiting.in_task(self._by_parent(host, host, port), Dialled.close)
        return await self._by_address(host, port, client, waiting)

    async def _by_address(
        self, host: str, port: int, client: str | None, waiting: Waiting
    ) -> Dialled:
        through = self.parent if self._is_served(host) else None
        failure: OSError = OSError(errno.EHOSTUNREACH, os.strerror(errno.EHOSTUNREACH))
        refused: Refused | None = None
        tried = 0
        found_at = None if self._resolver is None else self._resolver.recall(host, port)
        if found_at is None:  # a task costs more than what is remembered
            found_at = await waiting.in_task(self._look_up(host, port, client))
        for address, its_port in _alternate(found_at):
            reason = self._refusal(address, its_port)
            if reason is not None:
                refused = refused or Refused(reason)
                continue
            if tried == self._addresses:
                break
            tried += 1
            try:
                if through is not None:
                    by_parent = self._by_parent(address, address, its_port)
                    return await waiting.in_task(by_parent, Dialled.close)
                return await self._connect(address, its_port, waiting)
            except Refused as found:
                refused, tried = found, tried - 1
            except OSError as found:
                failure = found
        raise refused if refused is not None and not tried else failure

    def close(self) -> None:
        """Begin no further look-up, where the resolver is our own."""
        if self._resolver is not None:
            self._resolver.close()

    def _is_served(self, host: str) -> bool:
        if self.parent is None:
            return False
        name = normal_name(host)
        return name is None or self.parent.serves(name)

    def _parent_knows(self, host: str) -> bool:
        """Tell whether it is left to the parent what a name means."""
        if self.parent is None or not self._is_served(host):
            return False
        return not self.parent.at.by_address and not is_literal(normal_name(host) or host)

    async def _by_parent(self, host: str, shown: str, port: int) -> Dialled:
        """
        Connect to a host through the parent.

        Raises:
            Refused: it may not be asked for.
            OSError: there is no tunnel.
        """
        parent = self.parent
        assert parent is not None
        target = asked_for(host)
        if target is None:
            raise Refused(Reason.PRIVATE)
        try:
            async with asyncio.timeout(parent.at.seconds):
                sock = await parent.tunnel(await self._to_parent(parent.at), target, port)
        except ParentError as failure:
            parent.note(failure.trouble)
            raise
        except TimeoutError:
            parent.note(Trouble.UNREACHABLE)
            raise ParentError(Trouble.UNREACHABLE) from None
        parent.note(None)
        return Dialled(sock, shown, port)

    async def _to_parent(self, at: ParentAt) -> socket.socket:
        """
        Connect to the parent itself, wherever it is; only not to ourselves.

        Raises:
            ParentError: it cannot be reached.
        """
        found = [(at.host, at.port)]
        if not is_literal(at.host):
            try:
                found = _alternate(await self._look_up(at.host, at.port, None))
            except OSError as problem:
                raise ParentError(Trouble.UNREACHABLE) from problem
        for address, port in found:
            try:
                sock = await _open(address, port, self._address_seconds, IN_TASK)
            except OSError:
                continue
            if not self._leads_back(sock, port):
                return sock
            sock.close()
        raise ParentError(Trouble.UNREACHABLE)

    def _leads_back(self, sock: socket.socket, port: int) -> bool:
        """Tell whether what should be the parent is a listener of ours, or gone already."""
        try:
            self._check_way_back(sock, port)
        except OSError as problem:
            return not isinstance(problem, Refused) or problem.reason is Reason.OWN_LISTENER
        return False

    async def _look_up(self, host: str, port: int, client: str | None) -> list[tuple[str, int]]:
        if self._resolver is None:
            return await self._resolve(host, port)
        try:
            return await self._resolver(host, port, client=client)
        except BusyError:
            raise Refused(Reason.LOOK_UPS) from None

    def _refusal(self, address: str, port: int) -> Reason | None:
        """Say why an address may not be connected to, as far as the address itself tells."""
        if (spelled(address), port) in self._own:
            return Reason.OWN_LISTENER
        return self._special(address)

    def _check_way_back(self, sock: socket.socket, port: int) -> None:
        """
        Refuse a connection that stands but has led back to this machine.

        Raises:
            Refused: it has, and it is not among the networks that may be connected to.
            OSError: it does not stand.
        """
        reason = self._way_back(sock.getsockname()[0], sock.getpeername()[0], port)
        if reason is not None:
            raise Refused(reason)

    def _find_way_back(self, source: str, destination: str, port: int) -> Reason | None:
        """
        Say why a connection from one address to another may not stand.

        A connection to oneself comes from the address it goes to, or from loopback to loopback.
        That finds the public addresses of the gateway, and those behind a listener on all of
        them, without a list of interfaces.
        """
        here, there = parse_address(source), parse_address(destination)
        if here != there and not (here.is_loopback and there.is_loopback):
            return None
        wildcard = "::" if there.version == 6 else "0.0.0.0"  # noqa: PLR2004, S104 - compared
        if (str(there), port) in self._own or (wildcard, port) in self._own:
            return Reason.OWN_LISTENER
        if not any(there in network for network in self._internal):
            return Reason.OWN_ADDRESS
        return None

    async def _connect(self, address: str, port: int, waiting: Waiting) -> Dialled:
        sock = await _open(address, port, self._address_seconds, waiting)
        try:
            self._check_way_back(sock, port)
        except BaseException:
            sock.close()
            raise
        return Dialled(sock, address, port)


def tune(sock: socket.socket) -> None:
    """Send small pieces at once, and notice a peer that has vanished."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)


async def _open(address: str, port: int, seconds: float, waiting: Waiting) -> socket.socket:
    """
    Return a socket that is connected to an IP address.

    Raises:
        OSError: it did not answer in time, or with a refusal.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    try:
        tune(sock)
        await _connected(sock, address, port, seconds, waiting)
    except BaseException:  # cancelled, too: nobody else knows this socket
        sock.close()
        raise
    return sock


async def _connected(
    sock: socket.socket, address: str, port: int, seconds: float, waiting: Waiting
) -> None:
    """
    Connect without looking anything up: *address* is an IP address.

    Raises:
        OSError: it did not answer, not in so many seconds, or with a refusal.
    """
    code = sock.connect_ex((address, port))
    if code == errno.EINPROGRESS:
        code = await waiting.writable(sock, seconds)
        code = code or sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        raise OSError(code, os.strerror(code))


def _alternate(addresses: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """
    Let the families take turns, beginning with that of the best address.

    Where one family leads nowhere, only every other attempt is in vain.

    Source: RFC 8305 section 4.
    """
    if len(addresses) < 2:  # noqa: PLR2004  the usual case
        return addresses
    first = ":" in addresses[0][0]
    one = [pair for pair in addresses if (":" in pair[0]) is first]
    other = [pair for pair in addresses if (":" in pair[0]) is not first]
    turns = chain.from_iterable(zip_longest(one, other))
    return [pair for pair in turns if pair is not None]
