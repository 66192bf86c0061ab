"""
What an account knows of the columns that it has made: of which file of the log, and which bytes.

Whoever may write beside the log could change columns, or put others there. So a report takes only
those whose SHA-256 it has noted itself, together with what the kernel said of the file they were
made of, in a folder that is nobody else's.

Laws of this file:

1. A folder or a file that somebody else owns, or may write to, is not believed.
2. Notes name nobody and nothing but hashes.
"""

import json
import os
import re
import secrets
from pathlib import Path
from typing import Final, Self

from breaktime.reports.lines import FORM as COLUMNS

FORM: Final = f"2.{COLUMNS}"
"""What notes mean: the first number grows when they come to mean something else."""

_NAME: Final = "columns.json"
_FOLDER_MODE: Final = 0o700
_FILE_MODE: Final = 0o600
_OTHERS: Final = 0o077
_MOST: Final = 10_000
"""So many notes are kept, the newest; each takes 140 bytes."""

_LONGEST: Final = 4 << 20
_HASH: Final = re.compile(r"[0-9a-f]{64}")


class Known:
    """Notes of one account; whatever is wrong with them, there are none."""

    def __init__(self, folder: Path, notes: dict[str, str]) -> None:
        """Take notes over."""
        self._folder = folder
        self._notes = notes

    @classmethod
    def open(cls) -> Self | None:
        """Read the notes of this account, None where it can keep none."""
        try:
            base = Path(os.environ.get("XDG_STATE_HOME") or "~/.local/state").expanduser()
            folder = base / "breaktime"
            if not base.is_absolute():
                return None
            if not folder.exists():
                return cls(folder, {})
            return cls(folder, _read(folder / _NAME)) if _is_ours(folder.lstat()) else None
        except (OSError, RuntimeError):
            return None

    def columns(self, file: str) -> str | None:
        """Return the hash of the columns of a file of the log, by that of its state."""
        return self._notes.get(file)

    def note(self, file: str, columns: str) -> None:
        """
        Note what was made of a file, by its state; both are hashes, in 64 hexadecimal digits.

        Raises:
            OSError: it cannot be noted.
        """
        self._notes.pop(file, None)
        self._notes[file] = columns
        newest = dict(list(self._notes.items())[-_MOST:])
        self._folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        new = self._folder / f"{_NAME}.{secrets.token_hex(8)}"
        try:
            with os.fdopen(_created(new), "w", encoding="ascii") as out:
                json.dump({"form": FORM, "columns": newest}, out)
            new.replace(self._folder / _NAME)
        except OSError:
            new.unlink(missing_ok=True)
            raise


def _read(path: Path) -> dict[str, str]:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(fd, "rb") as file:
            if not _is_ours(os.fstat(fd)):
                return {}
            found = json.loads(file.read(_LONGEST))
        if found["form"] != FORM:
            return {}
        notes = dict(found["columns"])
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return {}
    texts = [*notes, *notes.values()]
    fine = all(isinstance(text, str) and _HASH.fullmatch(text) for text in texts)
    return notes if fine else {}


def _is_ours(found: os.stat_result) -> bool:
    return found.st_uid == os.geteuid() and not found.st_mode & _OTHERS


def _created(path: Path) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
    return os.open(path, flags, _FILE_MODE)
