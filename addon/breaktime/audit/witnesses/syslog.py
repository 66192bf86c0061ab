"""
A witness that is a syslog server.

A connection for each checkpoint: there is one a minute, and the end of a connection that was closed
in order is the only sign a syslog server gives that it has read what was sent.

Source: RFC 5424 for the message, RFC 6587 (octet counting) and RFC 5425 for the way.
"""

import socket
import ssl
from dataclasses import dataclass, replace
from pathlib import Path

from breaktime.audit.statement import Statement

SECONDS = 5.0

_NOTICE = 13 * 8 + 5
"""Facility "log audit", severity "notice"."""


@dataclass(frozen=True, slots=True)
class SyslogWitness:
    """
    One message for each checkpoint, over TCP or TLS.

    Fields:
        host, port: where the server is.
        tls: the way is encrypted, and the server has to prove its name.
        authorities: file of the authorities that may vouch for it; None for those of the system.
    """

    host: str
    port: int
    tls: bool
    authorities: Path | None = None

    @property
    def name(self) -> str:
        """As the configuration calls it."""
        return f"syslog{'+tls' if self.tls else ''}:{self.host}:{self.port}"

    def beside(self, base: Path, log: Path) -> "SyslogWitness":  # noqa: ARG002  it knows no log
        """Return the witness with its file of authorities beside the configuration."""
        return (
            self if self.authorities is None else replace(self, authorities=base / self.authorities)
        )

    def tell(self, statement: Statement) -> None:
        """
        Send a message.

        Raises:
            OSError: the server cannot be reached, cannot prove its name, or does not read.
        """
        message = f"<{_NOTICE}>1 - - breaktime - seal - {statement}".encode("ascii", "replace")
        way = socket.create_connection((self.host, self.port), SECONDS)
        with way:
            if not self.tls:
                _send(way, message)
                return
            context = ssl.create_default_context(cafile=self.authorities)
            with context.wrap_socket(way, server_hostname=self.host) as safe:
                _send(safe, message)


def _send(way: socket.socket, message: bytes) -> None:
    way.sendall(b"%d %s" % (len(message), message))
    if isinstance(way, ssl.SSLSocket):
        way.unwrap().close()
    else:
        way.shutdown(socket.SHUT_WR)
        while way.recv(1024):
            pass
