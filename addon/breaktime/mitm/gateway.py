"""The gateway: everything put together in one process, and run."""

import asyncio
import os
import signal
import ssl
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path

import structlog
from mitmproxy.master import Master

from breaktime.audit import Writer, open_log
from breaktime.audit.witnesses import Round
from breaktime.config import ConfigError, load
from breaktime.config.settings import EntranceSettings
from breaktime.core.record import Action, Record
from breaktime.door import Dialler, Door, Entrance, Limits, TlsDoor, Way
from breaktime.ledger import Event, Ledger, open_ledger
from breaktime.mitm.addon import Breaktime
from breaktime.mitm.archiving import archive, open_and_archive
from breaktime.mitm.books import ROUND, Books, record_of
from breaktime.mitm.bridge import Bridge
from breaktime.mitm.clock import ForwardClock
from breaktime.mitm.endings import telling
from breaktime.mitm.handler import HookTable
from breaktime.mitm.leases import Leases
from breaktime.mitm.logs import tell_lag, tell_loss
from breaktime.mitm.master import form_key, open_master
from breaktime.mitm.observing import judge_by
from breaktime.mitm.policing import Police
from breaktime.mitm.portal import Portal
from breaktime.mitm.rebuild import RebuildError, let_go, rebuild
from breaktime.mitm.reload import Reloader, stamps
from breaktime.mitm.retaining import Retaining
from breaktime.mitm.review import review
from breaktime.mitm.signin import SignIn
from breaktime.mitm.state import InForce, State, after_restart, open_for
from breaktime.mitm.watching import Watching
from breaktime.mitm.world import StartError, World
from breaktime.portal import House, make_app
from breaktime.watch import Cut, Reload, Tally

SWEEP_SECONDS = 0.5
"""How often connections whose break has ended are looked for."""

SIGN_IN_SECONDS = 15
"""How long a sign-in that has begun may go on with the identity tables of the old configuration."""

FORBIDDEN_ENVIRONMENT = ("SSLKEYLOGFILE", "MITMPROXY_SSLKEYLOGFILE")
"""Variables that make mitmproxy or OpenSSL write down the keys of people's connections."""

GATEWAY_NAME = "gateway"

