"""Everything in one process: what has to be opened is opened where the door is."""

from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any

import structlog

from breaktime.door import Dialler, Inspection
from breaktime.mitm.basis import Basis
from breaktime.mitm.inside import Inside
from breaktime.mitm.leases import Leases
from breaktime.mitm.outside import Outside
from breaktime.mitm.recovering import finish
from breaktime.mitm.rounds import keep_books
from breaktime.mitm.taking import Alone, Others
from breaktime.mitm.unopened import Unopening
from breaktime.watch import Tally

log = structlog.get_logger("breaktime.gateway")


class Here:
    """Opens connections in this process; see `Opening`."""

    here = True

    def __init__(
        self,
        basis: Basis,
        dialler: Dialler,
        outside: Callable[[], Outside],
        reload: Callable[[], None],
    ) -> None:
        """Put everything together; arguments and exceptions are as of `Inside`."""
        self._basis = basis
        self._inside = Inside(basis, dialler, outside, reload)
        self._reload = reload
        self.others: Others = Alone()

    @property
    def leases(self) -> Leases:
        """What was let through."""
        return self._inside.leases

    @property
    def all_leases(self) -> list[Leases]:
        """Those, and others of this process."""
        return self._inside.all_leases

    @property
    def unopening(self) -> Unopening:
        """Says which connections would not be opened."""
        return self._inside.unopening

    async def start(self) -> None:
        """Finish what the portal had begun; connections are opened here."""
        await finish(self._basis, self._inside.books, self._reload)

    def hand_over(self, inspection: Inspection) -> None:
        """Open a connection."""
        self._inside.bridge.hand_over(inspection)

    def avoid(self, addresses: Iterable[tuple[str, int]]) -> None:
        """Do nothing: the dialler is the door's."""

    def roll(self) -> None:
        """Say that there is nobody to replace."""
        log.warning("there are no workers to be replaced: everything is one process")

    def tally(self) -> Tally:
        """Return what was counted."""
        return self._basis.tally

    def doubts(self) -> Mapping[str, int]:
        """Return how often nobody was recognised, by why."""
        return {str(doubt): count for doubt, count in self._basis.sign_in.doubts.items()}

    def ledger(self) -> bool:
        """Tell whether the ledger could be used when it was last needed."""
        return self._inside.books.fault is None

    def leased(self) -> int:
        """Return how many connections end with what opened them."""
        return sum(map(len, self.all_leases))

    def troubles(self) -> tuple[str, ...]:
        """Return what is not as it should be."""
        return ()

    def parts(self) -> Mapping[str, Coroutine[Any, Any, object]]:
        """Return what has to run, by name."""
        basis = self._basis
        return {
            **self._inside.parts(),
            "ledger": keep_books(
                self._inside.books,
                self.all_leases,
                basis.state,
                basis.clock,
                basis.recorder.put,
                basis.notes.note,
                self._inside.end_sitting,
            ),
        }

    async def close(self) -> None:
        """End every connection."""
        await self._inside.close()
