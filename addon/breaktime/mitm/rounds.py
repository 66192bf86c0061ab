"""What is done again and again: leases end with the clock, the ledger is gone through."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import structlog

from breaktime.core.record import Action, Record
from breaktime.ledger import Event, EventKind
from breaktime.mitm.books import ROUND, Books, record_of
from breaktime.mitm.clock import Clock, ForwardClock
from breaktime.mitm.leases import Leases
from breaktime.mitm.notes import Notes
from breaktime.mitm.state import State
from breaktime.mitm.sweep import Sweep
from breaktime.watch import Cut, Tally

LOOK_SECONDS = 0.5
"""How often it is looked whether the clock was set."""

_LOST = (
    Action.LEDGER_LOST,
    "The ledger cannot be used: no flexible break begins; those known to go on end as they were to",
)
_REGAINED = (Action.LEDGER_REGAINED, "The ledger can be used again")

log = structlog.get_logger("breaktime.gateway")


async def until_one_ends(parts: Mapping[str, Coroutine[Any, Any, object]]) -> None:
    """
    Run parts side by side until the first of them ends, and end the others.

    Args:
        parts: what runs, by its name; none should end but the one that waits for the end.

    Raises:
        Exception: what the first one has raised.
    """
    tasks = [asyncio.create_task(part, name=name) for name, part in parts.items()]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for part in tasks:
            part.cancel()  # which does nothing to those that have ended
        await asyncio.gather(*tasks, return_exceptions=True)
    for part in done:
        if part.exception() is not None:
            log.error("a part of the gateway has ended; the gateway stops", part=part.get_name())
            part.result()


async def sweep(what: Sweep) -> None:
    """End again and again what the clock has ended, until cancelled."""
    while True:
        await asyncio.sleep(what.seconds())
        what.now()


def told_ended(tally: Tally) -> Callable[[int], None]:
    """Return what is told how many connections the clock has ended."""

    def tell(connections: int) -> None:
        tally.cuts[Cut.ENDED] += connections
        log.info("connections have ended with what opened them", connections=connections)

    return tell


async def watch_clock(clock: Clock, notes: Notes) -> None:
    """Look again and again whether the clock was set, until cancelled."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        tell_steps(clock, notes)


def tell_steps(clock: Clock, notes: Notes) -> None:
    """Record that the clock was set; it decides what is open."""
    if not isinstance(clock, ForwardClock):
        return
    clock()
    for step in clock.take_steps():
        seconds = round(abs(step).total_seconds())
        way = "forward" if step > timedelta(0) else "back"
        log.warning(
            "the clock was set; breaks never go back, and wait for it to catch up",
            seconds=round(step.total_seconds()),
            ahead=round(clock.ahead().total_seconds()),
        )
        notes.note(Action.CLOCK_STEPPED, f"The clock was set {way} by {seconds} seconds")


async def keep_books(  # noqa: PLR0913, PLR0917  what a round needs
    books: Books,
    leases: Sequence[Leases],
    state: State,
    clock: Clock,
    put: Callable[[Record], Awaitable[bool]],
    note: Callable[[Action, str], object],
    ended: Callable[[str], None] = lambda _: None,
) -> None:
    """
    Go through the ledger again and again, while somebody has breaks to start or may ask for a case.

    Args:
        books: say what the ledger says.
        leases: know what is open by a sitting.
        state: what is in force.
        clock: reads the instant.
        put: writes a record.
        note: writes down what happens to the gateway itself.
        ended: is told whose sitting has ended, before that is recorded.
    """

    def record(event: Event) -> Awaitable[bool]:
        if event.kind is EventKind.ENDED:
            ended(event.person)
        return put(record_of(event, clock(), state.now.policy.fingerprint))

    lost = False
    while True:
        await asyncio.sleep(ROUND)
        if lost is not (books.fault is not None):
            lost = not lost
            note(*(_LOST if lost else _REGAINED))
        now = state.now
        if not now.policy.flexible and now.settings.page.portal is None:
            continue  # nobody writes to it
        open_by_sitting = [(each, each.sittings()) for each in leases]
        try:
            running = await books.go_round(record)
        except Exception as fault:  # the next round may go well
            log.exception("the ledger was not gone through", error=type(fault).__name__)
            continue
        if running is not None:
            for each, sittings in open_by_sitting:
                _stop(each, sittings, running, clock)


async def follow_books(
    books: Books, leases: Leases, state: State, clock: Clock, ended: asyncio.Event
) -> None:
    """
    Ask the ledger again and again whose break goes on; another process keeps it.

    Args:
        books: say what the ledger says.
        leases: know what is open by a sitting.
        state: what is in force.
        clock: reads the instant.
        ended: is set when somebody's sitting has ended, and asked for at once.
    """
    while True:
        with suppress(TimeoutError):
            async with asyncio.timeout(ROUND):
                await ended.wait()
        ended.clear()
        open_by_sitting = leases.sittings()
        if not open_by_sitting or not state.now.policy.flexible:
            continue
        running = await books.running()
        if running is not None:
            _stop(leases, open_by_sitting, running, clock)


def _stop(
    leases: Leases,
    open_by_sitting: Mapping[str, str],
    running: Collection[str],
    clock: Clock,
) -> None:
    """End, after its grace, what is open by a sitting that was stopped."""
    stopped = [one for one, who in open_by_sitting.items() if who not in running]
    leases.stopped(stopped, clock())
