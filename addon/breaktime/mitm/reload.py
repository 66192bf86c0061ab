"""A changed configuration is picked up while running: whole, or not at all."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from pathlib import Path

import structlog
from watchfiles import awatch

log = structlog.get_logger("breaktime.gateway")

DEBOUNCE_MS = 300
"""How long changes are collected at most, before they are told."""


STEP_MS = 150
"""How long a folder has to be quiet: editors and `git pull` write in several steps. The watcher's
thread wakes up as often."""


IDLE_MS = 500
"""How often the watcher comes back without a change: the first time tells that it watches."""


IDLE_LOOKS = 60
"""After how many times without a change the files are looked at anyway: half a minute."""


RETRY_SECONDS = 5.0
"""How long a watcher that has failed is left alone."""


type Stamp = tuple[int, int, int] | None
type Watch = Callable[[Iterable[Path]], AsyncIterator[set[Path]]]


async def watch(folders: Iterable[Path]) -> AsyncIterator[set[Path]]:
    """Give what has changed in folders, and now and then nothing."""
    async for changes in awatch(
        *folders,
        debounce=DEBOUNCE_MS,
        step=STEP_MS,
        recursive=False,
        rust_timeout=IDLE_MS,
        yield_on_timeout=True,
    ):
        yield {Path(name) for _, name in changes}


class Reloader:
    """
    Watches the files a configuration was read from, and calls when one has changed.

    What a watcher tells is a hint that comes soon. What counts is the comparison of the files with
    what they were before they were read: it finds what no watcher has told.

    Fields:
        watching: set once a change can no longer be missed.
    """

    def __init__(
        self,
        files: Callable[[], Iterable[Path]],
        reload: Callable[[str], Awaitable[None]],
        *,
        before: "dict[Path, Stamp] | None" = None,
        watch: Watch = watch,
    ) -> None:
        """
        Take what to watch and what to call.

        Args:
            files: gives the files and folders of the configuration in force.
            reload: is called with ``file`` or ``signal``; it must not raise for a bad file.
            before: stamps of files from before they were read; the others are taken now.
            watch: tells what changes in folders.
        """
        self._files = files
        self._reload = reload
        self._watcher = watch
        self._seen = stamps(files()) | (before or {})
        self._asked = asyncio.Event()
        self._why = "signal"
        self.watching = asyncio.Event()

    def listen(self) -> None:
        """Take SIGHUP for a request, also before `run`; unheard, it would end the process."""
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self.ask)

    def ask(self) -> None:
        """Ask for a reload, as SIGHUP does."""
        self._why = "signal"
        self._asked.set()

    async def run(self) -> None:
        """Watch until cancelled. One reload runs at a time; changes meanwhile mean another."""
        self.listen()
        watching = asyncio.create_task(self._watch())
        try:
            while True:
                await self._asked.wait()
                self._asked.clear()
                why, self._why = self._why, "file"
                before = stamps(self._files())
                await self._reload(why)
                after = stamps(self._files())
                self._seen = {file: before.get(file, stamp) for file, stamp in after.items()}
                if not after.keys() <= before.keys():
                    self._ask_for_files()  # how the new files were before nobody knows
                old, watching = watching, asyncio.create_task(self._watch())
                old.cancel()  # the folders may be others now
        finally:
            watching.cancel()

    def look(self) -> bool:
        """Ask for a reload if a file is not what it was before it was read; tell whether."""
        changed = stamps(self._seen) != self._seen
        if changed:
            self._ask_for_files()
        return changed

    def _ask_for_files(self) -> None:
        if not self._asked.is_set():  # a signal that waits stays one
            self._why = "file"
        self._asked.set()

    async def _watch(self) -> None:
        """Watch, again and again: a watcher that has failed tells nothing any more."""
        while True:
            try:
                await self._watch_once()
            except Exception as fault:
                log.exception(
                    "the configuration is not watched for a while; SIGHUP is heard",
                    error=type(fault).__name__,
                )
            await asyncio.sleep(RETRY_SECONDS)
            self.look()

    async def _watch_once(self) -> None:
        files = {each for file in self._files() for each in (file, file.resolve())}
        idle = IDLE_LOOKS  # the first time shows what has changed before the watch stood
        async for touched in self._watcher(folders_of(files)):
            self.watching.set()
            idle = 0 if touched else idle + 1
            if touched & files or any(name.parent in files for name in touched):
                self._ask_for_files()
            elif touched or idle > IDLE_LOOKS:
                idle = 0
                self.look()


def folders_of(files: Iterable[Path]) -> set[Path]:
    """
    Return the folders to watch for changes of files.

    Folders, not files: a file that is replaced by renaming is another file. And all the folders
    above, because a folder can be replaced too, and so can a symbolic link on the way.
    """
    folders = {folder for file in files for folder in (file, *file.parents)}
    return {each for each in folders if each.is_dir() and os.access(each, os.R_OK)}


def stamps(files: Iterable[Path]) -> dict[Path, Stamp]:
    """Return what tells one content of a file or folder from another."""
    return {file: _stamp(file) for file in files}


def _stamp(file: Path) -> Stamp:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
