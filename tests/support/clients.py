"""Real clients: curl, sockets with TLS of our own choosing, and HTTP/2."""

import json
import os
import socket
import ssl
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import h2.config
import h2.connection
import h2.events

TIMEOUT = 40


@dataclass
class Reply:
    """What came back: `status` 0 for none at all."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    issuer: str = ""
    version: str = ""


def curl(
    gateway,
    url: str,
    *arguments: str,
    source: str = "127.0.20.5",
    body: Path | None = None,
    environment: dict[str, str] | None = None,
) -> Reply:
    """
    Ask with curl, through the gateway, trusting its CA and the origin's.

    Args:
        gateway: a running one.
        url: what is asked for.
        arguments: more options.
        source: address the client sits at.
        body: file that is sent without saying how long it is.
        environment: more of it, such as where tickets are found.
    """
    with tempfile.TemporaryDirectory() as folder:
        trust = Path(folder) / "trust.pem"
        trust.write_bytes(gateway.ca.read_bytes() + gateway.origin.ca.read_bytes())
        command = ["curl", "--silent", "--max-time", str(TIMEOUT), "--interface", source]
        command += ["--proxy", gateway.url, "--noproxy", "", "--cacert", str(trust)]
        command += ["--output", f"{folder}/body", "--dump-header", f"{folder}/head"]
        command += ["--suppress-connect-headers", "--write-out", "%{json}", *arguments, url]
        with (body or Path(os.devnull)).open("rb") as stdin:
            env = {**os.environ, **(environment or {})}
            done = subprocess.run(command, capture_output=True, stdin=stdin, env=env, check=False)
        facts = json.loads(done.stdout)
        head, body = Path(folder) / "head", Path(folder) / "body"
        lines = head.read_text("latin-1").splitlines() if head.exists() else []
        pairs = (line.split(":", 1) for line in lines if ":" in line)
        return Reply(
            status=facts["response_code"] or facts["http_connect"],
            body=body.read_bytes() if body.exists() else b"",
            headers={name.strip().lower(): value.strip() for name, value in pairs},
            version=facts["http_version"],
        )


BROWSER = {
    "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "none",
    "Sec-Fetch-User": "?1",
}


def as_browser() -> list[str]:
    """Return curl's arguments for the headers of a navigation."""
    return [part for name, value in BROWSER.items() for part in ("-H", f"{name}: {value}")]


def connect(
    gateway, target: str, *, source: str = "127.0.20.5", headers: str = ""
) -> socket.socket:
    """Open a tunnel and return its socket; the answer to the CONNECT must be 200."""
    sock = socket.create_connection(gateway.proxy, TIMEOUT, source_address=(source, 0))
    sock.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{headers}\r\n".encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        try:
            piece = sock.recv(65536)
        except OSError:
            sock.close()
            raise
        if not piece:
            break
        answer += piece
    if not answer.startswith(b"HTTP/1.1 200"):
        sock.close()
        raise ConnectionError(answer)
    return sock


