"""
The lines of one log from some number on, as its files are now.

Laws of this file:

1. A line is given once the disk has it: nothing is handed on that a crash could take back.
2. What counts is the number of a line. File and offset only say where to look first: a purge gives
   a file other bytes, somebody packs it, and neither repeats a line nor loses one.
3. Numbers that are not there any more are counted, not passed over.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from breaktime.audit.entry import Entry, read_entry
from breaktime.audit.raw import LONGEST, NO_NUMBER, first_number, named_files, opened
from breaktime.audit.reading import value_at
from breaktime.audit.sinks.cursor import Cursor
from breaktime.audit.tombstone import read_tombstone

_LOSS = "audit-gap"
"""What the first record after a loss of the writer's own says; it counts that itself."""


class Batch(NamedTuple):
    """
    Some lines in their order.

    Fields:
        entries: the lines.
        gone: how many numbers before and between them are not in the log any more.
        cursor: how far a sink has come that has taken them.
    """

    entries: tuple[Entry, ...]
    gone: int
    cursor: Cursor


class Feed:
    """Reads the files of one log; used from one thread."""

    def __init__(self, directory: Path, stream: str) -> None:
        """
        Open nothing yet.

        Args:
            directory: where the log is.
            stream: what the names of its files begin with: `audit-<gateway>-`.
        """
        self._directory = directory
        self._stream = stream
        self._firsts: dict[tuple[str, int], int] = {}
        """First number of each file, by name and inode."""
        self._packed: set[tuple[str, int]] = set()
        """Packed files that were read to their end: reading one again takes long."""

    def after(self, cursor: Cursor, most: int) -> Batch:
        """
        Return the next lines.

        Args:
            cursor: how far a sink has come.
            most: so many lines at most.

        Raises:
            OSError: the files cannot be read.
        """
        entries: list[Entry] = []
        gone = 0
        for path in self._from(cursor):
            try:
                file = opened(path)
            except FileNotFoundError:  # packed or deleted since it was listed
                break
            with file:
                found, cursor = self._take(file, path, cursor, most - len(entries))
            for entry, jump in found:
                gone += jump
                if entry is not None:
                    entries.append(entry)
            if len(entries) >= most:
                break
        return Batch(tuple(entries), gone, cursor)

    def _take(
        self, file: BinaryIO, path: Path, cursor: Cursor, most: int
    ) -> tuple[list[tuple[Entry | None, int]], Cursor]:
        """Return what is new in one file, each with how many numbers are gone before it."""
        name = path.name.removesuffix(".gz")
        key = path.name, os.fstat(file.fileno()).st_ino
        if path.suffix != ".gz":
            file.seek(_start(file, cursor) if cursor.file == name else 0)
        elif key in self._packed:
            return [], cursor
        found: list[tuple[Entry | None, int]] = []
        count = 0
        for line, start in _lines(file):
            number, entry = _read(line)
            if number is None or number < cursor.sequence:
                continue
            if number > cursor.sequence:
                jump = number - cursor.sequence - 1
                told = entry is not None and value_at(entry.record, "event.action") == _LOSS
                found.append((entry, (0 if told else jump) + (entry is None)))
                count += entry is not None
            cursor = Cursor(number, name, start)
            if count >= most:
                break
        else:
            if path.suffix == ".gz":
                self._packed.add(key)
        if count:
            os.fdatasync(file.fileno())
        return found, cursor

    def _from(self, cursor: Cursor) -> list[Path]:
        """Return the files that may hold what comes after a cursor, in their order."""
        ordered = sorted(
            (self._first(path), path.name.removesuffix(".gz"), path)
            for path in named_files(self._directory, self._stream)
        )
        names = [name for _, name, _ in ordered]
        if cursor.file in names:
            begin = names.index(cursor.file)
        else:
            before = [number for number, (first, _, _) in enumerate(ordered)
                      if first <= cursor.sequence + 1]  # fmt: skip
            begin = before[-1] if before else 0
        return [path for _, _, path in ordered[begin:]]

    def _first(self, path: Path) -> int:
        try:
            key = path.name, path.stat().st_ino
        except FileNotFoundError:
            return NO_NUMBER
        if (known := self._firsts.get(key)) is not None:
            return known
        found = first_number(path)
        if found < NO_NUMBER:
            self._firsts[key] = found
        return found


def _start(file: BinaryIO, cursor: Cursor) -> int:
    """Return where to begin to read a file: at the last line, if it is still in its place."""
    file.seek(cursor.offset)
    line = file.readline(LONGEST)
    return cursor.offset if _read(line[:-1])[0] == cursor.sequence else 0


def _lines(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Yield the whole lines that follow, and where each begins; empty where one is far too long."""
    start = file.tell()
    while line := file.readline(LONGEST):
        length = len(line)
        while not line.endswith(b"\n"):
            line = file.readline(LONGEST)
            if not line:
                return  # half a line: it may become a whole one
            length += len(line)
        yield (line[:-1] if length == len(line) else b""), start
        start += length


def _read(line: bytes) -> tuple[int | None, Entry | None]:
    """Return number and entry of a line; without an entry it was purged, without both not ours."""
    if (stone := read_tombstone(line)) is not None:
        return stone.sequence, None
    entry = read_entry(line)
    return (None if entry is None else entry.sequence), entry
