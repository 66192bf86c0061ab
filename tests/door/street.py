"""A street for the door: clients, origins, a policy that can be told what to do, and no network."""

import asyncio
import contextlib
import gc
import socket
import struct
from pathlib import Path

from breaktime.door import Dialler, Door, Entrance, Identity, Limits, Reason, Refused, Ruling
from breaktime.door.lookout import DoorLoop

SOCIAL = "social.example"
INNOCENT = "innocent.example"
ALIAS = "alias.example"  # an innocent name at a social address
SOCIAL_ADDRESS = "127.0.7.10"
CHALLENGE = b"HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n"
GRANTED = b"HTTP/1.1 200 Connection established\r\n\r\n"
LOOPBACK = ("127.0.0.0/8",)
PLAIN = Entrance("127.0.0.1", 0)


def fds():
    gc.collect()
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


async def until(condition):
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - what is waited for knows of no tests
            await asyncio.sleep(0)


def fill(sock):
    """Send until there is no room any more; it does not block afterwards."""
    sock.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while True:
            sock.send(bytes(65_536))


async def receive(sock, size):
    """Receive *size* bytes, or less at the end."""
    data = b""
    while len(data) < size:
        more = await asyncio.get_running_loop().sock_recv(sock, size - len(data))
        if not more:
            break
        data += more
    return data


class Police:
    """
    Relays what is not social and inspects the rest.

    With `asks`, it wants to know who it is before it inspects; the password is in `people`.
    `lends` says what may pass unopened, before the origin is known and afterwards.
    """

    def __init__(self, *, asks=False):
        self.asks = asks
        self.people = {"Basic right": "ada"}
        self.judged = []
        self.identified = []
        self.refusals = []
        self.then = lambda names, identity: None
        self.lends = (False, False)
        self.leased = []

    async def may_pass(self, conn):
        return self._answer(self.lends[0])

    async def pass_on(self, conn):
        self.leased.append(conn.names)
        return self._answer(self.lends[1])

    def passed(self, conn):
        self.leased.remove(conn.names)

    @staticmethod
    def _answer(answer):
        if isinstance(answer, Exception):
            raise answer
        return answer

    def judge(self, names, client, identity):
        self.judged.append(names)
        ruling = self.then(names, identity)
        if ruling is not None:
            return ruling
        if not any(name in {SOCIAL, SOCIAL_ADDRESS} for name in names):
            return Ruling.RELAY
        return Ruling.IDENTIFY if self.asks and identity is None else Ruling.INSPECT

    def identify(self, caller):
        self.identified.append((caller.client, caller.credentials))
        person = self.people.get(caller.credentials)
        return Identity(person, challenge=person is None)

    def challenge(self):
        return CHALLENGE

    def refused(self, conn, reason):
        self.refusals.append(str(reason))


class Origin:
    """Echoes what it gets and says goodbye."""

    def __init__(self, host):
        self.host = host
        self.contacts = 0
        self.received = b""
        self.writers = set()

    async def open(self):
        self.server = await asyncio.start_server(self.serve, self.host, 0)
        self.address = self.server.sockets[0].getsockname()

    async def serve(self, reader, writer):
        self.contacts += 1
        self.writers.add(writer)
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                self.received += data
                writer.write(data)
                await writer.drain()
            writer.write(b"goodbye")
            await writer.drain()
        writer.close()
        self.writers.discard(writer)

    async def close(self):
        for _ in range(10):  # who has only just been accepted is to be known
            await asyncio.sleep(0)
        self.server.close()
        for writer in list(self.writers):
            writer.transport.abort()
        await self.server.wait_closed()
        await until(lambda: not self.writers)


