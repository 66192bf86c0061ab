"""
Admission: the one way a client takes from its first byte to a relay, an inspection or the street.

Laws of this file:
    Every set of names is judged before it is acted on, and each new name asks for a new ruling.
    An origin is dialled only for what is to be relayed.
    Once there was reason to open a connection, it is not relayed any more, unless it is leased:
    for a while, and to be ended.
    No ruling means closed.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from breaktime.door import answers
from breaktime.door.dial import Refused
from breaktime.door.entrance import Way
from breaktime.door.heads import Head
from breaktime.door.parent import ITS_OWN, ParentError
from breaktime.door.policing import Caller, Identity, Ruling
from breaktime.door.reasons import Reason
from breaktime.door.steps import Kind

if TYPE_CHECKING:
    import socket
    from collections.abc import Awaitable

    from breaktime.door.conn import Conn

log = logging.getLogger(__name__)


class GoneError(Exception):
    """The client has left, or must; there is nobody to tell."""


class TurnedAwayError(Exception):
    """
    The client is turned away.

    Fields:
        reason: why.
        answer: what it is told as long as it has no tunnel; empty for nothing.
    """

    def __init__(self, reason: Reason, answer: bytes = b"") -> None:
        """Remember why, and the answer."""
        super().__init__(str(reason))
        self.reason = reason
        self.answer = answer


async def admit(conn: Conn) -> None:
    """
    Lead one client to where it belongs.

    On return, the socket belongs to a relay or to whoever inspects it.

    Raises:
        GoneError: there is no client any more.
        TurnedAwayError: it is not let in.
    """
    if conn.entrance.balancers:
        await conn.read_announcement()
    if conn.entrance.way is Way.TRANSPARENT:
        await _admit_redirected(conn)
        return
    head, ruling = await _read_request(conn)
    if not head.tunnel:
        conn.hand_over(Kind.PROXY)
        return
    if ruling is Ruling.RELAY:
        ruling = await _dial(conn, head)
    if ruling is not Ruling.RELAY and ruling is not Ruling.INSPECT:
        raise TurnedAwayError(Reason.DENIED, answers.DENIED)
    kind = await conn.peek()
    await _place(conn, head, kind)


async def _admit_redirected(conn: Conn) -> None:
    """
    Lead a client to where it belongs that asked for nothing: the firewall sent it here.

    All that is known is the address it was going to, and what it begins to say. A name in the
    greeting is the client's own claim; what it claims is opened as if it had asked for that name.
    Whatever speaks neither TLS nor HTTP is refused: there is no name to judge it by.
    """
    conn.find_destination()
    if conn.port not in conn.house.limits.ports:
        raise TurnedAwayError(Reason.PORT)
    kind = await conn.peek()
    if kind is not Kind.TLS and kind is not Kind.HTTP:
        raise TurnedAwayError(Reason.NOT_INSPECTABLE)
    address = conn.address or ""
    conn.host = conn.sni or address
    head = Head(tunnel=True, host=address, port=conn.port, credentials=None)
    ruling = await _settle(conn, head, _judge(conn))
    if ruling is Ruling.RELAY and kind is Kind.TLS:
        if conn.sni is not None and _judge(conn, (address,)) is not Ruling.RELAY:
            # A name that is left in peace does not open whatever address it is claimed at: it is
            # connected to where it really is.
            head = replace(head, host=conn.sni)
        await _dial(conn, head)
    await _place(conn, head, kind)


async def _read_request(conn: Conn) -> tuple[Head, Ruling]:
    """Read heads until one needs no further credentials; judge the host it names."""
    limits = conn.house.limits
    for _ in range(limits.rounds):
        head = await conn.read_head()
        if not head.tunnel:
            return head, Ruling.INSPECT
        if head.port not in limits.ports:
            raise TurnedAwayError(Reason.PORT, answers.PORT)
        ruling = _judge(conn)
        if ruling is not Ruling.IDENTIFY:
            return head, ruling
        identity = await _identify(conn, head)
        if not identity.challenge:
            conn.belongs_to(identity)
            return head, _judge(conn)
        if conn.entrance.way is not Way.PROXY:  # there is nothing to ask with
            conn.identity = Identity(None)
            return head, _judge(conn)
        conn.challenge(_challenge(conn))
    raise TurnedAwayError(Reason.ROUNDS)


async def _dial(conn: Conn, head: Head) -> Ruling:
    """
    Connect to the origin and judge again, now with its address.

    Connecting before the tunnel is granted lets a browser tell a dead origin from a dead proxy.
    """
    conn.upstream, conn.address = await _connected(conn, head.host, head.port)
    ruling = _judge(conn)
    if ruling is Ruling.RELAY:
        return ruling
    conn.drop_upstream()
    return await _settle(conn, head, ruling)


async def _connected(conn: Conn, host: str, port: int) -> tuple[socket.socket, str]:
    """Connect to an origin; return the socket, and the address it is connected to."""
    try:
        with conn.course.within(conn.house.limits.dial_seconds):
            dialled = await conn.house.dialler.connect(host, port, conn.client, conn.course)
    except Refused as refused:
        if refused.reason is Reason.LOOK_UPS:  # the destination is not to blame
            raise TurnedAwayError(refused.reason, answers.BUSY) from None
        raise TurnedAwayError(refused.reason, answers.REFUSED) from None
    except ParentError as failure:
        reason = Reason.PARENT if failure.trouble in ITS_OWN else Reason.DIAL
        raise TurnedAwayError(reason, answers.UNREACHABLE) from None
    except OSError:
        raise TurnedAwayError(Reason.DIAL, answers.UNREACHABLE) from None
    return dialled.sock, dialled.address


async def _place(conn: Conn, head: Head, kind: Kind) -> None:
    """Judge by all names and give the connection to whom it belongs."""
    ruling = _judge(conn)
    # A request in clear may be followed by another one that names another host.
    if ruling is not Ruling.RELAY or kind is Kind.HTTP:
        conn.drop_upstream()
    ruling = await _settle(conn, head, ruling)
    if ruling is not Ruling.RELAY and ruling is not Ruling.INSPECT:
        raise TurnedAwayError(Reason.DENIED)
    passes = ruling is Ruling.RELAY or (kind is Kind.TLS and await _lease(conn))
    if passes and conn.upstream is not None:
        conn.begin_relay(conn.upstream)
    elif kind is Kind.TLS or kind is Kind.HTTP:
        conn.hand_over(kind)
    else:
        raise TurnedAwayError(Reason.NOT_INSPECTABLE)


async def _lease(conn: Conn) -> bool:
    """
    Connect to the origin of a connection that passes unopened for a while; say whether it does.

    Whatever goes wrong in judging, it is inspected.
    """
    policing = conn.house.policing
    try:
        if not await conn.course.in_task(_asked(policing.may_pass(conn))):
            return False
        conn.upstream, conn.address = await _connected(conn, conn.host, conn.port)
        conn.leased = True
        if await conn.course.in_task(_asked(policing.pass_on(conn))):
            return True
    except TurnedAwayError:
        raise
    except Exception:
        log.exception("it could not be said whether a connection passes; it is inspected")
    conn.drop_upstream()
    conn.give_up_lease()
    return False


async def _settle(conn: Conn, head: Head, ruling: Ruling) -> Ruling:
    """
    Find out who it is if the ruling asks for that, without a challenge.

    Credentials are asked for by name only. Behind a name that turned out to be another, nobody is
    asked: whoever did not give credentials is unknown.
    """
    if ruling is not Ruling.IDENTIFY or conn.identity is not None:
        return ruling
    identity = await _identify(conn, head)
    conn.belongs_to(Identity(None) if identity.challenge else identity)
    return _judge(conn)


def _judge(conn: Conn, names: tuple[str, ...] = ()) -> Ruling:
    try:
        return conn.house.policing.judge(names or conn.names, conn.client, conn.identity)
    except Exception as fault:
        log.exception("a connection could not be judged")
        raise TurnedAwayError(Reason.JUDGE, answers.DENIED) from fault


async def _identify(conn: Conn, head: Head) -> Identity:
    try:
        caller = Caller(conn.client, head.credentials, head.fields, conn.certificate)
        with conn.course.within(conn.house.limits.identify_seconds):
            found = conn.house.policing.identify(caller)
            return (
                found if isinstance(found, Identity) else await conn.course.in_task(_asked(found))
            )
    except TimeoutError:
        raise TurnedAwayError(Reason.IDENTIFY, answers.UNAVAILABLE) from None
    except Exception as fault:
        log.exception("a client could not be identified")
        raise TurnedAwayError(Reason.IDENTIFY, answers.UNAVAILABLE) from fault


async def _asked[T](answer: Awaitable[T]) -> T:
    return await answer


def _challenge(conn: Conn) -> bytes:
    try:
        return conn.house.policing.challenge()
    except Exception as fault:
        log.exception("a client could not be challenged")
        raise TurnedAwayError(Reason.IDENTIFY, answers.UNAVAILABLE) from fault
