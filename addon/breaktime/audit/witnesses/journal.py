"""
A witness that is the journal of systemd, whose own seals are kept from whoever can write to it.

Source: systemd, "Native Journal Protocol".
"""

import socket
from dataclasses import dataclass
from pathlib import Path

from breaktime.audit.statement import Statement

SOCKET = Path("/run/systemd/journal/socket")

SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class JournalWitness:
    """One datagram for each checkpoint."""

    path: Path = SOCKET

    @property
    def name(self) -> str:
        """As the configuration calls it."""
        return "journal"

    def beside(self, base: Path, log: Path) -> "JournalWitness":  # noqa: ARG002  there is one journal
        """Return the witness itself."""
        return self

    def tell(self, statement: Statement) -> None:
        """
        Send a message to the journal.

        Raises:
            OSError: there is no journal, or it does not listen.
        """
        fields = {
            "MESSAGE": str(statement),
            "PRIORITY": "5",
            "SYSLOG_IDENTIFIER": "breaktime",
            "BREAKTIME_ORIGIN": statement.origin,
            "BREAKTIME_EPOCH": str(statement.epoch),
            "BREAKTIME_HASH": statement.hash,
        }
        message = "".join(f"{key}={value}\n" for key, value in fields.items())
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journal:
            journal.settimeout(SECONDS)
            journal.sendto(message.encode("utf-8"), str(self.path))
