"""Records to standard output, for containers whose platform collects them."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from breaktime.audit.entry import Entry
from breaktime.audit.formats import FORMATS, FormatName

STDOUT = 1


class StdoutConfig(BaseModel):
    """Standard output of the gateway, one record a line."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["stdout"]
    format: FormatName = "ecs"
    """`ecs`, `ocsf` or `cef`. `ecs` if left out."""

    @property
    def name(self) -> str:
        """What it is called in the operator's log and in metrics."""
        return "stdout"

    def open(self, base: Path) -> "Stdout":  # noqa: ARG002  it has no path
        """Build the sink."""
        return Stdout(self)


class Stdout:
    """Sink: standard output. Taken is what the pipe has taken."""

    def __init__(self, config: StdoutConfig) -> None:
        """Write in the form of the configuration."""
        self._format = FORMATS[config.format]

    def send(self, entries: Sequence[Entry]) -> None:
        """
        Write lines.

        Raises:
            OSError: nobody reads any more.
        """
        left = "".join(f"{self._format(entry)}\n" for entry in entries).encode("ascii")
        while left:
            left = left[os.write(STDOUT, left) :]

    def close(self) -> None:
        """Do nothing: standard output is not ours to close."""
