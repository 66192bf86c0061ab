"""What a connection that is opened runs through: mitmproxy, and all of ours that hangs on it."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import structlog

from breaktime.audit import Writer
from breaktime.core.record import Action, Record
from breaktime.door import Dialler
from breaktime.ledger import Ledger, open_ledger
from breaktime.mitm.addon import Breaktime
from breaktime.mitm.books import Books
from breaktime.mitm.bridge import Bridge
from breaktime.mitm.clock import Clock, ForwardClock
from breaktime.mitm.distrust import Distrust
from breaktime.mitm.endings import telling
from breaktime.mitm.hooks import HookTable
from breaktime.mitm.keeping import Kept
from breaktime.mitm.leases import Leases
from breaktime.mitm.master import form_key, open_master
from breaktime.mitm.notes import Notes
from breaktime.mitm.observing import judge_by
from breaktime.mitm.policing import concerns
from breaktime.mitm.portal import Portal
from breaktime.mitm.rebuild import rebuild
from breaktime.mitm.retaining import Retaining
from breaktime.mitm.rounds import keep_books, sweep
from breaktime.mitm.signin import SignIn
from breaktime.mitm.state import State
from breaktime.mitm.sweep import Sweep
from breaktime.mitm.unopened import Unopening
from breaktime.mitm.unreachable import speak
from breaktime.portal import House, make_app
from breaktime.portal.recovery import recover
from breaktime.watch import Cut, Tally

log = structlog.get_logger("breaktime.gateway")


@dataclass(frozen=True, slots=True)
class Basis:
    """
    What every part of a gateway stands on.

    Fields:
        path: main file of the configuration.
        name: what its records are kept under.
        state: what is in force.
        clock: what breaks go by.
        kept: the log; `recorder` writes to it.
        notes: write down what happens to the gateway itself.
        sign_in: asks people who they are.
        tally: what is counted.
    """

    path: Path
    name: str
    state: State
    clock: Clock
    kept: Kept
    notes: Notes
    sign_in: SignIn
    tally: Tally

    @property
    def recorder(self) -> Writer:
        """What writes the records."""
        return self.kept.writer

    @property
    def wall(self) -> Clock:
        """The clock that is shown; ledger and log have rules of their own for one that is set."""
        return wall_of(self.clock)


def wall_of(clock: Clock) -> Clock:
    """Return the clock that another one reads, or itself; other programs read it too."""
    return clock.wall if isinstance(clock, ForwardClock) else clock


class Outside(Protocol):
    """Where connections come from."""

    def release(self, connection: str) -> None:
        """Take note that a connection has ended."""

    def cut(self, connection: str) -> object:
        """End a connection where nothing else could."""


class Inside:
    """
    Opened connections, from the hand-over to their end.

    Fields:
        bridge: takes them over.
        leases: know what was let through on each.
        all_leases: those, and others that end with the clock and with what people stop.
        books: what the ledger says.
        unopening: says which connections would not be opened.
    """

    def __init__(
        self,
        basis: Basis,
        dialler: Dialler,
        outside: Callable[[], Outside],
        reload: Callable[[], None],
    ) -> None:
        """
        Put everything together; no connection is taken before `parts` run.

        Args:
            basis: what it stands on.
            dialler: connects to origins.
            outside: returns where connections come from; asked when one ends.
            reload: has the configuration read again.

        Raises:
            StartError: if the certificate authority cannot be used.
        """
        self._basis = basis
        state = basis.state
        settings = state.now.settings.gateway
        speak(lambda: state.now.notices)
        self._master, addons = open_master(settings.ca, settings.trust)
        self.bridge = Bridge(self._master, dialler, lambda gone: outside().release(gone))
        self.leases = Leases(
            self.bridge.end,
            judge_by(state),
            abort=lambda connection: outside().cut(connection),
            reset=self.bridge.reset,
            tell=telling(
                basis.recorder.put,
                lambda: state.now.policy,
                lambda: state.now.settings.records.looking,
            ),
        )
        self.all_leases = [self.leases]
        self._sweep = Sweep(self.all_leases, basis.clock, self._tell_ended)
        self.books = Books(self._open_ledger, basis.wall, basis.name)
        self.unopening = Unopening(state, basis.clock, self.books.usage)
        self._reload = reload
        portal = self._portal(reload)
        breaktime = self._breaktime = Breaktime(
            state, basis.recorder, basis.sign_in, basis.clock, self.leases, self.bridge.tunnel,
            dialler.resolve,
            self.books.usage,
            portal,
            basis.tally,
            self.unopening,
        )  # fmt: skip
        self.bridge.attach(
            HookTable((*addons, Distrust(state, basis.clock, basis.tally), portal, breaktime)),
            lambda names: concerns(state.now, names),
            self._sweep.look,
        )

    async def recover(self) -> None:
        """Finish what the portal had begun when the gateway ended."""
        basis, settings = self._basis, self._basis.state.now.settings

        async def reopen(request: str) -> None:
            await self.books.ask(lambda ledger: ledger.requests.reopen(request))

        if await recover(settings.page.cases, settings.records.directory, basis.wall(), reopen):
            self._reload()

    def parts(self) -> Mapping[str, Coroutine[Any, Any, object]]:
        """Return what has to run, by name."""
        basis = self._basis
        retaining = Retaining(basis.state, basis.kept.files, basis.recorder, basis.name, basis.wall)
        return {
            "mitmproxy": self._master.run(),
            "leases": sweep(self._sweep, basis.clock, basis.notes),
            "ledger": keep_books(
                self.books, self.all_leases, basis.state, basis.clock, self._put_break
            ),
            "sessions": self._breaktime.sessions.run(),
            "retention": retaining.run(),
        }

    async def close(self) -> None:
        """End every connection, and let go of the ledger."""
        await self.books.close()
        await self.bridge.close()
        self._breaktime.sessions.close()

    def _put_break(self, record: Record) -> Awaitable[bool]:
        """Record what happened to a sitting, and what there was in it."""
        if record.action is Action.BREAK_ENDED and record.person is not None:
            self._breaktime.sessions.end_sitting(record.person)
        return self._basis.recorder.put(record)

    def _tell_ended(self, connections: int) -> None:
        self._basis.tally.cuts[Cut.ENDED] += connections
        log.info("connections have ended with what opened them", connections=connections)

    def _portal(self, reload: Callable[[], None]) -> Portal:
        """Build the portal; it answers where a name was configured for it."""
        basis = self._basis
        house = House(
            current=lambda: basis.state.now,
            clock=basis.clock,
            ledger=self.books.ask,
            changed=self.books.forget_usage,
            record=basis.recorder.put,
            reload=reload,
            load=lambda staged: rebuild(basis.path, staged),
            key=form_key(basis.state.now.settings.gateway.ca),
        )
        return Portal(make_app(house))

    def _open_ledger(self) -> Ledger:
        ledger = self._basis.state.now.settings.ledger
        return open_ledger(ledger.path, ledger.url)
