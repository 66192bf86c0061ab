"""
Witnesses: who is told of each checkpoint, so that nobody can cut the log or write it anew unseen.

    round.py     one thread for each witness; what it does not take waits, and its lag is known
    file.py      a file, on a disk that the gateway's administrators do not have
    journal.py   the journal of systemd
    syslog.py    a syslog server, RFC 5424 over TCP or TLS
    peer.py      another gateway, which checks each checkpoint; heard.py is what it keeps

A new witness is a file with a class like these, and a line in `read_witness`.
"""

from pathlib import Path
from typing import Protocol

from breaktime.audit.statement import Statement
from breaktime.audit.witnesses.file import FileWitness
from breaktime.audit.witnesses.journal import JournalWitness
from breaktime.audit.witnesses.peer import read_peer
from breaktime.audit.witnesses.round import Round
from breaktime.audit.witnesses.syslog import SyslogWitness

__all__ = ["Round", "Witness", "read_witness"]


class Witness(Protocol):
    """
    Somebody who keeps statements. Used from one thread.

    Fields:
        name: as the configuration calls it.
    """

    @property
    def name(self) -> str: ...  # noqa: D102  in Fields above

    def tell(self, statement: Statement) -> None:
        """
        Hand a statement over; may take a few seconds.

        Raises:
            OSError: it was not taken.
        """
        ...

    def beside(self, base: Path, log: Path) -> "Witness":
        """
        Return the same witness, for a gateway.

        Args:
            base: folder of the configuration, which its paths are beside.
            log: folder of the records.
        """
        ...


def read_witness(text: str) -> Witness:
    """
    Read a witness as the configuration names it.

    Raises:
        ValueError: it is none; the text says what would be one.
    """
    kind, _, rest = text.partition(":")
    if kind == "journal" and not rest:
        return JournalWitness()
    if kind == "file" and rest:
        return FileWitness(Path(rest))
    if kind == "peer" and (peer := read_peer(rest)) is not None:
        return peer
    if kind in {"syslog", "syslog+tls"}:
        where, trusts, trust = rest.partition(" trust=")
        host, colon, port = where.rpartition(":")
        fine = bool(trust) and kind == "syslog+tls" if trusts else True
        if (
            fine
            and colon
            and host
            and port.isascii()
            and port.isdigit()
            and 0 < int(port) < 1 << 16
        ):
            authorities = Path(trust) if trust else None
            tls = kind == "syslog+tls"
            return SyslogWitness(host.strip("[]"), int(port), tls=tls, authorities=authorities)
    found = f"found `{ascii(text)[1:-1]}`"
    if kind == "peer":
        raise ValueError(
            f"must be `peer:` with a host, a port and a key, {found}; write the line that"
            " `breaktime audit peer` prints on the other gateway"
        )
    raise ValueError(
        "must be `journal`, `file:` with a path, `peer:` with a host, a port and a key, or"
        f" `syslog:` or `syslog+tls:` with a host and a port, {found}; write for example"
        " `syslog+tls:siem.example.org:6514` or"
        " `syslog+tls:siem.example.org:6514 trust=siem-ca.pem`"
    )
