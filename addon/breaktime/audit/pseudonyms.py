"""
Pseudonyms: a word in place of a name, which only a key can make.

Laws of this file:

1. The word is the first 20 letters of base 32 of an HMAC-SHA256 over the canonical id of the
   person, 100 bits. A key is 32 random bytes and counts for one month in UTC, so the words of two
   months have nothing in common.
2. A key is deleted when no record of its month is left; then nobody can tell whose records a copy
   holds.

Whoever may read a key can find out whose a word is, by trying names. So the folder of the keys
belongs to the gateway, and to a group that has none of the log's readers in it.
"""

import base64
import contextlib
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from breaktime.core.record import Record

LENGTH = 20
"""Letters of a pseudonym."""

FORM = re.compile("[a-z2-7]" + f"{{{LENGTH}}}")
"""What every pseudonym looks like."""

KEY_BYTES = 32

FOLDER_MODE = 0o750
FILE_MODE = 0o640
"""The group of the folder may read keys; see the guide for who that should be."""

_FILE = re.compile(r"(\d{4}-\d\d)\.key")
_KEPT = 20_000
"""How many words are kept ready."""


def pseudonym(key: bytes, person: str) -> str:
    """Return the word that stands for a person in the month of a key."""
    digest = hmac.digest(key, person.encode("utf-8", "surrogatepass"), hashlib.sha256)
    return base64.b32encode(digest).decode("ascii").lower()[:LENGTH]


class Pseudonyms:
    """Puts words in the place of names; the keys lie in a folder."""

    def __init__(self, folder: Path) -> None:
        """
        Use the keys of a folder, which is made where it is missing.

        Raises:
            OSError: it cannot be used.
        """
        self._folder = folder
        self._key: tuple[str, bytes] = ("", b"")
        self._word = lru_cache(_KEPT)(pseudonym)
        if not folder.is_dir():
            folder.mkdir(parents=True)
            folder.chmod(FOLDER_MODE)

    def hide(self, record: Record) -> Record:
        """
        Return a record without the name of the person, unless a concern keeps it.

        Raises:
            OSError: there is no key for the month, and none can be made.
        """
        if record.person is None or record.raised is not None:
            return record
        key = self._of(record.at)
        return record._replace(person=None, pseudonym=self._word(key, record.person))

    def _of(self, at: datetime) -> bytes:
        month = at.astimezone(UTC).strftime("%Y-%m")
        if self._key[0] != month:
            self._key = (month, _key(self._folder / f"{month}.key"))
        return self._key[1]

    def forget(self, at: datetime, longest: timedelta) -> list[str]:
        """
        Delete the keys of months of which no record is left.

        Args:
            at: UTC instant, now.
            longest: how long records are kept at most.

        Returns:
            The months.

        Raises:
            OSError: they cannot be deleted.
        """
        gone = []
        for month in keys_of(self._folder):
            first = date.fromisoformat(f"{month}-01")
            end = (first + timedelta(days=32)).replace(day=1)
            after = datetime(end.year, end.month, 1, tzinfo=UTC) + longest + timedelta(days=1)
            if after <= at:
                (self._folder / f"{month}.key").unlink(missing_ok=True)
                gone.append(month)
        return gone


def _key(path: Path) -> bytes:
    """Read a key, or make it; a file of another length is none."""
    with contextlib.suppress(FileNotFoundError):
        return _whole(path)
    key = secrets.token_bytes(KEY_BYTES)
    new = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    fd = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        os.fchmod(fd, FILE_MODE)
        os.write(fd, key)
        os.fsync(fd)
    finally:
        os.close(fd)
    try:
        path.hardlink_to(new)  # nobody's key is replaced, also where two make one at once
    except FileExistsError:
        return _whole(path)
    finally:
        new.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return key


def _whole(path: Path) -> bytes:
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise OSError(f"{path.name} is no key of pseudonyms")
    return key


def keys_of(folder: Path) -> Mapping[str, bytes]:
    """
    Return the keys of a folder, by month.

    Raises:
        OSError: it cannot be read.
    """
    found = {}
    for path in sorted(folder.iterdir()):
        if (match := _FILE.fullmatch(path.name)) is not None:
            found[match[1]] = _whole(path)
    return found


def words_of(folder: Path, person: str) -> frozenset[str]:
    """
    Return the words that stand for a person, one of each month; none where there are no keys.

    Raises:
        OSError: the keys cannot be read.
    """
    if not folder.is_dir():
        return frozenset()
    return frozenset(pseudonym(key, person) for key in keys_of(folder).values())


def whose(folder: Path, word: str, people: Iterable[str]) -> str | None:
    """
    Return whose word it is, by trying names; None where it is nobody's of these.

    Raises:
        OSError: the keys cannot be read.
    """
    keys = tuple(keys_of(folder).values())
    return next(
        (
            person
            for person in people
            if any(hmac.compare_digest(pseudonym(key, person), word) for key in keys)
        ),
        None,
    )
