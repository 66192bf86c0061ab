"""The workers: who gets which connection, who is started again, and who takes whose place."""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from breaktime import __version__
from breaktime.config import ConfigError
from breaktime.door import Inspection
from breaktime.mitm.rebuild import RebuildError
from breaktime.mitm.state import InForce
from breaktime.mitm.workers.channel import ChannelError
from breaktime.mitm.workers.figures import added
from breaktime.mitm.workers.hand import Hand, Office
from breaktime.mitm.workers.memory import sealed
from breaktime.mitm.workers.messages import Avoid, Begin, Commit, Ended, Figures, Forget, Prepared
from breaktime.mitm.workers.shares import worker_for
from breaktime.mitm.world import StartError

START_SECONDS = 120.0
"""How long a worker may take until it can take connections."""

ANSWER_SECONDS = 120.0
"""How long a worker may take to open a new configuration."""

DRAIN_SECONDS = 30.0
"""How long a worker that is replaced may go on with the connections that it has."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""How long it is waited before a worker that has died is started again, in seconds; it doubles."""

STEADY_SECONDS = 60.0
"""A worker that lived for so long may be started again at once."""

LOOK_SECONDS = 1.0
SILENT_LOOKS = 45
"""A worker that was not heard of for so many looks hangs, and is killed."""

log = structlog.get_logger("breaktime.gateway")


def worker_command() -> tuple[str, ...]:
    """Return what starts a worker; nothing is imported from the folder, as little as here."""
    program = "import sys; from breaktime.mitm.workers.worker import main; sys.exit(main(sys.argv))"
    alone = "-I" if sys.flags.isolated else "-P"
    return sys.executable, *(["-O"] * sys.flags.optimize), alone, "-c", program


@dataclass(frozen=True, slots=True)
class Plan:
    """
    What a crew is.

    Fields:
        count: how many workers there are.
        command: what starts one.
        path: main file of the configuration.
        name: of the gateway; workers are called after it.
        clock: reads the instant.
    """

    count: int
    command: Sequence[str]
    path: Path
    name: str
    clock: Callable[[], datetime]


