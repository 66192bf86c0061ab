"""What becomes of a connection that has to be opened: the part that is here, or in workers."""

from collections.abc import Coroutine, Iterable, Mapping
from typing import Any, Protocol

from breaktime.door import Inspection
from breaktime.mitm.leases import Leases
from breaktime.mitm.taking import Others
from breaktime.mitm.unopened import Unopening
from breaktime.watch import Tally


class Opening(Protocol):
    """Opens connections: `here.Here` in this process, `workers.staff.Staff` in others."""

    @property
    def here(self) -> bool:
        """Whether connections are opened in this process."""

    @property
    def leases(self) -> Leases:
        """What was let through on connections that were opened in this process."""

    @property
    def all_leases(self) -> list[Leases]:
        """What ends with the clock in this process, and may be added to."""

    @property
    def unopening(self) -> Unopening:
        """Says which connections would not be opened."""

    @property
    def others(self) -> Others:
        """Who takes a new configuration as well."""

    async def start(self) -> None:
        """
        Get ready to take connections.

        Raises:
            StartError: that cannot be.
        """

    def hand_over(self, inspection: Inspection) -> None:
        """Take over a connection; whatever it raises, it has not taken it."""

    def avoid(self, addresses: Iterable[tuple[str, int]]) -> None:
        """Connect nobody to these addresses."""

    def roll(self) -> None:
        """Put a new worker in the place of each, one after the other."""

    def tally(self) -> Tally:
        """Return what was counted by everybody."""

    def doubts(self) -> Mapping[str, int]:
        """Return how often nobody was recognised by anybody, by why."""

    def ledger(self) -> bool:
        """Tell whether the ledger could be used when it was last needed."""

    def leased(self) -> int:
        """Return how many connections end with what opened them."""

    def troubles(self) -> tuple[str, ...]:
        """Return what is not as it should be."""

    def parts(self) -> Mapping[str, Coroutine[Any, Any, object]]:
        """Return what has to run, by name."""

    async def close(self) -> None:
        """End every connection."""
