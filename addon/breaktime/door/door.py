"""The door: listeners, and the table of all who came in."""

from __future__ import annotations

import asyncio
import socket
import ssl
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from breaktime.door.announced import pass_announcement
from breaktime.door.conn import Conn
from breaktime.door.deadlines import Deadlines
from breaktime.door.destination import parse_address
from breaktime.door.entrance import Entrance
from breaktime.door.house import House
from breaktime.door.listener import Listener
from breaktime.door.policing import HandOver, Limits, Policing
from breaktime.door.reasons import Reason
from breaktime.door.relay import BUFFER_BYTES
from breaktime.door.room import Room
from breaktime.door.stage import Stage
from breaktime.door.tls import unwrap

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from breaktime.door.destination import Network
    from breaktime.door.dial import Dialler
    from breaktime.door.inherited import Inherited

_TICKS_PER_IDLE_TIME = 4


@dataclass(frozen=True, slots=True)
class TlsDoor:
    """
    Where the proxy itself is asked by TLS.

    Fields:
        listen: IP addresses and ports; port 0 for any.
        context: returns what is spoken with the next client.
        balancers: who announces each client, before TLS begins; nobody else is let in then.
    """

    listen: Sequence[tuple[str, int]]
    context: Callable[[], ssl.SSLContext]
    balancers: tuple[Network, ...] = ()


@dataclass(frozen=True, slots=True)
class Totals:
    """
    What was relayed since the door exists. Names nobody and nothing.

    Fields:
        connections: relays that were begun.
        up: bytes from clients.
        down: bytes to clients.
    """

    connections: int = 0
    up: int = 0
    down: int = 0