log = structlog.get_logger("breaktime.gateway")


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
        self._clock = world.clock
        # The ledger has a rule of its own for clocks that are set; other programs read it too.
        self._wall = world.clock.wall if isinstance(world.clock, ForwardClock) else world.clock
        self._before = stamps([path.absolute()])
        self._loaded = loaded = load(path)
        self._before = stamps(loaded.files) | self._before
        self._state = State(open_for(loaded))
        ports = loaded.settings.gateway.listen
        self._listen: Sequence[Entrance | tuple[str, int]] = listen or [_entrance(p) for p in ports]
        self._spoken = self._state.now.tls or ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._stop = asyncio.Event()
        self._review: Callable[[bool], int] = lambda _: 0
        self._tally = Tally()

    async def run(self) -> None:
        """
        Serve until SIGTERM or SIGINT.

        Raises:
            StartError: if an address, the audit directory or the CA cannot be used.
        """
        try:
            witnesses = Round(self._state.now.settings.records.witnesses, tell_lag)
            try:
                writer = self._open_records(witnesses)
                try:
                    await self._serve(writer)
                finally:
                    if not await asyncio.to_thread(writer.close):
                        log.error("the last records may not be written: the disk does not answer")
            finally:
                await asyncio.to_thread(witnesses.close)
        finally:
            self._state.now.close()

    def _open_records(self, witnesses: Round) -> Writer:
        records = self._state.now.settings.records
        try:
            opened = open_log(
                records.directory,
                GATEWAY_NAME,
                records.seal_keys,
                tell=tell_loss,
                witness=witnesses.tell,
            )
        except OSError as problem:
            raise StartError(f"the audit log cannot be written: {problem}") from problem
        if not opened.sealed:
            log.warning("the records are UNSEALED", problem=opened.problem)
        elif opened.problem:
            log.error("the records are not as they were left", problem=opened.problem)
        writer = Writer(opened.recorder, self._wall, seal_every=records.seal_every.total_seconds())
        self._retaining = Retaining(self._state, opened.files, writer, GATEWAY_NAME, self._wall)
        return writer

    async def _serve(self, recorder: Writer) -> None:
        await archive(self._loaded)
        gateway = self._state.now.settings.gateway
        reloader = self._hear_signals(recorder)
        master, addons = open_master(gateway.ca, gateway.trust)
        dialler = Dialler(
            self._world.resolve, internal=map(str, gateway.internal), ports=gateway.ports
        )
        bridge = Bridge(master, dialler, lambda gone: door.release(gone))  # noqa: PLW0108  made below
        sign_in = SignIn(recorder, self._clock)
        police = Police(self._state, sign_in)
        door = Door(
            police,
            bridge.hand_over,
            listen=self._listen,
            dialler=dialler,
            limits=Limits(ports=gateway.ports),
            tls=None if gateway.tls is None else TlsDoor(gateway.tls.listen, self._tls),
        )
        leases = Leases(
            bridge.end,
            judge_by(self._state),
            abort=door.cut,
            reset=bridge.reset,
            tell=telling(recorder.put, lambda: self._state.now.policy),
        )
        self._review = lambda other_people: review(
            door,
            leases,
            lambda conn: police.judge(conn.names, conn.client, conn.identity),
            self._clock(),
            other_people=other_people,
        )
        books = Books(self._open_ledger, self._wall, GATEWAY_NAME)
        breaktime = Breaktime(
            self._state, recorder, sign_in, self._clock, leases, bridge.tunnel,
            dialler.resolve,
            books.usage,
            portal := self._portal(recorder, books, reloader),
            self._tally,
        )  # fmt: skip
        bridge.attach(HookTable((*addons, portal, breaktime)), police.concerns)
        watching = Watching(self._state, self._tally, door, leases, recorder, sign_in)
        try:
            await door.start()
            watched = await watching.open(gateway.metrics)
        except OSError as problem:
            raise StartError(f"cannot listen: {problem}") from problem
        self._note(recorder, Action.SERVICE_STARTED, "The gateway has started")
        dialler.avoid([] if watched is None else [watched])
        self._world.ready(door.addresses)
        watching.supervisor.ready()
        try:
            await self._supervise(master, reloader, books, watching)
        finally:
            await watching.close()
            await door.close()
            await books.close()
            await bridge.close()
            dialler.close()
            self._note(recorder, Action.SERVICE_STOPPED, "The gateway has stopped")

    def _tls(self) -> ssl.SSLContext:
        """Return what is spoken with the next client that speaks TLS to the proxy."""
        now = self._state.now.tls
        if now is not None:
            self._spoken = now
        # A configuration without TLS closes the port at the next start only.
        return self._spoken

    def _portal(self, recorder: Writer, books: Books, reloader: Reloader) -> Portal:
        """Build the portal; it answers where a name was configured for it."""
        ca = self._state.now.settings.gateway.ca
        house = House(
            current=lambda: self._state.now,
            clock=self._clock,
            ledger=books.ask,
            changed=books.forget_usage,
            record=recorder.put,
            reload=reloader.ask,
            load=lambda: rebuild(self._path),
            key=form_key(ca),
        )
        return Portal(make_app(house))

    def _hear_signals(self, recorder: Writer) -> Reloader:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        reloader = Reloader(
            lambda: self._loaded.files, lambda why: self._reload(recorder, why), before=self._before
        )
        reloader.listen()
        return reloader

    async def _supervise(
        self,
        master: Master,
        reloader: Reloader,
        books: Books,
        watching: Watching,
    ) -> None:
        """Run until a signal, or until a part that must not end has ended."""
        leases, recorder = watching.leases, watching.recorder
        parts = [
            asyncio.create_task(self._stop.wait(), name="stop"),
            asyncio.create_task(master.run(), name="mitmproxy"),
            asyncio.create_task(reloader.run(), name="reload"),
            asyncio.create_task(self._sweep(leases, recorder), name="leases"),
            asyncio.create_task(self._keep(books, leases, recorder), name="ledger"),
            asyncio.create_task(watching.run(), name="pulse"),
            asyncio.create_task(self._retaining.run(), name="retention"),
        ]
        done, rest = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        for part in rest:
            part.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        for part in done:
            if part.exception() is not None:
                log.error(
                    "a part of the gateway has ended; the gateway stops", part=part.get_name()
                )
                part.result()

    async def _sweep(self, leases: Leases, recorder: Writer) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            self._tell_steps(recorder)
            ended = leases.sweep(self._clock())
            if ended:
                self._tally.cuts[Cut.ENDED] += ended
                log.info("connections have ended with what opened them", connections=ended)

    def _tell_steps(self, recorder: Writer) -> None:
        """Record that the clock was set; it decides what is open."""
        if not isinstance(self._clock, ForwardClock):
            return
        self._clock()
        for step in self._clock.take_steps():
            seconds = round(abs(step).total_seconds())
            way = "forward" if step > timedelta(0) else "back"
            message = f"The clock was set {way} by {seconds} seconds"
            ahead = round(self._clock.ahead().total_seconds())
            log.warning(
                "the clock was set; breaks never go back, and wait for it to catch up",
                seconds=round(step.total_seconds()),
                ahead=ahead,
            )
            self._note(recorder, Action.CLOCK_STEPPED, message)

    def _open_ledger(self) -> Ledger:
        ledger = self._state.now.settings.ledger
        return open_ledger(ledger.path, ledger.url)

    async def _keep(self, books: Books, leases: Leases, recorder: Writer) -> None:
        """Go through the ledger again and again, while somebody has breaks to start."""
        while True:
            await asyncio.sleep(ROUND)
            if not self._state.now.policy.flexible:
                continue
            open_by_sitting = leases.sittings()
            try:
                running = await books.go_round(lambda event: self._note_break(recorder, event))
            except Exception as fault:  # the next round may go well
                log.exception("the ledger was not gone through", error=type(fault).__name__)
                continue
            if running is not None:
                stopped = [one for one, who in open_by_sitting.items() if who not in running]
                leases.stopped(stopped, self._clock())

    def _note_break(self, recorder: Writer, event: Event) -> Awaitable[bool]:
        """Record what happened to a sitting."""
        policy = self._state.now.policy
        return recorder.put(record_of(event, self._clock(), policy.fingerprint))

    async def _reload(self, recorder: Writer, why: str) -> None:
        """Take a new configuration whole, or keep the old one and say what is wrong."""
        old = self._state.now
        try:
            loaded = await rebuild(self._path)
            new = await open_and_archive(loaded)
        except ConfigError as error:
            for problem in error.problems:
                log.error("the new configuration is not taken", problem=str(problem))  # noqa: TRY400  no fault
            self._reject(recorder, len(error.problems))
            return
        except RebuildError as fault:
            log.error("the new configuration is not taken", fault=str(fault))  # noqa: TRY400  all that is known
            self._reject(recorder, 0)
            return
        except Exception as fault:  # a fault of ours must not end the gateway
            log.exception("the new configuration is not taken", error=type(fault).__name__)
            self._reject(recorder, 0)
            return
        self._loaded = loaded
        self._state.now = new
        ended = self._review(old.people != new.people)
        if ended:
            self._tally.cuts[Cut.CONFIGURATION] += ended
            log.info("the new configuration has ended connections", connections=ended)
        # Somebody may still be signing in with it.
        asyncio.get_running_loop().call_later(SIGN_IN_SECONDS, old.close)
        late = after_restart(old.settings, new.settings)
        if late:
            log.warning("these settings count after a restart only", settings=", ".join(late))
        self._tell_new(recorder, why, old, new)
        await let_go(old.policy)

    def _tell_new(self, recorder: Writer, why: str, old: InForce, new: InForce) -> None:
        """Record a new configuration, unless it means the same and nobody has asked for it."""
        if why == "file" and (new.policy.fingerprint, new.people, new.settings) == (
            old.policy.fingerprint,
            old.people,
            old.settings,
        ):
            self._tally.reloads[Reload.SAME] += 1
            log.info("the configuration was read again; its meaning is the same")
            return
        self._tally.reloads[Reload.TAKEN] += 1
        log.info("a new configuration is in force", policy=new.policy.fingerprint[:12])
        self._note(recorder, Action.CONFIG_LOADED, "A new configuration is in force")

    def _reject(self, recorder: Writer, problems: int) -> None:
        self._tally.reloads[Reload.REFUSED] += 1
        self._note(
            recorder,
            Action.CONFIG_REJECTED,
            "A new configuration was not taken; the old one stays in force",
            problems=problems,
        )

    def _note(
        self, recorder: Writer, action: Action, message: str, problems: int | None = None
    ) -> None:
        """Record what happened to the gateway itself."""
        recorder.put(
            Record(
                at=self._clock(),
                action=action,
                message=message,
                ruleset=self._state.now.policy.fingerprint,
                file=self._path.name,
                problems=problems,
            )
        )


def _entrance(port: EntranceSettings) -> Entrance:
    return Entrance(*port.address, Way(port.kind), port.balancers)
