"""
Installed: which edition of the catalogue is in force, where updates are installed.

A folder of editions and one file that names two of them. The file is replaced as a whole, so there
is never a moment without an edition, and a reader sees the old one or the new one.
"""

import json
import re
from pathlib import Path
from typing import Final, NamedTuple

STATE: Final = "installed.json"
"""The file that names the editions."""

_EDITION: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:\.[0-9]{1,4})?-[0-9a-f]{16}")
_MAX_BYTES: Final = 4096


class Installed(NamedTuple):
    """
    What a folder of editions holds.

    Fields:
        current: folder of the edition in force, relative to the folder of editions.
        previous: the one before, or None; `breaktime rules rollback` goes back to it.
    """

    current: str
    previous: str | None


def read_installed(folder: Path) -> Installed | None:
    """
    Return what is installed, or None where nothing is.

    Raises:
        OSError: the file that says it cannot be read.
        ValueError: it says something else.
    """
    try:
        with (folder / STATE).open("rb") as file:
            text = file.read(_MAX_BYTES)
    except FileNotFoundError:
        return None
    try:
        said = json.loads(text)
    except ValueError:
        said = None
    if isinstance(said, dict) and set(said) == {"current", "previous"}:
        current, previous = said["current"], said["previous"]
        if _is_edition(current) and (previous is None or _is_edition(previous)):
            return Installed(current, previous)
    raise ValueError(f"`{STATE}` does not name the editions that are installed")


def _is_edition(name: object) -> bool:
    return isinstance(name, str) and _EDITION.fullmatch(name) is not None
