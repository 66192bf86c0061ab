"""A worker's process: mitmproxy with all that hangs on it, for the connections it is given."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import structlog

from breaktime import __version__
from breaktime.config import ConfigError
from breaktime.door import Dialler
from breaktime.mitm.basis import Basis
from breaktime.mitm.clock import ForwardClock
from breaktime.mitm.garbage import Ebb, set_aside
from breaktime.mitm.inside import Inside
from breaktime.mitm.logs import log_to_stderr
from breaktime.mitm.loops import EndingLoop
from breaktime.mitm.notes import Notes
from breaktime.mitm.parents import open_parent
from breaktime.mitm.rebuild import RebuildError, let_go, unpack
from breaktime.mitm.rounds import follow_books, until_one_ends
from breaktime.mitm.signin import SignIn
from breaktime.mitm.state import InForce, State, open_for
from breaktime.mitm.taking import put_in_force
from breaktime.mitm.workers.channel import Channel, ChannelEndedError, ChannelError
from breaktime.mitm.workers.figures import figures_of
from breaktime.mitm.workers.guests import Guests
from breaktime.mitm.workers.memory import content
from breaktime.mitm.workers.messages import (
    Avoid,
    Begin,
    Belongs,
    Commit,
    Cut,
    Drain,
    Ended,
    Failed,
    Forget,
    Kept,
    Message,
    Prepare,
    Prepared,
    Ready,
    Released,
    Reread,
    Take,
)
from breaktime.mitm.workers.remote import RemoteRecorder
from breaktime.mitm.workers.totals import RemoteTotals
from breaktime.mitm.world import StartError, World
from breaktime.watch import Pulse, Tally

LAST_WORDS_SECONDS = 5.0
"""How long the end waits for records that are on their way."""

log = structlog.get_logger("breaktime.worker")


class Worker:
    """One worker, from its first message to its last connection."""

    def __init__(self, sock: socket.socket, world: World) -> None:
        """
        Begin to listen; call it in a running event loop.

        Args:
            sock: its end of what it talks to the door's process by.
            world: clock and resolver.
        """
        self._world = world
        self._channel = Channel(sock, self._hear, self._gone)
        self._recorder = RemoteRecorder(self._send)
        self._begun: asyncio.Future[tuple[Begin, int]] = asyncio.get_running_loop().create_future()
        self._stop = asyncio.Event()
        self._ended = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._next: tuple[int, InForce] | None = None
        self._guests: Guests | None = None
        self._inside: Inside | None = None
        self._swap: Callable[[InForce], None] = lambda _: None
        self._avoid: Callable[[Sequence[tuple[str, int]]], None] = lambda _: None

    async def run(self) -> None:
        """Serve until the door's process has ended, or nobody is left after it said so."""
        try:
            begin, fd = await self._begun
        except ChannelError:
            return
        try:
            await self._serve(begin, fd)
        except (ConfigError, RebuildError, StartError) as problem:
            status = problem.status if isinstance(problem, StartError) else 1
            with contextlib.suppress(ChannelError):
                self._send(Failed(str(problem), status))
            await self._channel.flushed()
        except ChannelEndedError:
            pass  # while it was about to be ready
        finally:
            self._channel.close()

    async def _serve(self, begin: Begin, fd: int) -> None:
        if begin.version != __version__:
            raise StartError(
                f"another version is installed now ({__version__}); start the gateway again"
            )
        state = State(open_for(await unpack(content(fd))))
        clock = self._world.clock
        if isinstance(clock, ForwardClock):
            clock.catch_up(begin.since)
        tally = Tally()
        notes = Notes(self._recorder.put, clock, state, begin.path.name)
        sign_in = SignIn(self._recorder, clock)
        basis = Basis(
            begin.path, begin.name, state, clock, self._recorder, notes, sign_in, tally,
            RemoteTotals(self._send),
        )  # fmt: skip
        settings = state.now.settings.gateway
        dialler = Dialler(
            self._world.resolve,
            internal=map(str, settings.internal),
            ports=settings.ports,
            parent=open_parent(settings.parent, settings.trust, tally.parent),
        )
        self._avoid = dialler.avoid
        self._avoid(begin.avoid)
        inside = Inside(basis, dialler, lambda: guests, lambda: self._send(Reread()))
        self._inside = inside
        guests = self._guests = Guests(inside.bridge.hand_over, self._released, self._belongs)
        self._swap = lambda new: self._put_in_force(basis, inside, guests, new)
        ebb = Ebb(lambda: len(guests.table))
        set_aside()
        self._send(Ready(state.now.policy.fingerprint))
        try:
            await until_one_ends(
                {
                    "stop": self._stop.wait(),
                    "beat": Pulse(tally.late, lambda: self._beat(basis, inside, ebb)).run(),
                    "ledger": follow_books(inside.books, inside.leases, state, clock, self._ended),
                    **inside.parts(),
                }
            )
        finally:
            await inside.close()
            dialler.close()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LAST_WORDS_SECONDS):
                    await self._recorder.settled()
                    await self._channel.flushed()
            state.now.close()

    def _put_in_force(self, basis: Basis, inside: Inside, guests: Guests, new: InForce) -> None:
        old = basis.state.now
        put_in_force(
            basis.state,
            new,
            lambda other_people: guests.review(
                inside.leases, basis.clock(), other_people=other_people
            ),
            basis.tally,
        )
        self._later(let_go(old.policy))

    def _beat(self, basis: Basis, inside: Inside, ebb: Ebb) -> None:
        ebb.look()
        with contextlib.suppress(ChannelError):
            self._send(figures_of(basis.tally, basis.sign_in.doubts, len(inside.leases)))

    # What is heard and said

    def _hear(self, message: Message, fds: list[int]) -> None:
        """Take one message; a descriptor that belongs to none is closed."""
        with contextlib.ExitStack() as unused:
            for fd in fds:
                unused.callback(os.close, fd)
            if isinstance(message, Take | Begin | Prepare) and len(fds) == 1:
                unused.pop_all()
                self._hear_with(message, fds[0])
        if isinstance(message, Kept):
            self._recorder.heard(message)
        elif isinstance(message, Cut):
            if self._inside is not None:
                self._inside.leases.end(message.id)
        elif isinstance(message, Avoid):
            self._avoid(message.addresses)
        elif isinstance(message, Commit | Forget):
            self._hear_of_configuration(message)
        elif isinstance(message, Ended):
            self._end_sitting(message.person)
        elif isinstance(message, Drain):
            self._later(self._drain(message.seconds))

    def _end_sitting(self, person: str) -> None:
        if self._inside is not None:
            self._inside.end_sitting(person)
        self._ended.set()

    def _hear_of_configuration(self, message: Commit | Forget) -> None:
        if isinstance(message, Commit):
            self._commit(message.number)
        else:
            self._forget()

    def _hear_with(self, message: Take | Begin | Prepare, fd: int) -> None:
        if isinstance(message, Begin) and not self._begun.done():
            self._begun.set_result((message, fd))
        elif isinstance(message, Prepare):
            self._later(self._prepare(message.number, fd))
        elif isinstance(message, Take) and self._guests is not None:
            self._guests.take(message, fd)
        else:
            os.close(fd)

    async def _prepare(self, number: int, fd: int) -> None:
        """Open a new configuration, and say whether it is sound."""
        self._forget()
        try:
            loaded = await unpack(await asyncio.to_thread(content, fd))
            new = await asyncio.to_thread(open_for, loaded)
        except ConfigError as error:
            answer = Prepared(number, problems=error.problems)
        except Exception as fault:  # whatever it is, the old one stays in force
            log.exception("a new configuration cannot be opened", error=type(fault).__name__)
            answer = Prepared(number, fault=type(fault).__name__)
        else:
            self._next = number, new
            answer = Prepared(number, new.policy.fingerprint, new.people)
        with contextlib.suppress(ChannelError):
            self._send(answer)

    def _commit(self, number: int) -> None:
        if self._next is None or self._next[0] != number:
            log.error("a configuration was to come into force that is not here; this worker ends")
            self._stop.set()
            return
        (_, new), self._next = self._next, None
        self._swap(new)

    def _forget(self) -> None:
        if self._next is not None:
            self._next[1].close()
            self._next = None

    async def _drain(self, seconds: float) -> None:
        if self._guests is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._guests.empty.wait()
        self._stop.set()

    def _released(self, connection: str, cut: bool) -> None:  # noqa: FBT001  as it is told
        with contextlib.suppress(ChannelError):
            self._send(Released(connection, cut))

    def _belongs(self, connection: str, person: str) -> None:
        with contextlib.suppress(ChannelError):
            self._send(Belongs(connection, person))

    def _send(self, message: Message) -> None:
        try:
            self._channel.send(message)
        except ChannelEndedError:
            self._fall_silent()
            raise

    def _fall_silent(self) -> None:
        """
        Say nothing more to anybody, before what waits for its record is told that it is not kept.

        Browsers ask again where a connection has ended, and reach a gateway that works; a page
        that says no would stay.
        """
        if self._guests is not None:
            self._guests.cut_all()

    def _gone(self) -> None:
        """The door's process has ended, and so does this one: nobody is there to record."""
        self._fall_silent()
        self._recorder.give_up()
        if not self._begun.done():
            self._begun.set_exception(ChannelError("the gateway has ended"))
        self._stop.set()

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _ignore_signals() -> None:
    """Leave signals to the door's process: it ends its workers, and they end when it has."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR2):
        signal.signal(number, signal.SIG_IGN)


def serve(number: int, world: World) -> int:
    """
    Be a worker until there is nothing more to do.

    Args:
        number: of the descriptor to talk to the door's process by.
        world: clock and resolver.

    Returns:
        The exit status.
    """
    _ignore_signals()
    log_to_stderr()
    sock = socket.socket(fileno=number)
    sock.set_inheritable(False)

    async def main() -> None:
        await Worker(sock, world).run()

    asyncio.run(main(), loop_factory=EndingLoop)
    return 0


def main(arguments: Sequence[str]) -> int:
    """Be a worker of the real gateway; the last argument is the number of the descriptor."""
    return serve(int(arguments[-1]), World())
