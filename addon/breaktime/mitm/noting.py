"""Stage 7, record: what readers of the log note beside it is taken into what is sealed."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog

from breaktime.audit.noted import PLACE, end_of, keep_taken, notes, record_of, taken
from breaktime.core.record import Action, Record
from breaktime.mitm.clock import Clock
from breaktime.mitm.state import State

LOOK_SECONDS = 1.0
"""How often it is looked whether somebody has noted something."""

log = structlog.get_logger("breaktime.gateway")


class Noting:
    """
    Takes notes in, each once, also those that were made while the gateway was down.

    What cannot be remembered may be taken in twice, with the same id; it is never left out.
    """

    def __init__(
        self,
        put: Callable[[Record], Awaitable[bool]],
        state: State,
        clock: Clock,
        directory: Path,
    ) -> None:
        """
        Look after the notes beside a log.

        Args:
            put: writes a record, and says whether it is kept.
            state: what is in force.
            clock: reads the instant.
            directory: where the log is.
        """
        self._put = put
        self._state = state
        self._clock = clock
        self._directory = directory

    async def run(self) -> None:
        """Look again and again; what goes wrong is told of, and tried the next time."""
        while True:
            try:
                await self.look()
            except OSError as fault:
                log.error("notes of who has read the log cannot be taken in", fault=str(fault))  # noqa: TRY400  no fault of ours
            except Exception as fault:  # the gateway goes on without
                log.exception("notes cannot be taken in", error=type(fault).__name__)
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """
        Take in what was noted since the last look.

        Raises:
            OSError: the notes cannot be read, or it not be remembered how far they are taken in.
        """
        directory = self._directory
        before = taken(directory)
        found = await asyncio.to_thread(notes, directory, before)
        if found is None:
            await self._lost()
            return
        now = before
        for note in found:
            record = record_of(note, self._clock(), self._state.now.policy.fingerprint)
            if record is not None and not await self._put(record):
                break
            now = note.after
        if now != before:
            keep_taken(directory, now)

    async def _lost(self) -> None:
        """Record that notes are gone which were there, and go on behind what is left."""
        log.error("notes of who has read the log were changed or taken away")
        record = Record(
            at=self._clock(),
            action=Action.INTEGRITY_BROKEN,
            message="Notes of who has read the log were changed or taken away",
            ruleset=self._state.now.policy.fingerprint,
            file=PLACE,
        )
        if await self._put(record):
            keep_taken(self._directory, await asyncio.to_thread(end_of, self._directory))
