"""
Room: how many connections one person, one address and all together may have at a time.

A connection counts for its address until it is known whose it is, and for that person from then
on. So what one person opens fills nobody else's room, where many share an address.
"""

from __future__ import annotations

import resource
from collections import Counter
from typing import TYPE_CHECKING

from breaktime.door.reasons import Reason

if TYPE_CHECKING:
    from breaktime.door.conn import Conn
    from breaktime.door.policing import Limits

DESCRIPTORS = 4
"""That one connection may need: a client, an origin, and a pair of sockets where it speaks TLS."""

KEPT_BACK = 512
"""Descriptors for all else: files of records, the ledger, look-ups, threads, listeners."""

CROWDED = frozenset({Reason.FULL, Reason.FULL_FOR_CLIENT, Reason.FULL_FOR_PERSON})
"""Reasons for which thousands may be refused in a moment."""


def affordable(connections: int) -> int:
    """
    Return how many connections the process has descriptors for, and no more than were asked for.

    The limit of the process is raised as far as it may be.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections * DESCRIPTORS + KEPT_BACK
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        return max(1, min(connections, (soft - KEPT_BACK) // DESCRIPTORS))
    return connections


class Room:
    """Counts connections, by who they are of."""

    def __init__(self, limits: Limits) -> None:
        """Take the limits; there is nobody yet."""
        self._limits = limits
        self._clients: Counter[str] = Counter()
        self._people: Counter[str] = Counter()
        self._counted: dict[str, tuple[Counter[str], str]] = {}

    @property
    def empty(self) -> bool:
        """Whether nobody is counted."""
        return not (self._counted or self._clients or self._people)

    def admits(self, conn: Conn) -> bool:
        """Count a connection for its client, and say whether there is room for one more."""
        return self._count(conn, self._clients, conn.client) <= self._limits.connections_per_client

    def knows(self, conn: Conn, person: str | None) -> bool:
        """Count a connection for a person, if somebody is known, and say the same."""
        if person is None:
            return True
        return self._count(conn, self._people, person) <= self._limits.connections_per_person

    def left(self, conn: Conn) -> None:
        """Count it no more."""
        counter, who = self._counted.pop(conn.id, (None, ""))
        if counter is not None:
            counter[who] -= 1
            if not counter[who]:
                del counter[who]

    def _count(self, conn: Conn, counter: Counter[str], who: str) -> int:
        self.left(conn)
        self._counted[conn.id] = counter, who
        counter[who] += 1
        return counter[who]
