"""
What a gateway that witnesses another one has heard: the log's checkpoints, one line for each.

    breaktime-seal origin=gw-a/1f0c9e1b7a445d0c epoch=9120 hash=5a30... next=3b6a...

Laws of this file:

1. What is not signed with the key that it has to be is not written down: nobody but the gateway
   itself can say what it has sealed.
2. The first checkpoint of a number stays. Another one that is signed as well is a second history:
   it is written down too, marked, so that each of both can be shown to be one of two.
3. The file is only ever added to, and is what `breaktime audit verify --witness` reads.
"""

import os
import re
from pathlib import Path

from breaktime.audit.anchor import Anchor
from breaktime.audit.checkpoint import FIRST, Checkpoint, hash_of, is_signed_by, read_checkpoint
from breaktime.audit.statement import Statement

FOLDER = "witnessed"
"""Name of the folder, in that of the records."""

FILE_MODE = 0o640
FOLDER_MODE = 0o750

_END = " forked"
_TAIL = 65_536
_SAFE = re.compile(r"[^A-Za-z0-9.-]")
_LINE = re.compile(
    rb"breaktime-seal origin=\S+ epoch=(\d{1,18}) hash=([0-9a-f]{64}) next=([0-9a-f]{64})\n"
)
_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW


class RefusedError(Exception):
    """A checkpoint is not taken. Its text says why, in printable ASCII."""


class ForkedError(RefusedError):
    """There is a second history of the log."""


class Heard:
    """
    One log of another gateway.

    Fields:
        origin: its name.
        due: number of the checkpoint that has to come next.
    """

    def __init__(self, folder: Path, anchor: Anchor) -> None:
        """
        Go on with what was heard before.

        Args:
            folder: where it is written down; made where it is missing.
            anchor: with which the log begins.

        Raises:
            OSError: it cannot be read or written.
        """
        self.origin = anchor.origin
        self._path = folder / f"{_SAFE.sub('-', anchor.origin)}.witness"
        self._anchor = anchor
        self.due, self._key, self._prev = anchor.epoch, anchor.key, ""
        if anchor.epoch == 0:
            self._prev = FIRST
        if not folder.is_dir():
            folder.mkdir(parents=True)
            folder.chmod(FOLDER_MODE)
        self._go_on()

    def take(self, line: bytes) -> Statement:
        """
        Write a checkpoint down, on the disk when this returns; one that is known already stays.

        Args:
            line: without its line end.

        Raises:
            RefusedError: it is not the one that has to come, or is not signed as it has to be.
            ForkedError: there was another one.
            OSError: it cannot be written.
        """
        found = read_checkpoint(line)
        if found is None:
            raise RefusedError("this is no checkpoint")
        if found.origin != self.origin:
            raise RefusedError("this is a checkpoint of another log")
        if found.epoch > self.due:
            raise RefusedError(f"checkpoint {self.due} has to come first")
        seen = Statement(found.origin, found.epoch, hash_of(line), line)
        if found.epoch < self.due:
            self._look_again(seen)
        else:
            self._take_next(seen, found)
        return seen

    def _take_next(self, seen: Statement, found: Checkpoint) -> None:
        if not is_signed_by(seen.line, self._key):
            raise RefusedError("it is not signed with the key that it has to be")
        if self._prev and found.prev != self._prev:
            self._append(f"{seen}{_END}")
            raise ForkedError("it follows another checkpoint than the one that was seen")
        self._append(f"{seen} next={found.next}")
        self.due, self._key, self._prev = found.epoch + 1, found.next, seen.hash

    def _look_again(self, seen: Statement) -> None:
        """See whether a checkpoint of before is the one that was seen then."""
        key, hash_ = self._anchor.key, None
        with self._path.open("rb") as file:
            for line in file:
                if (known := _LINE.fullmatch(line)) is None:
                    continue
                if int(known[1]) == seen.epoch:
                    hash_ = known[2].decode()
                    break
                key = known[3].decode()
        if hash_ == seen.hash:
            return
        if hash_ is None or not is_signed_by(seen.line, key):
            raise RefusedError("it is not the one that was seen, nor signed as it was")
        self._append(f"{seen}{_END}")
        raise ForkedError(f"another checkpoint {seen.epoch} was seen before")

    def _append(self, text: str) -> None:
        fd = os.open(self._path, _FLAGS, FILE_MODE)
        try:
            end = os.lseek(fd, 0, os.SEEK_END)
            data = text.encode("ascii") + b"\n"
            if os.write(fd, data) < len(data):
                os.ftruncate(fd, end)
                raise OSError("the disk is full")
            os.fsync(fd)
        finally:
            os.close(fd)

    def _go_on(self) -> None:
        """Read the end of the file; what a crash left of a line is taken away."""
        fd = os.open(self._path, _FLAGS, FILE_MODE)
        try:
            end = os.lseek(fd, 0, os.SEEK_END)
            start = max(end - _TAIL, 0)
            tail = os.pread(fd, end - start, start)
            whole = tail[: tail.rfind(b"\n") + 1]
            os.ftruncate(fd, start + len(whole))
        finally:
            os.close(fd)
        for line in reversed(whole.splitlines(keepends=True)):
            if (known := _LINE.fullmatch(line)) is not None:
                self.due = int(known[1]) + 1
                self._prev, self._key = known[2].decode(), known[3].decode()
                return
