"""
Conversations with LDAP servers: encrypted, verified, bounded in time, and begun again when broken.

Every function here blocks; `Directory` calls them in its threads.
"""

import math
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog
from ldap3 import DEREF_NEVER, NONE, SAFE_SYNC, SIMPLE, SUBTREE, Connection, Server, Tls
from ldap3.core.exceptions import LDAPException

from breaktime.identity.directory_settings import Address
from breaktime.identity.provider import BusyError

log = structlog.get_logger("breaktime.identity")

RETRY_SECONDS = 5.0
"""How long a server that did not answer is left alone."""

SUCCESS = 0
SIZE_LIMIT = 4
type Conversation = Connection
"""With one server, as the service account."""

BUSY = frozenset({51, 52, 80})
"""busy, unavailable, other: the server has not judged (RFC 4511, appendix A)."""


class _Verified(Tls):  # type: ignore[misc]  # ldap3 has no types
    """TLS as Python's own library does it: chain and name are checked, 1.2 or newer."""

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        self._context = context

    def wrap_socket(self, connection: Any, do_handshake: bool = False) -> None:  # noqa: FBT001, FBT002, ARG002  ldap3's
        connection.socket = self._context.wrap_socket(
            connection.socket, server_hostname=connection.server.host
        )


@dataclass(frozen=True, slots=True)
class Found:
    """One entry: its name, and values by attribute in lower case."""

    dn: str
    values: dict[str, tuple[str, ...]]


class Servers:
    """
    The servers of one directory, in the order in which they are asked.

    Each thread has a conversation of its own, as the service account.
    """

    def __init__(
        self,
        addresses: tuple[Address, ...],
        context: ssl.SSLContext,
        *,
        account: tuple[str, str],
        seconds: float,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """
        Connect to nothing yet.

        Args:
            addresses: of the servers.
            context: whom to trust.
            account: name and password of the service account.
            seconds: how long to wait for a connection, and for each answer.
            monotonic: seconds that never go back.
        """
        self._addresses = addresses
        self._context = context
        self._account = account
        self._seconds = seconds
        self._monotonic = monotonic
        self._down: dict[Address, float] = {}
        self._mine = threading.local()
        self._open_ones: set[Connection] = set()

    def ask[T](self, question: Callable[[Connection, Address], T]) -> T:
        """
        Ask the first server that answers, through the thread's conversation.

        Raises:
            BusyError: none answers.
        """
        failed = ""
        for address in self._up():
            for fresh in (False, True):  # a conversation that has been idle may have been ended
                began = self._monotonic()
                try:
                    connection = self._conversation(address, fresh=fresh)
                    return question(connection, address)
                except (LDAPException, OSError) as fault:
                    failed = type(fault).__name__
                    self._hang_up()
                if self._monotonic() - began > self._seconds / 2:
                    break  # it is there, and does not answer
            self._down[address] = self._monotonic() + RETRY_SECONDS
            log.warning("a directory server did not answer", server=address.host, error=failed)
        raise BusyError

    def is_password(self, address: Address, dn: str, password: str) -> bool:
        """
        Tell whether a password is that of an entry.

        Raises:
            LDAPException, OSError: the server did not answer.
            BusyError: the server cannot judge.
        """
        if not password or not dn:  # a bind without one succeeds: it is anonymous (RFC 4513, 5.1.2)
            return False
        connection = self._open(address, dn, password)
        try:
            return _is_bound(connection)
        finally:
            _end(connection)

    def close(self) -> None:
        """End the conversations of all threads."""
        for connection in list(self._open_ones):
            self._open_ones.discard(connection)
            _end(connection)

    def _up(self) -> Iterator[Address]:
        now = self._monotonic()
        for address in self._addresses:
            if self._down.get(address, 0.0) <= now:
                yield address

    def _conversation(self, address: Address, *, fresh: bool) -> Connection:
        held = getattr(self._mine, "held", None)
        if held is not None and held[0] == address and not fresh:
            return held[1]
        self._hang_up()
        connection = self._open(address, *self._account)
        bound = False
        try:
            bound = _is_bound(connection)
        finally:
            if not bound:
                _end(connection)
        if not bound:
            log.error("the directory refuses our account; nobody can be checked")
            raise BusyError
        self._mine.held = (address, connection)
        self._open_ones.add(connection)
        return connection

    def _hang_up(self) -> None:
        held = getattr(self._mine, "held", None)
        self._mine.held = None
        if held is not None:
            self._open_ones.discard(held[1])
            _end(held[1])

    def _open(self, address: Address, dn: str, password: str) -> Connection:
        server = Server(
            address.host,
            address.port,
            use_ssl=address.tls,
            tls=_Verified(self._context),
            get_info=NONE,
            connect_timeout=self._seconds,
        )
        connection = Connection(
            server,
            user=dn,
            password=password,
            authentication=SIMPLE,
            client_strategy=SAFE_SYNC,
            auto_referrals=False,
            receive_timeout=max(1, math.ceil(self._seconds)),
        )
        try:
            connection.open()
            if not address.tls:
                connection.start_tls()
        except BaseException:
            _end(connection)
            raise
        return connection


def _end(connection: Connection) -> None:
    """Say goodbye, and close the socket whatever comes of it."""
    sock = connection.socket
    with suppress(LDAPException, OSError):
        connection.unbind()
    with suppress(OSError):
        if sock is not None:
            sock.close()


def _is_bound(connection: Connection) -> bool:
    _, result, _, _ = connection.bind()
    code = result["result"]
    if code in BUSY:
        raise BusyError
    return bool(code == SUCCESS)


def search(
    connection: Connection, base: str, where: str, attributes: tuple[str, ...], most: int
) -> tuple[Found, ...] | None:
    """
    Return the entries below a base; None where there are more than *most*.

    Referrals to other servers are not followed, nor aliases.

    Raises:
        LDAPException, OSError: the server did not answer.
        BusyError: the server cannot answer.
    """
    _, result, response, _ = connection.search(
        base,
        where,
        search_scope=SUBTREE,
        dereference_aliases=DEREF_NEVER,
        attributes=list(attributes),
        size_limit=most + 1,
    )
    if result["result"] not in {SUCCESS, SIZE_LIMIT}:
        raise BusyError
    found = tuple(
        Found(entry["dn"], _texts(entry["raw_attributes"]))
        for entry in response or ()
        if entry["type"] == "searchResEntry"
    )
    return None if len(found) > most or result["result"] == SIZE_LIMIT else found


def _texts(raw: Any) -> dict[str, tuple[str, ...]]:
    return {
        name.lower(): tuple(value.decode("utf-8", "replace") for value in values)
        for name, values in raw.items()
    }
