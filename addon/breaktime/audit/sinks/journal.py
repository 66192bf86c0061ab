"""
Records to the journal of systemd, one entry each.

Source: systemd, "Native Journal Protocol".
"""

import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from breaktime.audit.entry import Entry
from breaktime.audit.formats import FORMATS, FormatName
from breaktime.audit.reading import value_at

SOCKET = Path("/run/systemd/journal/socket")

SECONDS = 5.0

_PRIORITY = {"I": "6", "W": "4", "E": "3"}
"""By the last letter of the code: informational, warning, error."""


class JournalConfig(BaseModel):
    """The journal of systemd."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["journal"]
    format: FormatName = "ecs"
    """`ecs`, `ocsf` or `cef`. `ecs` if left out."""

    @property
    def name(self) -> str:
        """What it is called in the operator's log and in metrics."""
        return "journal"

    def open(self, base: Path) -> "Journal":  # noqa: ARG002  there is one journal
        """Build the sink."""
        return Journal(self)


class Journal:
    """Sink: the journal. Taken is what its socket has taken."""

    def __init__(self, config: JournalConfig, path: Path | None = None) -> None:
        """Write in the form of the configuration; another path is for tests."""
        self._format = FORMATS[config.format]
        self._path = path or SOCKET

    def send(self, entries: Sequence[Entry]) -> None:
        """
        Send an entry for each record.

        Raises:
            OSError: there is no journal, or it does not listen.
        """
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journal:
            journal.settimeout(SECONDS)
            journal.connect(str(self._path))
            for entry in entries:
                journal.sendall(self._message(entry))

    def close(self) -> None:
        """Do nothing: nothing stays open."""

    def _message(self, entry: Entry) -> bytes:
        code = str(value_at(entry.record, "event.code"))
        fields = {
            "MESSAGE": self._format(entry),  # one line, as every form is
            "PRIORITY": _PRIORITY.get(code[-1:], "5"),
            "SYSLOG_IDENTIFIER": "breaktime-audit",
            "BREAKTIME_CODE": code,
            "BREAKTIME_SEQUENCE": str(entry.sequence),
        }
        return "".join(f"{key}={value}\n" for key, value in fields.items()).encode("ascii")
