"""TLS of asyncio that holds little: what is not taken at one end is not taken from the other."""

import asyncio
import socket
import ssl

import pytest
import trustme

from breaktime.door.lookout import DoorLoop
from breaktime.door.secure import CHUNK, begin

NAME = "localhost"


@pytest.fixture(scope="module")
def contexts():
    """Return what server and client speak by."""
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(NAME).configure_cert(server)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(client)
    return server, client


class End(asyncio.Protocol):
    """Counts what comes, and knows whether it may write."""

    def __init__(self):
        self.came, self.may_write, self.lost = 0, True, False

    def data_received(self, data):
        self.came += len(data)

    def pause_writing(self):
        self.may_write = False

    def resume_writing(self):
        self.may_write = True

    def connection_lost(self, exc):
        self.lost = True


def walk(contexts, play):
    async def main():
        ours, theirs = socket.socketpair()
        for sock in (ours, theirs):
            sock.setblocking(False)
        server, client = End(), End()
        served, asking = await asyncio.gather(
            begin(ours, server, contexts[0], seconds=60, leaving=60),
            begin(theirs, client, contexts[1], seconds=60, leaving=60, server_name=NAME),
        )
        try:
            await play(server, served, client, asking)
        finally:
            for transport in (served, asking):
                transport.abort()
            await turns()

    asyncio.run(asyncio.wait_for(main(), 60), loop_factory=DoorLoop)


async def turns():
    for _ in range(50):
        await asyncio.sleep(0)


async def until(condition):
    while not condition():  # noqa: ASYNC110  what is looked at tells nobody
        await asyncio.sleep(0)


@pytest.mark.parametrize("swapped", [False, True])
def test_what_nobody_reads_stops_the_writer_and_goes_on_when_it_is_read(contexts, swapped):
    async def play(server, served, client, asking):
        ends = (client, asking, server, served) if swapped else (server, served, client, asking)
        writer, out, reader, taken = ends
        taken.pause_reading()
        sent = 0
        while True:
            while writer.may_write:
                out.write(b"x" * CHUNK)
                sent += CHUNK
            await turns()
            if not writer.may_write:
                break
        held = out.get_write_buffer_size() + below(out).get_write_buffer_size()
        assert held <= 2 * CHUNK + 4_096
        assert taken.get_read_buffer_size() <= 2 * CHUNK
        assert reader.came == 0

        taken.resume_reading()
        await until(lambda: reader.came == sent)
        assert writer.may_write

    walk(contexts, play)


def below(transport):
    """Return the transport of the socket."""
    return transport._ssl_protocol._transport


def test_what_is_kept_for_what_comes_is_a_chunk(contexts):
    async def play(server, served, client, asking):
        assert len(served._ssl_protocol._ssl_buffer) == CHUNK

    walk(contexts, play)


def test_the_end_of_one_is_the_end_of_the_other(contexts):
    async def play(server, served, client, asking):
        served.close()
        await until(lambda: client.lost and server.lost)

    walk(contexts, play)


def test_whoever_does_not_trust_the_other_is_told_why(contexts):
    async def main():
        ours, theirs = socket.socketpair()
        for sock in (ours, theirs):
            sock.setblocking(False)
        stranger = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        server, client = await asyncio.gather(
            begin(ours, End(), contexts[0], seconds=60, leaving=60),
            begin(theirs, End(), stranger, seconds=60, leaving=60, server_name=NAME),
            return_exceptions=True,
        )
        assert isinstance(client, ssl.SSLCertVerificationError)
        if isinstance(server, asyncio.Transport):  # in TLS 1.3 it may be told later
            server.abort()
        await turns()
        assert ours.fileno() == theirs.fileno() == -1

    asyncio.run(asyncio.wait_for(main(), 60), loop_factory=DoorLoop)


def test_a_handshake_that_is_given_up_leaves_no_socket(contexts):
    async def main():
        ours, theirs = socket.socketpair()
        for sock in (ours, theirs):
            sock.setblocking(False)
        with theirs:
            begun = asyncio.create_task(begin(ours, End(), contexts[0], seconds=60, leaving=60))
            await turns()
            begun.cancel()
            with pytest.raises(asyncio.CancelledError):
                await begun
            await turns()
        assert ours.fileno() == -1

    asyncio.run(asyncio.wait_for(main(), 60), loop_factory=DoorLoop)
