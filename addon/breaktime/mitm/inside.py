"""What a connection that is opened runs through: mitmproxy, and all of ours that hangs on it."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from breaktime.door import Dialler
from breaktime.mitm.addon import Breaktime
from breaktime.mitm.basis import Basis
from breaktime.mitm.books import Books
from breaktime.mitm.bridge import Bridge
from breaktime.mitm.distrust import Distrust
from breaktime.mitm.endings import telling
from breaktime.mitm.headers import find_quickly
from breaktime.mitm.hooks import HookTable
from breaktime.mitm.leases import Leases
from breaktime.mitm.master import form_key, open_master
from breaktime.mitm.observing import judge_by
from breaktime.mitm.outside import Outside
from breaktime.mitm.policing import Police
from breaktime.mitm.portal import Portal
from breaktime.mitm.rebuild import rebuild
from breaktime.mitm.rounds import sweep, told_ended
from breaktime.mitm.sweep import Sweep
from breaktime.mitm.trailers import leave_out_trailers
from breaktime.mitm.unopened import Unopening
from breaktime.mitm.unreachable import speak
from breaktime.portal import House, make_app


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
        leave_out_trailers()
        find_quickly()
        self._master, addons = open_master(settings.ca, settings.trust)
        self.bridge = Bridge(
            self._master, dialler, lambda gone, cut: outside().release(gone, cut=cut)
        )
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
        self._sweep = Sweep(self.all_leases, basis.clock, told_ended(basis.tally))
        self.books = Books(basis.open_ledger, basis.wall, basis.name)
        self.unopening = Unopening(state, basis.clock, self.books.usage)
        portal = self._portal(reload)
        breaktime = self._breaktime = Breaktime(
            state, basis.recorder, basis.sign_in, basis.clock, self.leases, self.bridge.tunnel,
            dialler.resolve,
            self.books.usage,
            portal,
            basis.tally,
            self.unopening,
            lambda connection, person: outside().belongs(connection, person),
            basis.elsewhere,
        )  # fmt: skip
        self.bridge.attach(
            HookTable((*addons, Distrust(state, basis.clock, basis.tally), portal, breaktime)),
            Police(state, basis.sign_in).concerns,
            self._sweep.look,
        )

    def parts(self) -> Mapping[str, Coroutine[Any, Any, object]]:
        """Return what has to run, by name."""
        return {
            "mitmproxy": self._master.run(),
            "leases": sweep(self._sweep),
            "sessions": self._breaktime.sessions.run(),
        }

    async def close(self) -> None:
        """End every connection, and let go of the ledger."""
        await self.books.close()
        await self.bridge.close()
        self._breaktime.sessions.close()

    def end_sitting(self, person: str) -> None:
        """Take note that somebody's flexible break has ended, and say what there was in it."""
        self.books.forget_usage(person)
        self._breaktime.sessions.end_sitting(person)

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
            name=basis.name,
        )
        return Portal(make_app(house))
