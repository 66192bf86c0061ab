"""What the door asks others and what it gives away: it knows no policy and no mitmproxy."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, Protocol

from breaktime.core.signin import Strength

if TYPE_CHECKING:
    import socket
    from collections.abc import Awaitable, Callable

    from breaktime.door.conn import Conn
    from breaktime.door.steps import Kind


class Ruling(Enum):
    """
    What the policy says about a set of names.

    Members:
        RELAY: none of our business; pass it on unopened.
        IDENTIFY: ask who it is, then judge again.
        INSPECT: open it and judge each request.
        DENY: close it.
    """

    RELAY = auto()
    IDENTIFY = auto()
    INSPECT = auto()
    DENY = auto()


@dataclass(frozen=True, slots=True)
class Identity:
    """
    Who is asking.

    Fields:
        person: their id, or None when nobody is known.
        challenge: nobody is known, and asking the client for credentials makes sense.
        groups: directory groups of the person.
        known_by: how it is known.
    """

    person: str | None
    challenge: bool = False
    groups: tuple[str, ...] = ()
    known_by: Strength = Strength.NONE


@dataclass(frozen=True, slots=True)
class Caller:
    """
    What a client says of itself. All but the address are secrets: none is in a `repr`.

    Fields:
        client: IP address.
        credentials: the value of Proxy-Authorization as sent, or None.
        headers: names in lower case and values of all headers of the request.
        certificate: DER of the certificate that it showed to the proxy, verified, or None.
    """

    client: str
    credentials: str | None = field(default=None, repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    certificate: bytes | None = field(default=None, repr=False)


class Policing(Protocol):
    """
    The questions the door asks.

    All methods are called on the event loop and must not block. An exception in `judge` closes the
    connection; one in `identify` or `challenge` is answered with 503; one in `may_pass` or
    `pass_on` has the connection inspected.
    """

    def judge(self, names: tuple[str, ...], client: str, identity: Identity | None) -> Ruling:
        """
        Say what is to be done with a connection.

        Args:
            names: all that is known of the destination, without repetition: the host of the
                CONNECT, the server name of the hello, the resolved address. Lower case, no
                trailing dots, IPv6 without brackets.
            client: IP address of the client.
            identity: None when nobody was asked for yet.
        """
        ...

    def identify(self, caller: Caller) -> Identity | Awaitable[Identity]:
        """Say who is asking."""
        ...

    def challenge(self) -> bytes:
        """Return a whole 407 answer, with Proxy-Authenticate and Content-Length."""
        ...

    def may_pass(self, conn: Conn) -> Awaitable[bool]:
        """Say whether a connection that is to be inspected may pass unopened for a while."""
        ...

    def pass_on(self, conn: Conn) -> Awaitable[bool]:
        """
        Say the same again, now that its address is known; from then on, it is leased.

        Whoever leases it ends it with `Door.cut` when its time is over, also before this returns.
        """
        ...

    def passed(self, conn: Conn) -> None:
        """Take note that a connection that was leased has ended, or is inspected after all."""
        ...

    def refused(self, conn: Conn, reason: str) -> None:
        """Take note that a connection was turned away; *reason* is a value of `Reason`."""
        ...


class Handed(Protocol):
    """
    What whoever takes over a connection may know of it, and set.

    Fields:
        id, client, client_port, identity, certificate: as of `Conn`.
        when_cut: how to end it from now on; None to shut its socket down.
    """

    id: str
    client: str
    client_port: int
    identity: Identity | None
    certificate: bytes | None
    when_cut: Callable[[], None] | None


@dataclass(frozen=True, slots=True)
class Inspection:
    """
    A connection that is to be opened, with all that was read of it.

    Fields:
        conn: the connection; in the table of the door until `Door.release`.
        sock: the client's socket, not blocking. Whoever takes over closes it.
        replay: the bytes already read from it.
        kind: TLS, HTTP or PROXY.
        host: the name the client gave; for PROXY that of the first request, perhaps empty.
        port: 1 to 65535; 0 for a request to the proxy itself.
        sni: the server name of the hello, or None.
        address: the IP address the door had connected to before it had reason to inspect, or None.
    """

    conn: Handed
    sock: socket.socket
    replay: bytes
    kind: Kind
    host: str
    port: int
    sni: str | None
    address: str | None


type HandOver = Callable[[Inspection], None]
"""Takes over a socket. If it raises, it has not taken it, and the door closes it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """
    How much and how long.

    Fields:
        ports: that a CONNECT may name.
        connections: at the same time, in any phase.
        connections_per_client: the same, from one IP address, of whom nobody knows who it is.
        connections_per_person: the same, of one person who is known, from wherever.
        rounds: heads on one connection that may be answered with 407.
        head_seconds: until the head of a request is complete.
        identify_seconds: until it is known who is asking.
        dial_seconds: until the origin has accepted, look-up and all its addresses included.
        peek_seconds: after which a client that has said nothing in its tunnel counts as silent;
            one that has begun to speak has ``head_seconds`` more.
        linger_seconds: for which a refused client may still read the answer.
        idle_seconds: after which a relay that moves nothing is ended, give or take a quarter.
        pause_seconds: without accepting, after the process ran out of file descriptors.
    """

    ports: frozenset[int] = frozenset({80, 443})
    connections: int = 8000
    connections_per_client: int = 1000
    connections_per_person: int = 500
    rounds: int = 8
    head_seconds: float = 10.0
    identify_seconds: float = 10.0
    dial_seconds: float = 10.0
    peek_seconds: float = 3.0
    linger_seconds: float = 2.0
    idle_seconds: float = 600.0
    pause_seconds: float = 1.0
