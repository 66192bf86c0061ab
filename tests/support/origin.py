"""An origin that counts: TLS and plain HTTP/1.1, WebSocket echo, big bodies, endless streams."""

import asyncio
import base64
import gzip
import hashlib
import socket
import ssl
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Self

import trustme

from support import film

ISSUER = "Test Internet"
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_CHUNK = b"x" * 65536
_PACE = 16_384
"""Bytes a second."""


_CHUNKED = b"Transfer-Encoding: chunked\r\n"
ODD = {
    "/trailers": (_CHUNKED + b"\r\n5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n", b""),
    "/endless-head": (_CHUNKED, b"a: b\r\n" * 1000),
    "/endless-line": (_CHUNKED + b"\r\n1;", b"a" * 4000),
}
"""Begins of answers, and what follows them again and again."""


@cache
def packed_gigabyte() -> bytes:
    """Return what a gigabyte becomes when it is packed: one megabyte."""
    return gzip.compress(bytes(1 << 20), 9) * (1 << 10)


@dataclass
class Seen:
    """
    What reached the origin.

    Fields:
        contacts: TCP connections accepted.
        spoken: those of them on which at least one byte came.
        hellos: names in handshakes, "" for none.
        requests: (name in the handshake or "", Host, method, target, headers in lower case).
        sent: bytes of big bodies that the sockets have taken.
        bytes: bytes of requests received, by name in the handshake; "" for plain HTTP.
    """

    contacts: int = 0
    spoken: int = 0
    sent: int = 0
    hellos: list[str] = field(default_factory=list)
    requests: list[tuple[str, str, str, str, dict[str, str]]] = field(default_factory=list)
    bytes: Counter[str] = field(default_factory=Counter)

    @property
    def hosts(self) -> list[str]:
        """The Host header of each request."""
        return [request[1] for request in self.requests]

    @property
    def heard(self) -> tuple[int, list[str], list[str], int]:
        """All that was said to it; `UNHEARD` if nothing was."""
        return self.spoken, self.hellos, self.hosts, self.bytes.total()


UNHEARD: tuple[int, list[str], list[str], int] = (0, [], [], 0)


