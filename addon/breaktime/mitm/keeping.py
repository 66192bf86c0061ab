"""Opens the log of a gateway, and closes it with the last record on the disk."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from breaktime.audit import DayFiles, Writer, open_log
from breaktime.audit.pseudonyms import Pseudonyms
from breaktime.audit.witnesses import Round
from breaktime.config import Settings
from breaktime.mitm.clock import Clock
from breaktime.mitm.logs import tell_lag, tell_loss
from breaktime.mitm.world import StartError

log = structlog.get_logger("breaktime.gateway")


@asynccontextmanager
async def records_kept(
    settings: Settings, gateway: str, wall: Clock
) -> AsyncIterator[tuple[Writer, DayFiles]]:
    """
    Keep the records of a gateway for as long as it runs.

    Args:
        settings: say where, and who witnesses the seals.
        gateway: its name, which the files bear.
        wall: the clock that is shown, and not the one that breaks go by.

    Yields:
        what writes the records, and the files that it writes to.

    Raises:
        StartError: if they cannot be written.
    """
    witnesses = Round(settings.records.witnesses, tell_lag)
    try:
        writer, files = _open(settings, gateway, wall, witnesses)
        try:
            yield writer, files
        finally:
            if not await asyncio.to_thread(writer.close):
                log.error("the last records may not be written: the disk does not answer")
    finally:
        await asyncio.to_thread(witnesses.close)


def _open(
    settings: Settings, gateway: str, wall: Clock, witnesses: Round
) -> tuple[Writer, DayFiles]:
    records = settings.records
    try:
        hide = None if records.names else Pseudonyms(records.pseudonym_keys).hide
    except OSError as problem:
        raise StartError(f"the keys of pseudonyms cannot be used: {problem}") from problem
    try:
        opened = open_log(
            records.directory,
            gateway,
            records.seal_keys,
            tell=tell_loss,
            witness=witnesses.tell,
            hide=hide,
        )
    except OSError as problem:
        raise StartError(f"the audit log cannot be written: {problem}") from problem
    if not opened.sealed:
        log.warning("the records are UNSEALED", problem=opened.problem)
    elif opened.problem:
        log.error("the records are not as they were left", problem=opened.problem)
    writer = Writer(opened.recorder, wall, seal_every=records.seal_every.total_seconds())
    return writer, opened.files