def tls(
    gateway, sock: socket.socket, sni: str | None, *, alpn: tuple[str, ...] = ()
) -> ssl.SSLSocket:
    """Begin TLS with a name of our choosing; both authorities are trusted."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.load_verify_locations(gateway.ca)
    context.load_verify_locations(gateway.origin.ca)
    if alpn:
        context.set_alpn_protocols(list(alpn))
    return context.wrap_socket(sock, server_hostname=sni)


def issuer(sock: ssl.SSLSocket) -> str:
    """Return the organisation that signed the certificate that we were shown."""
    pairs = [pair for group in sock.getpeercert()["issuer"] for pair in group]
    return dict(pairs)["organizationName"]


def exchange(sock: socket.socket, request: bytes) -> Reply:
    """Send a request of HTTP/1.1 and read one answer with a Content-Length."""
    sock.sendall(request)
    return read_reply(sock)


def read_reply(sock: socket.socket, *, body: bool = True) -> Reply:
    """
    Read one answer of HTTP/1.1; status 0 if the connection ends instead.

    Args:
        sock: where it comes from.
        body: False for an answer to HEAD.
    """
    data = b""
    while b"\r\n\r\n" not in data:
        try:
            piece = sock.recv(1)  # not a byte more than this answer: the next may follow
        except (ConnectionError, ssl.SSLError):
            piece = b""
        if not piece:
            return Reply(0, data)
        data += piece
    first, *lines = data.decode("latin-1").rstrip("\r\n").split("\r\n")
    headers = {
        name.strip().lower(): value.strip()
        for name, value in (line.split(":", 1) for line in lines)
    }
    left = int(headers.get("content-length", 0)) if body else 0
    content = b""
    while len(content) < left:
        piece = sock.recv(left - len(content))
        if not piece:
            break
        content += piece
    return Reply(int(first.split()[1]), content, headers)


_RESET = (h2.events.StreamReset, h2.events.ConnectionTerminated)


class Http2:
    """An HTTP/2 client on a TLS socket."""

    def __init__(self, sock: ssl.SSLSocket) -> None:
        self._sock = sock
        self._conn = h2.connection.H2Connection(
            h2.config.H2Configuration(
                client_side=True,
                header_encoding="utf-8",
                validate_outbound_headers=False,  # what we send is ours to choose
                normalize_outbound_headers=False,
            )
        )
        self._conn.initiate_connection()
        self._sock.sendall(self._conn.data_to_send())

    def ask(
        self,
        authority: str | None,
        path: str,
        extra: tuple[tuple[str, str], ...] = (),
        *,
        method: str = "GET",
        body: bytes = b"",
    ) -> Reply:
        """Send one request and read its answer; status 0 if the stream is reset."""
        stream = self._conn.get_next_available_stream_id()
        headers = [
            (":method", method),
            *([(":authority", authority)] if authority else []),
            (":scheme", "https"),
            (":path", path),
            *extra,
        ]
        self._conn.send_headers(stream, headers, end_stream=not body)
        if body:
            self._conn.send_data(stream, body, end_stream=True)
        self._sock.sendall(self._conn.data_to_send())
        reply = Reply(0)
        while True:
            try:
                data = self._sock.recv(65536)
            except (ConnectionError, ssl.SSLError):
                data = b""
            if not data:
                return reply
            events = [
                event
                for event in self._conn.receive_data(data)
                if getattr(event, "stream_id", stream) == stream
            ]
            for event in events:
                self._take(event, reply)
            if any(isinstance(event, _RESET) for event in events):
                return Reply(0)
            self._sock.sendall(self._conn.data_to_send())
            if any(isinstance(event, h2.events.StreamEnded) for event in events):
                return reply

    def begin(self, authority: str, path: str) -> int:
        """Ask for something that does not end; return its stream."""
        stream = self._conn.get_next_available_stream_id()
        names = (":method", ":authority", ":scheme", ":path")
        values = ("GET", authority, "https", path)
        self._conn.send_headers(stream, list(zip(names, values, strict=True)), end_stream=True)
        self._sock.sendall(self._conn.data_to_send())
        return stream

    def await_data(self, streams: set[int]) -> None:
        """Wait until something has come on each of these streams."""
        missing = set(streams)
        while missing:
            for event in self._conn.receive_data(self._sock.recv(65536)):
                assert not isinstance(event, _RESET)
                if isinstance(event, h2.events.DataReceived):
                    missing.discard(event.stream_id)
            self._sock.sendall(self._conn.data_to_send())

    def await_reset(self) -> set[int]:
        """Wait until streams are reset, and return which."""
        while True:
            data = self._sock.recv(65536)
            assert data, "all of the connection has ended"
            found = self._conn.receive_data(data)
            assert not any(isinstance(e, h2.events.ConnectionTerminated) for e in found)
            reset = {e.stream_id for e in found if isinstance(e, h2.events.StreamReset)}
            if reset:
                return reset

    def _take(self, event: h2.events.Event, reply: Reply) -> None:
        if isinstance(event, h2.events.ResponseReceived):
            reply.headers = dict(event.headers)
            reply.status = int(reply.headers[":status"])
        elif isinstance(event, h2.events.DataReceived):
            reply.body += event.data
            size = event.flow_controlled_length
            self._conn.acknowledge_received_data(size, event.stream_id)
