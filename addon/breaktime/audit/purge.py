"""
Takes out of the log what has been kept for long enough, one file at a time.

    purge = Purger(directory, "gateway")
    for path in purge.files(keep, now, open_file):
        if (ready := purge.prepare(path, keep, now)) is not None:
            ...have `ready.record` written and sealed...
            ready.carry_out()

Laws of this file:

1. A file is as it was or as it has to be, whenever the process dies: the new one is written beside
   it, whole and on the disk, and then takes its name.
2. The sealed record of a purge comes before it. Where that cannot be written, nothing is taken out.
3. The file that is written to is left alone, and what is no record of ours stays as it is.
"""

import gzip
import json
import os
import re
import secrets
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, cast

from breaktime.audit.columns import forget, tidy
from breaktime.audit.file import FILE_MODE
from breaktime.audit.merkle import leaf_of
from breaktime.audit.raw import LONGEST, unpacked
from breaktime.audit.tail import DATED, readable_files
from breaktime.audit.tombstone import Tombstone, write_tombstone
from breaktime.core.record import Action, Purge, Record
from breaktime.core.retention import Keep, Kind, due, kind_of

BY = "breaktime"
"""Who purges by the rules of the configuration."""

_NEW = ".purging"
_PAUSE_EVERY = 256
_DISPUTED = b'"action":"record-disputed"'
_STATE = tuple[frozenset[Kind], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Ready:
    """
    A purge of one file, prepared down to the last step.

    Fields:
        record: what has to be written and sealed first.
        path: the file.
        new: what it will be.
    """

    record: Record
    path: Path
    new: Path

    def carry_out(self) -> None:
        """
        Put the new file in the place of the old one.

        Raises:
            OSError: that cannot be done; the file is as it was.
        """
        forget(self.path)
        self.new.replace(self.path)
        forget(self.path)  # what a reader has kept of the old one meanwhile
        folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def give_up(self) -> None:
        """Leave the file as it is."""
        self.new.unlink(missing_ok=True)


class Purger:
    """Looks after the files of one gateway; used from one thread at a time."""

    def __init__(
        self,
        directory: Path,
        gateway: str,
        *,
        by: str = BY,
        pause: Callable[[], object] = lambda: None,
    ) -> None:
        """
        Look after a folder.

        Args:
            directory: where the log is.
            gateway: name of the gateway, as the files have it.
            by: on whose authority.
            pause: called again and again while files are read, to leave time to others.
        """
        self._directory = directory
        self._prefix = f"audit-{gateway}-"
        self._by = by
        self._pause = pause
        self._done: dict[str, _STATE] = {}
        """What each file was purged of already, and what was held then."""
        self._named: frozenset[str] | None = None
        self._held: frozenset[str] = frozenset()

    def files(self, keep: Keep, at: datetime, held: Collection[str] = ()) -> Iterator[Path]:
        """
        Yield the files in which there may be something to take out.

        Args:
            keep: how long records are kept.
            at: UTC instant, now.
            held: ids of records that have to stay.

        Raises:
            OSError: the folder cannot be read.
        """
        for left in self._directory.glob(f"{self._prefix}*{_NEW}"):
            left.unlink()  # of a process that was killed
        tidy(self._directory)
        paths = [
            path for path in readable_files(self._directory, self._prefix) if _due(path, keep, at)
        ]
        named, before = frozenset(held), self._named
        kinds = {path.name: _due(path, keep, at) for path in paths}
        done = {name: state[0] for name, state in self._done.items()}
        if named == before and all(done.get(name) == each for name, each in kinds.items()):
            return
        self._named, self._held = named, named | self._disputed(keep, at)
        for path in paths:
            if self._done.get(path.name) != (_due(path, keep, at), self._held):
                yield path

    def prepare(self, path: Path, keep: Keep, at: datetime, ruleset: str = "") -> Ready | None:
        """
        Write beside a file what it has to become.

        Args:
            path: one of `files`.
            keep: how long records are kept.
            at: UTC instant, now.
            ruleset: fingerprint of the policy.

        Returns:
            None where there is nothing to take out.

        Raises:
            OSError: it cannot be read, or not be written anew.
        """
        kinds = _due(path, keep, at)
        new = path.with_name(path.name + _NEW)
        purge = secrets.token_hex(16)
        try:
            count, digest = self._write(path, new, kinds, purge)
        except BaseException:
            new.unlink(missing_ok=True)
            raise
        self._done[path.name] = kinds, self._held
        if not count:
            new.unlink()
            return None
        rule = ", ".join(f"{kind}: {keep.of(kind).days} days" for kind in Kind if kind in kinds)
        noun = "record" if count == 1 else "records"
        record = Record(
            at=at,
            action=Action.AUDIT_PURGED,
            message=f"{count} {noun} deleted: the time is over for which they are kept",
            ruleset=ruleset,
            file=path.name,
            by=self._by,
            purge=Purge(purge, count, digest, rule),
        )
        return Ready(record, path, new)

    def forget(self, path: Path) -> None:
        """Look at a file anew next time: its purge was not carried out."""
        self._done.pop(path.name, None)

    def _write(self, path: Path, new: Path, kinds: frozenset[Kind], purge: str) -> tuple[int, str]:
        """Write the new file; return how many tombstones are new in it, and the hash over them."""
        digest, count = sha256(), 0
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
        with unpacked(path) as old, os.fdopen(os.open(new, flags, FILE_MODE), "wb") as file:
            kept = os.fstat(old.fileno())
            os.fchmod(file.fileno(), kept.st_mode & 0o777)
            with suppress(PermissionError):  # it is ours then, as the log is
                os.fchown(file.fileno(), kept.st_uid, kept.st_gid)
            out = _packing(file) if path.suffix == ".gz" else file
            for number, line in enumerate(_lines(old)):
                stone = self._stone(line, kinds, purge)
                if stone is not None:
                    digest.update(stone)
                    count += 1
                out.write(line if stone is None else stone)
                if number % _PAUSE_EVERY == 0:
                    self._pause()
            if out is not file:
                out.close()
            file.flush()
            os.fsync(file.fileno())
        return count, digest.hexdigest()

    def _stone(self, line: bytes, kinds: frozenset[Kind], purge: str) -> bytes | None:
        """Return what a line has to become, None where it stays."""
        found = _read(line)
        if found is None or found.kind not in kinds or found.ids & self._held:
            return None
        text = line.removesuffix(b"\n")
        return write_tombstone(Tombstone(purge, leaf_of(text), found.sequence)) + b"\n"

    def _disputed(self, keep: Keep, at: datetime) -> frozenset[str]:
        """Return the ids of the records that somebody disputes, and whose note is kept."""
        found: set[str] = set()
        for path in readable_files(self._directory, self._prefix):
            if Kind.SYSTEM in _due(path, keep, at):
                continue
            with unpacked(path) as file:
                for number, line in enumerate(_lines(file)):
                    if _DISPUTED in line:
                        found |= _about(line)
                    if number % _PAUSE_EVERY == 0:
                        self._pause()
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class _Found:
    """What has to be known of a line: its kind, its number, and the ids that name it."""

    kind: Kind
    sequence: int
    ids: frozenset[str]


def _read(line: bytes) -> _Found | None:
    """Read a line; None where it is no record of ours, or stays for ever."""
    if not line.endswith(b"\n"):
        return None
    try:
        record = json.loads(line)
        event, own = record["event"], record["breaktime"]
        sequence = event["sequence"]
        kind = kind_of(str(event["action"]), own.get("context"))
        decision = own["decision"]["id"]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    if kind is None or type(sequence) is not int or not 0 < sequence < 10**18:
        return None
    ids = {str(sequence)} if decision is None else {str(sequence), str(decision)}
    return _Found(kind, sequence, frozenset(ids))


def _about(line: bytes) -> set[str]:
    try:
        about = json.loads(line)["breaktime"]["about"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return set()
    return {about} if isinstance(about, str) else set()


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield all bytes of a file, in lines where they are no longer than ours."""
    return iter(lambda: file.readline(LONGEST), b"")


def _packing(file: BinaryIO) -> BinaryIO:
    """Return what packs into a file; when it is closed, the file is whole and still open."""
    return cast("BinaryIO", gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0))


def _due(path: Path, keep: Keep, at: datetime) -> frozenset[Kind]:
    """Return the kinds that have been kept for long enough in a file, by its day."""
    named = re.search(DATED + r"(?:\.gz)?\Z", path.name)
    return frozenset() if named is None else due(keep, date.fromisoformat(named[1]), at)
