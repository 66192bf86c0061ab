"""Opens the log of a gateway, and closes it with the last record on the disk."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from breaktime.audit import DayFiles, Writer, open_log
from breaktime.audit.pseudonyms import Pseudonyms
from breaktime.config import Settings
from breaktime.mitm.clock import Clock
from breaktime.mitm.logs import tell_loss
from breaktime.mitm.outlets import Outlets
from breaktime.mitm.world import StartError

log = structlog.get_logger("breaktime.gateway")


@dataclass(frozen=True, slots=True)
class Kept:
    """
    The open log of a gateway.

    Fields:
        writer: what writes the records.
        files: what it writes to.
        outlets: who is handed records and seals.
    """

    writer: Writer
    files: DayFiles
    outlets: Outlets


@asynccontextmanager
async def records_kept(
    settings: Settings, gateway: str, wall: Clock, ruleset: Callable[[], str]
) -> AsyncIterator[Kept]:
    """
    Keep the records of a gateway for as long as it runs.

    Args:
        settings: say where, who witnesses the seals, and who is handed the records.
        gateway: its name, which the files bear.
        wall: the clock that is shown, and not the one that breaks go by.
        ruleset: returns the fingerprint of the policy in force.

    Raises:
        StartError: if they cannot be written.
    """
    outlets = Outlets(settings, wall, ruleset)
    try:
        kept = _open(settings, gateway, wall, outlets)
        try:
            yield kept
        finally:
            outlets.detach()
            if not await asyncio.to_thread(kept.writer.close):
                log.error("the last records may not be written: the disk does not answer")
    finally:
        await asyncio.to_thread(outlets.close)


def _open(settings: Settings, gateway: str, wall: Clock, outlets: Outlets) -> Kept:
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
            witness=outlets.witness,
            hide=hide,
        )
    except OSError as problem:
        raise StartError(f"the audit log cannot be written: {problem}") from problem
    if not opened.sealed:
        log.warning("the records are UNSEALED", problem=opened.problem)
    elif opened.problem:
        log.error("the records are not as they were left", problem=opened.problem)
    recorder = opened.recorder
    newest = recorder.sequence
    writer = Writer(recorder, wall, seal_every=records.seal_every.total_seconds())
    outlets.attach(writer, opened.files.stream, lambda: recorder.sequence, newest)
    return Kept(writer, opened.files, outlets)
