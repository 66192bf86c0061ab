"""The gateway: everything put together, and run."""

import asyncio
import os
import signal
import ssl
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from breaktime.config import load
from breaktime.config.settings_gateway import EntranceSettings
from breaktime.core.record import Action, Record
from breaktime.door import Dialler, Door, Entrance, TlsDoor, Way
from breaktime.mitm.archiving import archive
from breaktime.mitm.basis import Basis, wall_of
from breaktime.mitm.concerns import NAME, Concerns
from breaktime.mitm.garbage import set_aside
from breaktime.mitm.keeping import Kept, records_kept
from breaktime.mitm.limits import limits_of
from breaktime.mitm.loops import last
from breaktime.mitm.notes import Notes
from breaktime.mitm.noting import Noting
from breaktime.mitm.opening import Opening
from breaktime.mitm.outside import Outside
from breaktime.mitm.parents import open_parent
from breaktime.mitm.passing import Passing
from breaktime.mitm.peers import Peers
from breaktime.mitm.policing import Police
from breaktime.mitm.reload import Reloader, stamps
from breaktime.mitm.retaining import Retaining
from breaktime.mitm.review import review
from breaktime.mitm.rounds import until_one_ends, watch_clock
from breaktime.mitm.signin import SignIn
from breaktime.mitm.state import State, open_for
from breaktime.mitm.taking import Taking
from breaktime.mitm.watching import Watching
from breaktime.mitm.workers.crew import Plan, worker_command
from breaktime.mitm.workers.staff import Staff
from breaktime.mitm.world import StartError, World
from breaktime.watch import Tally

FORBIDDEN_ENVIRONMENT = ("SSLKEYLOGFILE", "MITMPROXY_SSLKEYLOGFILE")
"""Variables that make mitmproxy or OpenSSL write down the keys of people's connections."""


