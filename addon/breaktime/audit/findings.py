"""What can be found out about a log."""

from dataclasses import dataclass, field
from enum import IntEnum

from breaktime.audit.anchor import Anchor
from breaktime.audit.statement import Statement

MOST = 100
"""So many findings are told one by one."""

Place = tuple[str, int]
"""Name of a file, and number of a line in it, from 1."""


class Status(IntEnum):
    """What a log is, from best to worst; the value is the exit status of `audit verify`."""

    OK = 0
    PURGED = 3
    UNSEALED = 4
    GAP = 5
    TRUNCATED = 6
    FORKED = 7
    TAMPERED = 8


@dataclass(frozen=True, slots=True)
class Finding:
    """
    Something that was found.

    Fields:
        status: what it makes of the log.
        place: where; None where it is about no line.
        text: what was found, in one sentence without its end.
    """

    status: Status
    place: Place | None
    text: str

    def __str__(self) -> str:
        """Write it as one line for people."""
        where = "" if self.place is None else f" {self.place[0]}:{self.place[1]}:"
        return f"{self.status.name}{where} {self.text}"


@dataclass(slots=True)
class Report:
    """
    What is known of a log once it is read.

    Fields:
        findings: the first hundred, in the order of the log.
        more: how many there are besides.
        worst: what the log is.
        sealed: lines that are proved, checkpoints aside, and what stands for those that are gone.
        purged: how many of them are gone with authority.
        checkpoints: how many hold.
        tail: lines after the last checkpoint.
        head: what a witness would have to say of the last checkpoint that holds, None without one.
        anchor: with which the next checkpoint can be proved.
    """

    findings: list[Finding] = field(default_factory=list)
    more: int = 0
    worst: Status = Status.OK
    sealed: int = 0
    purged: int = 0
    checkpoints: int = 0
    tail: int = 0
    head: Statement | None = None
    anchor: Anchor | None = None

    def add(self, status: Status, place: Place | None, text: str) -> None:
        """Take a finding in."""
        self.worst = max(self.worst, status)
        if len(self.findings) < MOST:
            self.findings.append(Finding(status, place, text))
        else:
            self.more += 1
