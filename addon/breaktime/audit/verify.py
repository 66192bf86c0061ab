"""
Is a log what was written? Read line by line, with nothing but public keys and what witnesses saw.

Laws of this file:

1. Whatever bytes come, there is an answer and no fault; memory does not grow with the log.
2. A line is proved only by the checkpoint over it, and that by the one before it, back to an
   anchor. A checkpoint that does not hold ends the proof: what follows cannot be told from forged.
3. Of lines that no checkpoint is over, nothing is said but that.
4. What was taken out is no finding against the log where a sealed record says who did it, and why.
"""

import re
from collections.abc import Iterable

from breaktime.audit.anchor import Anchor
from breaktime.audit.checkpoint import (
    FIRST,
    Checkpoint,
    hash_of,
    is_signed_by,
    means_to_be_one,
    read_checkpoint,
)
from breaktime.audit.findings import Place, Report, Status
from breaktime.audit.merkle import Tree, leaf_of
from breaktime.audit.purges import Authority, Purges, read_authority
from breaktime.audit.statement import Statement
from breaktime.audit.tail import sequence_of
from breaktime.audit.tombstone import read_tombstone

REMEMBERED = 4096
"""So many keys are remembered, to tell a second history from a repeated one."""

_SEQUENCE = re.compile(
    rb'\{"@timestamp":"[^"]{1,40}","ecs":\{"version":"[^"]{1,20}"\},'
    rb'"event":\{"id":"[^"]{1,40}","sequence":(\d{1,18}),'
)
"""How our lines begin; it is much faster than to read the whole of each."""


class _Interval:
    """
    The lines since the last checkpoint, proved by nothing yet.

    Fields:
        start: the first of them, None where there is none.
        tree: the tree over them.
        gaps: numbers that are missing, first and last, and the line that follows.
        authorities: what they say of purges.
    """

    def __init__(self) -> None:
        self.start: Place | None = None
        self.tree = Tree()
        self.gaps: list[tuple[int, int, Place]] = []
        self.authorities: list[Authority] = []


