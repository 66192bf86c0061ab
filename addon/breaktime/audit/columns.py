"""
Where readers keep what they made of files of the log, to make reports of it again.

Columns say what the records say, so they lie beside these, and go when these do.

Laws of this file:

1. What was taken out of a file of the log is in no columns of it: they go before it and after it,
   whatever a reader does meanwhile.
2. Columns prove nothing. Who uses them has to know by other means whose they are, and of what.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

FOLDER = "columns"
"""Name of the folder, in that of the log."""

FOLDER_MODE = 0o770
"""Those who may read the log belong to its group."""


def prepare(directory: Path) -> None:
    """
    Make the folder where readers keep columns; the gateway does this for them.

    Raises:
        OSError: it cannot be made.
    """
    folder = directory / FOLDER
    try:
        folder.mkdir()
    except FileExistsError:
        return
    folder.chmod(FOLDER_MODE)  # mkdir asks the umask


def unready(file: Path) -> Path:
    """Return a name for columns of a file while they are written, which nobody else has."""
    return file.parent / FOLDER / f"{file.name}.{secrets.token_hex(8)}.new"


def columns_of(file: Path) -> Path:
    """Return where this account keeps the columns of a file of the log."""
    return file.parent / FOLDER / f"{file.name}.{os.geteuid()}.parquet"


def forget(file: Path) -> None:
    """
    Delete everybody's columns of a file of the log.

    Raises:
        OSError: they cannot be deleted.
    """
    for path in _kept(file.parent):
        if _file_of(path) == file.name:
            path.unlink(missing_ok=True)


def tidy(directory: Path) -> None:
    """
    Delete columns of what is there no more, or was changed since.

    Raises:
        OSError: they cannot be deleted.
    """
    for path in _kept(directory):
        with suppress(FileNotFoundError):
            made = path.lstat().st_mtime_ns
            try:
                changed = (directory / _file_of(path)).stat().st_mtime_ns
            except FileNotFoundError:
                changed = made + 1
            if changed > made:
                path.unlink()


def _kept(directory: Path) -> Iterator[Path]:
    with suppress(FileNotFoundError):
        yield from (directory / FOLDER).iterdir()


def _file_of(path: Path) -> str:
    """Return the name of the file that columns are of, also of those that are not ready."""
    return path.name.rsplit(".", 2)[0]
