"""What the door's process does for its workers, and has them do: the other side of `Worker`."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from io import BytesIO
from typing import Any

import structlog

from breaktime.config import Loaded
from breaktime.config.handover import hand_over
from breaktime.core.record import Action
from breaktime.door import Inspection
from breaktime.mitm.basis import Basis
from breaktime.mitm.books import Books
from breaktime.mitm.counts import look_again
from breaktime.mitm.leases import Leases
from breaktime.mitm.observing import judge_by
from breaktime.mitm.outside import Outside
from breaktime.mitm.recovering import finish, finish_of
from breaktime.mitm.rounds import keep_books, sweep, told_ended
from breaktime.mitm.sweep import Sweep
from breaktime.mitm.unopened import Unopening
from breaktime.mitm.workers.crew import Crew, Plan
from breaktime.mitm.workers.figures import summed, summed_doubts
from breaktime.mitm.workers.hand import Hand
from breaktime.mitm.workers.messages import Kept, Put, Totalled
from breaktime.mitm.workers.totals import Totals
from breaktime.watch import Tally

log = structlog.get_logger("breaktime.gateway")


class Staff:
    """
    Has connections opened by workers; see `Opening`.

    Fields:
        leases: what was opened here, which is nothing.
        all_leases: what was let through here, unopened.
        unopening: says which connections would not be opened.
        others: the workers, where a new configuration is taken.
    """

    here = False

    def __init__(
        self,
        basis: Basis,
        plan: Plan,
        first: Loaded,
        outside: Callable[[], Outside],
        reload: Callable[[], None],
    ) -> None:
        """
        Put everything together; nobody is started yet.

        Args:
            basis: what it stands on.
            plan: what the crew is.
            first: the configuration to begin with.
            outside: returns where connections come from.
            reload: has the configuration read again.
        """
        self._basis = basis
        self._plan = plan
        self._outside = outside
        self._reload = reload
        file = BytesIO()
        hand_over(first, file)
        self._crew = Crew(plan, file.getvalue(), self, self._lost)
        self._on_the_way: set[asyncio.Future[bool]] = set()
        self._totals = Totals(basis.recorder.put, basis.state, basis.clock)
        self._books = Books(basis.open_ledger, basis.wall, basis.name)
        self.leases = Leases(lambda connection: outside().cut(connection), judge_by(basis.state))
        self.all_leases: list[Leases] = []
        self.unopening = Unopening(basis.state, basis.clock, self._books.usage)
        self.others = self._crew

    # What the gateway asks

    async def start(self) -> None:
        """
        Start the workers.

        Raises:
            StartError: one of them does not start.
        """
        await finish(self._basis, self._books, self._reload)
        await self._crew.start()

    def hand_over(self, inspection: Inspection) -> None:
        """Give a connection to the worker to whom it belongs."""
        self._crew.hand_over(inspection)

    def avoid(self, addresses: Iterable[tuple[str, int]]) -> None:
        """Have no worker connect to these addresses."""
        self._crew.avoid(addresses)

    def roll(self) -> None:
        """Put a new worker in the place of each, one after the other."""
        self._crew.roll()

    def tally(self) -> Tally:
        """Return what was counted here and by all workers."""
        return summed(self._basis.tally, self._crew.figures)

    def doubts(self) -> Mapping[str, int]:
        """Return how often nobody was recognised, here and by all workers."""
        return summed_doubts(self._basis.sign_in.doubts, self._crew.figures)

    def ledger(self) -> bool:
        """Tell whether the ledger could be used when it was last needed."""
        return self._books.fault is None

    def leased(self) -> int:
        """Return how many connections end with what opened them."""
        return sum(map(len, self.all_leases)) + sum(each.leases for each in self._crew.figures)

    def troubles(self) -> tuple[str, ...]:
        """Return what is not as it should be."""
        ready = len(self._crew.ready)
        if ready == self._plan.count:
            return ()
        return (f"{ready} of {self._plan.count} workers take connections",)

    def parts(self) -> Mapping[str, Coroutine[Any, Any, object]]:
        """Return what has to run, by name."""
        basis = self._basis
        return {
            "workers": self._crew.run(),
            "totals": look_again(self._totals.look),
            "leases": sweep(Sweep(self.all_leases, basis.clock, told_ended(basis.tally))),
            "ledger": keep_books(
                self._books,
                self.all_leases,
                basis.state,
                basis.clock,
                basis.recorder.put,
                basis.notes.note,
                self._crew.ended,
            ),
        }

    async def close(self) -> None:
        """End the workers, and let go of the ledger."""
        await self._crew.close()
        self._totals.close()
        await self._books.close()

    # What workers ask

    def put(self, hand: Hand, message: Put) -> None:
        """Write a record of a worker, and tell it what became of that."""
        recorder = self._basis.recorder

        def answer(kept: asyncio.Future[bool]) -> None:
            is_kept = not kept.cancelled() and kept.result()
            hand.tell(Kept(message.number, is_kept, recorder.writable))

        try:
            future = recorder.put(message.record, held=message.held)
        except Exception as fault:  # it waits for an answer, and somebody waits for it
            log.exception("a worker's record cannot be taken", error=type(fault).__name__)
            hand.tell(Kept(message.number, kept=False, writable=recorder.writable))
        else:
            self._on_the_way.add(future)
            future.add_done_callback(self._on_the_way.discard)
            future.add_done_callback(answer)

    def totalled(self, hand: Hand, message: Totalled) -> None:
        """Put what a worker saw together with what others saw."""
        self._totals.hear(hand, message)

    def ended(self, hand: Hand) -> None:
        """Tell of what went on in a worker that has ended."""
        self._totals.gone(hand)

    async def buried(self, hand: Hand) -> None:
        """Finish what a worker had begun in the portal, once its records are kept."""
        try:
            if await _all_kept(tuple(self._on_the_way)):
                await finish_of(hand.name, self._basis, self._books, self._reload)
                return
            problem = "not all records were kept"
        except Exception as fault:  # noqa: BLE001  nobody waits for it, and it is told below
            problem = str(fault) or type(fault).__name__
        log.error(
            "what a worker had begun in the portal is left to the next start",
            worker=hand.name,
            problem=problem,
        )

    def released(self, connection: str, *, cut: bool = False) -> None:
        """Take note that a connection has ended, or was cut."""
        self._outside().release(connection, cut=cut)

    def belongs(self, connection: str, person: str) -> None:
        """Count a connection for somebody who has signed in on it."""
        self._outside().belongs(connection, person)

    def reread(self) -> None:
        """Have the configuration read again."""
        self._reload()

    def _lost(self, worker: str) -> None:
        self._basis.notes.note(
            Action.WORKER_LOST,
            f"A worker has ended by itself, and its connections with it: {worker}",
        )


async def _all_kept(records: tuple[asyncio.Future[bool], ...]) -> bool:
    if records:
        await asyncio.wait(records)
    return all(not kept.cancelled() and kept.result() for kept in records)
