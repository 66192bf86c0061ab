"""Where the truth is kept: what the recorder asks of the files, and tests of their stand-ins."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple, Protocol

from breaktime.audit.losses import Loss
from breaktime.core.record import Action


class Trouble(NamedTuple):
    """
    Something that happened to the log from outside, to be recorded in it.

    Fields:
        action: what it is.
        message: one plain sentence.
        file: name of the file.
    """

    action: Action
    message: str
    file: str


class Store(Protocol):
    """
    Where finished lines are kept. Used from one thread.

    Fields:
        last_sequence: number of the last line that is kept, 0 where there is none.
        loss: what the last writer lost and could not tell of.
        day: UTC date of the file that is open, None where none is.
        full: the file that is open has become large enough.
    """

    @property
    def last_sequence(self) -> int: ...  # noqa: D102  in Fields above

    @property
    def loss(self) -> Loss: ...  # noqa: D102  in Fields above

    @property
    def day(self) -> date | None: ...  # noqa: D102  in Fields above

    @property
    def full(self) -> bool: ...  # noqa: D102  in Fields above

    def troubles(self) -> Sequence[Trouble]:
        """Return what has happened to the log from outside since it was asked last."""
        ...

    def note(self, loss: Loss) -> None:
        """Remember for the next writer what is lost; raises nothing."""
        ...

    def write(self, line: bytes, day: date) -> None:
        """
        Keep lines: when it returns, a crash of this process does not lose them.

        Args:
            line: printable ASCII with its line end; or several.
            day: UTC date of what happened.

        Raises:
            OSError: they could not be kept, and no part of them was.
        """
        ...

    def sync(self) -> None:
        """
        Have the disk keep what was written: when it returns, a crash of the machine loses nothing.

        Raises:
            OSError: it may not be kept.
        """
        ...

    def turn(self) -> None:
        """Go on in a new file with the next line."""
        ...

    def close(self) -> None:
        """Keep everything for good and let go. Nothing is written afterwards."""
        ...
