"""
The notes of who has read the log, as the gateway takes them into the log that it seals.

A note may hold whom somebody looked at, so what is sealed of it is its hash, who made it, and what
it is about; that none was changed or taken away can be shown with the notes at hand.
"""

import json
import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from breaktime.audit.reading import value_at
from breaktime.audit.readings import FOLDER, NAME
from breaktime.core.record import Action, Raised, Record

PLACE = f"{FOLDER}/{NAME}"
"""The notes, as the log names them."""

TAKEN = "readings.json"
"""File beside the log: how far the notes are taken in. Those who may note cannot write to it."""

_HASH = "sha256:"
_MARK = b'"file":{"path":"%b"}' % PLACE.encode()

LONGEST = 8192
MOST = 256
"""So many notes are taken in at a look."""

_AT_ONCE = MOST * LONGEST

_ACTIONS = frozenset(
    {Action.LOG_READ, Action.SUBJECT_EXPORTED, Action.REVEAL_ASKED, Action.IDENTITY_REVEALED}
)


class Taken(NamedTuple):
    """
    How far the notes are taken in.

    Fields:
        offset: bytes of the file, up to the end of a line.
        last: SHA-256 of that line with its end, 64 hexadecimal digits; empty before the first.
        length: its bytes.
    """

    offset: int = 0
    last: str = ""
    length: int = 0


class Note(NamedTuple):
    """
    One note.

    Fields:
        line: as it stands in the file, with its end.
        after: how far the notes are taken in with it.
    """

    line: bytes
    after: Taken


def taken(directory: Path) -> Taken:
    """
    Return how far the notes beside a log are taken in.

    Raises:
        OSError: it cannot be read.
    """
    try:
        found = json.loads((directory / TAKEN).read_bytes())
        return Taken(int(found["offset"]), str(found["last"]), int(found["length"]))
    except FileNotFoundError:
        return Taken()
    except (ValueError, KeyError, TypeError):
        return Taken()  # what is taken in twice is better than what never is


def keep_taken(directory: Path, now: Taken) -> None:
    """
    Remember how far the notes are taken in.

    Raises:
        OSError: it cannot be kept.
    """
    new = directory / f"{TAKEN}.new"
    new.write_text(json.dumps(now._asdict()))
    new.chmod(0o640)
    new.replace(directory / TAKEN)


def notes(directory: Path, since: Taken) -> Iterator[Note] | None:
    """
    Return the notes that follow, some of them; None where what was taken in is not there any more.

    Raises:
        OSError: they cannot be read.
    """
    try:
        fd = os.open(directory / PLACE, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return iter(()) if not since.offset else None
    try:
        last = os.pread(fd, since.length, since.offset - since.length) if since.last else b""
        if since.last and sha256(last).hexdigest() != since.last:
            return None
        data = os.pread(fd, _AT_ONCE, since.offset)
    finally:
        os.close(fd)
    return _lines(data, since.offset)


def end_of(directory: Path) -> Taken:
    """Return where the notes end now; from there they are taken in again once some were lost."""
    now, left = Taken(), True
    while left:
        left = False
        for note in notes(directory, now) or ():
            now, left = note.after, True
    return now


class Held:
    """Are the notes still those whose hashes are in the log?"""

    def __init__(self) -> None:
        """Begin with no hash."""
        self._hashes: set[str] = set()

    def take(self, line: bytes) -> None:
        """Take a line of the log, whatever it is."""
        if _MARK not in line:
            return
        try:
            said = str(value_at(json.loads(line), "breaktime.note"))
        except (ValueError, RecursionError, AttributeError):
            return
        if said.startswith(_HASH):
            self._hashes.add(said.removeprefix(_HASH))

    def missing(self, directory: Path) -> int:
        """
        Return how many of the notes beside a log are gone, or are not what they were.

        Raises:
            OSError: they cannot be read.
        """
        try:
            with (directory / PLACE).open("rb") as file:
                return len(self._hashes - {sha256(line).hexdigest() for line in file})
        except FileNotFoundError:
            return len(self._hashes)


def record_of(note: Note, at: datetime, ruleset: str) -> Record | None:
    """
    Return what is sealed of a note; None where it is none.

    Args:
        note: as it stands in the file.
        at: UTC instant at which it is taken in.
        ruleset: fingerprint of the policy.
    """
    try:
        said: Mapping[str, Any] = json.loads(note.line)
        action = Action(str(value_at(said, "event.action")))
    except (ValueError, RecursionError, AttributeError):
        return None
    if action not in _ACTIONS:
        return None
    case = value_at(said, "breaktime.concern.case")
    return Record(
        at=at,
        action=action,
        message="Noted by who has read the log; the note has the rest",
        ruleset=ruleset,
        by=str(value_at(said, "breaktime.by")),
        about=str(value_at(said, "event.id")),
        raised=Raised(case) if isinstance(case, str) else None,
        note=_HASH + sha256(note.line).hexdigest(),
        file=PLACE,
    )


def _lines(data: bytes, offset: int) -> Iterator[Note]:
    *ended, rest = data.split(b"\n")
    lines = [line + b"\n" for line in ended[:MOST]]
    if not lines and len(rest) == _AT_ONCE:
        lines = [rest]  # no note is that long; what stands behind it is not to be hidden by it
    for line in lines:
        offset += len(line)
        yield Note(line, Taken(offset, sha256(line).hexdigest(), len(line)))