class Verifier:
    """Takes the lines of one log in their order; then `finish` says what it is."""

    def __init__(
        self, anchors: Iterable[Anchor], witnessed: Iterable[Statement] = (), *, live: bool = False
    ) -> None:
        """
        Begin to read a log.

        Args:
            anchors: the public keys that it may begin with; one for each time it was begun.
            witnessed: what witnesses saw, of this log and others.
            live: a gateway writes to it: that the last lines are not sealed yet is no finding.
        """
        self.report = Report()
        self._live = live
        self._anchors = list(anchors)
        self._witnessed: dict[tuple[str, int], set[str]] = {}
        for seen in witnessed:
            self._witnessed.setdefault((seen.origin, seen.epoch), set()).add(seen.hash)
        self._due: Anchor | None = None
        """What the next checkpoint has to be; None before the first."""
        self._prev = ""
        """Hash of the last checkpoint; empty where it does not matter."""
        self._kept: dict[int, tuple[str, str]] = {}
        """Key and hash of the last checkpoints that hold, by epoch."""
        self._broken = False
        self._interval = _Interval()
        self._purges = Purges()
        self._number: int | None = None
        """The number that the next line has to have."""

    def take(self, file: str, number: int, line: bytes, *, whole: bool = True) -> None:
        """
        Take one line.

        Args:
            file: name of its file.
            number: its number there, from 1.
            line: without its line end; cut where it is far too long to be ours.
            whole: it had a line end.
        """
        place = file, number
        if not whole and not self._live:
            self.report.add(Status.TRUNCATED, place, "half a line: the file was cut here")
        if means_to_be_one(line):
            self._take_checkpoint(place, line)
            return
        interval = self._interval
        if interval.start is None:
            interval.start = place
        stone = read_tombstone(line)
        if stone is not None:
            interval.tree.add(stone.leaf)
            self._purges.take(place, stone, line)
        else:
            interval.tree.add(leaf_of(line))
            if (authority := read_authority(line)) is not None:
                interval.authorities.append(authority)
        self._count(place, line)

    def finish(self) -> Report:
        """Say what the log is, once all lines are taken."""
        report, interval = self.report, self._interval
        report.tail = interval.tree.count
        if report.tail and not self._broken and not (self._live and self._due):
            text = f"{_lines(report.tail)} not sealed, from here to the end"
            report.add(Status.UNSEALED, interval.start, text)
        if self._due is None and not self._broken:
            report.add(Status.TRUNCATED, None, "there is no checkpoint of the anchor")
        if self._due is not None and not self._broken:
            self._ask_witnesses(self._due)
        self._purges.judge(report)
        return report

    def _count(self, place: Place, line: bytes) -> None:
        """Look for numbers that are missing."""
        found = _SEQUENCE.match(line)
        number = int(found[1]) if found else sequence_of(line)
        due, self._number = self._number, None if number is None else number + 1
        if due is not None and number is not None and number != due:
            self._interval.gaps.append((due, number - 1, place))

    def _take_checkpoint(self, place: Place, line: bytes) -> None:
        checkpoint = read_checkpoint(line)
        if self._broken:
            self._interval = _Interval()
        elif checkpoint is None:
            self._break(place, "this checkpoint was changed")
        elif (anchor := self._begun_by(checkpoint, line)) is not None:
            self._begin(anchor)
            self._judge(place, line, checkpoint, anchor)
        elif self._due is not None:
            self._judge(place, line, checkpoint, self._due)
        elif any(
            each.origin == checkpoint.origin and each.epoch > checkpoint.epoch
            for each in self._anchors
        ):
            self._interval = _Interval()  # before the anchor: it is not asked about
            self._number = None
        else:
            text = "this is another log than the anchor's, or its beginning is missing"
            self._break(place, text, Status.TRUNCATED)

    def _begun_by(self, checkpoint: Checkpoint, line: bytes) -> Anchor | None:
        """Return the anchor that a checkpoint is the first of, if it is."""
        if self._due is not None and (checkpoint.epoch or checkpoint.origin == self._due.origin):
            return None
        for anchor in self._anchors:
            if anchor[:2] == checkpoint[:2] and is_signed_by(line, anchor.key):
                return anchor
        return None

    def _begin(self, anchor: Anchor) -> None:
        """Begin with an anchor; the first checkpoint of all is over no line."""
        if self._due is not None:
            self._ask_witnesses(self._due)  # the log before this one ends here
        self._due, self._prev, self._number = anchor, "", None
        self._kept.clear()
        if anchor.epoch == 0:
            interval, self._interval = self._interval, _Interval()
            self._prev = FIRST
            if interval.tree.count:
                text = (
                    f"{_lines(interval.tree.count)} not sealed, from here to the first checkpoint"
                )
                self.report.add(Status.UNSEALED, interval.start, text)

    def _judge(self, place: Place, line: bytes, found: Checkpoint, due: Anchor) -> None:
        """Judge a checkpoint by what it has to be."""
        hash_ = hash_of(line)
        if found.origin != due.origin:
            self._break(place, "this checkpoint is of another log")
        elif found.epoch < due.epoch:
            key, known = self._kept.get(found.epoch, ("", ""))
            if hash_ != known and key and is_signed_by(line, key):
                text = f"there is another checkpoint {found.epoch}: this is a second history"
                self._break(place, text, Status.FORKED)
            else:
                self._break(place, f"checkpoint {found.epoch} is out of its place")
        elif found.epoch > due.epoch:
            missing = found.epoch - due.epoch
            noun = "checkpoint is" if missing == 1 else "checkpoints are"
            text = f"{missing} {noun} missing before this one, and the lines under them"
            self._break(place, text)
        elif not is_signed_by(line, due.key):
            self._break(place, "this checkpoint is not signed with the key that it has to be")
        else:
            self._count(place, line)
            self._hold(place, found, hash_, due.key)

    def _hold(self, place: Place, found: Checkpoint, hash_: str, key: str) -> None:
        """Take a checkpoint that is signed as it has to be, and see what it is over."""
        report, interval = self.report, self._interval
        if self._prev and found.prev != self._prev:
            text = "this checkpoint follows another one than the one before it here"
            report.add(Status.FORKED, place, text)
        if (interval.tree.count, interval.tree.root().hex()) == (found.lines, found.root):
            report.sealed += interval.tree.count
            for gap in interval.gaps:
                self._tell_gap(*gap)
            for authority in interval.authorities:
                self._purges.allow(authority)
        else:
            first = interval.start or place
            text = f"from here to {place[0]}:{place[1]} are not the lines that were sealed"
            report.add(Status.TAMPERED, first, text)
        report.checkpoints += 1
        report.head = Statement(found.origin, found.epoch, hash_)
        if self._witnessed.get((found.origin, found.epoch), {hash_}) != {hash_}:
            text = f"a witness saw another checkpoint {found.epoch}: this is a second history"
            report.add(Status.FORKED, place, text)
        self._kept[found.epoch] = key, hash_
        if len(self._kept) > REMEMBERED:
            del self._kept[next(iter(self._kept))]
        self._due = report.anchor = Anchor(found.origin, found.epoch + 1, found.next)
        self._prev, self._interval = hash_, _Interval()

    def _tell_gap(self, first: int, last: int, where: Place) -> None:
        if last < first:
            self.report.add(Status.GAP, where, f"number {last + 1} comes after number {first - 1}")
            return
        noun = f"number {first} is" if first == last else f"numbers {first}-{last} are"
        self.report.add(Status.GAP, where, f"{noun} missing before this line: never written")

    def _break(self, place: Place, text: str, status: Status = Status.TAMPERED) -> None:
        """Say what is wrong with a checkpoint; nothing after it can be proved."""
        self.report.add(status, place, f"{text}; nothing from here on can be proved")
        self._broken = True
        self._interval = _Interval()

    def _ask_witnesses(self, due: Anchor) -> None:
        """See whether a witness knows of more than there is."""
        later = [epoch for origin, epoch in self._witnessed if origin == due.origin]
        if later and max(later) >= due.epoch:
            text = f"a witness saw checkpoint {max(later)}; here the last one is {due.epoch - 1}"
            self.report.add(Status.TRUNCATED, None, text)


def _lines(count: int) -> str:
    return f"{count} line is" if count == 1 else f"{count} lines are"