class CountingOrigin:
    """All sites of the tests' internet, on one TLS and one plain port of every 127.x address."""

    def __init__(self, folder: Path, address: str = "0.0.0.0") -> None:
        self.seen = Seen()
        self._address = address
        self._authority = trustme.CA(organization_name=ISSUER)
        self.ca = folder / "origin-ca.pem"
        self._authority.cert_pem.write_to_path(str(self.ca))
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._stop = asyncio.Event()
        self._clients: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    @property
    def live(self) -> int:
        """How many connections are open."""
        return len(self._clients)

    def certify(self, name: str, file: Path) -> Path:
        """Write key and certificate of a name or address to a file that everybody can read."""
        self._authority.issue_cert(name).private_key_and_cert_chain_pem.write_to_path(str(file))
        file.chmod(0o644)
        return file

    def reset(self) -> None:
        """Forget what was seen."""
        self.seen = Seen()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        context = self._context("unnamed.example")
        context.sni_callback = self._choose
        tls, plain = (socket.create_server((self._address, 0), backlog=128) for _ in range(2))
        self.port = tls.getsockname()[1]
        self.plain_port = plain.getsockname()[1]
        accepting = [
            self._loop.create_task(self._accept(listener, chosen))
            for listener, chosen in ((tls, context), (plain, None))
        ]
        self._ready.set()
        await self._stop.wait()
        for task in (*accepting, *self._clients):
            task.cancel()
        await asyncio.gather(*accepting, *self._clients, return_exceptions=True)
        tls.close()
        plain.close()
        await self._loop.shutdown_asyncgens()

    async def _accept(self, listener: socket.socket, context: ssl.SSLContext | None) -> None:
        listener.setblocking(False)
        while True:
            sock, _ = await self._loop.sock_accept(listener)
            self.seen.contacts += 1
            task = self._loop.create_task(self._client(sock, context))
            self._clients.add(task)
            task.add_done_callback(self._clients.discard)

    def _choose(self, sock, name, _context) -> None:
        self.seen.hellos.append(name or "")
        sock.asked_for = name or ""
        sock.context = self._context(name or "unnamed.example")

    def _context(self, name: str) -> ssl.SSLContext:
        if name not in self._contexts:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._certificate(name).configure_cert(context)
            context.set_alpn_protocols(["http/1.1"])
            self._contexts[name] = context
        return self._contexts[name]

    def _certificate(self, name: str) -> trustme.LeafCert:
        """Return a certificate for a name; whose first label says so has one that is wrong."""
        kind = name.partition(".")[0]
        if kind == "expired":
            return self._authority.issue_cert(name, not_after=datetime(2020, 1, 1, tzinfo=UTC))
        if kind == "self-made":
            return trustme.CA(organization_name=ISSUER).issue_cert(name)
        return self._authority.issue_cert("other.example" if kind == "another" else name)

    async def _client(self, sock: socket.socket, context: ssl.SSLContext | None) -> None:
        transport = None
        try:
            if not await self._speaks(sock):
                sock.close()
                return
            self.seen.spoken += 1
            reader = asyncio.StreamReader()
            protocol = asyncio.StreamReaderProtocol(reader)
            transport, _ = await self._loop.connect_accepted_socket(
                lambda: protocol, sock, ssl=context
            )
            writer = asyncio.StreamWriter(transport, protocol, reader, self._loop)
            sni = getattr(transport.get_extra_info("ssl_object"), "asked_for", "")
            while await self._exchange(reader, writer, sni):
                pass
        except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # ValueError: what came is no HTTP
        finally:
            if transport is not None:
                transport.abort()
            else:
                sock.close()

    async def _speaks(self, sock: socket.socket) -> bool:
        """Wait for the first byte without taking it; False if the end comes instead."""
        sock.setblocking(False)
        ready = asyncio.Event()
        self._loop.add_reader(sock, ready.set)
        try:
            await ready.wait()
        finally:
            self._loop.remove_reader(sock)
        return bool(sock.recv(1, socket.MSG_PEEK))

    async def _exchange(self, reader, writer, sni: str) -> bool:
        seen = self.seen
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError as end:
            seen.bytes[sni] += len(end.partial)
            return False
        seen.bytes[sni] += len(head)
        first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
        method, target, _ = first.split(" ", 2)
        pairs = (line.split(":", 1) for line in lines)
        headers = {name.strip().lower(): value.strip() for name, value in pairs}
        host = headers.get("host", "")
        seen.requests.append((sni, host, method, target, headers))
        if target == "/deaf":
            await self._stop.wait()  # whatever else comes is not read
        body = await self._body(reader, headers, sni)
        if headers.get("upgrade", "").lower() == "websocket":
            await self._websocket(reader, writer, headers)
            return False
        await self._answer(writer, host, method, target, body)
        return headers.get("connection", "").lower() != "close"

    async def _body(self, reader, headers, sni: str) -> int:
        total = 0
        if "chunked" in headers.get("transfer-encoding", ""):
            while size := int(await reader.readline(), 16):
                await reader.readexactly(size + 2)
                total += size
            await reader.readline()
        left = int(headers.get("content-length", 0))
        while left:
            data = await reader.read(min(left, 65536))
            if not data:
                raise asyncio.IncompleteReadError(b"", left)
            left -= len(data)
            total += len(data)
        self.seen.bytes[sni] += total
        return total

    async def _answer(self, writer, host: str, method: str, target: str, body: int) -> None:
        if target.startswith("/big/"):
            size = int(target.rpartition("/")[2])
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
            while size:
                piece = _CHUNK[: min(size, len(_CHUNK))]
                writer.write(piece)
                size -= len(piece)
                await writer.drain()
                await asyncio.sleep(0)  # else the loop never comes to say that nobody is there
                if writer.is_closing():
                    raise ConnectionError
                self.seen.sent += len(piece)
            return
        if target.endswith("?bomb"):
            head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
            writer.write(head % len(packed_gigabyte()) + packed_gigabyte())
            await writer.drain()
            return
        if target == "/paced":
            await self._paced(writer)
            return
        if target in ODD:
            await self._odd(writer, *ODD[target])
            return
        if target == "/film":
            page = b"<video src='/film.webm' muted autoplay></video>"
            head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n"
            writer.write(head % len(page) + page)
            await writer.drain()
            return
        if target == "/film.webm":
            await self._film(writer)
            return
        if target.endswith("/events"):
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")
            await writer.drain()
            await self._stop.wait()  # until somebody cuts it
            return
        text = f"{host} {method} {target} {body}\n".encode()
        head = (
            f"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {len(text)}\r\n"
            'Alt-Svc: h3=":443"\r\n\r\n'
        )
        writer.write(head.encode() + (b"" if method == "HEAD" else text))
        await writer.drain()

    async def _paced(self, writer) -> None:
        """Send without end, no faster than a film is watched."""
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % 10**12)
        while not writer.is_closing():
            writer.write(_CHUNK[:_PACE])
            await writer.drain()
            await asyncio.sleep(1)
        raise ConnectionError

    async def _odd(self, writer, begun: bytes, rest: bytes) -> None:
        """Send what no decent site sends; what comes again and again has no end."""
        writer.write(b"HTTP/1.1 200 OK\r\n" + begun)
        await writer.drain()
        while rest:
            writer.write(rest)
            await writer.drain()
            await asyncio.sleep(0)
            if writer.is_closing():
                raise ConnectionError

    async def _film(self, writer) -> None:
        """Send a film as sites do, piece by piece; they never say that it is over."""
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: video/webm\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        for number, piece in enumerate(film.pieces()):
            writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            await writer.drain()
            await asyncio.sleep(0 if number < 30 else 0.25)
        await self._stop.wait()

    async def _websocket(self, reader, writer, headers) -> None:
        key = headers["sec-websocket-key"].encode()
        accept = base64.b64encode(hashlib.sha1(key + _GUID).digest())
        writer.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )
        while True:
            first, second = await reader.readexactly(2)
            size = second & 0x7F
            if size == 126:
                size = int.from_bytes(await reader.readexactly(2))
            mask = await reader.readexactly(4)
            data = bytes(
                byte ^ mask[at % 4] for at, byte in enumerate(await reader.readexactly(size))
            )
            writer.write(bytes([first, len(data)]) + data)
            await writer.drain()
            if first & 0x0F == 8:
                return
