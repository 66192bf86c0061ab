"""The connections that a worker was given, by their ids."""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from breaktime.door import HandOver, Identity, Inspection
from breaktime.mitm.leases import Leases
from breaktime.mitm.workers.messages import Take


@dataclass(slots=True)
class Guest:
    """
    One connection, as far as whoever opens it has to know.

    Fields:
        id, client, client_port, identity, certificate, when_cut: as of `door.Handed`.
        sock: its socket; whoever has taken it over closes it.
    """

    id: str
    client: str
    client_port: int
    identity: Identity | None
    certificate: bytes | None = field(repr=False)
    sock: socket.socket
    when_cut: Callable[[], None] | None = None


class Guests:
    """
    Who is in a worker.

    Fields:
        table: each connection by its id.
        empty: set while there is none.
    """

    def __init__(
        self,
        take_over: HandOver,
        left: Callable[[str, bool], None],
        signed_in: Callable[[str, str], None],
    ) -> None:
        """
        Begin with nobody.

        Args:
            take_over: opens a connection.
            left: is told when one has ended, and whether it was cut.
            signed_in: is told who has signed in on one.
        """
        self.table: dict[str, Guest] = {}
        self.empty = asyncio.Event()
        self.empty.set()
        self._take_over = take_over
        self._left = left
        self._signed_in = signed_in

    def take(self, message: Take, fd: int) -> None:
        """Open a connection, or close it where that cannot be."""
        sock = socket.socket(fileno=fd)
        try:
            sock.setblocking(False)  # noqa: FBT003 - the signature of the standard library
            guest = Guest(
                message.id,
                message.client,
                message.client_port,
                message.identity,
                message.certificate,
                sock,
            )
            self.table[guest.id] = guest
            self.empty.clear()
            self._take_over(
                Inspection(
                    guest, sock, message.replay, message.kind, message.host, message.port,
                    message.sni, message.address,
                )
            )  # fmt: skip
        except BaseException:
            sock.close()
            self.release(message.id)
            raise

    def belongs(self, connection: str, person: str) -> None:
        """Pass on who has signed in on a connection."""
        if connection in self.table:
            self._signed_in(connection, person)

    def cut(self, connection: str) -> None:
        """Wake up whoever owns a connection, and leave the closing to them."""
        guest = self.table.get(connection)
        if guest is not None:
            with contextlib.suppress(OSError):
                guest.sock.shutdown(socket.SHUT_RDWR)

    def cut_all(self) -> None:
        """Wake up the owners of all connections; nothing that is said on one is sent any more."""
        for connection in list(self.table):
            self.cut(connection)

    def review(self, leases: Leases, at: datetime, *, other_people: bool) -> int:
        """
        End what a configuration that has come into force lets through no more.

        Args:
            leases: know what was let through on each connection.
            at: the instant.
            other_people: the tables that people are recognised by have changed; nobody is taken
                any more for whom the old ones took them.

        Returns:
            How many connections were ended.
        """
        ended = 0
        if other_people:
            people = set(leases.signed_in())
            for guest in list(self.table.values()):
                if guest.id in people or guest.identity is not None:
                    leases.end(guest.id)
                    ended += 1
        return ended + leases.review(at)

    def release(self, connection: str, *, cut: bool = False) -> None:
        """Forget a connection that has ended, or was cut."""
        if self.table.pop(connection, None) is not None:
            if not self.table:
                self.empty.set()
            self._left(connection, cut)
