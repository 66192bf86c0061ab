"""
Sinks: who is handed each record, read back from the files after the fact. One sink a file.

    syslog.py     a syslog server, over TCP or TLS
    journal.py    the journal of systemd
    stdout.py     standard output, for containers

    cursor.py     how far a sink has come, kept on the disk
    feed.py       the lines after a cursor, across days, purges and restarts
    delivery.py   one thread for each sink; what it does not take waits in the files

The files are the truth. A sink that fails, hangs or is away holds up nothing: it goes on where it
stopped, in order, and each record comes to it at least once. A new sink is a file with a
configuration and a class like these, a line in `SINKS` and a member of `SinkConfig`; the shared
suite in tests/audit/sinks then asks it what every sink must answer.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Protocol

from pydantic import Field

from breaktime.audit.entry import Entry
from breaktime.audit.sinks.journal import JournalConfig
from breaktime.audit.sinks.stdout import StdoutConfig
from breaktime.audit.sinks.syslog import SyslogConfig

__all__ = ["SINKS", "Config", "Sink", "SinkConfig"]


class Sink(Protocol):
    """Somebody who takes records. Used from one thread."""

    def send(self, entries: Sequence[Entry]) -> None:
        """
        Hand records over; may take as long as it takes.

        Raises:
            OSError: they were not taken, or only some of them; all will be sent again.
        """
        ...

    def close(self) -> None:
        """Let go of what is open."""
        ...


class Config(Protocol):
    """The configuration of one sink, validated."""

    @property
    def kind(self) -> str: ...  # noqa: D102  the word that chooses the sink

    @property
    def name(self) -> str: ...  # noqa: D102  what it is called where people watch it

    def open(self, base: Path) -> Sink:
        """
        Build the sink; it connects when there is something to hand over.

        Args:
            base: folder that relative paths start from.
        """
        ...


SINKS: dict[str, type[Config]] = {
    "syslog": SyslogConfig,
    "journal": JournalConfig,
    "stdout": StdoutConfig,
}
"""Configuration model by the `kind` of the configuration."""

SinkConfig = Annotated[
    SyslogConfig | JournalConfig | StdoutConfig,
    Field(discriminator="kind"),
]
"""One entry of `records.sinks`; `kind` chooses the sink."""
