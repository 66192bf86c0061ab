"""
Install: an update put in force in one step, and taken back.

Everything is written beside what is in force, and checked there as the gateway would read it. The
step itself is the renaming of one small file (`config.installed`): whoever is interrupted before it
has changed nothing, and what an interrupted one has left behind is cleared by the next.
"""

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final

from breaktime.catalogue.archive import Archive, ArchiveError, edition_order, unpack
from breaktime.catalogue.changes import Changes, changes, objections
from breaktime.config import ConfigError, rules_dir
from breaktime.config.installed import STATE, Installed, read_installed
from breaktime.config.rules import read_rules

_LOCK: Final = ".lock"
_NEW: Final = ".new-"
_DIGITS: Final = 16

type Check = Callable[[Path], None]
"""Reads the configuration with the platform files of a folder; raises ConfigError."""


class Refused(Exception):  # noqa: N818  it is an answer, no fault
    """
    An update that is not put in force.

    Fields:
        reasons: what speaks against it, one sentence each.
    """

    def __init__(self, reasons: Iterable[str]) -> None:
        """Take the reasons."""
        self.reasons = tuple(reasons)
        super().__init__("; ".join(self.reasons))


def update(
    folder: Path, content: bytes, key: bytes, never: Iterable[str], check: Check
) -> tuple[str, Changes]:
    """
    Check an archive and put it in force.

    Args:
        folder: of the editions; made if it is not there.
        content: the archive.
        key: public key of who may sign it, 32 bytes.
        never: names and networks of `never_control`.
        check: tells whether the configuration holds with the new platform files.

    Returns:
        The edition, and what it changes.

    Raises:
        Refused: with everything that speaks against it; what was in force stays so.
        OSError: the folder cannot be read or written.
    """
    try:
        archive = unpack(content, key)
    except ArchiveError as error:
        raise Refused([str(error)]) from None
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder):
        installed = _installed(folder)
        _refuse_older(installed, archive.edition)
        _clear(folder, installed)
        new = Path(tempfile.mkdtemp(prefix=_NEW, dir=folder))
        try:
            _write(new, archive)
            found = _judge(folder, installed, new, never, check)
            name = f"{archive.edition}-{sha256(content).hexdigest()[:_DIGITS]}"
            _place(new, folder / name)
        finally:
            shutil.rmtree(new, ignore_errors=True)
        _name(folder, Installed(name, installed.current if installed else None))
        _clear(folder, read_installed(folder))
    return archive.edition, found


def rollback(folder: Path, check: Check) -> str | None:
    """
    Put the edition before the one in force in force again.

    What was in force becomes the one before, so that a second time goes forward again. Before the
    first update there was the shipped catalogue; going back to it forgets what was installed.

    Returns:
        The folder of the edition, or None for the shipped catalogue.

    Raises:
        Refused: nothing is installed, or the configuration does not hold with the edition before.
        OSError: the folder cannot be read or written.
    """
    if not folder.is_dir():
        raise Refused(["no update is installed"])
    with _locked(folder):
        installed = _installed(folder)
        if installed is None:
            raise Refused(["no update is installed"])
        back = installed.previous
        try:
            check(_folder_of(folder, back))
        except ConfigError as error:
            raise Refused(str(problem) for problem in error.problems) from None
        if back is None:
            (folder / STATE).unlink()
            _sync(folder)
        else:
            _name(folder, Installed(back, installed.current))
    return back


def _folder_of(folder: Path, edition: str | None) -> Path:
    return rules_dir() if edition is None else folder / edition


def _installed(folder: Path) -> Installed | None:
    try:
        return read_installed(folder)
    except ValueError as error:
        raise Refused([f"{error}; remove the file to start from the shipped catalogue"]) from None


def _refuse_older(installed: Installed | None, edition: str) -> None:
    """Refuse an edition that is no newer: an old archive has a good signature too."""
    if installed is None:
        return
    current = installed.current.rpartition("-")[0]
    if edition_order(edition) <= edition_order(current):
        raise Refused([f"edition {edition} is not newer than {current}, which is in force"])


def _judge(
    folder: Path, installed: Installed | None, new: Path, never: Iterable[str], check: Check
) -> Changes:
    old = read_rules(catalogue=_folder_of(folder, installed.current) if installed else None)
    brought = read_rules(catalogue=new)
    reasons = [str(problem).replace(f"{new}/", "") for problem in brought.problems]
    if not reasons:
        reasons = objections(old.platforms, brought.platforms, never)
    if not reasons:
        try:
            check(new)
        except ConfigError as error:
            reasons = [str(problem).replace(f"{new}/", "") for problem in error.problems]
    if reasons:
        raise Refused(reasons)
    return changes(old.platforms, brought.platforms)


def _write(new: Path, archive: Archive) -> None:
    new.chmod(0o755)
    for name, content in archive.files.items():
        with (new / name).open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        (new / name).chmod(0o644)
    _sync(new)


def _place(new: Path, target: Path) -> None:
    """Give a checked folder its name; one of that name is left from before and not in force."""
    shutil.rmtree(target, ignore_errors=True)
    new.rename(target)
    _sync(target.parent)


def _name(folder: Path, installed: Installed) -> None:
    """Write which edition is in force: this is the step that counts."""
    written = folder / f"{_NEW}{STATE}"
    with written.open("w", encoding="utf-8") as file:
        json.dump(installed._asdict(), file, indent=2)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    written.chmod(0o644)
    written.replace(folder / STATE)
    _sync(folder)


def _clear(folder: Path, installed: Installed | None) -> None:
    """Remove what is neither in force nor the edition before it."""
    kept = {STATE, _LOCK, *(installed or ())}
    for path in folder.iterdir():
        if path.name in kept or not (path.name.startswith(_NEW) or _looks_like_edition(path)):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _looks_like_edition(path: Path) -> bool:
    """Tell whether a folder was made here: whatever else lies there is somebody's own."""
    edition, _, digest = path.name.rpartition("-")
    try:
        edition_order(edition)
    except ArchiveError:
        return False
    return path.is_dir() and len(digest) == _DIGITS


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Let one at a time change a folder; who comes second is refused."""
    with (folder / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(["another update is being installed"]) from None
        yield


def _sync(folder: Path) -> None:
    """Let the names in a folder survive a loss of power."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
