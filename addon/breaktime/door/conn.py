"""
One client: its socket, its gate, and who owns both at the moment.

Laws of this file:
    As long as the door owns the socket, exactly one course answers for it, and when that ends,
    however it ends, the socket is closed or somebody else's.
    A socket that was handed over is never closed here: its number may be another client's by then.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
from typing import TYPE_CHECKING

from breaktime.door import answers
from breaktime.door.abrupt import reset_when_closed, unsent
from breaktime.door.admission import GoneError, TurnedAwayError, admit
from breaktime.door.course import Course
from breaktime.door.dialogue import Dialogue
from breaktime.door.entrance import Way
from breaktime.door.gate import Gate
from breaktime.door.intake import Intake
from breaktime.door.policing import Inspection
from breaktime.door.reasons import Reason
from breaktime.door.redirected import original_destination
from breaktime.door.relay import Relay
from breaktime.door.room import CROWDED
from breaktime.door.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from breaktime.door.entrance import Entrance
    from breaktime.door.heads import Head
    from breaktime.door.house import House
    from breaktime.door.policing import Identity
    from breaktime.door.steps import Kind

log = logging.getLogger(__name__)

_TICKS_TO_IDLE = 4
_ID_BYTES = 16


class Conn:
    """
    One client connection, from accept to end.

    Fields:
        id: unique; the same in tables, logs and hooks.
        client: IP address of the client; IPv4 as such, also on a listener for both versions.
            That of a balancer until it has announced the client.
        client_port: port of the client.
        entrance: where it came in.
        stage: how far it has come.
        identity: who is asking, once somebody was asked.
        certificate: DER of what the client showed to the proxy, verified; None for none.
        host, port: the name and the port in the request; empty and 0 before.
        sni: the server name of the hello, or None.
        address: the IP address the door has connected to, or None.
        leased: it passes for a while, and whoever leases it will end it.
        relay: what counts its bytes, or None.
        when_cut: how to end it once it is handed over; whoever takes over may set it.
        when_ended: what else is to be told when it has ended because it was cut.
    """

    __slots__ = (
        "_course",
        "_cut",
        "_dialogue",
        "_intake",
        "_moved",
        "_sock",
        "_ticks",
        "address",
        "certificate",
        "client",
        "client_port",
        "entrance",
        "host",
        "house",
        "id",
        "identity",
        "leased",
        "port",
        "relay",
        "sni",
        "stage",
        "upstream",
        "when_cut",
        "when_ended",
    )

    def __init__(
        self, sock: socket.socket, peer: tuple[str, int], house: House, entrance: Entrance
    ) -> None:
        """
        Take over an accepted socket.

        Args:
            sock: connected and not blocking.
            peer: IP address and port of the client.
            house: what it shares with the others.
            entrance: where it came in.
        """
        self.id = os.urandom(_ID_BYTES).hex()
        self.client, self.client_port = peer
        self.house, self.entrance = house, entrance
        self.stage = Stage.HEAD
        self.identity: Identity | None = None
        self.certificate: bytes | None = None
        self.host, self.port = "", 0
        self.sni: str | None = None
        self.address: str | None = None
        self.leased = False
        self.relay: Relay | None = None
        self.upstream: socket.socket | None = None
        self.when_cut: Callable[[], None] | None = None
        self.when_ended: Callable[[], None] | None = None
        self._sock = sock
        gate = Gate(entrance.way, announced=bool(entrance.balancers))
        self._intake = Intake(sock, gate, house.loop, house.deadlines, self.cut)
        self._dialogue = Dialogue(sock, self._intake, entrance.way, house.limits)
        self._cut = False
        self._course: Course | None = None
        self._moved = 0
        self._ticks = 0

    @property
    def person(self) -> str | None:
        """The id of the person, or None when nobody is known."""
        return self.identity.person if self.identity else None

    @property
    def names(self) -> tuple[str, ...]:
        """All that is known of the destination, without repetition."""
        host, sni, address = self.host, self.sni, self.address
        names: tuple[str, ...] = (host,) if host else ()
        if sni and sni != host:
            names += (sni,)
        return (*names, address) if address and address not in names else names

    # What the door does with it

    def show(self, certificate: bytes | None) -> None:
        """Take note of the certificate that the client has shown to the proxy."""
        self.certificate = certificate

    def open(self) -> None:
        """Begin to read, and go on until it belongs to somebody else, or has ended."""
        house = self.house
        self._course = Course(self._live(), self._settle, house.loop, house.deadlines, house.tasks)
        self._course.go_on()

    def cut(self) -> None:
        """End it now, in any stage."""
        self._cut = True
        if self.relay is not None:
            if self.relay.pending or unsent(self._sock):
                reset_when_closed(self._sock)
            self.relay.end()
        elif self.stage is Stage.INSPECTED:
            self._cut_inspected()
        elif self.stage is not Stage.ENDED and self._course is not None:
            self._course.cancel()

    def tick(self) -> None:
        """Count how long a relay has moved nothing; called every quarter of the idle time."""
        if self.relay is None:
            return
        moved = self.relay.up + self.relay.down
        self._ticks = self._ticks + 1 if moved == self._moved else 0
        self._moved = moved
        if self._ticks >= _TICKS_TO_IDLE:
            self.relay.end()

    def end(self, *, cut: bool = False) -> None:
        """Close what the door owns of it, and leave the table; *cut* by who has taken it over."""
        if self.stage is Stage.ENDED:
            return
        owned = self.stage is not Stage.INSPECTED
        self.stage = Stage.ENDED
        try:  # all of it, whatever fails
            self.drop_upstream()
            if owned and self._sock.fileno() >= 0:  # else a relay has closed it
                self._close()
        finally:
            try:
                self.house.left(self)
            finally:
                self.give_up_lease()
                if self.when_ended is not None and (cut or self._cut):
                    self.when_ended()

    def send_away(self, reason: Reason) -> None:
        """End a connection that has only just come; say why to who can read it, without waiting."""
        self.refuse(reason)
        if self.entrance.way is Way.PROXY and reason in CROWDED:
            with contextlib.suppress(OSError):
                self._sock.send(answers.BUSY)
                self._sock.shutdown(socket.SHUT_WR)
        self.end()

    def refuse(self, reason: Reason) -> None:
        """Tell the policing that it is turned away; nothing that it raises matters."""
        try:
            self.house.policing.refused(self, reason)
        except Exception:
            log.exception("a refusal could not be told")

    def give_up_lease(self) -> None:
        """Tell whoever has leased it, if anybody, that it passes no more."""
        if not self.leased:
            return
        self.leased = False
        try:
            self.house.policing.passed(self)
        except Exception:
            log.exception("the end of a connection could not be told")

    # What admission does with it

    @property
    def course(self) -> Course:
        """What it waits with, as long as it is not admitted."""
        assert self._course is not None
        return self._course

    async def read_announcement(self) -> None:
        """
        Learn from the balancer who the client is.

        Raises:
            GoneError: the balancer speaks for itself, or has left.
            TurnedAwayError: it says nothing to be trusted, or the client has too many connections.
        """
        balancer, transparent = self.client, self.entrance.way is Way.TRANSPARENT
        (self.client, self.client_port), target = await self._dialogue.read_announcement()
        if transparent and target[0] != balancer:
            self.address, self.port = target
        if not self.house.admits(self):
            raise TurnedAwayError(Reason.FULL_FOR_CLIENT)

    def find_destination(self) -> None:
        """
        Find out where a client was going that was sent here.

        Raises:
            TurnedAwayError: nobody has sent it.
        """
        if not self.entrance.balancers:
            with contextlib.suppress(OSError):
                self.address, self.port = original_destination(self._sock)
        if self.address is None:
            raise TurnedAwayError(Reason.NOT_SENT_HERE)

    async def read_head(self) -> Head:
        """Wait for a request; raises what `Dialogue.read_head` raises."""
        self.stage = Stage.HEAD
        head = await self._dialogue.read_head()
        self.stage = Stage.DECIDING
        self.host, self.port = head.host, head.port
        return head

    def challenge(self, challenge: bytes) -> None:
        """Ask for credentials; raises what `Dialogue.challenge` raises."""
        self._dialogue.challenge(challenge)

    def belongs_to(self, identity: Identity) -> None:
        """
        Take note of whose it is.

        Raises:
            TurnedAwayError: they have too many connections.
        """
        self.identity = identity
        if not self.house.knows(self, identity.person):
            raise TurnedAwayError(Reason.FULL_FOR_PERSON, answers.CROWDED)

    async def peek(self) -> Kind:
        """Grant the tunnel and look into it; raises what `Dialogue.peek` raises."""
        self.stage = Stage.PEEK
        kind = await self._dialogue.peek()
        self.stage = Stage.DECIDING
        self.sni = self._intake.gate.sni
        return kind

    def begin_relay(self, upstream: socket.socket) -> None:
        """
        Pass everything on from here.

        Raises:
            GoneError: it was cut meanwhile.
        """
        if self._cut:
            raise GoneError
        replay = self._intake.leave()
        self.upstream = None
        self.stage = Stage.RELAYED
        loop, buffer = self.house.loop, self.house.buffer
        self.relay = Relay(
            self._sock, upstream, loop=loop, buffer=buffer, on_end=lambda _: self.end()
        )
        # The relay puts its own callback in place of ours.
        self.relay.start(replay)

    def hand_over(self, kind: Kind) -> None:
        """
        Give the socket away.

        Raises:
            GoneError: it was cut meanwhile.
            TurnedAwayError: nobody took it.
        """
        if self._cut:
            raise GoneError
        self._intake.stop()
        replay = self._intake.leave()
        self.stage = Stage.INSPECTED
        inspection = Inspection(
            conn=self,
            sock=self._sock,
            replay=replay,
            kind=kind,
            host=self.host,
            port=self.port,
            sni=self.sni,
            address=self.address,
        )
        try:
            self.house.hand_over(inspection)
        except Exception as fault:
            log.exception("a connection could not be handed over")
            self._sock.close()
            if self.stage is Stage.INSPECTED:
                self.stage = Stage.DECIDING
            raise TurnedAwayError(Reason.HAND_OVER) from fault

    def drop_upstream(self) -> None:
        """Close the connection to the origin, if there is one; nothing was sent on it."""
        if self.upstream is not None:
            self.upstream.close()
            self.upstream = None

    # Its own business

    async def _live(self) -> None:
        try:
            try:
                await admit(self)
            except TurnedAwayError as turned:
                self.refuse(turned.reason)
                answer = self._dialogue.last_words(turned)
                if answer:
                    self.stage = Stage.LEAVING
                    await self.course.in_task(self._dialogue.take_leave(answer))
        except GoneError:
            pass
        except Exception:
            log.exception("a connection could not be admitted")
            self.refuse(Reason.FAULT)

    def _settle(self, problem: BaseException | None) -> None:
        """End it, unless it found an owner."""
        if problem is not None and not isinstance(problem, asyncio.CancelledError):
            log.error("a connection could not be served", exc_info=problem)
        self._course = None
        if self.relay is None and self.stage is not Stage.INSPECTED:
            self.end()

    def _close(self) -> None:
        try:
            self._intake.stop()
            # Its number may be that of another client soon.
            self.house.loop.remove_reader(self._sock)
        finally:
            self._sock.close()

    def _cut_inspected(self) -> None:
        if self.when_cut is not None:
            self.when_cut()
        else:  # wakes whoever owns it up, and leaves the closing to them
            with contextlib.suppress(OSError):
                self._sock.shutdown(socket.SHUT_RDWR)
