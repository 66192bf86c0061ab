"""The ends of the files that the last writer left: the last number, and half lines set aside."""

import json
import os
import re
from pathlib import Path

BLOCK = 65_536
"""How much is read at once, in bytes, from the end backwards."""

DATED = r"\d{4}-\d\d-\d\d\.jsonl"


def day_files(directory: Path, prefix: str = "") -> list[Path]:
    """
    Return the files of the audit log, by date.

    Args:
        directory: where they are.
        prefix: `audit-<gateway>-`; empty for every gateway.
    """
    name = re.compile((re.escape(prefix) if prefix else r"audit-.+-") + DATED)
    found = [path for path in directory.iterdir() if name.fullmatch(path.name)]
    return sorted(found, key=lambda path: (path.name[-16:], path.name))


def last_sequence(directory: Path, prefix: str) -> int:
    """
    Return the highest number of a gateway, and mend the ends of its files.

    All files are looked at, not only the newest: where the clock was set back, the last line is
    in an older one. What follows the last good line of a file is moved beside it, into
    `<file>.torn`, so that the next line does not go on where half a one stopped.

    Returns:
        0 where there is no line at all.

    Raises:
        OSError: a file cannot be read or mended.
    """
    highest = 0
    for path in day_files(directory, prefix):
        sequence, end = _last_good(path)
        highest = max(highest, sequence)
        if end < path.stat().st_size:
            _set_aside(path, end)
    return highest


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
