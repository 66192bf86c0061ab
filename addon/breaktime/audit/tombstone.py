"""
A tombstone: the line that stands where a record was whose time was over.

    {"breaktime":{"purged":["<purge>","<leaf>"]},"event":{"sequence":48211}}

Laws of this file:

1. It keeps the hash of the line, so the tree over it is the one that was sealed, and the number, so
   that nothing seems to be missing. The hash tells nothing of the record: there is a random number
   in each, its id, that nobody can guess.
2. It names the purge that made it. Whether there was one, a sealed record says: see `purges.py`.
3. There is one way to write it, so that no byte of it can be changed.
"""

import re
from typing import NamedTuple

from breaktime.audit.merkle import leaf_of

_START = b'{"breaktime":{"purged":["'
_FORM = re.compile(
    re.escape(_START)
    + rb'([0-9a-f]{32})","([0-9a-f]{64})"\]\},"event":\{"sequence":([1-9][0-9]{0,17})\}\}'
)


class Tombstone(NamedTuple):
    """
    What is left of a record.

    Fields:
        purge: id of the purge that made it, 32 hexadecimal digits.
        leaf: hash of the line that stood here, 32 bytes.
        sequence: its number.
    """

    purge: str
    leaf: bytes
    sequence: int


def write_tombstone(stone: Tombstone) -> bytes:
    """Return the line, without its end."""
    return _START + b'%b","%b"]},"event":{"sequence":%d}}' % (
        stone.purge.encode("ascii"),
        stone.leaf.hex().encode("ascii"),
        stone.sequence,
    )


def read_tombstone(line: bytes) -> Tombstone | None:
    """Return what a line says that is a tombstone, or None; it comes without its end."""
    if not line.startswith(_START) or (found := _FORM.fullmatch(line)) is None:
        return None
    return Tombstone(found[1].decode(), bytes.fromhex(found[2].decode()), int(found[3]))


def leaf_under(line: bytes) -> bytes:
    """Return the hash that the tree has of a line: where it is a tombstone, of what stood there."""
    stone = read_tombstone(line)
    return leaf_of(line) if stone is None else stone.leaf