class Gateway:
    """One gateway, from its configuration to its last record."""

    def __init__(self, path: Path, world: World, listen: Sequence[tuple[str, int]] = ()) -> None:
        """
        Load the configuration.

        Args:
            path: the main file.
            world: clock, resolver and the like.
            listen: addresses to listen on instead of the configured ones.

        Raises:
            ConfigError: with every problem of the configuration.
            StartError: if something else is in the way.
        """
        forbidden = [name for name in FORBIDDEN_ENVIRONMENT if os.environ.get(name)]
        if forbidden:
            raise StartError(
                f"{forbidden[0]} is set: it would write down the keys of people's connections; "
                "unset it"
            )
        self._path = path
        self._world = world
        self._before = stamps([path.absolute()])
        self._loaded = loaded = load(path)
        self._before = stamps(loaded.files) | self._before
        self._state = State(open_for(loaded))
        ports = loaded.settings.gateway.listen
        self._listen: Sequence[Entrance | tuple[str, int]] = listen or [_entrance(p) for p in ports]
        self._spoken = self._state.now.tls or ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._stop = asyncio.Event()
        self._started = False

    async def run(self) -> None:
        """
        Serve until SIGTERM or SIGINT.

        Raises:
            StartError: if an address, the audit directory or the CA cannot be used.
        """
        clock = self._world.clock
        name = self._state.now.settings.gateway.name
        try:
            settings = self._state.now.settings
            async with records_kept(
                settings, name, wall_of(clock), lambda: self._state.now.policy.fingerprint
            ) as kept:
                writer = kept.writer
                notes = Notes(writer.put, clock, self._state, self._path.name)
                basis = Basis(
                    self._path, name, self._state, clock, writer, notes,
                    SignIn(writer, clock),
                    Tally(),
                )  # fmt: skip
                with last(lambda: self._last_record(basis, kept)):
                    await self._serve(basis, kept)
        finally:
            self._state.now.close()

    async def _serve(self, basis: Basis, kept: Kept) -> None:
        await archive(self._loaded)
        taking = Taking(self._path, self._loaded, self._state, basis.notes, basis.tally)
        reloader = self._hear_signals(taking)
        dialler = self._dialler(basis)
        opening = self._opening(basis, dialler, lambda: door, reloader.ask)
        passing = Passing(
            self._state,
            opening.unopening,
            basis.recorder,
            lambda connection: door.cut(connection),  # noqa: PLW0108  made below
        )
        opening.all_leases.append(passing.leases)
        police = Police(self._state, basis.sign_in, passing, basis.tally.refusals)
        door = self._door(police, opening, dialler)
        taking.others = opening.others
        taking.review = lambda other_people: review(
            door,
            opening.leases,
            lambda conn: police.judge(conn.names, conn.client, conn.identity),
            basis.clock(),
            passing=passing.leases,
            other_people=other_people,
            opened_here=opening.here,
            tell=lambda conn: passing.relayed_no_more(conn, basis.clock()),
        )
        watching = Watching(self._state, basis.tally, door, opening, kept)
        peers = _peers(basis, kept)
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR2, opening.roll)
        try:
            await opening.start()
            set_aside()
            await self._open_doors(basis, dialler, opening, door, watching, peers)
            parts = {"reload": reloader.run(), "pulse": watching.run(), "peers": peers.run()}
            rounds = {**_rounds(basis, kept), **opening.parts()}
            await until_one_ends({"stop": self._stop.wait(), **parts, **rounds})
        finally:
            peers.close()
            await watching.close()
            await door.close()
            await opening.close()
            dialler.close()
            if self._started:
                basis.notes.note(Action.SERVICE_STOPPED, "The gateway has stopped")

    def _last_record(self, basis: Basis, kept: Kept) -> None:
        """Write what is to be written, where the event loop has failed."""
        basis.notes.note(Action.SERVICE_STOPPED, "The gateway has ended: its event loop has failed")
        kept.writer.close()

    def _dialler(self, basis: Basis) -> Dialler:
        settings = self._state.now.settings.gateway
        return Dialler(
            self._world.resolve,
            internal=map(str, settings.internal),
            ports=settings.ports,
            parent=open_parent(settings.parent, settings.trust, basis.tally.parent),
        )

    def _door(self, police: Police, opening: Opening, dialler: Dialler) -> Door:
        settings = self._state.now.settings.gateway
        tls = settings.tls
        return Door(
            police,
            opening.hand_over,
            listen=self._listen,
            dialler=dialler,
            limits=limits_of(settings),
            tls=None if tls is None else TlsDoor(tls.listen, self._tls, tls.balancers),
            inherited=self._world.inherited,
        )

    async def _open_doors(  # noqa: PLR0913, PLR0917  all that has a door
        self,
        basis: Basis,
        dialler: Dialler,
        opening: Opening,
        door: Door,
        watching: Watching,
        peers: Peers,
    ) -> None:
        """
        Listen, and say so.

        Raises:
            StartError: if an address cannot be used.
        """
        try:
            await door.start()
            watched = await watching.open(self._state.now.settings.gateway.metrics)
            asked = await peers.open()
        except OSError as problem:
            raise StartError(f"cannot listen: {problem}") from problem
        basis.notes.note(Action.SERVICE_STARTED, "The gateway has started")
        self._started = True
        own = [each for each in (watched, asked) if each is not None]
        dialler.avoid(own)
        opening.avoid([*door.addresses, *own])
        self._world.ready(door.addresses)
        watching.supervisor.ready()

    def _opening(
        self,
        basis: Basis,
        dialler: Dialler,
        outside: Callable[[], Outside],
        reload: Callable[[], None],
    ) -> Opening:
        """Return what opens connections: workers, or this process."""
        count = self._state.now.settings.gateway.workers
        if count is None:
            from breaktime.mitm.here import Here  # noqa: PLC0415  the door's process has no mitmproxy

            return Here(basis, dialler, outside, reload)
        command = self._world.worker or worker_command()
        plan = Plan(count, command, self._path, basis.name, basis.clock)
        return Staff(basis, plan, self._loaded, outside, reload)

    def _tls(self) -> ssl.SSLContext:
        """Return what is spoken with the next client that speaks TLS to the proxy."""
        now = self._state.now.tls
        if now is not None:
            self._spoken = now
        # A configuration without TLS closes the port at the next start only.
        return self._spoken

    def _hear_signals(self, taking: Taking) -> Reloader:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        reloader = Reloader(taking.files, taking.take, before=self._before)
        reloader.listen()
        return reloader


def _peers(basis: Basis, kept: Kept) -> Peers:
    """
    Return what witnesses other gateways.

    Raises:
        StartError: what was heard of them cannot be read.
    """

    def note(action: Action, message: str, origin: str) -> None:
        now = basis.state.now
        kept.writer.put(
            Record(basis.wall(), action, message, now.policy.fingerprint, outlet=origin)
        )

    try:
        return Peers(basis.state.now.settings, note)
    except OSError as problem:
        raise StartError(f"other gateways cannot be witnessed: {problem}") from problem


def _rounds(basis: Basis, kept: Kept) -> dict[str, Coroutine[Any, Any, object]]:
    """Return what looks after the log and the clock, again and again."""
    put, state, wall = basis.recorder.put, basis.state, basis.wall
    folder = state.now.settings.records.directory
    return {
        "clock": watch_clock(basis.clock, basis.notes),
        "retention": Retaining(state, kept.files, kept.writer, basis.name, wall).run(),
        "concerns": Concerns(put, state, wall, folder / NAME).run(),
        "notes": Noting(put, state, wall, folder).run(),
    }


def _entrance(port: EntranceSettings) -> Entrance:
    return Entrance(*port.address, Way(port.kind), port.balancers)
