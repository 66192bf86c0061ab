"""What every sink of the audit log takes and promises."""

from datetime import date
from typing import Protocol

from breaktime.audit.losses import Loss


class Sink(Protocol):
    """
    Where finished lines are kept. Used from one thread.

    Fields:
        last_sequence: number of the last line that is kept, 0 where there is none.
        loss: what the last writer lost and could not tell of.
    """

    @property
    def last_sequence(self) -> int: ...  # noqa: D102  in Fields above

    @property
    def loss(self) -> Loss: ...  # noqa: D102  in Fields above

    def note(self, loss: Loss) -> None:
        """Remember for the next writer what is lost; raises nothing."""
        ...

    def write(self, line: bytes, day: date) -> None:
        """
        Keep one line: when it returns, a crash of this process does not lose the line.

        Args:
            line: printable ASCII with its line end.
            day: UTC date of what happened.

        Raises:
            OSError: the line could not be kept, and no part of it was.
        """
        ...

    def close(self) -> None:
        """Keep everything for good and let go. Nothing is written afterwards."""
        ...


class Config(Protocol):
    """The configuration of one sink, validated."""

    @property
    def kind(self) -> str: ...  # noqa: D102  the word that chooses the sink

    def open(self, gateway: str) -> Sink:
        """
        Open the sink.

        Args:
            gateway: name of the gateway that writes.

        Raises:
            OSError: it cannot be opened.
            ValueError: the name of the gateway cannot be used.
        """
        ...
