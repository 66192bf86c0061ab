"""The gateway: everything put together in one process, and run."""

import asyncio
import os
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import structlog

from breaktime.audit import FileSink, Recorder
from breaktime.config import ConfigError, Loaded, load
from breaktime.core.record import Action, Record
from breaktime.door import Dialler, Door, Resolve
from breaktime.mitm.addon import Breaktime
from breaktime.mitm.bridge import Bridge
from breaktime.mitm.clock import Clock, system_clock
from breaktime.mitm.handler import HookTable
from breaktime.mitm.leases import Leases
from breaktime.mitm.master import make_ca, make_master
from breaktime.mitm.policing import Police
from breaktime.mitm.reload import Reloader
from breaktime.mitm.state import InForce, State, open_for

SWEEP_SECONDS = 0.5
"""How often connections whose break has ended are looked for."""

FORBIDDEN_ENVIRONMENT = ("SSLKEYLOGFILE", "MITMPROXY_SSLKEYLOGFILE")
"""Variables that make mitmproxy or OpenSSL write down the keys of people's connections."""

log = structlog.get_logger("breaktime.gateway")


class StartError(Exception):
    """The gateway cannot start, and the operator can do something about it."""


@dataclass(frozen=True, slots=True)
class World:
    """
    What the gateway takes from outside; tests and the demo bring their own.

    Fields:
        clock: reads the instant.
        resolve: turns a host name and port into addresses; None for the system's resolver.
        ready: is called with the addresses that are listened on.
    """

    clock: Clock = system_clock
    resolve: Resolve | None = None
    ready: Callable[[Sequence[tuple[str, int]]], None] = lambda _: None


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
        loaded = load(path)
        self._files = loaded.files
        self._state = State(open_for(loaded))
        self._listen = tuple(listen) or self._settings.gateway.listen
        self._stop = asyncio.Event()

    @property
    def _settings(self):  # noqa: ANN202  the type of config
        return self._state.now.settings

    async def run(self) -> None:
        """
        Serve until SIGTERM or SIGINT.

        Raises:
            StartError: if an address, the audit directory or the CA cannot be used.
        """
        settings = self._settings
        try:
            sink = FileSink(settings.records.directory, gateway=settings.gateway.name)
        except OSError as problem:
            raise StartError(f"the audit log cannot be written: {problem}") from problem
        recorder = Recorder(sink)
        try:
            await self._serve(recorder)
        finally:
            recorder.close()

    async def _serve(self, recorder: Recorder) -> None:
        settings = self._settings
        try:
            make_ca(settings.gateway.ca)
        except OSError as problem:
            raise StartError(f"the certificate authority cannot be kept: {problem}") from problem
        master, addons = make_master(settings.gateway.ca, settings.gateway.trust)
        dialler = Dialler(self._world.resolve, internal=settings.gateway.internal)
        bridge = Bridge(master, dialler, lambda connection: door.release(connection))
        door = Door(
            self._listen,
            Police(self._state),
            bridge.hand_over,
            dialler,
            ports=settings.gateway.ports,
        )
        leases = Leases(bridge.cut)
        breaktime = Breaktime(
            self._state,
            recorder,
            self._world.clock,
            leases,
            bridge.tunnel,
            dialler.look_up,
        )
        bridge.attach(HookTable((*addons, breaktime)))
        try:
            await door.start()
        except OSError as problem:
            raise StartError(f"cannot listen: {problem}") from problem
        self._record(recorder, Action.SERVICE_STARTED, "The gateway has started")
        self._world.ready(door.addresses)
        try:
            await self._supervise(master.run(), recorder, leases)
        finally:
            await door.close()
            await bridge.close()
            self._record(recorder, Action.SERVICE_STOPPED, "The gateway has stopped")
