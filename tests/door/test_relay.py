"""The relay: every byte arrives, ends are passed on, and nothing piles up."""

import asyncio
import contextlib
import hashlib
import socket
import struct

import pytest

from breaktime.door.relay import BUFFER_BYTES, Relay


class Line:
    """A client and an origin with a relay between them, and what they see of it."""

    def __init__(self, first=b""):
        loop = asyncio.get_running_loop()
        self.client, near = socket.socketpair()
        far, self.origin = socket.socketpair()
        for sock in (self.client, near, far, self.origin):
            sock.setblocking(False)
        self.loop = loop
        self.ended = asyncio.Event()
        self.ends = 0
        self.relay = Relay(
            near,
            far,
            loop=loop,
            buffer=memoryview(bytearray(BUFFER_BYTES)),
            on_end=self.on_end,
        )
        self.relay.start(first)

    def on_end(self, relay):
        assert relay is self.relay
        self.ends += 1
        self.ended.set()

    async def read_all(self, sock):
        digest, n = hashlib.sha256(), 0
        while data := await self.loop.sock_recv(sock, 65_536):
            digest.update(data)
            n += len(data)
        return n, digest.hexdigest()

    async def write_all(self, sock, data):
        await self.loop.sock_sendall(sock, data)
        sock.shutdown(socket.SHUT_WR)

    async def over(self):
        async with asyncio.timeout(60):
            await self.ended.wait()
        assert self.ends == 1


def run(play, first=b""):
    """Play with a fresh line; nothing of it is left afterwards."""

    async def main():
        line = Line(first)
        try:
            async with asyncio.timeout(30):
                await play(line)
        finally:
            line.relay.end()
            line.client.close()
            line.origin.close()

    asyncio.run(main())


def reset(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def test_twenty_megabytes_arrive_both_ways():
    up, down = bytes(range(256)) * 80_000, bytes(reversed(range(256))) * 80_000

    async def play(line):
        got_up, got_down, _, _ = await asyncio.gather(
            line.read_all(line.origin),
            line.read_all(line.client),
            line.write_all(line.client, up),
            line.write_all(line.origin, down),
        )
        await line.over()
        assert got_up == (len(up), hashlib.sha256(up).hexdigest())
        assert got_down == (len(down), hashlib.sha256(down).hexdigest())
        assert (line.relay.up, line.relay.down) == (len(up), len(down))

    run(play)


def test_what_was_read_before_comes_first():
    first = b"hello" * 100_000

    async def play(line):
        got, _ = await asyncio.gather(
            line.read_all(line.origin), line.write_all(line.client, b", world")
        )
        whole = first + b", world"
        assert got == (len(whole), hashlib.sha256(whole).hexdigest())
        assert line.relay.up == len(whole)

    run(play, first)


@pytest.mark.parametrize("way", ["client first", "origin first"])
def test_the_end_of_one_side_leaves_the_other_open(way):
    async def play(line):
        one, other = line.client, line.origin
        if way == "origin first":
            one, other = other, one
        await line.write_all(one, b"question")
        assert (await line.read_all(other))[0] == 8
        assert not line.relay.ended

        await line.write_all(other, b"a late answer")
        assert (await line.read_all(one))[0] == 13
        await line.over()

    run(play)


@pytest.mark.parametrize("way", ["client", "origin"])
def test_a_slow_sink_stops_its_source(way):
    """What is on its way is what fits one buffer and the kernel, however much is sent."""

    async def play(line):
        fast, slow = (line.client, line.origin) if way == "client" else (line.origin, line.client)
        data = bytes(8_000_000)
        writing = asyncio.create_task(line.write_all(fast, data))
        moved, still = -1, 0
        while still < 50:  # turns of the loop without a byte: everything is full
            await asyncio.sleep(0)
            now = line.relay.up + line.relay.down
            still = still + 1 if now == moved else 0
            moved = now
        assert not writing.done()
        assert 0 < line.relay.pending <= BUFFER_BYTES
        assert moved < len(data) / 2

        assert (await line.read_all(slow))[0] == len(data)
        await writing
        assert line.relay.pending == 0

    run(play)


def test_an_end_behind_pending_bytes_is_passed_on_after_them():
    async def play(line):
        await asyncio.gather(
            line.write_all(line.client, bytes(3_000_000)), slow_reader(line, 3_000_000)
        )

    async def slow_reader(line, size):
        for _ in range(100):
            await asyncio.sleep(0)
        assert (await line.read_all(line.origin))[0] == size

    run(play)


@pytest.mark.parametrize("who", ["client", "origin"])
@pytest.mark.parametrize("pending", [False, True])
def test_when_one_vanishes_both_ends_are_closed(who, pending):
    async def play(line):
        gone, other = (line.client, line.origin) if who == "client" else (line.origin, line.client)
        if pending:  # the relay is in the middle of sending to the one that vanishes
            with contextlib.suppress(BlockingIOError):
                while True:
                    other.send(bytes(65_536))
                    await asyncio.sleep(0)
        gone.close()
        # A pair has no reset; sending to one that is gone fails at once.
        with contextlib.suppress(OSError):
            await line.loop.sock_sendall(other, b"anybody there?")
        with contextlib.suppress(OSError):
            await line.read_all(other)
        other.close()
        await line.over()

    run(play)


def test_a_reset_ends_the_relay():
    async def play(line):
        with socket.create_server(("127.0.0.1", 0)) as server:
            client = socket.create_connection(server.getsockname())
            near, _ = server.accept()
        near.setblocking(False)
        far, origin = socket.socketpair()
        far.setblocking(False)
        ended = asyncio.Event()
        relay = Relay(
            near,
            far,
            loop=line.loop,
            buffer=memoryview(bytearray(BUFFER_BYTES)),
            on_end=lambda _: ended.set(),
        )
        relay.start(b"")
        reset(client)
        await ended.wait()
        assert origin.recv(1) == b""
        origin.close()

    run(play)


def test_ending_twice_tells_once():
    async def play(line):
        line.relay.end()
        line.relay.end()
        await line.over()
        assert await line.loop.sock_recv(line.client, 1) == b""
        assert await line.loop.sock_recv(line.origin, 1) == b""

    run(play)
