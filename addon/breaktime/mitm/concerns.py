"""Stage 7, record: that a concern begins and ends, and not about whom it is."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import structlog

from breaktime.core.detail import Concern
from breaktime.core.record import Action, Raised, Record
from breaktime.mitm.clock import Clock
from breaktime.mitm.state import State

LOOK_SECONDS = 5.0
"""How often it is looked whether one has begun or ended."""

NAME = "concerns.json"
"""
File beside the records: references of the concerns whose beginning is recorded, and a hash of what
they were then. It names nobody, and is for nobody else.
"""

log = structlog.get_logger("breaktime.gateway")


class Concerns:
    """
    Records each beginning and each end once, also where the gateway was down meanwhile.

    A concern counts by itself from its first day to its last; this only tells of it. Where its file
    comes to say something else, one has ended and another one begun. What cannot be noted may be
    told twice, and is never left out.
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
        wanted = {case: _mark(one) for case, one in running.items()}
        told = self._told()
        if told == wanted:
            return
        ruleset = now.policy.fingerprint
        for case in sorted(told):
            if told[case] != wanted.get(case) and await self._put(_ended(case, at, ruleset)):
                del told[case]
        for case in sorted(wanted.keys() - told.keys()):
            if await self._put(_begun(running[case], at, ruleset)):
                told[case] = wanted[case]
        new = self._file.with_suffix(".new")
        new.write_text(json.dumps(told))
        new.chmod(0o600)
        new.replace(self._file)

    def _told(self) -> dict[str, str]:
        try:
            found = json.loads(self._file.read_bytes())
        except FileNotFoundError:
            return {}
        except ValueError:
            return {}  # told twice is better than never
        return (
            {str(case): str(mark) for case, mark in found.items()}
            if isinstance(found, dict)
            else {}
        )


def _mark(concern: Concern) -> str:
    """Return what differs where a concern is another one under the same reference."""
    since, until = concern.since.isoformat(), concern.until.isoformat()
    said = (concern.person, str(concern.detail), since, until, concern.told, sorted(concern.by))
    return sha256(json.dumps(said).encode()).hexdigest()


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
