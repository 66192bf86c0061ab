"""What a gateway takes from outside, and how it says that it cannot start."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from breaktime.door import Inherited, Resolve
from breaktime.mitm.clock import Clock, ForwardClock


class StartError(Exception):
    """
    The gateway cannot start, and the operator can do something about it.

    Fields:
        status: exit status; 78 where trying again is no use.
    """

    def __init__(self, problem: str, status: int = 1) -> None:
        """Say what is in the way."""
        super().__init__(problem)
        self.status = status


@dataclass(frozen=True, slots=True)
class World:
    """
    What the gateway takes from outside; tests and the demo bring their own.

    Fields:
        clock: reads the instant.
        resolve: turns a host name and port into addresses; None for the system's resolver.
        ready: is called with the addresses that are listened on.
        worker: what starts a worker in the same world; the number of a descriptor follows. Empty
            for a worker of the real one.
        inherited: sockets that listen already, for places of the configuration.
    """

    clock: Clock = field(default_factory=ForwardClock)
    resolve: Resolve | None = None
    ready: Callable[[Sequence[tuple[str, int]]], None] = lambda _: None
    worker: Sequence[str] = ()
    inherited: Inherited = field(default_factory=dict)
