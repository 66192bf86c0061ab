"""
Recovery: what the portal had begun when a gateway ended, looked at when the next one starts; and
what one worker had begun that has ended, while others go on with theirs.

The records are the truth. What is recorded is put in force; what is not has not happened: a
decision is an open request again, and a request that nobody has been told of is gone.
"""

import asyncio
import json
from collections.abc import Container
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import structlog

from breaktime.audit.raw import unpacked
from breaktime.audit.reading import day_of_file, value_at
from breaktime.audit.tail import readable_files
from breaktime.core.record import Action
from breaktime.ledger import LedgerError, RequestState
from breaktime.portal.case_file import CaseError, left_behind
from breaktime.portal.house import AskLedger

log = structlog.get_logger("breaktime.portal")

_MARGIN = timedelta(days=2)
"""By how much the clock of the files may differ from that of the records."""

_RECORDED_AS: Final = {
    RequestState.OPEN: Action.CASE_REQUESTED,
    RequestState.APPROVED: Action.CASE_APPROVED,
    RequestState.DECLINED: Action.CASE_DECLINED,
}


async def recover(
    cases: Path, records: Path, at: datetime, ledger: AskLedger, gateway: str | None
) -> bool:
    """
    Finish what is recorded, and take back what is not.

    Args:
        cases: folder of the files.
        records: folder of the log.
        at: UTC instant.
        ledger: asks the ledger.
        gateway: its name there; None where nobody asks for anything in the portal.

    Returns:
        Whether a case has come into force.
    """
    finished = await _approvals(cases, records, at, ledger)
    if gateway is not None:
        await _untold(records, at, ledger, gateway)
    return finished


async def recover_of(
    cases: Path, records: Path, at: datetime, ledger: AskLedger, worker: str
) -> bool:
    """
    Finish and take back what one worker had begun; its process has ended, its records are kept.

    Args:
        cases: folder of the files.
        records: folder of the log.
        at: UTC instant.
        ledger: asks the ledger.
        worker: its name there.

    Returns:
        Whether a case has come into force.

    Raises:
        LedgerError: it does not say what the worker had begun; the next start looks again.
    """
    begun = await ledger(lambda ledger: ledger.requests.untold(worker))
    if not begun:
        return False
    finished = await _approvals(cases, records, at, ledger, {one.id for one in begun})
    await _untold(records, at, ledger, worker)
    return finished


async def _approvals(
    cases: Path,
    records: Path,
    at: datetime,
    ledger: AskLedger,
    only: Container[str] | None = None,
) -> bool:
    """Finish approvals that are recorded, and take back those that are not; of these requests."""
    finished = False
    for case, number in await asyncio.to_thread(lambda: list(left_behind(cases))):
        request = number.rpartition("-")[2].lower()
        if only is not None and request not in only:
            continue
        try:
            begun = datetime.fromtimestamp(case.file.stat().st_mtime, UTC)
            approved = Action.CASE_APPROVED
            if await asyncio.to_thread(_is_recorded, records, request, approved, begun, at):
                await asyncio.to_thread(case.put_in_force)
                finished = True
                log.warning("an approval that was interrupted is in force now", case=number)
            else:
                await _reopen(ledger, request)
                await asyncio.to_thread(case.drop)
                log.warning("an approval that was interrupted is open again", case=number)
        except (OSError, CaseError, LedgerError) as problem:
            # The file opens nothing; the next start looks at it again.
            log.error("an approval that was interrupted is left as it is", problem=str(problem))  # noqa: TRY400  no fault
    return finished


async def _untold(records: Path, at: datetime, ledger: AskLedger, gateway: str) -> None:
    """Take back what this gateway has kept in the ledger, and had no time to record."""
    try:
        for one in await ledger(lambda ledger: ledger.requests.untold(gateway)):
            action, begun = _RECORDED_AS[one.state], one.decided or one.at
            if await asyncio.to_thread(_is_recorded, records, one.id, action, begun, at):
                await _told(ledger, one.id)
            elif one.state is RequestState.OPEN:
                await _withdraw(ledger, one.id)
                log.warning("a request that was not recorded is gone", request=one.id)
            else:
                await _reopen(ledger, one.id)
                log.warning("a decision that was not recorded is open again", request=one.id)
    except (OSError, LedgerError) as problem:
        # The next start looks again.
        log.error("what was interrupted in the portal is left as it is", problem=str(problem))  # noqa: TRY400  no fault


async def _told(ledger: AskLedger, request: str) -> None:
    await ledger(lambda ledger: ledger.requests.told(request))


async def _withdraw(ledger: AskLedger, request: str) -> None:
    await ledger(lambda ledger: ledger.requests.withdraw(request))


async def _reopen(ledger: AskLedger, request: str) -> None:
    await ledger(lambda ledger: ledger.requests.reopen(request))


def _is_recorded(
    records: Path, request: str, action: Action, begun: datetime, at: datetime
) -> bool:
    """Tell whether the log says it of a request; whose it is may stand there by a pseudonym."""
    first, last = (min(begun, at) - _MARGIN).date(), (max(begun, at) + _MARGIN).date()
    wanted = json.dumps(request).encode()
    for path in readable_files(records):
        if not first <= day_of_file(path) <= last:
            continue
        with unpacked(path) as file:
            if any(wanted in line and _says(line, request, action) for line in file):
                return True
    return False


def _says(line: bytes, request: str, action: Action) -> bool:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(record, dict) and (
        value_at(record, "event.action") == action
        and value_at(record, "breaktime.request") == request
    )
