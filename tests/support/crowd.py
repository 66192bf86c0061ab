"""Very many clients in one process, watched without a thread for each; an origin of its own."""

import logging
import multiprocessing
import select
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Self

import h2.config
import h2.connection
import trustme

from support.origin import CountingOrigin

SECONDS = 180
CHUNK = 262_144


@dataclass(frozen=True)
class Elsewhere:
    """An origin in another process; what a gateway is told of it."""

    ca: Path
    port: int
    plain_port: int


def _serve(folder: Path, pipe: Connection) -> None:
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # what it writes to who has gone
    with CountingOrigin(folder) as origin:
        pipe.send((origin.ca, origin.port, origin.plain_port))
        pipe.recv()


@contextmanager
def origin_elsewhere(folder: Path) -> Iterator[Elsewhere]:
    """Serve the tests' internet from another process, so that it waits for no client."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(folder, theirs))
    process.start()
    try:
        yield Elsewhere(*ours.recv())
    finally:
        ours.send(None)
        process.join(SECONDS)
        process.kill()
        process.join()


def certified(folder: Path) -> ssl.SSLContext:
    """Write a certificate for the proxy itself; return what a client trusts."""
    authority = trustme.CA()
    issued = authority.issue_cert("localhost")
    issued.private_key_pem.write_to_path(folder / "proxy-key.pem")
    issued.cert_chain_pems[0].write_to_path(folder / "proxy.pem")
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def contexts(gateway) -> dict[tuple[str, ...], ssl.SSLContext]:
    """Return what clients speak TLS by, for each that they may offer."""
    made = {}
    for offered in ((), ("h2",)):
        context = ssl.create_default_context(cadata=gateway.ca.read_text())
        context.load_verify_locations(gateway.origin.ca)
        if offered:
            context.set_alpn_protocols(list(offered))
        made[offered] = context
    return made


def h2_requests(
    host: str, paths: Sequence[str], *, method: str = "GET", ends: bool = True
) -> bytes:
    """Return what a client of HTTP/2 sends that asks for these, each in a stream."""
    conn = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True))
    conn.initiate_connection()
    for path in paths:
        pairs = [(":method", method), (":authority", host), (":scheme", "https"), (":path", path)]
        conn.send_headers(conn.get_next_available_stream_id(), pairs, end_stream=ends)
    return conn.data_to_send()


@dataclass(frozen=True)
class Manner:
    """
    How a client speaks in a tunnel.

    Fields:
        alpn: what is offered.
        keeps: what comes is kept, to be looked at afterwards.
        raw: without TLS.
        target: host and port of the tunnel.
    """

    alpn: tuple[str, ...] = ()
    keeps: bool = False
    raw: bool = False
    target: tuple[str, int] = ("", 443)


@dataclass(frozen=True)
class Proxy:
    """
    Where clients come in.

    Fields:
        address: of the proxy.
        secure: what is spoken in tunnels, for each offer; see `contexts`.
        tls: what is spoken with it itself; None for nothing.
    """

    address: tuple[str, int]
    secure: dict[tuple[str, ...], ssl.SSLContext]
    tls: ssl.SSLContext | None = None

    def enter(self, source: str) -> socket.socket:
        """Connect from an address."""
        sock = socket.create_connection(self.address, SECONDS, source_address=(source, 0))
        return sock if self.tls is None else self.tls.wrap_socket(sock, server_hostname="localhost")


@dataclass(eq=False)
class Client:
    """
    One connection, with TLS apart from the socket: what comes need not be read to be counted.

    Fields:
        sock: not blocking.
        engine: speaks TLS in the tunnel; None where nobody does.
        deadline: what comes after it is kept.
        ended: when it had ended, by the clock of `time.perf_counter`; 0 for not yet.
        how: what the end was.
        got: bytes that have come since it is watched.
    """

    sock: socket.socket
    engine: ssl.SSLObject | None
    incoming: ssl.MemoryBIO
    outgoing: ssl.MemoryBIO
    ends_with_bytes: bool = False
    keeps: bool = True
    deadline: float = float("inf")
    ended: float = 0.0
    how: str = ""
    got: int = 0
    kept: list[bytes] = field(default_factory=list)

    def handshake(self) -> None:
        while True:
            try:
                self.engine.do_handshake()
            except ssl.SSLWantReadError:
                self.sock.sendall(self.outgoing.read())
                self.fill()
            else:
                self.sock.sendall(self.outgoing.read())
                return

    def fill(self) -> None:
        data = self.sock.recv(65536)
        if not data:
            raise ConnectionError
        self.incoming.write(data)

    def say(self, data: bytes) -> None:
        if self.engine is None:
            self.sock.sendall(data)
            return
        self.engine.write(data)
        self.sock.sendall(self.outgoing.read())

    def until(self, text: bytes) -> bytes:
        """Read until this has come."""
        seen = b""
        while text not in seen:
            try:
                seen += self.engine.read(65536)
            except ssl.SSLWantReadError:
                self.fill()
        return seen

    def look(self) -> None:
        """Read what has come; note when it is the end."""
        try:
            data = self.sock.recv(CHUNK)
        except (BlockingIOError, ssl.SSLWantReadError):
            return
        except OSError as problem:
            self.ended, self.how = time.perf_counter(), type(problem).__name__
            return
        now = time.perf_counter()
        if not data:
            self.ended, self.how = now, "the end"
            return
        self.got += len(data)
        if self.keeps:
            self.kept.append(data)
        if self.ends_with_bytes and now > self.deadline:
            self.ended, self.how = now, "bytes"

    def heard(self) -> bytes:
        """Return what was said since the connection is watched."""
        if self.engine is None:
            return b"".join(self.kept)
        for data in self.kept:
            self.incoming.write(data)
        said = b""
        try:
            while piece := self.engine.read(65536):
                said += piece
        except ssl.SSLError:
            pass  # no more than this has come
        return said


def connect(proxy: Proxy, source: str, manner: Manner) -> Client:
    """
    Open a tunnel, with TLS in it where the manner is not raw.

    Args:
        proxy: where to come in.
        source: IP address of the client.
        manner: how to speak in it.
    """
    sock = proxy.enter(source)
    host, port = manner.target
    sock.sendall(f"CONNECT {host}:{port} HTTP/1.1\r\n\r\n".encode())
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += (piece := sock.recv(1))
        if not piece:
            raise ConnectionError(head)
    if b" 200 " not in head:
        raise ConnectionError(head)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    if manner.raw:
        return Client(sock, None, incoming, outgoing, keeps=manner.keeps)
    engine = proxy.secure[manner.alpn].wrap_bio(incoming, outgoing, server_hostname=host)
    client = Client(sock, engine, incoming, outgoing, bool(manner.alpn), manner.keeps)
    client.handshake()
    return client


class Watch:
    """Reads many connections, in a thread."""

    def __init__(self) -> None:
        self._poll = select.epoll()
        self._clients: dict[int, Client] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._poll.close()

    def add(self, client: Client) -> None:
        """Read this one, too."""
        self._clients[client.sock.fileno()] = client
        self._poll.register(client.sock.fileno(), select.EPOLLIN)

    def _run(self) -> None:
        while not self._over.is_set():
            for number, _ in self._poll.poll(0.1):
                client = self._clients[number]
                client.look()
                if client.ended:
                    self._poll.unregister(number)


class Other:
    """Somebody whose site is none of the gateway's business, and who asks again and again."""

    def __init__(self, proxy: Proxy, host: str) -> None:
        self._asked = f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
        self._client = connect(proxy, "127.0.20.200", Manner(target=(host, 443)))
        self._longest = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.asked = 0
        self.fault: Exception | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._client.sock.close()
        if self.fault is not None:
            raise self.fault

    def longest(self) -> float:
        """Return the longest wait since the last time, in milliseconds."""
        longest, self._longest = self._longest, 0.0
        return longest

    def _run(self) -> None:
        try:
            while not self._over.wait(0.01):
                began = time.perf_counter()
                self._client.say(self._asked)
                self._client.until(b"GET / 0\n")
                self._longest = max(self._longest, 1000 * (time.perf_counter() - began))
                self.asked += 1
        except Exception as fault:  # noqa: BLE001  whoever waits for the thread raises it
            self.fault = fault
