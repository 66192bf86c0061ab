"""Lines to standard output, for containers whose platform collects them."""

import os
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict

from breaktime.audit.losses import Loss

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

    def close(self) -> None:
        """Do nothing: standard output is not ours to close."""
