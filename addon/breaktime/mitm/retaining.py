"""Has the log of a running gateway purged, by what is in force, day by day."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, date, datetime

import structlog

from breaktime.audit import DayFiles, Writer
from breaktime.audit.pseudonyms import Pseudonyms
from breaktime.audit.purge import BY, Purger
from breaktime.audit.purging import purge_once
from breaktime.config.archive import FOLDER
from breaktime.config.archive_prune import remove, unreferred
from breaktime.core.record import Action, Record
from breaktime.mitm.state import State

LOOK_SECONDS = 3600.0
"""How often it is looked whether a day has passed; there is something to do once a day."""

_BREATH = 0.002
"""How long it rests between a few hundred lines, in seconds: requests come first."""

log = structlog.get_logger("breaktime.gateway")


class Retaining:
    """Takes out of the log what has been kept for long enough."""

    def __init__(
        self,
        state: State,
        files: DayFiles,
        writer: Writer,
        gateway: str,
        clock: Callable[[], datetime],
    ) -> None:
        """
        Look after a log.

        Args:
            state: what is in force.
            files: the files that are written to.
            writer: writes the records.
            gateway: name of the gateway, as the files have it.
            clock: reads the instant.
        """
        self._state = state
        self._files = files
        self._writer = writer
        self._clock = clock
        self._directory = directory = state.now.settings.records.directory
        self._pruned: date | None = None
        """When it was looked last which policies are needed."""
        self._purger = Purger(directory, gateway, pause=lambda: time.sleep(_BREATH))

    async def run(self) -> None:
        """Look again and again; what goes wrong is told of, and tried the next time."""
        while True:
            try:
                await self.look()
            except OSError as fault:
                log.error("records could not be deleted after their time", fault=str(fault))  # noqa: TRY400  a full disk is no fault of ours
            except Exception as fault:  # the gateway goes on without
                log.exception("records could not be deleted", error=type(fault).__name__)
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> int:
        """Purge what has to be purged now; return how many files that were."""
        at, now = self._clock().astimezone(UTC), self._state.now
        records = now.settings.records
        count = await purge_once(
            self._purger,
            self._writer,
            open_path=lambda: self._files.open_path,
            keep=records.keep,
            held=records.held(at.date()),
            at=at,
            ruleset=now.policy.fingerprint,
        )
        if count:
            log.info("records were deleted after their time", files=count)
        await asyncio.to_thread(self._forget_keys, at)
        if self._pruned != at.date():
            await self._prune(at - max(records.keep))
            self._pruned = at.date()
        return count

    def _forget_keys(self, at: datetime) -> None:
        """Delete the keys of pseudonyms that no record has; one that a case holds may have it."""
        records = self._state.now.settings.records
        if records.names or records.held(at.date()) or not records.pseudonym_keys.is_dir():
            return
        gone = Pseudonyms(records.pseudonym_keys).forget(at, max(records.keep))
        if gone:
            log.info("keys of pseudonyms were deleted with their records", months=", ".join(gone))

    async def _prune(self, before: datetime) -> None:
        """Delete the archived policies that no record refers to any more; recorded first."""
        folder = self._directory / FOLDER
        spare = {self._state.now.policy.fingerprint}
        names = await asyncio.to_thread(
            unreferred, folder, self._directory, before, spare, lambda: time.sleep(_BREATH)
        )
        if not names:
            return
        noun = "policy is" if len(names) == 1 else "policies are"
        record = Record(
            at=self._clock().astimezone(UTC),
            action=Action.AUDIT_POLICIES_PURGED,
            message=f"{len(names)} archived {noun} deleted: no record refers to them any more",
            ruleset=self._state.now.policy.fingerprint,
            by=BY,
        )
        if await self._writer.put(record):
            count = await asyncio.to_thread(remove, folder, names, before)
            log.info("archived policies were deleted", policies=count)
