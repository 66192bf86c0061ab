"""A local TLS server that plays some sites of the internet."""

import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self

import trustme

_PAGE = """<!doctype html><html lang="en"><title>{host}</title>
<h1>{host}</h1><p>This page was played by the demo's own origin. Its path is {length} long.</p>
"""


class _Site(BaseHTTPRequestHandler):
    """Answers every path of every host."""

    protocol_version = "HTTP/1.1"
    server_version = "demo-origin"
    timeout = 30

    def do_GET(self) -> None:
        """Send a page that names the host."""
        host = "".join(c for c in self.headers.get("Host", "") if c.isalnum() or c in ".-")
        body = _PAGE.format(host=host, length=len(self.path)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class says so
        """Say nothing: what happens is shown by the story."""


class Origin:
    """
    All sites of the demo on one port, each with a certificate of its own.

    Fields:
        port: where it listens, on 127.0.0.1.
        ca: file with the authority that signs its certificates.
    """

    ISSUER = "Demo Internet"

    def __init__(self, folder: Path) -> None:
        """Make the authority, and listen."""
        self._authority = trustme.CA(organization_name=self.ISSUER)
        self.ca = folder / "demo-internet.pem"
        self._authority.cert_pem.write_to_path(str(self.ca))
        self._contexts: dict[str, ssl.SSLContext] = {}
        context = self._context("unnamed.example")
        context.sni_callback = self._choose
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
        self._server.daemon_threads = True
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        """Begin to serve."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()

    def _choose(self, sock: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        sock.context = self._context(name or "unnamed.example")

    def _context(self, name: str) -> ssl.SSLContext:
        if name not in self._contexts:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._authority.issue_cert(name).configure_cert(context)
            self._contexts[name] = context
        return self._contexts[name]
