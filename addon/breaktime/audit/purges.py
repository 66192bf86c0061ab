"""
Was what is gone from a log taken out with authority, and was it time?

Each purge of a file is told of by one sealed record, `audit-purged`, before it is done. The record
has a hash over all its tombstones, as they stand in the file. So there are exactly these or, where
the gateway was stopped in between, none. It names the file, which has its day in its name, and the
rule: the purge was made after all of the lengths in it.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Any, NamedTuple

from breaktime.audit.findings import Place, Report, Status
from breaktime.audit.tail import DATED
from breaktime.audit.tombstone import Tombstone

_LENGTH = re.compile(r"[a-z_]+: (\d{1,5}) days")
_MARK = b'"action":"audit-purged"'


class Authority(NamedTuple):
    """
    What a record says of one purge.

    Fields:
        purge: its id.
        lines: how many tombstones it made.
        digest: SHA-256 over them with their line ends, 64 hexadecimal digits.
        text: who did it, by which rule, and which record says so.
        timely: the time of the rule was over when it was done, by what the record itself says.
    """

    purge: str
    lines: int
    digest: str
    text: str
    timely: bool


def read_authority(line: bytes) -> Authority | None:
    """Return what a record says of a purge, None where it is about something else."""
    if _MARK not in line:
        return None
    try:
        record = json.loads(line)
        event, own = record["event"], record["breaktime"]
        purge = own["purge"]
        text = (
            f"by {own['by']} under `{purge['rule']}`, as record {event['sequence']}"
            f" of {record['@timestamp']} says"
        )
        timely = _timely(purge["rule"], record["file"]["path"], record["@timestamp"])
        found = Authority(purge["id"], purge["lines"], purge["digest"], text, timely)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        return None
    return found if event.get("action") == "audit-purged" else None


def _timely(rule: str, file: str, at: str) -> bool:
    """Tell whether a rule allowed to purge a file of a day then."""
    lengths = [_LENGTH.fullmatch(part) for part in rule.split(", ")]
    day = re.search(DATED + r"(?:\.gz)?\Z", file)
    if day is None or not all(lengths):
        return False
    end = datetime.combine(date.fromisoformat(day[1]), time(), UTC) + timedelta(days=1)
    longest = max(int(length[1]) for length in lengths if length)
    return end + timedelta(days=longest) <= datetime.fromisoformat(at).astimezone(UTC)


@dataclass(slots=True)
class _Stones:
    """
    The tombstones of one purge.

    Fields:
        start: the first of them.
        lines: how many there are.
        digest: over them.
    """

    start: Place
    lines: int = 0
    digest: Any = field(default_factory=sha256)


class Purges:
    """Collects tombstones and authorities of one log, in its order."""

    def __init__(self) -> None:
        """Begin with none."""
        self._stones: dict[str, _Stones] = {}
        self._sealed: dict[str, Authority] = {}

    def take(self, place: Place, stone: Tombstone, line: bytes) -> None:
        """Take a tombstone, as it stands there without its line end."""
        stones = self._stones.get(stone.purge)
        if stones is None:
            stones = self._stones[stone.purge] = _Stones(place)
        stones.lines += 1
        stones.digest.update(line + b"\n")

    def allow(self, authority: Authority) -> None:
        """Take an authority that is sealed."""
        self._sealed[str(authority.purge)] = authority

    def judge(self, report: Report) -> None:
        """Say of each purge whether it was done as a sealed record says."""
        for purge, stones in self._stones.items():
            authority = self._sealed.get(purge)
            noun = "record was" if stones.lines == 1 else "records were"
            count = f"{stones.lines} {noun} taken out of this file, from here on"
            if authority is None:
                report.add(Status.TAMPERED, stones.start, f"{count}, and no sealed record says so")
            elif (authority.lines, authority.digest) != (stones.lines, stones.digest.hexdigest()):
                text = f"{count}; a sealed record allows that, but of other lines"
                report.add(Status.TAMPERED, stones.start, text)
            elif not authority.timely:
                text = f"{count}, {authority.text}; the time of that rule was not over"
                report.add(Status.TAMPERED, stones.start, text)
            else:
                report.purged += stones.lines
                report.add(Status.PURGED, stones.start, f"{count}, {authority.text}")
