"""Seals what was written: knows the lines since the last checkpoint, and writes the next one."""

from collections.abc import Iterable
from datetime import datetime

from breaktime.audit.checkpoint import (
    Checkpoint,
    hash_of,
    laid_out,
    means_to_be_one,
    read_checkpoint,
    signed,
    to_sign,
)
from breaktime.audit.ecs import Origin, to_ecs
from breaktime.audit.identifiers import event_id
from breaktime.audit.keys import KeyFile
from breaktime.audit.line import render
from breaktime.audit.merkle import Tree, leaf_of
from breaktime.audit.statement import Statement
from breaktime.audit.tombstone import leaf_under
from breaktime.core.record import Action, Record

MOST = 4096
"""So many lines are sealed at once; a proof about one of them takes a dozen hashes."""


class NotOursError(Exception):
    """The log is not the one that the keys sealed last. Its text says what was found."""


class RestoredError(NotOursError):
    """The keys are older than the log: what they sign would be a second history of it."""


class Sealer:
    """
    Holds the tree over the lines that no checkpoint seals yet.

    A line counts once the store has it; a checkpoint, too: `add`, then `checkpoint`, then `sealed`.
    """

    def __init__(self, keys: KeyFile, gateway: Origin) -> None:
        """Seal the lines of a gateway with keys; they are closed with the sealer."""
        self._keys = keys
        self._gateway = gateway
        self._tree = Tree()

    @property
    def waiting(self) -> int:
        """How many lines are not sealed."""
        return self._tree.count

    @property
    def begun(self) -> bool:
        """Whether there is a checkpoint at all."""
        return self._keys.now.epoch > 0

    def go_on(self, lines: Iterable[bytes]) -> None:
        """
        Begin where the log ends.

        Where the last writer was killed after a checkpoint and before it destroyed its key, that is
        done now.

        Args:
            lines: of the log, without line ends: the last checkpoint and all that follow it; where
                there is no checkpoint, all that there are.

        Raises:
            RestoredError: nothing may be sealed with these keys.
            NotOursError: the log ends otherwise than it was sealed last. It is sealed all the same
                from here on, and the next checkpoint names the one that is missing.
            OSError: the keys cannot be kept.
        """
        last: tuple[Checkpoint, bytes] | None = None
        for line in lines:
            if means_to_be_one(line) and (checkpoint := read_checkpoint(line)) is not None:
                last, self._tree = (checkpoint, line), Tree()
            else:
                self._tree.add(leaf_under(line))
        if last is not None and last[0].origin == self._keys.now.origin:
            self._take_up(*last)
        elif self.begun:
            raise NotOursError("the log's last checkpoint is missing")
        else:
            self._tree = Tree()  # what was written before the keys were made is not sealed

    def _take_up(self, checkpoint: Checkpoint, line: bytes) -> None:
        now = self._keys.now
        if checkpoint.epoch == now.epoch and checkpoint.next == now.promised:
            self._keys.evolve(hash_of(line))
        elif checkpoint.epoch >= now.epoch:
            raise RestoredError("the keys are older than the log's last checkpoint")
        elif hash_of(line) != now.prev:
            raise NotOursError("the log's last checkpoint is not the one that was sealed last")

    def add(self, line: bytes) -> None:
        """Count a line that is kept; without its line end."""
        self._tree.add(leaf_of(line))

    def checkpoint(self, at: datetime, sequence: int, ruleset: str) -> bytes:
        """
        Return the next checkpoint, with its line end.

        Args:
            at: UTC instant.
            sequence: number of the line.
            ruleset: fingerprint of the policy, empty where none is known.
        """
        now = self._keys.now
        noun = "line" if self.waiting == 1 else "lines"
        record = Record(
            at=at,
            action=Action.INTEGRITY_CHECKPOINT,
            message=f"Sealed {self.waiting} {noun}",
            ruleset=ruleset,
        )
        line = to_ecs(record, sequence=sequence, event_id=event_id(at), origin=self._gateway)
        own = line.pop("breaktime")
        root = self._tree.root().hex()
        seal = Checkpoint(now.origin, now.epoch, self.waiting, root, now.prev, now.promised)
        line["breaktime"] = {**own, "seal": laid_out(seal)}
        text = render(line)[:-1]
        return signed(text, now.sign(to_sign(text))) + b"\n"

    def sealed(self, line: bytes) -> Statement:
        """
        Destroy the key of a checkpoint that the disk keeps, and return what a witness is told.

        Args:
            line: the checkpoint, with its line end.

        Raises:
            OSError: the keys cannot be kept.
        """
        epoch, hash_ = self._keys.now.epoch, hash_of(line[:-1])
        self._tree = Tree()
        self._keys.evolve(hash_)
        return Statement(self._keys.now.origin, epoch, hash_, line[:-1])

    def close(self) -> None:
        """Let go of the keys."""
        self._keys.close()
