"""
Lines to files in a directory: `audit-<gateway>-<UTC date>.jsonl`, then `...-0002.jsonl`.

A file is for one day and for so many bytes. What has been left is never written to again, so the
numbers of the lines say in which order files were written, also where the clock was set back.

Laws of this file:

1. A line is there whole or not at all. What a failed write leaves is cut off again.
2. A line that was acknowledged survives the death of the process, and a tenth of a second later
   that of the machine.
3. One process writes to a directory, and numbers go on where the last one stopped.
4. Whoever else moves, cuts or writes to the open file is noticed at the next line, which goes into
   a new file.
"""

import errno
import fcntl
import os
import re
import stat
import threading
from contextlib import suppress
from datetime import date
from itertools import count
from pathlib import Path

from breaktime.audit.losses import Loss, Losses
from breaktime.audit.store import Trouble
from breaktime.audit.tail import DATED, Ends, mend, since_checkpoint
from breaktime.core.record import Action

SYNC_SECONDS = 0.1
"""How long a line may wait until it is kept for good."""

FILE_BYTES = 256 << 20
"""A file that has so many bytes is left for a new one."""

FILE_MODE = 0o640
DIRECTORY_MODE = 0o750

LOCK = "writer.lock"

_GATEWAY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?")
_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW


class DayFiles:
    """
    Files in a directory that belongs to one gateway.

    Fields:
        last_sequence: number of the last line that is kept.
        loss: what the last writer lost and could not tell of.
        day: UTC date of the file that is open, None where none is.
        stream: what the names of its files begin with.
    """

    def __init__(self, directory: Path, gateway: str, *, size: int = FILE_BYTES) -> None:
        """
        Lock the directory and mend what the last writer left.

        Args:
            directory: made with mode 0750 where it is missing.
            gateway: name of the gateway.
            size: how large a file may become, in bytes.

        Raises:
            BlockingIOError: another process writes there.
            OSError: the directory cannot be used.
            ValueError: the name does not do for a file.
        """
        if not _GATEWAY.fullmatch(gateway):
            raise ValueError(
                f"`{ascii(gateway)[1:-1]}` does not do for a gateway: letters, digits, dots,"
                " dashes and underscores only, 64 at most"
            )
        self._directory = directory
        self.stream = f"audit-{gateway}-"
        if not directory.is_dir():
            directory.mkdir(parents=True)
            directory.chmod(DIRECTORY_MODE)  # mkdir asks the umask
        self._lock = _locked(directory / LOCK)
        try:
            ends = mend(directory, self.stream)
        except BaseException:
            os.close(self._lock)
            raise
        self.last_sequence, self._path, _ = ends
        self._troubles = _recovered(ends)
        self._losses = Losses(directory)
        self.loss = self._losses.read()
        self._most = size
        self._size = 0
        self._fd = -1
        self._device = self._inode = 0
        self.day: date | None = None
        self._whole: int | None = None
        """Where the open file has to be cut off before anything is written to it."""
        self._syncer = _Syncer()

    @property
    def full(self) -> bool:
        """Whether the open file is as large as it may become."""
        return self._size >= self._most

    @property
    def open_path(self) -> Path | None:
        """
        The file that the next line may go into; one that was left is never this again.

        May be asked from any thread.
        """
        return self._path

    def unsealed(self) -> list[bytes]:
        """Return the last checkpoint and what was written after it, without line ends."""
        return list(since_checkpoint(self._directory, self.stream))

    def troubles(self) -> list[Trouble]:
        """Return what has happened to the files since it was asked last."""
        troubles, self._troubles = self._troubles, []
        return troubles

    def write(self, line: bytes, day: date) -> None:
        """
        Append lines to the file of their day.

        A write that fails leaves nothing; one that stops half way is cut off again.

        Raises:
            OSError: they could not be written. The next call tries anew.
        """
        self._syncer.raise_fault()
        if day != self.day or self._whole is not None:
            self._change(day)
        elif (what := self._happened()) is not None:
            name = "" if self._path is None else self._path.name
            self._troubles.append(Trouble(Action.INTEGRITY_BROKEN, what, name))
            self.turn()
            self._change(day)
        written = os.write(self._fd, line)
        if written != len(line):
            self._cut(written)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path))
        self._size += written
        self._syncer.wake()

    def sync(self) -> None:
        """
        Have the disk keep what was written.

        Raises:
            OSError: it may not be kept.
        """
        if self._fd >= 0:
            os.fdatasync(self._fd)

    def turn(self) -> None:
        """Go on in a new file with the next line."""
        self.day = self._path = None

    def note(self, loss: Loss) -> None:
        """Remember for the next writer what is lost."""
        self._losses.note(loss)

    def close(self) -> None:
        """
        Sync and close.

        Raises:
            OSError: what was written last may not be on disk.
        """
        try:
            self._leave()
        finally:
            self._syncer.stop()
            self._losses.close()
            if self._lock >= 0:
                os.close(self._lock)
                self._lock = -1

    def _happened(self) -> str | None:
        """Say what somebody else has done to the open file, None where nobody has."""
        path = self._path
        if path is None:
            return None
        try:
            found = path.lstat()
        except FileNotFoundError:
            return "The file that records are written to was moved or deleted"
        if (found.st_dev, found.st_ino) != (self._device, self._inode):
            return "The file that records are written to was replaced"
        if found.st_size < self._size:
            less = self._size - found.st_size
            return f"The file that records are written to was cut by {less} bytes"
        if found.st_size > self._size:
            return "Somebody else wrote to the file that records are written to"
        return None

    def _change(self, day: date) -> None:
        """Open the file of a day, and leave the one before as it has to be."""
        if self._whole is not None:
            os.ftruncate(self._fd, self._whole)
            self._whole = None
        self._leave()
        if self._lock < 0:
            raise OSError(errno.EBADF, "the audit log is closed")
        if self._path is not None and _day_of(self._path) == day:
            self._fd = _opened(self._path)
        else:
            self._path, self._fd = self._new(day)
        found = os.fstat(self._fd)
        self._device, self._inode, self._size = found.st_dev, found.st_ino, found.st_size
        self.day = day
        self._syncer.attach(self._fd, self._directory)

    def _new(self, day: date) -> tuple[Path, int]:
        """Make a file that nobody has made yet."""
        for number in count(1):
            more = "" if number == 1 else f"-{number:04}"
            path = self._directory / f"{self.stream}{day.isoformat()}{more}.jsonl"
            with suppress(FileExistsError):
                fd = os.open(path, _FLAGS | os.O_EXCL, FILE_MODE)
                os.fchmod(fd, FILE_MODE)
                return path, fd
            if not path.is_file() or path.is_symlink():
                break
        return path, _opened(path)

    def _cut(self, half: int) -> None:
        """Take away the bytes that a failed write left; if that fails, before the next write."""
        self._whole = os.lseek(self._fd, 0, os.SEEK_END) - half
        with suppress(OSError):
            os.ftruncate(self._fd, self._whole)
            self._whole = None

    def _leave(self) -> None:
        """Sync and close the open file, if there is one."""
        if self._fd < 0:
            return
        fd, self._fd, self.day, self._whole = self._fd, -1, None, None
        self._syncer.detach()
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


