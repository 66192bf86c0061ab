"""Stage 7, record: that a concern begins and ends, and not about whom it is."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

import structlog

from breaktime.core.detail import Concern
from breaktime.core.record import Action, Raised, Record
from breaktime.mitm.clock import Clock
from breaktime.mitm.state import State

LOOK_SECONDS = 5.0
"""How often it is looked whether one has begun or ended."""

NAME = "concerns.json"
"""File beside the records: references of the concerns whose beginning is recorded."""

log = structlog.get_logger("breaktime.gateway")


class Concerns:
    """
    Records each beginning and each end once, also where the gateway was down meanwhile.

    A concern counts by itself from its first day to its last; this only tells of it. What cannot be
    noted may be told twice, and is never left out.
    """

    def __init__(
        self, put: Callable[[Record], Awaitable[bool]], state: State, clock: Clock, file: Path
    ) -> None:
        """
        Look after the concerns of a gateway.

        Args:
            put: writes a record, and says whether it is kept.
            state: what is in force.
            clock: reads the instant.
            file: where it is noted what has been told.
        """
        self._put = put
        self._state = state
        self._clock = clock
        self._file = file

    async def run(self) -> None:
        """Look again and again; what goes wrong is told of, and tried the next time."""
        while True:
            try:
                await self.look()
            except OSError as fault:
                log.error("the beginning of a concern cannot be noted", fault=str(fault))  # noqa: TRY400  no fault of ours
            except Exception as fault:  # the gateway goes on without
                log.exception("concerns were not looked through", error=type(fault).__name__)
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """
        Tell of what has begun and ended since the last look.

        Raises:
            OSError: it cannot be noted what was told.
        """
        at, now = self._clock(), self._state.now
        by_person = now.settings.records.looking.concerns
        running = {one.case: one for many in by_person.values() for one in many if one.runs(at)}
        told = self._told()
        if told == running.keys():
            return
        ruleset = now.policy.fingerprint
        for case in sorted(running.keys() - told):
            if await self._put(_begun(running[case], at, ruleset)):
                told = told | {case}
        for case in sorted(told - running.keys()):
            if await self._put(_ended(case, at, ruleset)):
                told = told - {case}
        new = self._file.with_suffix(".new")
        new.write_text(json.dumps(sorted(told)))
        new.chmod(0o600)
        new.replace(self._file)

    def _told(self) -> frozenset[str]:
        try:
            found = json.loads(self._file.read_bytes())
        except FileNotFoundError:
            return frozenset()
        except ValueError:
            return frozenset()  # told twice is better than never
        return frozenset(map(str, found)) if isinstance(found, list) else frozenset()


def _begun(concern: Concern, at: datetime, ruleset: str) -> Record:
    until = concern.until.strftime("%Y-%m-%dT%H:%MZ")
    return Record(
        at=at,
        action=Action.CONCERN_STARTED,
        message=f"A concern has begun: more is recorded about one person, until {until}",
        ruleset=ruleset,
        by=", ".join(concern.by),
        raised=Raised(concern.case, concern.told),
    )


def _ended(case: str, at: datetime, ruleset: str) -> Record:
    return Record(
        at=at,
        action=Action.CONCERN_ENDED,
        message="A concern has ended: no more is recorded about the person than about others",
        ruleset=ruleset,
        raised=Raised(case),
    )
