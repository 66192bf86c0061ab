"""
The tree over the lines of one checkpoint: one hash that no line can be changed under.

A checkpoint holds the root only. Whether one line is below it can be shown with the hashes beside
its way up, and without any other line.

Source: RFC 6962, section 2.1; the prefixes keep a line from passing for two, and two for one.
"""

from collections.abc import Sequence
from hashlib import sha256
from itertools import starmap

EMPTY = sha256(b"").digest()
"""Root over no lines."""


def leaf_of(line: bytes) -> bytes:
    """Return the hash of one line, which comes without its line end; 32 bytes."""
    return sha256(b"\x00" + line).digest()


def node_of(left: bytes, right: bytes) -> bytes:
    """Return the hash of two hashes."""
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """
    A tree that grows, of which only the edge is kept: as many hashes as its count has bits.

    Fields:
        count: how many leaves it has.
    """

    __slots__ = ("_edge", "count")

    def __init__(self) -> None:
        """Begin with no leaf."""
        self.count = 0
        self._edge: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Add the hash of one more line."""
        edge, count = self._edge, self.count
        while count & 1:
            leaf = node_of(edge.pop(), leaf)
            count >>= 1
        edge.append(leaf)
        self.count += 1

    def root(self) -> bytes:
        """Return the hash over all leaves."""
        if not self._edge:
            return EMPTY
        *rest, root = self._edge
        for left in reversed(rest):
            root = node_of(left, root)
        return root


def path_of(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the hashes beside the way from one leaf to the root, the lowest first."""
    path: list[bytes] = []
    level = list(leaves)
    while len(level) > 1:
        if (index ^ 1) < len(level):
            path.append(level[index ^ 1])
        odd = level[len(level) & ~1 :]
        level = [*starmap(node_of, zip(level[::2], level[1::2], strict=False)), *odd]
        index >>= 1
    return path


def root_above(leaf: bytes, index: int, count: int, path: Sequence[bytes]) -> bytes | None:
    """
    Return the root that a leaf and the hashes beside its way lead to.

    Args:
        leaf: hash of the line.
        index: its place among the lines, from 0.
        count: how many lines there are.
        path: what `path_of` gave.

    Returns:
        None where there are too few hashes, too many, or no such place.
    """
    if not 0 <= index < count:
        return None
    beside = list(path)
    last = count - 1
    while last:
        if index & 1 or index < last:
            if not beside:
                return None
            other = beside.pop(0)
            leaf = node_of(other, leaf) if index & 1 else node_of(leaf, other)
        index >>= 1
        last >>= 1
    return None if beside else leaf
