"""
The books: what the ledger says, for an event loop that must not wait for a database.

Laws of this file:

1. The ledger is asked in threads of its own, for a limited time, and is hung up on after it. What
   it says about somebody is used for `FRESH` seconds; so a change made elsewhere counts within a
   few seconds.
2. While it cannot be read nobody knows what is left, so no flexible break begins. One that is
   known to go on does so until what was known of it ends it, which no ledger would put off.
   Everything else goes on.
3. What the ledger notes is recorded, by one gateway of all, and only then forgotten.
"""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Lock

import structlog

from breaktime.core.flexible import HEARTBEAT, UNKNOWN, Usage
from breaktime.core.record import Action, Record
from breaktime.ledger import Event, EventKind, Ledger, LedgerError
from breaktime.mitm.clock import Clock

FRESH = 2.0
"""How old an answer of the ledger may be, in seconds."""

PATIENCE = 6.0
"""How long the ledger may take to answer, in seconds."""

PAUSE = 5.0
"""How long a ledger that failed is left alone, in seconds."""

ROUND = 2.0
"""How often the books are gone through, in seconds."""

BEAT = HEARTBEAT.total_seconds() * 2 / 3
"""How often running sittings are counted, in seconds; a late beat is still in time."""

KEPT = timedelta(days=35)
"""How long it is kept what somebody has had."""

HOUR = 3600.0

NOTICED = timedelta(seconds=1)
"""A clock that falls behind by less is only being corrected slowly."""

log = structlog.get_logger("breaktime.gateway")


