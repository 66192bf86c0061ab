"""
An anchor: the public key that the checkpoints of a log begin with, as a line to be kept elsewhere.

    breaktime-anchor gateway/1f0c9e1b7a445d0c 0 3b6a27bcceb6a42d62a3a8d02a6f0d73...

Whoever has it can tell whether a log is the one that was begun with it. It is no secret.
"""

import re
from typing import NamedTuple

_LINE = re.compile(r"breaktime-anchor (\S{1,100}) (\d{1,18}) ([0-9a-f]{64})")


class Anchor(NamedTuple):
    """
    Where a proof begins.

    Fields:
        origin: name of the log.
        epoch: number of the checkpoint that is signed with the key.
        key: public key, 64 hexadecimal digits.
    """

    origin: str
    epoch: int
    key: str

    def __str__(self) -> str:
        """Write it as one line."""
        return f"breaktime-anchor {self.origin} {self.epoch} {self.key}"


def read_anchors(text: str) -> list[Anchor]:
    """Return the anchors that stand anywhere in a text."""
    return [Anchor(origin, int(epoch), key) for origin, epoch, key in _LINE.findall(text)]


def read_anchor(text: str) -> Anchor:
    """
    Read one anchor, as the configuration has it.

    Raises:
        ValueError: it is none; the text says what would be one.
    """
    found = _LINE.fullmatch(text)
    if found is None:
        raise ValueError(
            "must be the line that `breaktime audit init` printed on the other gateway,"
            f" `breaktime-anchor ...`, found `{ascii(text)[1:-1]}`"
        )
    return Anchor(found[1], int(found[2]), found[3])
