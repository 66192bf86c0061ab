"""The ends of the files that the last writer left: the last number, and half lines set aside."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from breaktime.audit.checkpoint import means_to_be_one

BLOCK = 65_536
"""How much is read at once, in bytes, from the end backwards."""

DATED = r"(\d{4}-\d\d-\d\d)(?:-(\d{4,9}))?\.jsonl"
"""What the name of a file ends with: its day, and its number from the second of the day on."""


class Ends(NamedTuple):
    """
    Where a log ends.

    Fields:
        sequence: its highest number, 0 where there is no line at all.
        path: the file of that line.
        torn: name of each file whose end was set aside, and how many bytes.
    """

    sequence: int
    path: Path | None
    torn: tuple[tuple[str, int], ...]


def day_files(directory: Path, prefix: str = "") -> list[Path]:
    """
    Return the files of the audit log, by date and number.

    Args:
        directory: where they are.
        prefix: `audit-<gateway>-`; empty for every gateway.
    """
    name = re.compile((re.escape(prefix) if prefix else r"audit-.+-") + DATED)
    found = [
        (match[1], int(match[2] or 1), path.name, path)
        for path in directory.iterdir()
        if (match := name.fullmatch(path.name))
    ]
    return [path for *_, path in sorted(found)]


def readable_files(directory: Path, prefix: str = "") -> list[Path]:
    """
    Return the files of the audit log by date and number, also those that were packed by gzip.

    Of a file that is there in both forms, the plain one.

    Args:
        directory: where they are.
        prefix: `audit-<gateway>-`; empty for every gateway.
    """
    name = re.compile((re.escape(prefix) if prefix else r"audit-.+-") + DATED + r"(\.gz)?")
    found = {
        (match[1], int(match[2] or 1), path.name.removesuffix(".gz")): path
        for path in sorted(directory.iterdir(), reverse=True)  # the plain one comes last
        if (match := name.fullmatch(path.name))
    }
    return [path for _, path in sorted(found.items())]


def mend(directory: Path, prefix: str) -> Ends:
    """
    Say where the log of a gateway ends, and mend the ends of its files.

    All files are looked at, not only the newest: where the clock was set back, the last line is
    in an older one. What follows the last good line of a file is moved beside it, into
    `<file>.torn`, so that the next line does not go on where half a one stopped.

    Raises:
        OSError: a file cannot be read or mended.
    """
    highest, newest = 0, None
    torn: list[tuple[str, int]] = []
    for path in day_files(directory, prefix):
        sequence, end = _last_good(path)
        if sequence >= highest:
            highest, newest = sequence, path
        if rest := path.stat().st_size - end:
            _set_aside(path, end)
            torn.append((path.name, rest))
    return Ends(highest, newest, tuple(torn))


def since_checkpoint(directory: Path, prefix: str) -> Iterator[bytes]:
    """
    Yield the last checkpoint of a gateway and all lines after it; all lines where there is none.

    Line ends are taken off.
    """
    wanted: list[Path] = []
    paths = day_files(directory, prefix)
    for path in sorted(paths, key=lambda path: _last_good(path)[0], reverse=True):
        wanted.append(path)
        with path.open("rb") as file:
            if any(means_to_be_one(line) for line in file):
                break
    lines: list[bytes] = []
    for path in reversed(wanted):
        with path.open("rb") as file:
            for line in file:
                if means_to_be_one(line):
                    lines.clear()
                lines.append(line.removesuffix(b"\n"))
    yield from lines


def sequence_of(line: bytes) -> int | None:
    """Return the number of a line, or None if it is not a line of ours."""
    try:
        record = json.loads(line)
        sequence = record["event"]["sequence"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return sequence if type(sequence) is int and sequence > 0 else None


def _last_good(path: Path) -> tuple[int, int]:
    """Return number and end, in bytes, of the last good line; 0 and 0 if there is none."""
    with path.open("rb") as file:
        start = end = file.seek(0, os.SEEK_END)
        data = b""
        while True:
            # `data` is what lies between `start` and `end`.
            newline = data.rfind(b"\n", 0, max(len(data) - 1, 0))
            if newline < 0 and start > 0:
                step = min(BLOCK, start)
                start -= step
                file.seek(start)
                data = file.read(step) + data
                continue
            line = data[newline + 1 :]
            if line.endswith(b"\n") and (sequence := sequence_of(line)) is not None:
                return sequence, end
            if newline < 0:
                return 0, 0
            end = start + newline + 1
            data = data[: newline + 1]


def _set_aside(path: Path, end: int) -> None:
    """Move everything after a position into a file beside it, then cut it off."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    fd = os.open(path.with_name(path.name + ".torn"), flags, 0o640)
    with path.open("r+b") as file, os.fdopen(fd, "ab") as torn:
        file.seek(end)
        while block := file.read(BLOCK):
            torn.write(block)
        torn.write(b"\n")
        torn.flush()
        os.fsync(torn.fileno())  # kept here before it is cut off there
        file.truncate(end)
        os.fsync(file.fileno())
