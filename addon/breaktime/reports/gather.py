"""
The columns of all files of a report: made of the lines, or taken where they were kept.

Laws of this file:

1. What a report is made of are columns of the bytes that the log has now. Kept ones are taken where
   their hash is what this account has noted, from a copy, so that nobody changes them in between.
2. A file is the one that was noted while the kernel says of it what it said then, with the time of
   its last change (`ctime`) among it: that one is set by the kernel at every change, and by nobody
   else. Git believes the same of the files of a working tree.
3. What cannot be kept, noted or believed is made of the lines. It costs time, and no truth.
"""

import os
import re
import shutil
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from hashlib import file_digest, sha256
from pathlib import Path
from typing import NamedTuple

import duckdb

from breaktime.audit.columns import columns_of, prepare, unready
from breaktime.audit.readings import is_live
from breaktime.audit.tail import DATED
from breaktime.reports.known import Known
from breaktime.reports.lines import write_columns

_MODE = 0o600

_HEAD = 65_536
"""What Parquet says of itself is not longer, in bytes."""

RESTED = 3_600 * 10**9
"""
So long has a file been left alone before it is believed that its time tells of a change, in ns.

The kernel's clock has ticks, and what is written by a mapping into memory may be written for half a
minute under the time of its first change.
"""


class Gathered(NamedTuple):
    """
    What a report is made of.

    Fields:
        columns: one file of Parquet for each of the log, in a folder of the report's own.
        changed: names of files whose kept columns are not what was kept; they were not used.
    """

    columns: list[Path]
    changed: list[str]


def gather(
    database: duckdb.DuckDBPyConnection,
    files: Sequence[Path],
    folder: Path,
    known: Known | None,
) -> Gathered:
    """
    Make or take the columns of files of the log.

    Args:
        database: makes them.
        files: by date and number.
        folder: of the report's own; for what it is made of.
        known: what this account has noted; None makes all of the lines, and keeps nothing.

    Raises:
        OSError: a file cannot be read.
    """
    gathered = Gathered([], [])
    finished = frozenset(_finished(files))
    for number, file in enumerate(files):
        columns = folder / f"{number}.parquet"
        gathered.columns.append(columns)
        noted = known.columns(_state(file)) if known else None
        if noted is not None and columns_of(file).is_file():
            if _taken(columns_of(file), columns, file.stat().st_size) == noted:
                continue
            gathered.changed.append(file.name)
        if known is not None and file in finished:
            _make_and_keep(database, file, columns, known)
        else:
            write_columns(database, file, columns)
    return gathered


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _finished(files: Sequence[Path]) -> Iterator[Path]:
    """Yield the files that are not the last of their gateway, and so most likely left for good."""
    last = {_stream(file): file for file in files}
    return (file for file in files if last[_stream(file)] is not file)


def _stream(file: Path) -> str:
    return re.sub(DATED + r"(?:\.gz)?\Z", "", file.name)


def _taken(kept: Path, into: Path, most: int) -> str | None:
    """
    Copy what was kept, and return the hash of the copy.

    Args:
        kept: whoever has put it there.
        into: where to.
        most: columns are not larger than this and `_HEAD`, in bytes.

    Returns:
        None where it cannot be read, or is none of ours.
    """
    try:
        fd = os.open(kept, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(fd, "rb") as file, into.open("wb") as copy:
            found = os.fstat(fd)
            if not stat.S_ISREG(found.st_mode) or found.st_size > most + _HEAD:
                return None
            shutil.copyfileobj(file, copy, 1 << 20)
    except OSError:
        return None
    return _hash(into)


def _make_and_keep(
    database: duckdb.DuckDBPyConnection, file: Path, columns: Path, known: Known
) -> None:
    """Make columns of the lines of a file, and keep them for the next report if that can be."""
    state = _state(file)
    write_columns(database, file, columns)
    if columns.stat().st_mtime_ns - file.stat().st_ctime_ns < RESTED:
        return
    kept = columns_of(file)
    new = unready(file)
    try:
        if not is_live(file.parent):
            prepare(file.parent)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
        with os.fdopen(os.open(new, flags, _MODE), "wb") as out, columns.open("rb") as made:
            shutil.copyfileobj(made, out, 1 << 20)
        new.replace(kept)
        if _state(file) != state:  # purged meanwhile: what was taken out must not stay here
            kept.unlink(missing_ok=True)
            return
        known.note(state, _hash(columns))
    except OSError:
        with suppress(OSError):
            new.unlink(missing_ok=True)


def _state(file: Path) -> str:
    """Return a hash of what differs where a file is another one, or was changed since."""
    found = file.stat()
    said = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
    return sha256(repr(said).encode()).hexdigest()
