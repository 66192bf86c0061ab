"""Purges the log of a running gateway, without holding anybody up."""

import asyncio
from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path

from breaktime.audit.purge import Purger, Ready
from breaktime.audit.writer import Writer
from breaktime.core.retention import Keep


async def purge_once(  # noqa: PLR0913  what is in force, each time anew
    purger: Purger,
    writer: Writer,
    *,
    open_path: Callable[[], Path | None],
    keep: Keep,
    held: Collection[str],
    at: datetime,
    ruleset: str,
) -> int:
    """
    Take out what has been kept for long enough, each file after its sealed record.

    Args:
        purger: looks after the files.
        writer: writes the records.
        open_path: says which file is written to; it is left alone.
        keep: how long records are kept.
        held: ids of records that have to stay.
        at: UTC instant, now.
        ruleset: fingerprint of the policy.

    Returns:
        How many files were purged.

    Raises:
        OSError: a file cannot be read or written; what is left is done the next time.
    """
    count = 0
    for path in await asyncio.to_thread(lambda: list(purger.files(keep, at, held))):
        if path == open_path():
            continue
        ready = await asyncio.to_thread(purger.prepare, path, keep, at, ruleset)
        if ready is not None:
            count += await _carry_out(ready, purger, writer)
    return count


async def _carry_out(ready: Ready, purger: Purger, writer: Writer) -> bool:
    """Have the record written and sealed, and then put the new file in its place."""
    try:
        done = await writer.put(ready.record) and await writer.settle()
        if done:
            await asyncio.to_thread(ready.carry_out)
    except BaseException:
        purger.forget(ready.path)
        raise
    if not done:
        purger.forget(ready.path)
        ready.give_up()
    return done
