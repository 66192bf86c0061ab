"""Puts together what the operator watches: the counts of this gateway, and where they are read."""

import asyncio
import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from breaktime.config.text import Endpoint
from breaktime.door import Door
from breaktime.mitm.garbage import Ebb
from breaktime.mitm.keeping import Kept
from breaktime.mitm.opening import Opening
from breaktime.mitm.state import State
from breaktime.watch import Desk, Health, Pulse, Sources, Supervisor, Tally, exposition
from breaktime.watch.metrics import PolicyState, RecordsState, Relayed

log = structlog.get_logger("breaktime.gateway")


@dataclass(slots=True)
class Watching:
    """
    The metrics, the health and the pulse of one gateway.

    Fields:
        state: what is in force.
        tally: what is counted in this process.
        door, opening, kept: the parts that are watched.
        supervisor: is told what goes on.
    """

    state: State
    tally: Tally
    door: Door
    opening: Opening
    kept: Kept
    supervisor: Supervisor = field(default_factory=lambda: Supervisor(os.environ))
    _desk: Desk = field(init=False)
    _ebb: Ebb = field(init=False)
    _since: tuple[str, float] = field(init=False, default=("", 0.0))

    def __post_init__(self) -> None:
        """Listen nowhere yet."""
        self._ebb = Ebb(lambda: len(self.door.table))
        self._desk = Desk(lambda: exposition(self._sources()), self._health)

    async def open(self, where: Path | Endpoint | None) -> tuple[str, int] | None:
        """
        Begin to answer who watches, and return the address where that is a port.

        Args:
            where: a Unix socket, or an address of this machine; None for nowhere.

        Raises:
            OSError: if nobody can listen there.
        """
        self._note_policy()
        if self.state.now.settings.observed:
            log.warning("nothing is refused: the mode of the configuration is `observe`")
        if isinstance(where, Path):
            await self._desk.open_socket(where)
        elif where is not None:
            return await self._desk.open_port(*where)
        return None

    async def run(self) -> None:
        """Beat until it is cancelled."""
        await Pulse(self.tally.late, self._beat).run()

    async def close(self) -> None:
        """Answer nobody any more."""
        self.supervisor.stopping()
        await self._desk.close()

    def _beat(self) -> None:
        self._note_policy()
        self.supervisor.alive()
        self._ebb.look()

    def _note_policy(self) -> None:
        """Remember since when this policy is in force; its digest, for the policy may be large."""
        fingerprint = self.state.now.policy.fingerprint
        if fingerprint != self._since[0]:
            self._since = fingerprint, asyncio.get_running_loop().time()

    def _sources(self) -> Sources:
        return Sources(
            self.opening.tally(),
            lambda: Counter(conn.stage.name.lower() for conn in self.door.table.values()),
            self._relayed,
            self.opening.leased,
            self._records,
            self._policy,
            self.opening.doubts,
            self.opening.ledger,
        )

    def _policy(self) -> PolicyState:
        self._note_policy()
        fingerprint, since = self._since
        age = asyncio.get_running_loop().time() - since
        return PolicyState(fingerprint, age, self.state.now.settings.observed)

    def _relayed(self) -> Relayed:
        totals = self.door.totals
        return Relayed(totals.connections, totals.up, totals.down)

    def _records(self) -> RecordsState:
        writer = self.kept.writer
        outlets = self.kept.outlets.states()
        return RecordsState(writer.writable, writer.lost, writer.queued, writer.lag, outlets)

    def _health(self) -> Health:
        troubles = []
        if not self.door.addresses:
            troubles.append("no connections are taken")
        if not self.kept.writer.writable:
            troubles.append("records cannot be written")
        troubles += self.opening.troubles()
        return Health(tuple(troubles))
