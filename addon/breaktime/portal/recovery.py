"""
Recovery: approvals that a gateway had begun when it ended, looked at when the next one starts.

The records are the truth. What is recorded is put in force; what is not is an open request again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from breaktime.audit import own_records
from breaktime.core.record import Action
from breaktime.ledger import LedgerError
from breaktime.portal.case_file import CaseError, left_behind

log = structlog.get_logger("breaktime.portal")

_MARGIN = timedelta(days=2)
"""By how much the clock of the files may differ from that of the records."""


async def recover(
    cases: Path, records: Path, at: datetime, reopen: Callable[[str], Awaitable[None]]
) -> bool:
    """
    Finish approvals that are recorded, and take back those that are not.

    Args:
        cases: folder of the files.
        records: folder of the log.
        at: UTC instant.
        reopen: makes a request one that nobody has decided.

    Returns:
        Whether a case has come into force.
    """
    finished = False
    for case, person, number in await asyncio.to_thread(lambda: list(left_behind(cases))):
        request = number.rpartition("-")[2].lower()
        try:
            if await asyncio.to_thread(_is_recorded, records, person, request, case.file, at):
                await asyncio.to_thread(case.put_in_force)
                finished = True
                log.warning("an approval that was interrupted is in force now", case=number)
            else:
                await reopen(request)
                await asyncio.to_thread(case.drop)
                log.warning("an approval that was interrupted is open again", case=number)
        except (OSError, CaseError, LedgerError) as problem:
            # The file opens nothing; the next start looks at it again.
            log.error("an approval that was interrupted is left as it is", problem=str(problem))  # noqa: TRY400  no fault
    return finished


def _is_recorded(records: Path, person: str, request: str, file: Path, at: datetime) -> bool:
    begun = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    for line in own_records(records, person, min(begun, at) - _MARGIN, max(begun, at) + _MARGIN):
        event, own = line.get("event"), line.get("breaktime")
        if not isinstance(event, dict) or not isinstance(own, dict):
            continue
        if event.get("action") == Action.CASE_APPROVED and own.get("request") == request:
            return True
    return False
