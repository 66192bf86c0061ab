"""What all connections of a door share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from breaktime.door.conn import Conn
    from breaktime.door.deadlines import Deadlines
    from breaktime.door.dial import Dialler
    from breaktime.door.policing import HandOver, Limits, Policing


@dataclass(frozen=True, slots=True)
class House:
    """
    What all connections of a door share.

    Fields:
        loop: the running loop.
        policing: answers questions.
        hand_over: takes over what is to be inspected.
        dialler: connects to origins.
        limits: how much and how long.
        deadlines: of all that connections wait for.
        tasks: what they have begun that needs a task, as long as it goes on.
        buffer: where relays receive.
        admits: counts a connection for its client, once it is known who that is; says whether
            there is room for one more.
        knows: the same for a person, once somebody is known.
        left: called once for each connection, when it has ended.
    """

    loop: asyncio.AbstractEventLoop
    policing: Policing
    hand_over: HandOver
    dialler: Dialler
    limits: Limits
    deadlines: Deadlines
    tasks: set[asyncio.Task[Any]]
    buffer: memoryview
    admits: Callable[[Conn], bool]
    knows: Callable[[Conn, str | None], bool]
    left: Callable[[Conn], None]