class Crew:
    """
    The workers of a gateway.

    Fields:
        past: what those have counted that are no more.
    """

    def __init__(
        self, plan: Plan, config: bytes, office: Office, lost: Callable[[str], object]
    ) -> None:
        """
        Begin with nobody.

        Args:
            plan: what the crew is.
            config: the configuration in force, as another process takes it over.
            office: does what workers ask for.
            lost: is told of each worker that has ended although it should not.
        """
        self._plan = plan
        self._config = sealed(config)
        self._next: _Next | None = None
        self._office = office
        self._lost = lost
        self._number = self._in_force = 0
        self._started = 0
        self._avoid: tuple[tuple[str, int], ...] = ()
        self._seats: list[Hand | None] = [None] * plan.count
        self._pauses = [0.0] * plan.count
        self._hands: set[Hand] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._buried: set[asyncio.Task[None]] = set()
        self._rolling: asyncio.Task[None] | None = None
        self._closing = False
        self.past = Figures()

    @property
    def figures(self) -> list[Figures]:
        """What was counted, by those who live and those who do not."""
        return [self.past, *(hand.figures for hand in self._hands)]

    @property
    def ready(self) -> list[Hand]:
        """Those who take connections."""
        return [hand for hand in self._seats if hand is not None]

    async def start(self) -> None:
        """
        Start everybody: one first, which makes what is there only once, such as the authority.

        Raises:
            StartError: somebody does not start.
        """
        self._seats[0] = await self._new()
        rest = await asyncio.gather(*(self._new() for _ in self._seats[1:]))
        self._seats[1:] = rest

    def avoid(self, addresses: Iterable[tuple[str, int]]) -> None:
        """Have nobody connect to these addresses."""
        self._avoid = (*self._avoid, *addresses)
        for hand in tuple(self._hands):
            hand.tell(Avoid(self._avoid))

    def ended(self, person: str) -> None:
        """Tell everybody whose flexible break has ended."""
        for hand in tuple(self._hands):
            hand.tell(Ended(person))

    def hand_over(self, inspection: Inspection) -> None:
        """
        Give a connection to whom it belongs.

        Raises:
            ChannelError: nobody has taken it.
        """
        conn = inspection.conn
        known = None if conn.identity is None else conn.identity.person
        # The two do not mix: no name is taken for an address.
        key = f"address {conn.client}" if known is None else f"person {known}"
        free = {seat: hand for seat, hand in enumerate(self._seats) if hand is not None}
        while free:
            seat = worker_for(key, free)
            try:
                free.pop(seat).take(inspection)
            except ChannelError:
                continue
            return
        raise ChannelError("no worker takes connections")

    async def run(self) -> None:
        """Look after everybody until cancelled: who hangs is killed."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            for hand in tuple(self._hands):
                # Looks, not seconds: a machine that slept has not looked either.
                hand.silent += 1
                if hand.silent > SILENT_LOOKS and hand.began:
                    log.error("a worker hangs; it is killed", worker=hand.name)
                    self._later(hand.kill())

    def roll(self) -> None:
        """Put a new worker in the place of each, one after the other."""
        if self._rolling is not None and not self._rolling.done():
            log.warning("the workers are being replaced already")
            return
        self._rolling = self._later(self._roll())

    async def close(self) -> None:
        """End everybody, and everybody's connections."""
        self._closing = True
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(hand.stop() for hand in tuple(self._hands)))
        await asyncio.gather(*self._buried)
        self.forget()
        os.close(self._config)

    # A new configuration

    async def agree(self, data: bytes, new: InForce) -> None:
        """
        Have everybody open a configuration.

        Raises:
            ConfigError: somebody finds problems in its files.
            RebuildError: somebody cannot open it, or has opened something else.
        """
        self._number += 1
        config = sealed(data)
        hands = tuple(hand for hand in self._hands if hand.began)
        self._next = _Next(self._number, config, hands)
        asked = {hand.prepare(self._number, config): hand for hand in hands}
        done, late = await asyncio.wait(asked, timeout=ANSWER_SECONDS) if asked else (set(), set())
        for question in late:
            log.error("a worker hangs; it is killed", worker=asked[question].name)
            self._later(asked[question].kill())
        if late:
            raise RebuildError("a worker did not open it in time")
        for question in done:
            if not question.cancelled():  # who has ended meanwhile is started with what is in force
                _check(question.result(), new)

    def commit(self) -> None:
        """Have everybody put in force what they agreed to."""
        if self._next is None:
            return
        following, self._next = self._next, None
        os.close(self._config)
        self._config, self._in_force = following.config, following.number
        for hand in tuple(self._hands):
            if hand in following.hands:
                hand.number = following.number
                hand.tell(Commit(following.number))
            elif hand.began:  # it was ready after the others were asked
                self._later(self._replace(hand))

    def forget(self) -> None:
        """Have everybody let go of what they did not all agree to."""
        if self._next is None:
            return
        following, self._next = self._next, None
        os.close(following.config)
        for hand in following.hands:
            hand.tell(Forget(following.number))

    # Coming and going

    async def _new(self) -> Hand:
        """
        Start a worker, and return it when it can take connections by what is in force.

        Raises:
            StartError: it does not start.
        """
        plan = self._plan
        while True:
            self._started += 1
            hand = Hand(f"{plan.name}/{self._started}", self._in_force, self._office, self._gone)
            begin = Begin(__version__, plan.path, hand.name, plan.clock(), self._avoid)
            self._hands.add(hand)
            config = os.dup(self._config)  # another one may come into force meanwhile
            try:
                await hand.start(plan.command, begin, config, START_SECONDS)
            except BaseException:
                self._hands.discard(hand)
                raise
            finally:
                os.close(config)
            if hand.number == self._in_force:
                return hand
            await hand.kill()

    async def _roll(self) -> None:
        for seat in range(len(self._seats)):
            old = self._seats[seat]
            if old is None:
                continue  # somebody new comes there anyway
            try:
                await self._replace(old)
            except StartError as problem:
                log.error("a new worker does not start; the old ones stay", problem=str(problem))  # noqa: TRY400  its text says it
                return
        log.info("the workers were replaced", workers=len(self._seats))

    async def _replace(self, old: Hand) -> None:
        """
        Put a new worker in the place of one, which may end what it has begun.

        Raises:
            StartError: the new one does not start; the old one stays.
        """
        new = await self._new()
        if old not in self._seats:  # it has ended meanwhile, and somebody else comes
            await new.stop()
            return
        self._seats[self._seats.index(old)] = new
        await old.drain(DRAIN_SECONDS)

    async def _refill(self, seat: int) -> None:
        """Start somebody for an empty seat, again and again with longer and longer pauses."""
        while self._seats[seat] is None:
            await asyncio.sleep(self._pauses[seat])
            self._pauses[seat] = min(LONGEST_PAUSE, max(FIRST_PAUSE, 2 * self._pauses[seat]))
            try:
                self._seats[seat] = await self._new()
            except StartError as problem:
                log.error("a worker does not start", problem=str(problem))  # noqa: TRY400  its text says it
            else:
                log.info("a worker has taken the place of one that ended")

    def _gone(self, hand: Hand) -> None:
        """Have somebody else take the place of a worker that has ended."""
        self._hands.discard(hand)
        self.past = added(self.past, hand.figures)
        # Whoever wanted it gone may be cancelled; its process is waited for all the same.
        burial = asyncio.get_running_loop().create_task(self._bury(hand))
        self._buried.add(burial)
        burial.add_done_callback(self._buried.discard)
        if self._closing or hand not in self._seats:
            return
        seat = self._seats.index(hand)
        self._seats[seat] = None
        log.error("a worker has ended; its connections are lost", worker=hand.name)
        self._lost(hand.name)
        if asyncio.get_running_loop().time() - hand.began > STEADY_SECONDS:
            self._pauses[seat] = 0.0
        self._later(self._refill(seat))

    async def _bury(self, hand: Hand) -> None:
        await hand.kill()
        if not self._closing:  # else it is left to the next start
            await self._office.buried(hand)

    def _later(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("the workers were not looked after", exc_info=task.exception())


@dataclass(frozen=True, slots=True)
class _Next:
    """A configuration that everybody is asked about: its number, its descriptor, and who is."""

    number: int
    config: int
    hands: tuple[Hand, ...]


def _check(answer: Prepared, new: InForce) -> None:
    if answer.problems:
        raise ConfigError(answer.problems)
    if answer.fault:
        raise RebuildError(f"a worker could not open it ({answer.fault})")
    if (answer.fingerprint, answer.people) != (new.policy.fingerprint, new.people):
        raise RebuildError("a worker has read other tables: they were changed meanwhile")
