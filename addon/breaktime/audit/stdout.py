"""Lines to standard output, for containers whose platform collects them."""

import os
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict

from breaktime.audit.losses import Loss
from breaktime.audit.sink import Trouble

STDOUT = 1


class StdoutConfig(BaseModel):
    """Standard output."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["stdout"]

    def open(self, gateway: str) -> "Stdout":  # noqa: ARG002  the name is on every line
        """Open it. Numbers begin with 1: nobody can read back what was written."""
        return Stdout()


class Stdout:
    """Sink: standard output. What a reader does with half a line is the reader's matter."""

    last_sequence = 0
    loss = Loss(0, 0)
    day = None
    full = False

    def note(self, loss: Loss) -> None:
        """Do nothing: nobody can read back what was noted."""

    def write(self, line: bytes, day: date) -> None:  # noqa: ARG002  the date is on the line
        """
        Write one line.

        Raises:
            OSError: nobody reads any more.
        """
        while line:
            line = line[os.write(STDOUT, line) :]

    def troubles(self) -> tuple[Trouble, ...]:
        """Return none: nobody can change what was said."""
        return ()

    def sync(self) -> None:
        """Do nothing: what becomes of it is the reader's matter."""

    def turn(self) -> None:
        """Do nothing: there is one stream."""

    def close(self) -> None:
        """Do nothing: standard output is not ours to close."""
