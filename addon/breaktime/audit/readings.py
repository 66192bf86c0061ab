"""
Who has read the log: a log of its own, beside the one that the gateway writes.

Laws of this file:

1. What is read from a log that a gateway writes is noted before it is shown.
2. A note never touches the gateway's files, numbers or lock: whoever reads can neither disturb
   the record nor be kept from noting by it. Its lines are ECS as well. A gateway that runs seals
   the hash of each: see `noted.py`.
"""

import errno
import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from breaktime.audit.ecs import Origin
from breaktime.audit.file import LOCK
from breaktime.audit.identifiers import event_id
from breaktime.audit.line import Lines
from breaktime.audit.reading import value_at
from breaktime.audit.selection import instant_of
from breaktime.audit.tail import sequence_of
from breaktime.core.record import Action, Raised, Record

FOLDER = "readings"
"""Name of the folder, in that of the log."""

FOLDER_MODE = 0o770
"""Those who may read the log belong to its group, and have to note that they did."""

FILE_MODE = 0o660

NAME = "readings.jsonl"
_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
_LONGEST = 8192
"""Longest line, in bytes."""


def is_live(directory: Path) -> bool:
    """Tell whether a gateway writes to a folder, or has; a copy of some files is not live."""
    return (directory / LOCK).exists()


def is_running(directory: Path) -> bool:
    """Tell whether a gateway writes to a folder now."""
    try:
        fd = os.open(directory / LOCK, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(fd)
    return False


def prepare(directory: Path) -> None:
    """
    Make the folder where readings are noted; the gateway does this for its readers.

    Raises:
        OSError: it cannot be made.
    """
    folder = directory / FOLDER
    try:
        folder.mkdir()
    except FileExistsError:  # also where somebody else makes it at this moment
        if not folder.is_dir():
            raise
    else:
        folder.chmod(FOLDER_MODE)  # mkdir asks the umask


@dataclass(frozen=True, slots=True)
class Reading:
    """
    That somebody reads the log.

    Fields:
        at: UTC instant.
        by: account of who reads.
        verb: what with, such as `log`.
        selection: which records, in words.
        person: whose records, where all about one person are asked for.
        version: of breaktime.
    """

    at: datetime
    by: str
    verb: str
    selection: str
    person: str | None = None
    version: str = ""


def note_reading(directory: Path, reading: Reading) -> None:
    """
    Note beside the log of a folder who reads it; kept for good when this returns.

    Raises:
        OSError: it could not be noted.
    """
    _note(
        directory,
        Record(
            at=reading.at,
            action=Action.LOG_READ if reading.person is None else Action.SUBJECT_EXPORTED,
            message=f"The records were read: {reading.verb}",
            ruleset="",
            person=reading.person,
            by=reading.by,
            note=reading.selection,
        ),
        reading.version,
    )


@dataclass(frozen=True, slots=True)
class Reveal:
    """
    That somebody wants to know whose a pseudonym is.

    Fields:
        at: UTC instant.
        by: account of who asks.
        case: reference of the file at HR.
        word: the pseudonym.
        first: account of who asked before, who has to be somebody else; None for the first.
        version: of breaktime.
    """

    at: datetime
    by: str
    case: str
    word: str
    first: str | None = None
    version: str = ""


def note_reveal(directory: Path, reveal: Reveal) -> int:
    """
    Note beside the log of a folder who reveals what; kept for good when this returns.

    Returns:
        Bytes of the notes, with this one.

    Raises:
        OSError: it could not be noted.
    """
    second = reveal.first is not None
    return _note(
        directory,
        Record(
            at=reveal.at,
            action=Action.IDENTITY_REVEALED if second else Action.REVEAL_ASKED,
            message="Two people revealed whose a pseudonym is"
            if second
            else "It was asked whose a pseudonym is",
            ruleset="",
            reason="case",
            pseudonym=reveal.word,
            raised=Raised(reveal.case),
            by=", ".join(each for each in (reveal.first, reveal.by) if each),
        ),
        reveal.version,
    )


def asked(directory: Path, case: str, word: str, since: datetime) -> frozenset[str]:
    """
    Return the accounts that asked for a pseudonym in a case.

    Raises:
        OSError: the notes cannot be read.
    """
    found = set()
    for line in readings(directory):
        at = instant_of(line)
        if (
            line["event"].get("action") == Action.REVEAL_ASKED
            and value_at(line, "user.hash") == word
            and value_at(line, "breaktime.concern.case") == case
            and at is not None
            and at >= since
        ):
            found.add(str(value_at(line, "breaktime.by")))
    return frozenset(found)


def readings(directory: Path) -> Iterator[Mapping[str, Any]]:
    """
    Yield the notes beside the log of a folder, oldest first; none where nobody has read.

    Raises:
        OSError: they cannot be read.
    """
    try:
        file = (directory / FOLDER / NAME).open("rb")
    except FileNotFoundError:
        return
    with file:
        for line in file:
            try:
                found = json.loads(line)
            except ValueError:
                continue
            if isinstance(found, dict) and isinstance(found.get("event"), dict):
                yield found


def _note(directory: Path, record: Record, version: str) -> int:
    """Append one record to the notes, and return where it ends."""
    prepare(directory)
    lines = Lines(Origin("reader", version))
    fd = os.open(directory / FOLDER / NAME, _FLAGS, FILE_MODE)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        return _append(fd, lambda number: lines.line(record, number, event_id(record.at)))
    finally:
        os.close(fd)


def _append(fd: int, line: Callable[[int], bytes]) -> int:
    """Append a line whole, or leave the file as it was; return where it ends."""
    end = os.lseek(fd, 0, os.SEEK_END)
    start = max(end - 2 * _LONGEST, 0)
    tail = os.pread(fd, end - start, start)
    whole = tail[: tail.rfind(b"\n") + 1]
    end = start + len(whole)
    os.ftruncate(fd, end)  # what a reader left that died while it noted
    numbers = (sequence_of(each) for each in reversed(whole.splitlines()))
    last = next((number for number in numbers if number is not None), 0)
    text = line(last + 1)
    try:
        written = os.write(fd, text)
        os.fsync(fd)
    except OSError:
        os.ftruncate(fd, end)
        raise
    if written < len(text):
        os.ftruncate(fd, end)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return end + written
