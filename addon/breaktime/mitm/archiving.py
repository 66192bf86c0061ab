"""Keeps the files of a policy that comes into force, out of the event loop's way."""

import asyncio

import structlog

from breaktime.config import Loaded
from breaktime.config.archive import FOLDER, keep
from breaktime.mitm.state import InForce, open_for

log = structlog.get_logger("breaktime.gateway")


async def archive(loaded: Loaded) -> None:
    """Keep the files of a configuration; that it cannot be kept does not stop the gateway."""
    try:
        await asyncio.to_thread(keep, loaded, loaded.settings.records.directory / FOLDER)
    except Exception as fault:
        log.exception("the policy is not archived, so its answers cannot be replayed",
                      error=type(fault).__name__)  # fmt: skip


async def open_and_archive(loaded: Loaded) -> InForce:
    """
    Open what a configuration needs, and keep its files before the first answer by it.

    Raises:
        ConfigError: as `open_for` does.
    """
    opened = await asyncio.to_thread(open_for, loaded)
    await archive(loaded)
    return opened
