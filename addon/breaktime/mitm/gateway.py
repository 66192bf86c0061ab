"""The gateway: everything put together in one process, and run."""

import asyncio
import os
import signal
import ssl
from collections.abc import Sequence
from pathlib import Path

from breaktime.config import load
from breaktime.config.settings_gateway import EntranceSettings
from breaktime.core.record import Action
from breaktime.door import Dialler, Door, Entrance, TlsDoor, Way
from breaktime.mitm.archiving import archive
from breaktime.mitm.concerns import NAME, Concerns
from breaktime.mitm.garbage import set_aside
from breaktime.mitm.inside import Basis, Inside, wall_of
from breaktime.mitm.keeping import records_kept
from breaktime.mitm.limits import limits_of
from breaktime.mitm.notes import Notes
from breaktime.mitm.parents import open_parent
from breaktime.mitm.passing import Passing
from breaktime.mitm.policing import Police
from breaktime.mitm.reload import Reloader, stamps
from breaktime.mitm.review import review
from breaktime.mitm.rounds import until_one_ends
from breaktime.mitm.signin import SignIn
from breaktime.mitm.state import State, open_for
from breaktime.mitm.taking import Taking
from breaktime.mitm.watching import Watching
from breaktime.mitm.world import StartError, World
from breaktime.watch import Tally

FORBIDDEN_ENVIRONMENT = ("SSLKEYLOGFILE", "MITMPROXY_SSLKEYLOGFILE")
"""Variables that make mitmproxy or OpenSSL write down the keys of people's connections."""

GATEWAY_NAME = "gateway"


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

    async def run(self) -> None:
        """
        Serve until SIGTERM or SIGINT.

        Raises:
            StartError: if an address, the audit directory or the CA cannot be used.
        """
        clock = self._world.clock
        try:
            settings = self._state.now.settings
            async with records_kept(
                settings, GATEWAY_NAME, wall_of(clock), lambda: self._state.now.policy.fingerprint
            ) as kept:
                writer = kept.writer
                notes = Notes(writer.put, clock, self._state, self._path.name)
                await self._serve(
                    Basis(
                        self._path, GATEWAY_NAME, self._state, clock, kept, notes,
                        SignIn(writer, clock),
                        Tally(),
                    )
                )  # fmt: skip
        finally:
            self._state.now.close()

    async def _serve(self, basis: Basis) -> None:
        await archive(self._loaded)
        settings = self._state.now.settings.gateway
        taking = Taking(self._path, self._loaded, self._state, basis.notes, basis.tally)
        reloader = self._hear_signals(taking)
        dialler = Dialler(
            self._world.resolve,
            internal=map(str, settings.internal),
            ports=settings.ports,
            parent=open_parent(settings.parent, settings.trust, basis.tally.parent),
        )
        inside = Inside(basis, dialler, lambda: door, reloader.ask)
        passing = Passing(
            self._state,
            inside.unopening,
            basis.recorder,
            lambda connection: door.cut(connection),  # noqa: PLW0108  made below
        )
        inside.all_leases.append(passing.leases)
        police = Police(self._state, basis.sign_in, passing, basis.tally.refusals)
        door = Door(
            police,
            inside.bridge.hand_over,
            listen=self._listen,
            dialler=dialler,
            limits=limits_of(settings),
            tls=None if settings.tls is None else TlsDoor(settings.tls.listen, self._tls),
            inherited=self._world.inherited,
        )
        taking.review = lambda other_people: review(
            door,
            inside.leases,
            lambda conn: police.judge(conn.names, conn.client, conn.identity),
            basis.clock(),
            passing=passing.leases,
            other_people=other_people,
        )
        watching = Watching(
            self._state, basis.tally, door, inside.all_leases, basis.kept, basis.sign_in
        )
        await inside.recover()
        set_aside()
        try:
            await door.start()
            watched = await watching.open(settings.metrics)
        except OSError as problem:
            raise StartError(f"cannot listen: {problem}") from problem
        basis.notes.note(Action.SERVICE_STARTED, "The gateway has started")
        dialler.avoid([] if watched is None else [watched])
        self._world.ready(door.addresses)
        watching.supervisor.ready()
        try:
            await until_one_ends(
                {
                    "stop": self._stop.wait(),
                    "reload": reloader.run(),
                    "pulse": watching.run(),
                    "concerns": Concerns(
                        basis.recorder.put,
                        basis.state,
                        basis.wall,
                        self._state.now.settings.records.directory / NAME,
                    ).run(),
                    **inside.parts(),
                }
            )
        finally:
            await watching.close()
            await door.close()
            await inside.close()
            dialler.close()
            basis.notes.note(Action.SERVICE_STOPPED, "The gateway has stopped")

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


def _entrance(port: EntranceSettings) -> Entrance:
    return Entrance(*port.address, Way(port.kind), port.balancers)
