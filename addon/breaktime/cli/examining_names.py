"""What `breaktime doctor` looks at from a client: can it ask name servers past the gateway?"""

import base64
import http.client
import os
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from enum import Enum, auto
from functools import partial
from typing import NamedTuple

from breaktime.cli.examining import PATIENCE, Finding, Mark

_NAME = "www.example.org"
"""What is asked for: a name that is kept for examples."""

_HEADER, _LONGEST = 12, 65535
_MESSAGE = "application/dns-message"


class Ports(NamedTuple):
    """Where name servers answer: RFC 1035 in clear, RFC 7858 over TLS, RFC 8484 over HTTPS."""

    clear: int = 53
    tls: int = 853
    https: int = 443


class Reached(Enum):
    """How far a question has come."""

    NOWHERE = auto()
    SOMEBODY = auto()
    ANSWERED = auto()


def name_server(host: str, ports: Ports = Ports()) -> Iterator[Finding]:  # noqa: B008  a value
    """Examine whether a name server that is not ours answers to a client, in each way there is."""
    ways: tuple[tuple[str, str, Callable[[], Reached]], ...] = (
        ("DNS", f"UDP {ports.clear}", partial(_by_udp, host, ports.clear)),
        ("DNS", f"TCP {ports.clear}", partial(_by_tcp, host, ports.clear)),
        ("DNS over TLS", f"TCP {ports.tls}", partial(_by_tls, host, ports.tls)),
        ("DNS over HTTPS", f"TCP {ports.https}", partial(_by_https, host, ports.https)),
    )
    for kind, port, ask in ways:
        reached = Reached.NOWHERE
        with suppress(OSError, UnicodeError):  # no way to it, or its name leads nowhere
            reached = ask()
        yield _FOUND[reached](f"{kind} at {host} ({port})", port)


def _answered(what: str, port: str) -> Finding:
    return Finding(Mark.BAD, f"{what} answers past the gateway; close {port} in the firewall")


def _somebody(what: str, port: str) -> Finding:
    text = f"somebody is there for {what}, and gives no answer to a name"
    return Finding(Mark.LOOK, f"{text}; fine if it is the gateway, else close {port}")


def _nowhere(what: str, _: str) -> Finding:
    return Finding(Mark.FINE, f"{what} is not reached from here")


_FOUND = {
    Reached.ANSWERED: _answered,
    Reached.SOMEBODY: _somebody,
    Reached.NOWHERE: _nowhere,
}


def _question() -> bytes:
    """Return a question for one address, with a number that nobody can guess."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in _NAME.split("."))
    return os.urandom(2) + b"\x01\x00\x00\x01" + bytes(6) + labels + b"\x00\x00\x01\x00\x01"


def _answers(reply: bytes, question: bytes) -> Reached:
    """Tell whether these bytes are an answer to a question: any, a refusal too."""
    answer = len(reply) >= _HEADER and reply[:2] == question[:2] and bool(reply[2] & 0x80)
    return Reached.ANSWERED if answer else Reached.SOMEBODY


def _by_udp(host: str, port: int) -> Reached:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
    question = _question()
    with socket.socket(found[0], socket.SOCK_DGRAM) as sock:
        sock.settimeout(PATIENCE)
        sock.connect(found[4])
        sock.send(question)
        return _answers(sock.recv(_LONGEST), question)


def _by_tcp(host: str, port: int) -> Reached:
    with socket.create_connection((host, port), PATIENCE) as sock:
        return _over(sock)


def _by_tls(host: str, port: int) -> Reached:
    with socket.create_connection((host, port), PATIENCE) as sock:
        try:
            with _context().wrap_socket(sock, server_hostname=host) as wrapped:
                return _over(wrapped)
        except OSError:
            return Reached.SOMEBODY


def _over(sock: socket.socket) -> Reached:
    """Ask on a stream, where a length stands before each message (RFC 1035, 4.2.2)."""
    question = _question()
    try:
        sock.sendall(len(question).to_bytes(2) + question)
        reply = b""
        while len(reply) < 2 + _HEADER and (piece := sock.recv(_LONGEST)):
            reply += piece
    except OSError:
        return Reached.SOMEBODY
    return _answers(reply[2:], question)


def _by_https(host: str, port: int) -> Reached:
    question = _question()
    text = base64.urlsafe_b64encode(question).rstrip(b"=").decode()
    line = http.client.HTTPSConnection(host, port, timeout=PATIENCE, context=_context())
    socket.create_connection((host, port), PATIENCE).close()  # from here on somebody is there
    try:
        line.request("GET", f"/dns-query?dns={text}", headers={"Accept": _MESSAGE})
        with line.getresponse() as reply:
            if reply.getheader("Content-Type", "").partition(";")[0].strip() != _MESSAGE:
                return Reached.SOMEBODY
            return _answers(reply.read(_LONGEST), question)
    except (OSError, http.client.HTTPException):
        return Reached.SOMEBODY
    finally:
        line.close()


def _context() -> ssl.SSLContext:
    """Return what takes every certificate: nothing is told to anybody, and who answers counts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
