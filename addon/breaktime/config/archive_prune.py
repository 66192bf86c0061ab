"""
Which archived policies nobody needs any more: those that no record refers to.

A policy names people, so it is kept no longer than the records that it explains.
"""

import json
import re
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from breaktime.audit.raw import LONGEST, unpacked
from breaktime.audit.tail import readable_files
from breaktime.config.archive import BLOBS

_REFERS = re.compile(rb'"ruleset":"sha256:([0-9a-f]{64})"')
_PAUSE_EVERY = 256


def unreferred(
    folder: Path,
    records: Path,
    before: datetime,
    spare: Collection[str],
    pause: Callable[[], object] = lambda: None,
) -> frozenset[str]:
    """
    Return the fingerprints of archived policies that no record refers to.

    The log is read only where there is a policy that may be one of them.

    Args:
        folder: where policies are archived.
        records: folder of the records; packed files are read as well.
        before: UTC instant; what came into force later is left alone.
        spare: fingerprints that are left alone.
        pause: called again and again while files are read, to leave time to others.

    Raises:
        OSError: a file cannot be read.
    """
    wanted = {
        path.stem
        for path in folder.glob("*.json")
        if path.stem not in spare and _is_older(path, before)
    }
    for path in readable_files(records):
        if not wanted:
            break
        with unpacked(path) as file:
            for number, line in enumerate(iter(lambda: file.readline(LONGEST), b"")):
                wanted -= {name.decode() for name in _REFERS.findall(line)}
                if number % _PAUSE_EVERY == 0:
                    pause()
    return frozenset(wanted)


def remove(folder: Path, names: Collection[str], before: datetime) -> int:
    """
    Remove policies, and the files that no other policy was made of.

    Args:
        folder: where policies are archived.
        names: their fingerprints.
        before: as in `unreferred`; what has come into force again meanwhile stays.

    Returns:
        How many were removed.

    Raises:
        OSError: they cannot be removed.
    """
    count = 0
    for name in names:
        path = folder / f"{name}.json"
        if _is_older(path, before):
            path.unlink()
            count += 1
    if not count:
        return 0
    needed: set[str] = set()
    for path in folder.glob("*.json"):
        needed.update(json.loads(path.read_bytes())["files"].values())
    for path in (folder / BLOBS).iterdir():
        if path.name not in needed and _is_older(path, before):
            with suppress(FileNotFoundError):
                path.unlink()
    return count


def _is_older(path: Path, before: datetime) -> bool:
    try:
        return path.stat().st_mtime < before.timestamp()
    except FileNotFoundError:
        return False
