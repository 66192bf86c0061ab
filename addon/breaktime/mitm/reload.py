"""A changed configuration is picked up while running: whole, or not at all."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

import structlog
from watchfiles import awatch

log = structlog.get_logger("breaktime.gateway")

DEBOUNCE_MS = 300
"""How long a folder has to be quiet: editors and `git pull` write in several steps."""


IDLE_MS = 500
"""How often the watcher comes back without a change: the first time tells that it watches."""


type Stamp = tuple[int, int, int] | None


class Reloader:
    """
    Watches the files a configuration was read from, and calls when one has changed.

    Fields:
        watching: set once a change can no longer be missed.
    """

    def __init__(
        self, files: Callable[[], Iterable[Path]], reload: Callable[[str], Awaitable[None]]
    ) -> None:
        """
        Take what to watch and what to call.

        Args:
            files: gives the files and folders of the configuration in force.
            reload: is called with ``file`` or ``signal``; it must not raise for a bad file.
        """
        self._files = files
        self._reload = reload
        self._seen = _stamps(files())
        self._asked = asyncio.Event()
        self._why = "signal"
        self.watching = asyncio.Event()

    def ask(self) -> None:
        """Ask for a reload, as SIGHUP does."""
        self._why = "signal"
        self._asked.set()

    async def run(self) -> None:
        """Watch until cancelled. One reload runs at a time; changes meanwhile mean another."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGHUP, self.ask)
        watching = asyncio.create_task(self._watch())
        try:
            while True:
                await self._asked.wait()
                self._asked.clear()
                why, self._why = self._why, "file"
                before = _stamps(self._files())
                await self._reload(why)
                self._seen = _stamps(self._files()) | before
                watching.cancel()  # the files may be others now
                watching = asyncio.create_task(self._watch())
        finally:
            watching.cancel()
            loop.remove_signal_handler(signal.SIGHUP)

    async def _watch(self) -> None:
        """
        Watch folders, not files: a file that is replaced by renaming is another file.

        What changed before the watch stood is found by a look at each file.
        """
        files = {file.resolve() for file in self._files()}
        folders = {file if file.is_dir() else file.parent for file in files}
        try:
            async for changes in awatch(
                *folders,
                debounce=DEBOUNCE_MS,
                recursive=False,
                rust_timeout=IDLE_MS,
                yield_on_timeout=True,
            ):
                self.watching.set()
                seen, self._seen = self._seen, {}
                touched = {Path(name) for _, name in changes}
                if (
                    _stamps(seen) != seen
                    or touched & files
                    or any(name.parent in files for name in touched)
                ):
                    if not self._asked.is_set():  # a signal that waits stays one
                        self._why = "file"
                    self._asked.set()
        except OSError as problem:
            log.warning("the configuration is not watched; use SIGHUP", problem=str(problem))


def _stamps(files: Iterable[Path]) -> dict[Path, Stamp]:
    """Return what tells one content of a file or folder from another."""
    return {file: _stamp(file) for file in files}


def _stamp(file: Path) -> Stamp:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
