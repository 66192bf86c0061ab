"""
The desk: metrics, health and readiness over HTTP, on a Unix socket or on this machine only.

    GET /metrics   what is counted
    GET /health    200 while the event loop answers
    GET /ready     200 while connections are taken and records are kept, else 503 with why not

Laws of this file:
    One short request, one answer, and the connection ends. What is longer, later or of another
    kind gets a refusal or nothing.
    A browser on this machine that was led here by a name of somebody else's is refused: it says
    that name as `Host`.
"""

import asyncio
import os
import re
import stat
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from breaktime.watch.metrics import CONTENT_TYPE

LONGEST = 8192
"""Bytes of a request."""

PATIENCE = 5.0
"""Seconds for a request to arrive and for its answer to leave."""

GUESTS = 16
"""How many may ask at the same time."""

_OWN_NAMES = re.compile(rb"(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?", re.IGNORECASE)
_HOST = re.compile(rb"\r\nhost:[ \t]*([^\r\n]*?)[ \t]*(?=\r\n)", re.IGNORECASE)
_ASKED = re.compile(rb"(GET|HEAD) (/[!-~]*) HTTP/1\.[01]")
_WORDS = {200: "OK", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
          503: "Service Unavailable"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Health:
    """What keeps the gateway from being ready, each in plain words; nothing if it is."""

    troubles: tuple[str, ...] = ()


class Desk:
    """Answers whoever watches the gateway."""

    def __init__(self, metrics: Callable[[], bytes], health: Callable[[], Health]) -> None:
        """
        Do not listen yet.

        Args:
            metrics: returns the text of all metrics.
            health: says whether the gateway is ready.
        """
        self._metrics = metrics
        self._health = health
        self._server: asyncio.Server | None = None
        self._socket: Path | None = None
        self._guests = 0

    async def open_socket(self, path: Path) -> None:
        """
        Listen on a Unix socket, for the gateway's user and group.

        Raises:
            OSError: if it cannot be made; what is there and is no socket is left alone.
        """
        _make_room(path)
        before = os.umask(0o117)
        try:
            self._server = await asyncio.start_unix_server(self._guest, path, limit=LONGEST)
        finally:
            os.umask(before)
        self._socket = path

    async def open_port(self, host: str, port: int) -> tuple[str, int]:
        """
        Listen on an address of this machine, and return it with its port.

        Raises:
            OSError: if nobody can listen there.
        """
        self._server = await asyncio.start_server(self._guest, host, port, limit=LONGEST)
        found = self._server.sockets[0].getsockname()
        return found[0], found[1]

    async def close(self) -> None:
        """Stop listening, and take the socket away."""
        if self._server is not None:
            self._server.close()
        if self._socket is not None:
            with suppress(OSError):
                self._socket.unlink()

    async def _guest(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._guests += 1
        try:
            if self._guests <= GUESTS:
                async with asyncio.timeout(PATIENCE):
                    head = await reader.readuntil(b"\r\n\r\n")
                    writer.write(self._answer(head))
                    await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # whoever asked has left, or is no client of this
        finally:
            self._guests -= 1
            writer.close()

    def _answer(self, head: bytes) -> bytes:
        asked = _ASKED.match(head)
        if asked is None:
            return _http(405, "only GET is answered\n")
        hosts = _HOST.findall(head)
        if len(hosts) != 1 or _OWN_NAMES.fullmatch(hosts[0]) is None:
            return _http(403, "ask for this machine by its own name, localhost\n")
        path = asked[2].partition(b"?")[0]
        answer = self._page(path)
        return answer if asked[1] == b"GET" else answer.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"

    def _page(self, path: bytes) -> bytes:
        if path == b"/metrics":
            return _http(200, self._metrics(), CONTENT_TYPE)
        if path == b"/health":
            return _http(200, "alive\n")
        if path == b"/ready":
            troubles = self._health().troubles
            return _http(503, "\n".join(troubles) + "\n") if troubles else _http(200, "ready\n")
        return _http(404, "there are /metrics, /health and /ready\n")


def _make_room(path: Path) -> None:
    """Take a socket away that was left; only one gateway gets this far with its records."""
    if path.exists() and not stat.S_ISSOCK(path.stat().st_mode):
        raise FileExistsError(f"{path} is there and is no socket")
    path.unlink(missing_ok=True)


def _http(status: int, body: str | bytes, kind: str = "text/plain; charset=utf-8") -> bytes:
    content = body.encode() if isinstance(body, str) else body
    head = (
        f"HTTP/1.1 {status} {_WORDS[status]}\r\nContent-Type: {kind}\r\n"
        f"Content-Length: {len(content)}\r\nCache-Control: no-store\r\n"
        "X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + content
