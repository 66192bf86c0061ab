"""What nobody asks for is not read: a chunk waits, and hardly more."""

import asyncio
import socket

from breaktime.door.lookout import DoorLoop
from breaktime.mitm.streams import CHUNK, open_streams

MUCH = 4 * CHUNK


def walk(play):
    """Run with two ends of a connection, the other one with as much on its way as there is room."""

    async def main():
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        theirs.setblocking(False)
        with theirs:
            reader, transport, protocol = await open_streams(ours, replay=b"before")
            writer = asyncio.StreamWriter(transport, protocol, reader, loop())
            try:
                await play(reader, writer, theirs)
            finally:
                transport.abort()
                await turns()

    asyncio.run(asyncio.wait_for(main(), 60), loop_factory=DoorLoop)


def loop():
    return asyncio.get_running_loop()


def fill(sock):
    """Send until there is no room; return how much that was."""
    sent = 0
    try:
        while True:
            sent += sock.send(b"x" * CHUNK)
    except BlockingIOError:
        return sent


async def turns():
    """Let the loop go round often enough for it to read all that it would."""
    for _ in range(50):
        await asyncio.sleep(0)


def test_what_was_read_before_comes_first_and_then_all_the_rest():
    async def play(reader, writer, theirs):
        await loop().sock_sendall(theirs, b"x" * 1000)
        theirs.shutdown(socket.SHUT_WR)
        assert await reader.read() == b"before" + b"x" * 1000

    walk(play)


def test_a_little_more_than_a_chunk_is_read_ahead():
    async def play(reader, writer, theirs):
        fill(theirs)
        await turns()
        assert reader.held <= CHUNK + 4_096

    walk(play)


def test_it_is_read_on_once_it_is_asked_for():
    async def play(reader, writer, theirs):
        sent, came = 0, -len(b"before")
        while sent < MUCH:
            sent += fill(theirs)
            await turns()
            while came < sent:
                came += len(await reader.read(CHUNK))
        assert came == sent

    walk(play)


def test_whoever_writes_waits_as_soon_as_the_socket_takes_no_more():
    async def play(reader, writer, theirs):
        while not writer.transport.get_write_buffer_size():
            writer.write(b"x" * 1000)
        waits = asyncio.create_task(writer.drain())
        await turns()
        assert not waits.done()
        while not waits.done():
            await loop().sock_recv(theirs, CHUNK)
        assert not writer.transport.get_write_buffer_size()

    walk(play)
