"""
Records to a syslog server: RFC 5424, over TCP or TLS, octets counted.

Syslog has no word for "I have it". So each batch has a connection of its own: the server closes it
in order once it has read to the end, and that is the only sign it gives. A connection that ends in
any other way says nothing, and the batch is sent once more.

Source: RFC 5424 for the message, RFC 6587 (octet counting) and RFC 5425 for the way.
"""

import re
import socket
import ssl
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from breaktime.audit.ecs import timestamp
from breaktime.audit.entry import Entry
from breaktime.audit.formats import FORMATS, FormatName
from breaktime.audit.reading import value_at

SECONDS = 10.0
"""How long a server may take for each step."""

_FACILITY = 13
"""Log audit."""

_SEVERITY = {"I": 6, "W": 4, "E": 3}
"""By the last letter of the code: informational, warning, error."""

_ENTERPRISE = 32473
"""The number that RFC 5612 keeps for examples: breaktime has none of its own."""

_NAME = re.compile(r"[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\]")
_NOT_PLAIN = re.compile(r"[^!-~]")
_IN_VALUE = re.compile(r'["\\\]]')


def _address(found: object) -> str:
    host, _, port = str(found).rpartition(":")
    fine = _NAME.fullmatch(host) and port.isascii() and port.isdigit() and len(port) < 6  # noqa: PLR2004  65535
    if not fine or not 0 < int(port) < 1 << 16:
        raise ValueError(
            f"must be a name or an address with a port, found `{ascii(str(found))[1:-1]}`;"
            " write for example `siem.example.org:6514`"
        )
    return str(found)


class SyslogConfig(BaseModel):
    """A syslog server."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["syslog"]
    to: Annotated[str, BeforeValidator(_address)]
    """Name or address of the server, and its port."""
    tls: bool = True
    """`true`: the way is encrypted, and the server proves its name. `true` if left out."""
    trust: Path | None = None
    """File of the authorities that may vouch for the server. Those of the system if left out."""
    format: FormatName = "ecs"
    """`ecs`, `ocsf` or `cef`. `ecs` if left out."""

    @model_validator(mode="after")
    def _trust_needs_tls(self) -> Self:
        if self.trust is not None and not self.tls:
            raise ValueError("`trust` is for TLS; remove it, or write `tls: true`")
        return self

    @property
    def name(self) -> str:
        """What it is called in the operator's log and in metrics."""
        return f"syslog{'+tls' if self.tls else ''}:{self.to}"

    def open(self, base: Path) -> "Syslog":
        """Build the sink; the file of authorities lies beside the configuration."""
        trust = None if self.trust is None else base / self.trust
        return Syslog(self, trust)


class Syslog:
    """Sink: a syslog server. Taken is what it has read to the end of its connection."""

    def __init__(self, config: SyslogConfig, trust: Path | None) -> None:
        """
        Connect to nothing yet.

        Args:
            config: where to, and in which form.
            trust: file of authorities, absolute; read anew for each connection.
        """
        host, _, port = config.to.rpartition(":")
        self._server = host.strip("[]"), int(port)
        self._tls = config.tls
        self._trust = trust
        self._format = FORMATS[config.format]
        self._host = _NOT_PLAIN.sub("", socket.gethostname())[:255] or "-"

    def send(self, entries: Sequence[Entry]) -> None:
        """
        Send a message for each record, and wait until the server has read them.

        Raises:
            OSError: it cannot be reached, cannot prove its name, or did not read to the end.
        """
        messages = (self._message(entry) for entry in entries)
        data = b"".join(b"%d %b" % (len(message), message) for message in messages)
        context = ssl.create_default_context(cafile=self._trust) if self._tls else None
        with socket.create_connection(self._server, SECONDS) as way:
            way.settimeout(SECONDS)
            if context is None:
                way.sendall(data)
                way.shutdown(socket.SHUT_WR)
                while way.recv(4096):
                    pass
                return
            with context.wrap_socket(way, server_hostname=self._server[0]) as safe:
                safe.sendall(data)
                safe.unwrap().close()  # waits for the server's own last word

    def close(self) -> None:
        """Do nothing: nothing stays open."""

    def _message(self, entry: Entry) -> bytes:
        record = entry.record
        code = str(value_at(record, "event.code"))
        priority = _FACILITY * 8 + _SEVERITY.get(code[-1:], 5)
        kind = _NOT_PLAIN.sub("", str(value_at(record, "event.action")))[:32] or "-"
        decision = value_at(record, "breaktime.decision.id")
        facts = {"code": code, "id": decision, "seq": entry.sequence}
        said = " ".join(
            f'{key}="{_value(value)}"' for key, value in facts.items() if value is not None
        )
        head = f"<{priority}>1 {timestamp(entry.at)} {self._host} breaktime - {kind}"
        text = f"{head} [bt@{_ENTERPRISE} {said}] {self._format(entry)}"
        return text.encode("ascii", "replace")


def _value(value: object) -> str:
    """Write a value of structured data; whatever is not printable is left out."""
    plain = "".join(each for each in str(value) if " " <= each <= "~")
    return _IN_VALUE.sub(r"\\\g<0>", plain)
