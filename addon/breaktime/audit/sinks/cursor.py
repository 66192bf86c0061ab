"""How far a sink has come, kept on the disk: whole or as it was, whenever the process dies."""

import json
import os
import re
import tempfile
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, Self

FOLDER = "sinks"
"""Name of the folder, in that of the records."""

_MODE = 0o750


class Cursor(NamedTuple):
    """
    How far a sink has come.

    Fields:
        sequence: number of the last line that was handed over.
        file: name of its file, without `.gz`.
        offset: where that line begins there, in bytes. A file that was purged, packed or replaced
            has something else there, so who reads on looks whether the line is the one.
    """

    sequence: int
    file: str = ""
    offset: int = 0


class CursorFile:
    """The file of one sink."""

    def __init__(self, path: Path) -> None:
        """Take the path; nothing is read or written yet."""
        self._path = path

    @classmethod
    def of(cls, directory: Path, stream: str, sink: str) -> Self:
        """
        Return the file of a sink.

        Args:
            directory: where the log is.
            stream: what the names of its files begin with.
            sink: its name; the file has another for each.
        """
        plain = re.sub(r"[^A-Za-z0-9.]+", "-", sink)[:80].strip("-")
        digest = sha256(f"{stream}\n{sink}".encode()).hexdigest()[:8]
        return cls(directory / FOLDER / f"{stream}{plain}-{digest}.cursor")

    def read(self) -> Cursor | None:
        """Return what was kept; None where there is nothing, or nothing whole."""
        try:
            found = Cursor(*json.loads(self._path.read_bytes()))
        except (OSError, ValueError, TypeError):
            return None
        numbers = found.sequence, found.offset
        fine = all(type(number) is int and number >= 0 for number in numbers)
        return found if fine and isinstance(found.file, str) else None

    def keep(self, cursor: Cursor) -> None:
        """
        Keep it, in the place of the one before.

        Raises:
            OSError: it cannot be kept; the one before is still there.
        """
        folder = self._path.parent
        if not folder.is_dir():
            folder.mkdir()
            folder.chmod(_MODE)
        fd, name = tempfile.mkstemp(dir=folder, prefix=".", suffix=".new")
        try:
            with os.fdopen(fd, "wb") as file:
                file.write(json.dumps(cursor).encode("ascii"))
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self._path)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
