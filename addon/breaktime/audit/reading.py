"""
The log as people read it: in order, across days, while it grows, and harmless to a terminal.

Whoever reads does not disturb who writes: no lock is taken, and half a line is left until it is
whole.
"""

import json
import os
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from breaktime.audit.raw import unpacked
from breaktime.audit.tail import BLOCK, readable_files
from breaktime.audit.tombstone import read_tombstone

LONGEST = 65_536
"""Longer lines are not ours, and are not read, in bytes."""

Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """
    Something in the log that is no record.

    Fields:
        file: name of the file.
        count: how many there were up to and with this one.
    """

    file: str
    count: int


def follow(
    directory: Path,
    *,
    last: int = 10,
    wait: Callable[[], bool] | None = None,
    since: date | None = None,
) -> Iterator[Line | Unreadable]:
    """
    Read the log.

    Args:
        directory: where the files are.
        last: how many of the lines that are there to begin with; a negative number is all.
        wait: called when everything is read; waits for a while and returns True to look again,
            False to end. Without it the end of the log is the end.
        since: UTC day; files of days before are not read.

    Yields:
        Records as they were written, and an `Unreadable` for each line that is none.

    Raises:
        OSError: the directory cannot be read, or a file that was packed is damaged.
    """
    positions = _positions(directory, last)
    inodes: dict[str, int] = {}
    bad = 0
    while True:
        for path in readable_files(directory):
            if since is not None and day_of_file(path) < since:
                continue
            for line in _lines(path, positions, inodes):
                record = _parsed(line)
                if record is None:
                    bad += 1
                    yield Unreadable(path.name, bad)
                else:
                    yield record
        if wait is None or not wait():
            return


def day_of_file(path: Path) -> date:
    """Return the UTC day whose records a file of the log holds."""
    return date.fromisoformat(_DAYS.findall(path.name)[-1])


_DAYS = re.compile(r"\d{4}-\d\d-\d\d")

_COLUMNS = (
    "breaktime.verdict",
    "breaktime.platform",
    "",  # the address, which is two keys
    "event.reason",
    "breaktime.context",
    "breaktime.decision.id",
)

_WIDEST = 600
"""The longest value that is shown, in characters."""

_UNSAFE = re.compile(r"[^\x21-\x7e]|\\")
_UNSAFE_IN_SENTENCE = re.compile(r"[^\x20-\x7e]|\\")


def render_line(record: Line) -> str:
    r"""
    Show one record as one line for people: printable ASCII, whatever the record holds.

    Time in UTC, person, verdict, platform, address, reason, whether it was in a break, and the
    id that is on the block page. Everything else in a value is shown escaped (`\x1b`, `\u202e`),
    spaces and backslashes too, so that no value can pass for two. Events that are not about a
    request show what happened, and their sentence.
    """
    time = _shown(value_at(record, "@timestamp"))
    if value_at(record, "breaktime.verdict") is None:
        action = _shown(value_at(record, "event.action"))
        sentence = safe_sentence(str(value_at(record, "message") or ""))
        return f"{time}  {action}  {sentence}".rstrip()
    address = str(value_at(record, "url.domain") or "-") + str(value_at(record, "url.path") or "")
    if query := value_at(record, "url.query"):
        address += f"?{query}"
    values = [
        _shown(value_at(record, column)) if column else _shown(address) for column in _COLUMNS
    ]
    return "  ".join([time, _shown(who_of(record)), *values])


def who_of(record: Line) -> object:
    """Return whose record it is: the name, else the pseudonym, else None."""
    return value_at(record, "user.name") or value_at(record, "user.hash")


def safe_sentence(text: str) -> str:
    """Return a text in which everything but plain printable characters is escaped."""
    return _UNSAFE_IN_SENTENCE.sub(_escaped, text[:_WIDEST])


def _shown(value: object) -> str:
    if value is None or value == "":
        return "-"
    return _UNSAFE.sub(_escaped, str(value)[:_WIDEST])


def _escaped(match: re.Match[str]) -> str:
    character = match.group()
    if character == "\\":
        return "\\\\"
    code = ord(character)
    if code <= 0xFF:  # noqa: PLR2004  what two digits can say
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004  and four


def value_at(record: Line, key: str) -> object:
    """Return the value of a dotted key, None where there is none or where it is not a value."""
    found: object = record
    for part in key.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(part)
    return found if isinstance(found, str | int | float) else None


def _parsed(line: bytes) -> Line | None:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def _lines(path: Path, positions: dict[str, int], inodes: dict[str, int]) -> Iterator[bytes]:
    """Yield the whole lines that are new in one file; half a line stays for the next time."""
    name, packed = path.name.removesuffix(".gz"), path.suffix == ".gz"
    with suppress(FileNotFoundError), unpacked(path) as file:  # or purged since it was listed
        position = positions.get(name, 0)
        found = os.fstat(file.fileno())
        known, inodes[name] = inodes.get(name), found.st_ino
        if packed and known == found.st_ino:
            return  # it was read to its end
        if known not in {None, found.st_ino}:
            position = _purged(file, position)
        if position > found.st_size and not packed:
            position = 0  # somebody cut the file: what is in it now is new
        file.seek(position)
        while True:
            line = file.readline(LONGEST)
            if not line.endswith(b"\n"):
                if len(line) < LONGEST or not _skip(file):
                    return
                line = b""
            positions[name] = file.tell()
            if read_tombstone(line[:-1]) is None:
                yield line


def _purged(file: BinaryIO, position: int) -> int:
    """Return the end of a file that took another's place in a purge, else the position."""
    end, purged = 0, False
    while line := file.readline(LONGEST):
        end += len(line)
        purged = purged or read_tombstone(line[:-1]) is not None
    return end if purged else position


def _skip(file: BinaryIO) -> bool:
    """Pass over the rest of a line that is too long; False where it has not ended yet."""
    while part := file.readline(LONGEST):
        if part.endswith(b"\n"):
            return True
    return False


def _positions(directory: Path, last: int) -> dict[str, int]:
    """Return where reading begins in each file, so that so many whole lines are read."""
    positions: dict[str, int] = {}
    if last < 0:
        return positions
    wanted = last
    for path in reversed(readable_files(directory)):
        with unpacked(path) as file:
            start = _start_packed if path.suffix == ".gz" else _start
            positions[path.name.removesuffix(".gz")], found = start(file, wanted)
        wanted -= found
    return positions


def _start_packed(file: BinaryIO, wanted: int) -> tuple[int, int]:
    """Do the same as `_start` where nobody can read from the end."""
    begins: deque[int] = deque(maxlen=wanted + 1)
    end = 0
    begins.append(0)
    while line := file.readline(LONGEST):
        end += len(line)
        if line.endswith(b"\n"):
            begins.append(end)
    return begins[0], len(begins) - 1


def _start(file: BinaryIO, wanted: int) -> tuple[int, int]:
    """Return the position before the last so many lines, and how many there are after it."""
    position = file.seek(0, os.SEEK_END)
    found = -1  # the end of the last line is not the beginning of one
    while position > 0:
        step = min(BLOCK, position)
        position -= step
        file.seek(position)
        block = file.read(step)
        newline = len(block)
        while (newline := block.rfind(b"\n", 0, newline)) >= 0:
            found += 1
            if found == wanted:
                return position + newline + 1, wanted
    return 0, max(found + 1, 0) if found >= 0 else 0
