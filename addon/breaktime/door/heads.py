"""The head of a first request: read strictly, once for each that is the same to the last byte."""

import re
from dataclasses import dataclass, field

from breaktime.door.authority import split_authority
from breaktime.door.reasons import MalformedError, Reason

KEPT = 1024
"""How many heads are remembered: what a browser asks for again, it asks for in the same words."""

MAX_KEPT = 1024
"""Bytes of the longest of them."""

_END = b"\r\n\r\n"
_REQUEST_LINE = re.compile(r"([A-Z][A-Z-]{0,31}) ([\x21-\x7e]+) HTTP/1\.[01]")
_FIELD = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*")
_ABSOLUTE = re.compile(r"(https?)://([^/?#]+)(?:[/?#].*)?", re.IGNORECASE)

_DEFAULT_PORTS = {"http": 80, "https": 443}

# What a head may say that is remembered: nothing of it is a secret, or says who is asking.
_PLAIN = frozenset({"host", "user-agent", "connection", "proxy-connection", "content-length"})


@dataclass(frozen=True, slots=True)
class Head:
    """
    What the first request says.

    Fields:
        tunnel: whether it is a CONNECT.
        host: lower case, no trailing dots, no brackets; empty when the proxy itself is asked.
        port: 1 to 65535; 0 when the proxy itself is asked.
        credentials: the value of Proxy-Authorization as sent. A secret: never log it.
        fields: names in lower case and values of all headers, in their order. Secrets as well.
    """

    tunnel: bool
    host: str
    port: int
    credentials: str | None
    fields: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    def __repr__(self) -> str:
        """Return all but the secrets."""
        return f"Head(tunnel={self.tunnel}, host={self.host!r}, port={self.port})"


_known: dict[bytes, Head] = {}


def recall(head: bytes) -> Head | None:
    """Return what `read_head` has made of these very bytes, if that is remembered."""
    return _known.get(head)


def read_head(head: bytes) -> Head:
    """
    Read the head of a request.

    Args:
        head: from the method to the empty line, which is its end; lines end in CR LF.

    Returns:
        What matters of it to the door. That of a tunnel is remembered, unless it may hold a secret.

    Raises:
        MalformedError: it could be read in two ways, or not at all.
    """
    found = _read(head.removesuffix(_END).decode("latin-1"))
    if found.tunnel and len(head) <= MAX_KEPT and all(name in _PLAIN for name, _ in found.fields):
        if len(_known) >= KEPT:  # what came first goes first
            del _known[next(iter(_known))]
        _known[head] = found
    return found


def _read(head: str) -> Head:
    line, *fields = head.split("\r\n")
    found = _REQUEST_LINE.fullmatch(line)
    if not found:
        raise MalformedError(Reason.REQUEST_LINE)
    method, target = found.groups()
    tunnel = method == "CONNECT"
    pairs = _read_fields(fields, tunnel=tunnel)
    if tunnel:
        host, port = split_authority(target)
    elif target.startswith("/"):
        host, port = "", 0
    elif absolute := _ABSOLUTE.fullmatch(target):
        host, port = split_authority(absolute[2], _DEFAULT_PORTS[absolute[1].lower()])
    else:
        raise MalformedError(Reason.REQUEST_LINE)
    credentials = next((value for name, value in pairs if name == "proxy-authorization"), None)
    return Head(tunnel, host, port, credentials, pairs)


def _read_fields(fields: list[str], *, tunnel: bool) -> tuple[tuple[str, str], ...]:
    """Check all headers and return their names in lower case and values."""
    pairs: list[tuple[str, str]] = []
    credentials = 0
    lengths = 0
    for line in fields:
        found = _FIELD.fullmatch(line)
        if not found:  # also a folded line, which begins with a blank
            raise MalformedError(Reason.HEADER)
        name = found[1].lower()
        if name == "proxy-authorization":
            credentials += 1
            if credentials > 1:
                raise MalformedError(Reason.CREDENTIALS_TWICE)
        elif tunnel and name == "content-length":
            lengths += 1
            if lengths > 1 or found[2] != "0":
                raise MalformedError(Reason.BODY)
        elif tunnel and name == "transfer-encoding":
            raise MalformedError(Reason.BODY)
        pairs.append((name, found[2]))
    return tuple(pairs)
