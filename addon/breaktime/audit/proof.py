"""
Single records, with what proves that they are in the sealed log; nobody else's are shown.

A proof is JSON: the records as they stand in the log, for each its place under a checkpoint and the
hashes beside its way to the root, and all checkpoints from the anchor to the last of these. There
is no name and no address in a checkpoint.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from breaktime.audit.anchor import Anchor
from breaktime.audit.checkpoint import (
    FIRST,
    Checkpoint,
    hash_of,
    is_signed_by,
    means_to_be_one,
    read_checkpoint,
)
from breaktime.audit.merkle import leaf_of, path_of, root_above
from breaktime.audit.raw import Raw
from breaktime.audit.tombstone import leaf_under

VERSION = 1


class ProofError(Exception):
    """A proof does not prove what it says. The text says where."""


class Proven(NamedTuple):
    """
    What a proof shows.

    Fields:
        records: lines of the log.
        origin: name of the log.
    """

    records: list[str]
    origin: str


def prove(
    lines: Iterable[Raw], anchor: Anchor, wanted: Callable[[Mapping[str, Any]], bool]
) -> dict[str, Any]:
    """
    Collect the proof of some records.

    What it says is true only of a log that has been verified: nothing is checked here.

    Args:
        lines: of the whole log, in order.
        anchor: where the proof begins.
        wanted: tells whether a record is to be shown.

    Returns:
        The proof, to be written as JSON. Without records, where none is wanted or sealed.
    """
    checkpoints: list[str] = []
    records: list[dict[str, Any]] = []
    leaves: list[bytes] = []
    found: list[tuple[int, bytes]] = []
    needed = 0
    for raw in lines:
        if not means_to_be_one(raw.line):
            if _is(wanted, raw.line):
                found.append((len(leaves), raw.line))
            leaves.append(leaf_under(raw.line))
            continue
        checkpoint = read_checkpoint(raw.line)
        if checkpoint is not None and _follows(checkpoint, anchor, len(checkpoints)):
            checkpoints.append(raw.line.decode("ascii", "replace"))
            for index, line in found if checkpoint.epoch else []:
                path = [each.hex() for each in path_of(leaves, index)]
                text = line.decode("ascii", "replace")
                records.append(
                    {"line": text, "epoch": checkpoint.epoch, "index": index, "path": path}
                )
                needed = len(checkpoints)
        leaves, found = [], []
    return {"breaktime-proof": VERSION, "checkpoints": checkpoints[:needed], "records": records}


def check(proof: Any, anchor: Anchor) -> Proven:
    """
    Check a proof, with nothing but an anchor.

    Args:
        proof: what was read as JSON, whatever it is.
        anchor: where it has to begin.

    Raises:
        ProofError: it proves nothing.
    """
    try:
        if proof["breaktime-proof"] != VERSION:
            raise ProofError("this proof is of another version")
        sealed = _chain([str(line).encode() for line in proof["checkpoints"]], anchor)
        return Proven([_record(record, sealed) for record in proof["records"]], anchor.origin)
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise ProofError(f"this is no proof ({type(fault).__name__})") from None


def _chain(lines: list[bytes], anchor: Anchor) -> dict[int, Checkpoint]:
    """Check checkpoints, each by the one before it."""
    sealed: dict[int, Checkpoint] = {}
    key, prev = anchor.key, FIRST if anchor.epoch == 0 else ""
    for epoch, line in enumerate(lines, anchor.epoch):
        checkpoint = read_checkpoint(line)
        if checkpoint is None or checkpoint[:2] != (anchor.origin, epoch):
            raise ProofError(f"where checkpoint {epoch} should be is something else")
        if (prev and checkpoint.prev != prev) or not is_signed_by(line, key):
            raise ProofError(f"checkpoint {epoch} does not follow from the one before it")
        sealed[epoch] = checkpoint
        key, prev = checkpoint.next, hash_of(line)
    return sealed


def _record(record: Any, sealed: Mapping[int, Checkpoint]) -> str:
    """Check one record."""
    line, epoch = record["line"], record["epoch"]
    checkpoint = sealed.get(epoch)
    path = [bytes.fromhex(each) for each in record["path"]]
    index = record["index"]
    if checkpoint is None or type(index) is not int:
        raise ProofError("a record is under no checkpoint of this proof")
    root = root_above(leaf_of(line.encode()), index, checkpoint.lines, path)
    if root is None or root.hex() != checkpoint.root:
        raise ProofError(f"a record is not among the lines of checkpoint {epoch}")
    return str(line)


def _follows(checkpoint: Checkpoint, anchor: Anchor, count: int) -> bool:
    return checkpoint[:2] == (anchor.origin, anchor.epoch + count)


def _is(wanted: Callable[[Mapping[str, Any]], bool], line: bytes) -> bool:
    try:
        record = json.loads(line)
        return isinstance(record, dict) and wanted(record)
    except (ValueError, RecursionError):
        return False
