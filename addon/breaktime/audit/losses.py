"""
How many records were lost, kept where a full disk does not matter.

The file has all of its bytes from the beginning and is written in place. Without it, losses of a
process that ends before it can tell of them would be numbers given out twice.
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

NAME = "writer.losses"
_MODE = 0o640
_DIGITS = 20
_SIZE = 2 * _DIGITS + 2
"""Two numbers, a space and a line end."""


class Loss(NamedTuple):
    """
    What is lost and not told of.

    Fields:
        sequence: the number that was given last.
        lost: how many records up to it are lost since the last one that was kept.
    """

    sequence: int
    lost: int


class Losses:
    """The file in the directory of the log; whatever is wrong with it, records go on."""

    def __init__(self, directory: Path) -> None:
        """Open the file, and take its room while there is some."""
        self._fd = -1
        with suppress(OSError):
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
            self._fd = os.open(directory / NAME, flags, _MODE)
            if os.fstat(self._fd).st_size < _SIZE:
                self.note(Loss(0, 0))

    def read(self) -> Loss:
        """Return what stands in the file; no loss where it cannot be read."""
        try:
            sequence, lost = os.pread(self._fd, _SIZE, 0).split()
            return Loss(int(sequence), int(lost))
        except (OSError, ValueError):
            return Loss(0, 0)

    def note(self, loss: Loss) -> None:
        """Write over what stands in the file."""
        line = f"{loss.sequence:0{_DIGITS}} {loss.lost:0{_DIGITS}}\n"
        with suppress(OSError):
            os.pwrite(self._fd, line.encode("ascii"), 0)

    def close(self) -> None:
        """Let go of the file."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