class Door:
    """
    The front door of the gateway.

    Fields:
        table: every live connection by its id, in any stage; those handed over until `release`.
    """

    def __init__(  # noqa: PLR0913  each of them is another side of it
        self,
        policing: Policing,
        hand_over: HandOver,
        *,
        listen: Sequence[Entrance | tuple[str, int]],
        dialler: Dialler,
        limits: Limits | None = None,
        tls: TlsDoor | None = None,
        inherited: Inherited | None = None,
    ) -> None:
        """
        Prepare a door.

        Args:
            policing: answers its questions.
            hand_over: takes over what is to be inspected.
            listen: entrances; IP address and port alone for that of a proxy, port 0 for any.
            dialler: connects to origins; it is told of the listeners, and not closed.
            limits: how much and how long.
            tls: where clients speak TLS to the proxy, if anywhere.
            inherited: sockets for some of these places, which listen already.
        """
        self.table: dict[str, Conn] = {}
        self._policing = policing
        self._hand_over = hand_over
        self._listen = [Entrance(*bind) for bind in listen]
        self._dialler = dialler
        self._limits = limits or Limits()
        self._tls = tls
        self._inherited = inherited or {}
        self._handshakes: set[asyncio.Task[None]] = set()
        self._listeners: list[Listener] = []
        self._house: House | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._room = Room(self._limits)
        self._relays = self._up = self._down = 0
        self._sweeping: asyncio.TimerHandle | None = None

    @property
    def addresses(self) -> list[tuple[str, int]]:
        """IP addresses and ports it listens on, in the order they were given, TLS last."""
        return [listener.address for listener in self._listeners]

    @property
    def totals(self) -> Totals:
        """What was relayed, live relays included."""
        live = [conn.relay for conn in self.table.values() if conn.relay is not None]
        return Totals(
            self._relays + len(live),
            self._up + sum(relay.up for relay in live),
            self._down + sum(relay.down for relay in live),
        )

    async def start(self) -> None:
        """
        Listen.

        Raises:
            OSError: a listener cannot be bound; none is open then.
            ValueError: a host is no IP address; none is open then.
        """
        loop = asyncio.get_running_loop()
        self._house = House(
            loop=loop,
            policing=self._policing,
            hand_over=self._hand_over,
            dialler=self._dialler,
            limits=self._limits,
            deadlines=Deadlines(loop),
            tasks=self._tasks,
            buffer=memoryview(bytearray(BUFFER_BYTES)),
            admits=self._room.admits,
            knows=self._room.knows,
            left=self._left,
        )
        try:
            welcomes = [(each, self._welcome_plain) for each in self._listen]
            if self._tls is not None:
                balancers = self._tls.balancers
                welcomes += [
                    (Entrance(*each, balancers=balancers), self._welcome_tls)
                    for each in self._tls.listen
                ]
            for entrance, welcome in welcomes:
                self._listeners.append(
                    Listener(
                        (entrance.host, entrance.port),
                        loop=loop,
                        welcome=partial(welcome, entrance),
                        pause_seconds=self._limits.pause_seconds,
                        inherited=self._inherited.pop((entrance.host, entrance.port), None),
                    )
                )
            self._check_all_taken()
        except BaseException:
            self._stop_listening()
            raise
        self._dialler.avoid(self.addresses)
        self._sweep()

    async def close(self) -> None:
        """Stop listening and end everything, also what was handed over."""
        self._stop_listening()
        if self._sweeping is not None:
            self._sweeping.cancel()
            self._sweeping = None
        for conn in list(self.table.values()):
            conn.cut()
        for handshake in self._handshakes:
            handshake.cancel()
        while self._tasks or self._handshakes:
            await asyncio.gather(*self._tasks, *self._handshakes, return_exceptions=True)
        if self._house is not None:
            self._house.deadlines.close()
        for conn_id in list(self.table):
            self.release(conn_id)

    def cut(self, conn_id: str) -> bool:
        """
        End a connection now.

        One that was handed over stays in the table until it is released.

        Returns:
            Whether there was one of this id.
        """
        conn = self.table.get(conn_id)
        if conn is None:
            return False
        conn.cut()
        return True

    def belongs(self, conn_id: str, person: str) -> None:
        """
        Count a connection that was handed over for somebody who has signed in on it.

        They cannot be told there that they have too many: the connection ends. Does nothing for
        any other connection.
        """
        conn = self.table.get(conn_id)
        if conn is None or conn.stage is not Stage.INSPECTED or self._room.knows(conn, person):
            return
        conn.refuse(Reason.FULL_FOR_PERSON)
        conn.cut()

    def release(self, conn_id: str, *, cut: bool = False) -> None:
        """
        Forget a connection that was handed over; does nothing for any other.

        Args:
            conn_id: its id.
            cut: it has not come to its own end; what its client has not read is not for it.
        """
        conn = self.table.get(conn_id)
        if conn is not None and conn.stage is Stage.INSPECTED:
            conn.end(cut=cut)

    def _welcome_plain(
        self, entrance: Entrance, sock: socket.socket, peer: tuple[str, int]
    ) -> None:
        self._welcome(entrance, sock, peer)

    def _welcome_tls(self, entrance: Entrance, sock: socket.socket, peer: tuple[str, int]) -> None:
        """Let a client in that counts from now on, and is read once its handshake is done."""
        try:
            ours, inner = socket.socketpair()
        except OSError:  # out of descriptors; the listener pauses at the next client
            sock.close()
            return
        for end in (ours, inner):
            end.setblocking(False)  # noqa: FBT003 - the signature of the standard library
        conn = self._welcome(entrance, ours, peer)
        handshake = asyncio.get_running_loop().create_task(self._unwrap(sock, inner, conn))
        self._handshakes.add(handshake)
        handshake.add_done_callback(self._handshakes.discard)

    async def _unwrap(self, sock: socket.socket, inner: socket.socket, conn: Conn) -> None:
        assert self._tls is not None
        context, seconds = self._tls.context(), self._limits.head_seconds
        if conn.entrance.balancers:
            try:
                async with asyncio.timeout(seconds):
                    await pass_announcement(sock, inner)
            except BaseException as problem:
                sock.close()
                inner.close()
                if isinstance(problem, OSError):  # it has left, or the gate says what is wrong
                    return
                raise
        try:
            conn.when_ended = await unwrap(sock, inner, context, conn.show, seconds)
        except ssl.SSLError as failure:
            # What verifies clients has no class of its own for it.
            if "CERT" in (failure.reason or ""):
                conn.refuse(Reason.CERTIFICATE)
        except OSError:
            pass  # it has left

    def _welcome(self, entrance: Entrance, sock: socket.socket, peer: tuple[str, int]) -> Conn:
        assert self._house is not None
        conn = Conn(sock, peer, self._house, entrance)
        self.table[conn.id] = conn
        try:
            reason = self._objection(conn)
            if reason is not None:
                conn.send_away(reason)
                return conn
            conn.open()
        except BaseException:  # it would stay in the table for ever
            conn.end()
            raise
        return conn

    def _objection(self, conn: Conn) -> Reason | None:
        """Say why there is no room for somebody who has just come in, who is in the table."""
        if len(self.table) > self._limits.connections:
            return Reason.FULL
        balancers = conn.entrance.balancers
        if not balancers:
            return None if self._room.admits(conn) else Reason.FULL_FOR_CLIENT
        peer = parse_address(conn.client)
        return None if any(peer in each for each in balancers) else Reason.NO_BALANCER

    def _left(self, conn: Conn) -> None:
        self.table.pop(conn.id, None)
        self._room.left(conn)
        if conn.relay is not None:
            self._relays += 1
            self._up += conn.relay.up
            self._down += conn.relay.down

    def _sweep(self) -> None:
        for conn in list(self.table.values()):
            conn.tick()
        seconds = self._limits.idle_seconds / _TICKS_PER_IDLE_TIME
        self._sweeping = asyncio.get_running_loop().call_later(seconds, self._sweep)

    def _check_all_taken(self) -> None:
        for host, port in self._inherited:
            raise OSError(f"a socket for {host}:{port} was passed, which nothing is to listen on")

    def _stop_listening(self) -> None:
        for listener in self._listeners:
            listener.close()
        self._listeners.clear()
