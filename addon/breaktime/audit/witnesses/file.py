"""A witness that is a file: on a share that can only be added to, or on another machine's disk."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

from breaktime.audit.statement import Statement

_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW


@dataclass(frozen=True, slots=True)
class FileWitness:
    """One line for each checkpoint; the file is opened anew each time, as shares come and go."""

    path: Path

    @property
    def name(self) -> str:
        """As the configuration calls it."""
        return f"file:{self.path}"

    def beside(self, base: Path, log: Path) -> "FileWitness":  # noqa: ARG002  it knows no log
        """Return the witness with its path beside the configuration."""
        return replace(self, path=base / self.path)

    def tell(self, statement: Statement) -> None:
        """
        Add a line, and have the disk keep it.

        Raises:
            OSError: it cannot be kept.
        """
        fd = os.open(self.path, _FLAGS, 0o640)
        try:
            os.write(fd, f"{statement}\n".encode("ascii", "replace"))
            os.fsync(fd)
        finally:
            os.close(fd)