class Books:
    """
    Reads the ledger for requests, and keeps it going.

    Fields:
        fault: why the ledger cannot be used, None while it can.
    """

    def __init__(self, opening: Callable[[], Ledger], clock: Clock, reader: str) -> None:
        """
        Begin without a ledger; it is opened when somebody needs it.

        Args:
            opening: opens the ledger; may block.
            clock: reads the instant.
            reader: name of this gateway.
        """
        self._opening = opening
        self._clock = clock
        self._reader = reader
        self._ledger: Ledger | None = None
        self._lock = Lock()
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="ledger")
        self._known: dict[str, tuple[float, Usage]] = {}
        self._going_on: dict[str, Usage] = {}
        self._asking: dict[str, asyncio.Task[Usage]] = {}
        self._counted = self._forgot = self._failed = float("-inf")
        self._counted_at: datetime | None = None
        self.fault: str | None = None

    async def usage(self, person: str) -> Usage:
        """
        Return what somebody has had; `UNKNOWN` where the ledger does not say.

        While it cannot be read, what was said last about somebody whose sitting goes on.
        """
        known = self._known.get(person)
        if known is not None and _now() - known[0] < FRESH:
            return known[1]
        asking = self._asking.get(person)
        if asking is None:
            asking = asyncio.create_task(self._look_up(person))
            self._asking[person] = asking
            asking.add_done_callback(lambda _: self._asking.pop(person, None))
        return await asyncio.shield(asking)

    async def _look_up(self, person: str) -> Usage:
        began = _now()
        at = self._clock()
        found = await self._ask(lambda ledger: ledger.usage(person, at))
        if found is None:
            known = self._going_on.get(person, UNKNOWN)
            return known if known.running_at(self._clock()) is not None else UNKNOWN
        self._known[person] = (began, found)
        if found.running_at(at) is not None:
            self._going_on[person] = found
        else:
            self._going_on.pop(person, None)
        return found

    async def ask[T](self, question: Callable[[Ledger], T]) -> T:
        """
        Ask the ledger something, or have it change something.

        Raises:
            LedgerError: it cannot be used.
        """
        answers = await self._ask(lambda ledger: (question(ledger),))
        if answers is None:
            raise LedgerError(self.fault or "the ledger cannot be used")
        return answers[0]

    def forget_usage(self, person: str) -> None:
        """Ask again for somebody: what they have had has just changed."""
        self._known.pop(person, None)
        self._going_on.pop(person, None)

    async def go_round(self, record: Callable[[Event], Awaitable[bool]]) -> frozenset[str] | None:
        """
        Count, record what was noted, and return whose sitting goes on; None if nobody knows.

        Args:
            record: writes down one event and says whether it is kept.
        """
        now = _now()
        self._known = {who: one for who, one in self._known.items() if now - one[0] < FRESH}
        at = self._clock()
        if now - self._counted >= BEAT:
            lost = self._lost(now, at)
            if not await self._do(lambda ledger: ledger.tick(at, lost)):
                return None
            self._counted, self._counted_at = now, at
        events = await self._ask(lambda ledger: ledger.take(self._reader, at))
        recorded: list[Event] = []
        for event in events or ():
            if not await record(event):
                break
            recorded.append(event)
        if recorded:
            await self._do(lambda ledger: ledger.drop(recorded))
        if now - self._forgot >= HOUR:
            self._forgot = now
            await self._do(lambda ledger: ledger.forget((at - KEPT).date()))
        return await self.running()

    async def running(self) -> frozenset[str] | None:
        """Return whose sitting goes on; None if nobody knows."""
        found = await self._ask(lambda ledger: ledger.running())
        if found is not None:
            self._going_on = {who: one for who, one in self._going_on.items() if who in found}
        return found

    def _lost(self, now: float, at: datetime) -> timedelta:
        """Return the time since the last beat that the clock does not show: it was set back."""
        if self._counted_at is None:
            return timedelta(0)
        lost = timedelta(seconds=now - self._counted) - (at - self._counted_at)
        return lost if lost > NOTICED else timedelta(0)

    async def close(self) -> None:
        """Let go of the ledger."""
        for asking in tuple(self._asking.values()):
            asking.cancel()
        self._threads.shutdown(wait=False, cancel_futures=True)
        ended = asyncio.create_task(asyncio.to_thread(self._threads.shutdown))
        await asyncio.wait({ended}, timeout=PATIENCE)
        if not ended.done():
            self._hang_up()
        await ended
        if self._ledger is not None:
            self._ledger.close()

    async def _do(self, change: Callable[[Ledger], None]) -> bool:
        """Change something in a thread, and say whether it is done."""

        def done(ledger: Ledger) -> bool:
            change(ledger)
            return True

        return await self._ask(done) is not None

    async def _ask[T](self, question: Callable[[Ledger], T]) -> T | None:
        """Ask in a thread; None where there is no answer."""
        if _now() - self._failed < PAUSE:
            return None
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(PATIENCE):
                found = await loop.run_in_executor(self._threads, self._asked, question)
        except (LedgerError, TimeoutError) as problem:
            self._failed = _now()
            if isinstance(problem, TimeoutError):
                self._hang_up()
            reason = str(problem) or "the ledger does not answer"
            if self.fault != reason:
                log.error("flexible breaks are closed", problem=reason)  # noqa: TRY400  no fault of ours
            self.fault = reason
            return None
        if self.fault is not None:
            log.info("the ledger can be used again")
        self.fault = None
        return found

    def _hang_up(self) -> None:
        """Have the threads back from a ledger that does not answer."""
        if self._ledger is not None:
            self._ledger.hang_up()

    def _asked[T](self, question: Callable[[Ledger], T]) -> T:
        with self._lock:
            if self._ledger is None:
                self._ledger = self._opening()
        return question(self._ledger)


def _now() -> float:
    return asyncio.get_running_loop().time()


def record_of(event: Event, now: datetime, ruleset: str) -> Record:
    """
    Return the record of an event.

    Args:
        event: what the ledger noted.
        now: UTC instant; the log does not go back to an earlier day than it.
        ruleset: fingerprint of the policy.
    """
    at = event.at if event.at.date() == now.date() and event.at <= now else now
    ended = event.kind is EventKind.ENDED
    refused = event.kind is EventKind.REFUSED
    return Record(
        at=at,
        action=Action(event.kind.value),
        message=message_of(event),
        ruleset=ruleset,
        reason=event.reason,
        because=(event.break_id,) if event.break_id else (),
        person=event.person,
        granted=None if refused else _seconds(event.granted),
        used=_seconds(event.used) if ended else None,
        sitting=None if refused else event.sitting,
    )


def _seconds(length: timedelta) -> int:
    return -(-length // timedelta(seconds=1))


def message_of(event: Event) -> str:
    """Say in one plain sentence what happened to a sitting."""
    name = event.break_id.removeprefix("break:") or "flexible"
    minutes = -(-event.granted // timedelta(minutes=1))
    used = -(-event.used // timedelta(minutes=1))
    return {
        "break-started": f"Break started: {name}, {minutes} minutes at most",
        "break-ended": f"Break ended: {name}, {used} of {minutes} minutes",
        "break-refused": f"Break not started: {name}",
    }[event.kind.value]