class Client:
    """A raw client of the door."""

    def __init__(self, address):
        self.loop = asyncio.get_running_loop()
        self.sock = socket.create_connection(address)
        self.sock.setblocking(False)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    async def send(self, data):
        await self.loop.sock_sendall(self.sock, data)

    async def trickle(self, data):
        """Send byte by byte, and let the door read each of them."""
        for i in range(len(data)):
            await self.send(data[i : i + 1])
            await asyncio.sleep(0)
            await asyncio.sleep(0)

    async def receive(self, size):
        return await receive(self.sock, size)

    async def receive_all(self):
        """All up to the end, be it orderly or not."""
        data = b""
        with contextlib.suppress(ConnectionResetError):
            while more := await self.loop.sock_recv(self.sock, 65_536):
                data += more
        return data

    async def connect(self, host=INNOCENT, port=443, credentials=None, then=b""):
        await self.send(connect(host, port, credentials) + then)

    async def tunnel(self, host=INNOCENT, then=b"", credentials=None):
        """Ask for a tunnel and wait until it is granted."""
        await self.connect(host, credentials=credentials)
        assert await self.receive(len(GRANTED)) == GRANTED
        await self.send(then)

    def end(self):
        self.sock.shutdown(socket.SHUT_WR)

    def reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


def connect(host=INNOCENT, port=443, credentials=None):
    more = f"Proxy-Authorization: {credentials}\r\n" if credentials else ""
    return f"CONNECT {host}:{port} HTTP/1.1\r\n{more}\r\n".encode()


class Street:
    """
    A door with a policy in front of an innocent and a social origin.

    `taken` holds what was handed over; it stays open until `give_back` or the end.
    """

    def __init__(self, police, limits, internal, entrance):
        self.police = police
        self.taken = []
        self.take = self.taken.append
        self.innocent = Origin("127.0.0.1")
        self.social = Origin(SOCIAL_ADDRESS)
        self.clients = []
        self.dialler = Dialler(self.resolve, internal=internal)
        self.door = Door(
            police,
            self.take_over,
            listen=[entrance],
            dialler=self.dialler,
            limits=limits,
        )

    def take_over(self, inspection):
        self.take(inspection)

    async def resolve(self, host, port):
        known = {
            INNOCENT: self.innocent.address,
            SOCIAL: self.social.address,
            ALIAS: self.social.address,
            "127.0.0.1": ("127.0.0.1", port),
            "dead.example": ("127.0.0.1", 1),
            "private.example": ("10.0.0.1", port),
            "self.example": self.door.addresses[0],
        }
        if host == "many.example":
            raise Refused(Reason.LOOK_UPS)
        if host == "slow.example":
            await asyncio.get_running_loop().create_future()
        if host not in known:
            raise OSError("unknown")
        return [known[host]]

    def client(self):
        client = Client(self.address)
        self.clients.append(client)
        return client

    def give_back(self):
        for inspection in self.taken:
            inspection.sock.close()
            self.door.release(inspection.conn.id)
        self.taken.clear()

    async def empty(self):
        await until(lambda: not self.door.table)

    async def stage(self, stage):
        """Wait until the only connection has come so far; return it."""
        await until(lambda: any(conn.stage is stage for conn in self.door.table.values()))
        (conn,) = self.door.table.values()
        return conn


def walk(play, *, police=None, limits=None, internal=LOOPBACK, eager=False, entrance=PLAIN):
    """Play in a fresh street; whatever happens, nothing of it is left over."""

    async def main():
        if eager:  # as mitmproxy has it
            asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
        before = fds()
        street = Street(police or Police(), limits or Limits(), internal, entrance)
        await street.innocent.open()
        await street.social.open()
        try:
            await street.door.start()
            street.address = street.door.addresses[0]
            async with asyncio.timeout(20):
                await play(street)
        finally:
            for client in street.clients:
                client.sock.close()
            street.give_back()
            await street.door.close()
            await street.innocent.close()
            await street.social.close()
        assert not street.door.table
        assert street.door._room.empty
        await until(lambda: fds() == before)

    asyncio.run(main(), loop_factory=DoorLoop)