class _Syncer:
    """A thread that has the disk keep what was written, and waits while nothing is."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._fd = -1
        self._fault: OSError | None = None
        self._dirty = False
        self._woken = threading.Event()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="breaktime-sync", daemon=True)
        self._thread.start()

    def attach(self, fd: int, directory: Path) -> None:
        """Look after a file that was just opened, and after its name in the directory."""
        with self._guard:
            self._fd = fd
        folder = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def detach(self) -> None:
        """Let go of the file; when this returns it may be closed."""
        with self._guard:
            self._fd = -1

    def wake(self) -> None:
        """Say that something was written."""
        if not self._dirty:  # a plain look is a fifth of the price of setting an event again
            self._dirty = True
            self._woken.set()

    def raise_fault(self) -> None:
        """Raise, once, what went wrong since the last time."""
        if self._fault is not None:
            fault, self._fault = self._fault, None
            raise fault

    def stop(self) -> None:
        """End the thread."""
        self._stopped.set()
        self._woken.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._woken.wait()
            self._woken.clear()
            self._dirty = False
            self._sync()
            self._stopped.wait(SYNC_SECONDS)

    def _sync(self) -> None:
        with self._guard:
            # A descriptor of its own: the writer may close the file while the disk is slow.
            fd = os.dup(self._fd) if self._fd >= 0 else -1
        if fd < 0:
            return
        try:
            os.fdatasync(fd)
        except OSError as fault:
            self._fault = fault
        finally:
            os.close(fd)


def _locked(path: Path) -> int:
    """Return the lock of a directory, which lasts as long as the process or the descriptor."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, FILE_MODE)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(fd)
        raise BlockingIOError(
            errno.EAGAIN, "another gateway writes its records here", str(path.parent)
        ) from None
    except OSError:
        os.close(fd)
        raise
    return fd


def _opened(path: Path) -> int:
    """Open a file that is there."""
    fd = os.open(path, _FLAGS, FILE_MODE)
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise OSError(errno.EINVAL, "not a file", str(path))
    return fd


def _day_of(path: Path) -> date | None:
    """Return the day of a file by its name."""
    match = re.search(DATED + r"\Z", path.name)
    return None if match is None else date.fromisoformat(match[1])


def _recovered(ends: Ends) -> list[Trouble]:
    """Say what was set aside at the start."""
    return [
        Trouble(
            Action.INTEGRITY_RECOVERED,
            f"{count} bytes at the end of a file were no whole line; they are set aside",
            name,
        )
        for name, count in ends.torn
    ]
