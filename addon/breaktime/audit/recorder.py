"""
Stage 7, the edge of it: records get their numbers and are written before anything is released.

Laws of this file:

1. `put` raises nothing. It says whether the record is kept; who asked decides what follows.
2. Every record takes a number, kept or not. Lost ones are the gaps between the numbers, and the
   first record that can be written again is one that says how many they are, also where that is
   another process.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import NamedTuple

from breaktime import __version__
from breaktime.audit.ecs import Origin, day_of
from breaktime.audit.line import journal
from breaktime.audit.losses import Loss
from breaktime.audit.sealer import Sealer
from breaktime.audit.statement import Statement
from breaktime.audit.store import Store, Trouble
from breaktime.core.record import Action, Record

REMIND = timedelta(minutes=1)
"""How often the operator is told that records are being lost."""

Tell = Callable[[int, Exception | None], None]
"""Tells the operator how many records are lost, and why; without a fault: the loss has ended."""


class Seals(NamedTuple):
    """
    What makes a log that cannot be edited unseen.

    Fields:
        sealer: has taken up the log where it ends.
        witness: is told of each checkpoint; raises nothing.
    """

    sealer: Sealer
    witness: Callable[[Statement], None]


class Recorder:
    """
    Writes records to a store, from one thread.

    Fields:
        writable: the last write succeeded. Every `put` tries anew.
        lost: records lost since the last one that was kept.
        fault: why the last write failed, None while it works.
    """

    def __init__(  # noqa: PLR0913  a store and a name are enough
        self,
        store: Store,
        gateway: str,
        version: str = __version__,
        *,
        tell: Tell | None = None,
        seals: Seals | None = None,
        found: Sequence[Trouble] = (),
        hide: Callable[[Record], Record] | None = None,
    ) -> None:
        """
        Go on with the numbers of a store.

        Args:
            store: where lines go; closed with the recorder.
            gateway: name of this gateway, on every line.
            version: version of breaktime, on every line.
            tell: is called with the first loss, once a minute after it, and when it is over.
            seals: what seals the lines; closed with the recorder. None leaves the log unsealed.
            found: what was wrong with the log when it was opened, to be recorded.
            hide: puts a pseudonym in the place of a name; None leaves names.
        """
        self._hide = hide
        self._store = store
        self._seals = seals
        self._found = found
        self._journal = journal(_Page(store, seals), Origin(gateway, version))
        self._sequence = store.last_sequence
        self._tell = tell
        self._told: datetime | None = None
        self._missing: Record | None = None
        """The last record that was lost."""
        self._ruleset = ""
        self.lost = 0
        if store.loss.lost and store.loss.sequence > self._sequence:
            self._sequence, self.lost = store.loss
        self.fault: Exception | None = None

    @property
    def writable(self) -> bool:
        """Whether the last write succeeded."""
        return self.fault is None

    @property
    def sequence(self) -> int:
        """The number that was given last."""
        return self._sequence

    @property
    def waiting(self) -> int:
        """How many lines are not sealed, 0 where nothing is ever sealed."""
        return 0 if self._seals is None else self._seals.sealer.waiting

    def begin(self, at: datetime) -> None:
        """Write what comes before the first record: the first checkpoint, and troubles."""
        if self._seals is not None and not self._seals.sealer.begun:
            self.seal(at)
        for trouble in self._found:
            self.note(at, trouble.action, trouble.message, trouble.file)
        self._note_troubles(at)

    def put(self, record: Record) -> bool:
        """
        Write one record.

        Returns:
            True when it is kept: the store has it, and the death of this process does not lose
            it. False when it is lost, and counted.
        """
        return self.put_all([record])[0]

    def put_all(self, records: Sequence[Record]) -> list[bool]:
        """
        Write records, at one go where that can be done.

        Returns:
            For each of them what `put` would say.
        """
        first = records[0]
        together = not self.lost and self._writes(records)
        if not together and (self.lost or len(records) > 1):
            # One by one: a record that cannot be laid out takes no other with it.
            kept = [self._put_one(record) for record in records]
        elif not together:
            self.lose(first)
            kept = [False]
        else:
            kept = [True] * len(records)
        self._ruleset = first.ruleset
        self._note_troubles(first.at)
        return kept

    def note(self, at: datetime, action: Action, message: str, file: str | None = None) -> bool:
        """Record what happened to the log itself, under the policy of the last record."""
        return self._put_one(Record(at, action, message, self._ruleset, file=file))

    def failed(self, fault: Exception) -> None:
        """Tell the operator of a fault that no record has; until one is written, nothing can be."""
        self.fault = fault
        self._say(fault)

    def lose(self, record: Record, count: int = 1) -> None:
        """Count records as lost; the last of them comes with it."""
        self._sequence += count
        self.lost += count
        self._missing = record
        self._store.note(Loss(self._sequence, self.lost))
        if self._told is None or abs(record.at - self._told) >= REMIND:
            self._told = record.at
            self._say(self.fault)

    def seal(self, at: datetime) -> bool:
        """
        Write a checkpoint over what was written since the last one, and say whether it is kept.

        Where nothing is sealed, do nothing.
        """
        seals = self._seals
        if seals is None:
            return False
        line = seals.sealer.checkpoint(at, self._sequence + 1, self._ruleset)
        try:
            self._store.write(line, self._store.day or day_of(at))
        except OSError as fault:
            self.fault = fault
            return False
        self._sequence += 1
        # From here on there is no way back: the same key must not sign another checkpoint, also
        # where the disk does not keep this one. If it is gone then, that is what has to be found.
        not_kept = self._sync_fault()
        try:
            statement = seals.sealer.sealed(line)
        except OSError as fault:
            self.fault = not_kept or fault
            return False
        if not_kept is not None:
            self.fault = not_kept
            return False
        seals.witness(statement)
        return True

    def settle(self, at: datetime) -> bool:
        """Seal what was written, or have the disk keep it where nothing is sealed; was it done?"""
        if self._seals is not None:
            return self.seal(at)
        fault = self._sync_fault()
        self.fault = fault or self.fault
        return fault is None

    def _sync_fault(self) -> OSError | None:
        """Have the disk keep what was written; say what it says against that."""
        try:
            self._store.sync()
        except OSError as fault:
            return fault
        return None

    def _put_one(self, record: Record) -> bool:
        if self.lost:
            self._close_gap(record.at, record.ruleset)
        if not self.lost and self._writes([record]):
            return True
        self.lose(record)
        return False

    def _close_gap(self, at: datetime, ruleset: str) -> None:
        """Say how many records are missing, if that can be written."""
        if not self._writes([_gap(at, ruleset, self.lost)]):
            return
        self._say(None)
        self.lost, self._told, self._missing = 0, None, None
        self._store.note(Loss(self._sequence, 0))

    def _say(self, fault: Exception | None) -> None:
        if self._tell is not None:
            with suppress(Exception):  # a log that cannot be told of does not stop the other
                self._tell(self.lost, fault)

    def _note_troubles(self, at: datetime) -> None:
        """Record what has happened to the log from outside, once that can be written."""
        if self.fault is not None:
            return
        for trouble in self._store.troubles():
            self.note(at, trouble.action, trouble.message, trouble.file)

    def close(self) -> None:
        """
        Close the store; what is lost is told of, and what is left sealed, if that can be written.

        Raises:
            OSError: what was written last may not be on disk.
        """
        missing = self._missing
        if missing is not None:
            self._close_gap(missing.at, missing.ruleset)
        try:
            self._store.close()
        finally:
            if self._seals is not None:
                self._seals.sealer.close()

    def _writes(self, records: Sequence[Record]) -> bool:
        """Write lines of one day, and take their numbers if they are kept."""
        try:
            day = day_of(records[0].at)
            if len(records) > 1 and any(day_of(record.at) != day for record in records):
                return False
            if self._store.full or self._store.day not in {None, day}:
                self.seal(records[-1].at)  # so that a file ends with a checkpoint
                self._store.turn()
            hidden = records if self._hide is None else [self._hide(each) for each in records]
            self._journal.put(hidden, self._sequence + 1)
        except Exception as fault:  # noqa: BLE001  whatever it is: not written is not written
            self.fault = fault
            return False
        self.fault = None
        self._sequence += len(records)
        return True


class _Page:
    """What the journal writes on: the store, and the tree over what it keeps."""

    def __init__(self, store: Store, seals: Seals | None) -> None:
        self._store = store
        self._seals = seals

    def write(self, line: bytes, day: date) -> None:
        self._store.write(line, day)
        if self._seals is not None:
            for each in line.splitlines():
                self._seals.sealer.add(each)


def _gap(at: datetime, ruleset: str, lost: int) -> Record:
    """Say how many records are missing before one that can be written."""
    noun = "record" if lost == 1 else "records"
    return Record(
        at=at,
        action=Action.AUDIT_GAP,
        message=f"{lost} {noun} could not be written",
        ruleset=ruleset,
        lost=lost,
    )
