"""TLS to the proxy: the same door behind it, and nothing left over."""

import asyncio
import contextlib
import socket
import ssl
from ipaddress import ip_network

import pytest
import trustme

from breaktime.door import Door, Limits, Reason, Stage, TlsDoor, tls
from breaktime.door.announced import SIGNATURE
from breaktime.door.tls import server_context
from door.street import GRANTED, SOCIAL, Police, connect, until, walk


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(scope="module")
def context(authority, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    issued = authority.issue_cert("localhost")
    issued.private_key_pem.write_to_path(folder / "key.pem")
    issued.cert_chain_pems[0].write_to_path(folder / "cert.pem")
    context = server_context(folder / "cert.pem", folder / "key.pem")
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_OPTIONAL
    return context


@pytest.fixture
def client(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(context)
    return context


def behind(context, play, *, limits=None, balancers=()):
    """Play with a door that also speaks TLS; `play` gets the street, the door and its port."""

    async def main(street):
        police = Police()
        door = Door(
            police,
            street.take_over,
            listen=[],
            dialler=street.dialler,
            limits=limits or Limits(),
            tls=TlsDoor([("127.0.0.1", 0)], lambda: context, balancers),
        )
        await door.start()
        try:
            await play(street, door, police)
        finally:
            for inspection in street.taken:
                inspection.sock.close()
                door.release(inspection.conn.id)
            street.taken.clear()
            await door.close()
            await until(lambda: not door._handshakes)
        assert not door.table

    walk(main)


async def opened(door, client):
    host, port = door.addresses[0]
    return await asyncio.open_connection(host, port, ssl=client, server_hostname="localhost")


async def closed(writer):
    writer.transport.abort()
    await asyncio.sleep(0)


def test_what_is_relayed_goes_both_ways(context, client):
    async def play(street, door, police):
        reader, writer = await opened(door, client)
        writer.write(connect())
        assert await reader.readexactly(len(GRANTED)) == GRANTED
        writer.write(b"\x00" + b"x" * 300_000)  # nothing that TLS or HTTP begins with
        received = await reader.readexactly(300_001)
        assert received == b"\x00" + b"x" * 300_000
        (conn,) = door.table.values()
        assert conn.stage is Stage.RELAYED
        assert conn.client == "127.0.0.1"
        await closed(writer)
        await until(lambda: not door.table)

    behind(context, play)


def test_the_certificate_is_known_before_the_first_word(context, client, authority):
    issued = authority.issue_cert("a.jones@example.org")
    issued.configure_cert(client)

    async def play(street, door, police):
        seen = []
        police.asks = True
        police.identify = lambda caller: seen.append(caller.certificate) or police_identity(police)
        _, writer = await opened(door, client)
        writer.write(connect(SOCIAL))
        await until(lambda: seen)
        assert seen[0] == ssl.PEM_cert_to_DER_cert(issued.cert_chain_pems[0].bytes().decode())
        await closed(writer)
        await until(lambda: not door.table)

    def police_identity(police):
        return Police.identify(police, type("Nobody", (), {"client": "", "credentials": None}))

    behind(context, play)


def test_a_cut_ends_the_client_too(context, client):
    async def play(street, door, police):
        reader, writer = await opened(door, client)
        writer.write(connect())
        await reader.readexactly(len(GRANTED))
        (conn,) = door.table.values()
        conn.cut()
        assert await reader.read() == b""
        await closed(writer)

    behind(context, play)


@pytest.mark.parametrize("first", [b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01", b""])
def test_whoever_does_not_speak_tls_leaves_nothing(context, first):
    async def play(street, door, police):
        host, port = door.addresses[0]
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(first)
        writer.write_eof()
        assert not (await reader.read()).startswith(b"HTTP")
        await closed(writer)
        await until(lambda: not door.table and not door._handshakes)
        assert Reason.CERTIFICATE not in police.refusals

    behind(context, play)


def test_whoever_never_begins_is_let_go(context):
    async def play(street, door, police):
        host, port = door.addresses[0]
        reader, writer = await asyncio.open_connection(host, port)
        assert await reader.read() == b""
        await closed(writer)

    behind(context, play, limits=Limits(head_seconds=0.1))


def test_a_full_door_takes_nobody_by_tls_either(context):
    async def play(street, door, police):
        host, port = door.addresses[0]
        _, writer = await asyncio.open_connection(host, port)
        await until(lambda: police.refusals)
        await closed(writer)
        assert police.refusals == [Reason.FULL]

    behind(context, play, limits=Limits(connections=0))


V4 = bytes((10, 1, 2, 3, 192, 0, 2, 1)) + (5555).to_bytes(2) + (8080).to_bytes(2)


def announce(body=V4, command=0x21, family=0x11):
    return SIGNATURE + bytes((command, family)) + len(body).to_bytes(2) + body


BALANCERS = (ip_network("127.0.0.1/32"),)
FROM_AFAR = announce()


async def announced(door, client, first, *, pieces=False):
    """Say whose connection it is, and begin TLS on it."""
    sock = socket.create_connection(door.addresses[0])
    sock.setblocking(False)
    loop = asyncio.get_running_loop()
    for piece in [first[i : i + 1] for i in range(len(first))] if pieces else [first]:
        await loop.sock_sendall(sock, piece)
        await asyncio.sleep(0)
    return await asyncio.open_connection(sock=sock, ssl=client, server_hostname="localhost")


@pytest.mark.parametrize("pieces", [False, True], ids=["at once", "byte by byte"])
def test_a_balancer_says_whose_connection_it_is_before_tls_begins(context, client, pieces):
    async def play(street, door, police):
        reader, writer = await announced(door, client, FROM_AFAR, pieces=pieces)
        writer.write(connect())
        assert await reader.readexactly(len(GRANTED)) == GRANTED
        (conn,) = door.table.values()
        assert (conn.client, conn.client_port) == ("10.1.2.3", 5555)
        await closed(writer)
        await until(lambda: not door.table)
        assert door._room.empty

    behind(context, play, balancers=BALANCERS)


@pytest.mark.parametrize(
    ("first", "balancers", "reasons"),
    [
        (b"\x16\x03\x01\x00\x05hello", BALANCERS, ["unannounced"]),
        (b"PROXY TCP4 10.1.2.3 192.0.2.1 1 2\r\n", BALANCERS, ["unannounced"]),
        (announce(command=0x22), BALANCERS, ["announcement"]),
        (announce(b"", 0x20, 0), BALANCERS, []),  # it speaks for itself
        (FROM_AFAR, (ip_network("10.0.0.9/32"),), ["no-balancer"]),
    ],
    ids=["TLS at once", "version 1", "no command", "a health check", "no balancer"],
)
def test_whoever_is_not_announced_does_not_come_to_tls(context, first, balancers, reasons):
    async def play(street, door, police):
        reader, writer = await asyncio.open_connection(*door.addresses[0])
        writer.write(first)
        writer.write_eof()
        with contextlib.suppress(ConnectionError):
            assert await reader.read() in {b"", b"\x15\x03\x03\x00\x02\x02\x32"}
        await closed(writer)
        await until(lambda: not door.table)
        assert police.refusals == reasons

    behind(context, play, balancers=balancers)


def test_a_balancer_that_says_nothing_is_left(context):
    async def play(street, door, police):
        reader, writer = await asyncio.open_connection(*door.addresses[0])
        assert await reader.read() == b""
        await closed(writer)

    behind(context, play, balancers=BALANCERS, limits=Limits(head_seconds=0.05))


class Deaf:
    """A client of the TLS door that reads nothing until it is told to."""

    def __init__(self, client):
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._engine = client.wrap_bio(self._incoming, self._outgoing, server_hostname="localhost")
        self.sock = socket.socket()
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        self.sock.setblocking(False)
        self._loop = asyncio.get_running_loop()

    async def enter(self, address, request):
        await self._loop.sock_connect(self.sock, address)
        await self._until_done(self._engine.do_handshake)
        self._engine.write(request)
        await self._send()
        assert await self._until_done(lambda: self._engine.read(len(GRANTED))) == GRANTED

    async def read(self):
        """Read to the end, and return how much there was."""
        read = 0
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            while data := await self._until_done(lambda: self._engine.read(65_536)):
                read += len(data)
        return read

    async def say(self, data):
        self._engine.write(data)
        await self._send()

    async def _until_done(self, what):
        while True:
            try:
                return what()
            except ssl.SSLWantReadError:
                await self._send()
            data = await self._loop.sock_recv(self.sock, 65_536)
            if not data:
                raise ConnectionError
            self._incoming.write(data)

    async def _send(self):
        await self._loop.sock_sendall(self.sock, self._outgoing.read())


async def lost(sock):
    """Wait until the kernel knows that a connection is no more."""
    established = b"\x01"
    while sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1) == established:  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def filled(sock):
    """Write until nothing more is taken; return how much was, to the last 64 KiB."""
    loop, sent, stalls = asyncio.get_running_loop(), 0, 0
    while sent < 64_000_000 and stalls < 3:  # one of them may be the machine's
        stalls += 1
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                await loop.sock_sendall(sock, b"x" * 65_536)
            sent, stalls = sent + 65_536, 0
    return sent


@pytest.fixture
def patient(monkeypatch):
    """Nothing ends in this test because somebody has waited long enough."""
    for name in ("_SHUTDOWN_SECONDS", "_LEAVING_SECONDS"):
        monkeypatch.setattr(tls, name, 3_600.0)


@pytest.mark.parametrize("by", ["door", "owner"])
@pytest.mark.usefixtures("patient")
def test_a_client_that_does_not_read_is_cut_at_once(context, client, make_hello, by):
    async def play(street, door, police):
        deaf = Deaf(client)
        await deaf.enter(door.addresses[0], connect(SOCIAL))
        await deaf.say(make_hello(SOCIAL))
        await until(lambda: street.taken)
        (inspection,) = street.taken
        await filled(inspection.sock)
        if by == "door":
            inspection.conn.cut()
        inspection.sock.close()
        door.release(inspection.conn.id, cut=by == "owner")
        street.taken.clear()
        async with asyncio.timeout(60):
            await lost(deaf.sock)
        deaf.sock.close()

    behind(context, play)


def test_a_server_that_does_not_read_is_let_go_of(authority, client, monkeypatch):
    monkeypatch.setattr(tls, "_STALLED_SECONDS", 0.01)
    taken = []
    most = 32_000_000  # for all buffers on the way; what has no bound takes twice that

    async def main(street):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(context)

        async def serve(_, writer):
            writer.transport.pause_reading()
            taken.append(writer)

        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
        sock = socket.create_connection(server.sockets[0].getsockname())
        sock.setblocking(False)
        ours = await tls.wrap(sock, client, "localhost", 30)
        await until(lambda: taken)
        assert await filled(ours) < most
        ours.close()
        async with asyncio.timeout(60):
            await lost(taken[0].get_extra_info("socket"))
        taken[0].transport.abort()
        server.close()

    walk(main)


@pytest.mark.usefixtures("patient")
def test_a_client_that_has_got_everything_is_not_waited_for(context, client, make_hello):
    async def play(street, door, police):
        deaf = Deaf(client)
        await deaf.enter(door.addresses[0], connect(SOCIAL))
        await deaf.say(make_hello(SOCIAL))
        await until(lambda: street.taken)
        (inspection,) = street.taken
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(inspection.sock, b"x" * 5_000)
        inspection.sock.close()
        door.release(inspection.conn.id, cut=True)
        street.taken.clear()
        async with asyncio.timeout(60):
            assert await deaf.read() == 5_000
            await lost(deaf.sock)
        deaf.sock.close()

    behind(context, play)


def test_a_client_that_reads_slowly_gets_all_of_an_answer(context, client, make_hello, monkeypatch):
    monkeypatch.setattr(tls, "_SHUTDOWN_SECONDS", 0)

    async def play(street, door, police):
        deaf = Deaf(client)
        await deaf.enter(door.addresses[0], connect(SOCIAL))
        await deaf.say(make_hello(SOCIAL))
        await until(lambda: street.taken)
        (inspection,) = street.taken
        loop = asyncio.get_running_loop()
        reading = loop.create_task(deaf.read())
        await loop.sock_sendall(inspection.sock, b"x" * 8_000_000)
        inspection.sock.close()
        door.release(inspection.conn.id)
        street.taken.clear()
        async with asyncio.timeout(60):
            assert await reading == 8_000_000
        deaf.sock.close()

    behind(context, play)
