"""Messages and descriptors go from one process to the other, whole and in order."""

import asyncio
import os
import socket

import pytest

from breaktime.mitm.workers import channel as module
from breaktime.mitm.workers.channel import Channel, ChannelEndedError, ChannelError, pair
from breaktime.mitm.workers.messages import Cut, Drain, Put, to_bytes
from records import VISIT


class End:
    """One end, and what came to it."""

    def __init__(self, sock):
        self.heard, self.ended = [], asyncio.Event()
        self.came = asyncio.Event()
        self.channel = Channel(sock, self.hear, self.ended.set)

    def hear(self, message, fds):
        self.heard.append((message, fds))
        self.came.set()

    async def until(self, count):
        while len(self.heard) < count:
            self.came.clear()
            await self.came.wait()


def talk(body):
    """Run a test with both ends; the descriptors that came are closed."""

    async def main():
        one, other = (End(sock) for sock in pair())
        try:
            async with asyncio.timeout(60):
                return await body(one, other)
        finally:
            one.channel.close()
            other.channel.close()
            for _, fds in one.heard + other.heard:
                for fd in fds:
                    os.close(fd)

    return asyncio.run(main())


def test_messages_arrive_whole_and_in_their_order():
    sent = [Cut(str(number)) for number in range(500)]

    async def body(one, other):
        for message in sent:
            one.channel.send(message)
        await other.until(len(sent))
        return [message for message, _ in other.heard]

    assert talk(body) == sent


def test_what_finds_no_room_waits_and_keeps_its_place():
    record = Put(1, VISIT, held=True)

    async def body(one, other):
        while not one.channel.waiting:  # nobody reads: the loop does not run
            one.channel.send(record)
        one.channel.send(Cut("last"))
        await one.channel.flushed()
        await other.until(2)
        while other.heard[-1][0] != Cut("last"):
            await other.until(len(other.heard) + 1)
        return one.channel.waiting, all(message == record for message, _ in other.heard[:-1])

    assert talk(body) == (0, True)


def test_a_descriptor_goes_over_and_is_closed_here():
    ours, theirs = socket.socketpair()

    async def body(one, other):
        one.channel.send(Cut("x"), theirs.detach())
        await other.until(1)
        ((_, (fd,)),) = other.heard
        os.write(fd, b"over there")
        return os.get_inheritable(fd)

    inheritable = talk(body)
    with ours:
        assert ours.recv(100) == b"over there"
        assert ours.recv(100) == b""  # it is open in no other place
        assert not inheritable


def test_an_end_that_is_closed_is_told_once_and_takes_nothing_more():
    async def body(one, other):
        one.channel.send(Cut("before"))
        one.channel.close()
        await other.ended.wait()
        with pytest.raises(ChannelEndedError):
            one.channel.send(Cut("after"))
        with pytest.raises(ChannelEndedError):
            other.channel.send(Cut("after"))
        return [message for message, _ in other.heard]

    assert talk(body) == [Cut("before")]


def test_a_descriptor_that_was_not_sent_stays_the_callers():
    async def body(one, other):
        other.channel.close()
        read, write = os.pipe()
        with pytest.raises(ChannelEndedError):
            one.channel.send(Cut("x"), read)
        os.close(read)
        os.close(write)

    talk(body)


def test_a_message_that_is_too_long_is_not_sent(monkeypatch):
    monkeypatch.setattr(module, "LONGEST", 100)

    async def body(one, _):
        with pytest.raises(ChannelError, match="too long"):
            one.channel.send(Cut("x" * 200))

    talk(body)


def test_somebody_who_never_reads_is_not_waited_for_without_end(monkeypatch):
    monkeypatch.setattr(module, "WAITING", 3)

    async def body(one, _):
        while one.channel.waiting < 3:
            one.channel.send(Put(1, VISIT, held=True))
        with pytest.raises(ChannelError, match="does not listen"):
            one.channel.send(Put(1, VISIT, held=True))
        return one.channel.waiting

    assert talk(body) == 3


@pytest.mark.parametrize("data", [b"nonsense", to_bytes(Drain(1.0))[:-3]])
def test_whoever_talks_nonsense_has_ended(data):
    async def main():
        sock, other = pair()
        end = End(other)
        with sock:
            sock.send(data)
            async with asyncio.timeout(60):
                await end.ended.wait()
        return end.heard

    assert not asyncio.run(main())


def test_what_the_other_side_cannot_take_does_not_end_the_channel():
    async def main():
        sock, other = pair()
        taken = asyncio.Event()

        def hear(message, _):
            if message == Cut("bad"):
                raise KeyError
            taken.set()

        channel = Channel(other, hear, lambda: None)
        with sock:
            sock.send(to_bytes(Cut("bad")))
            sock.send(to_bytes(Cut("good")))
            async with asyncio.timeout(60):
                await taken.wait()
            channel.close()

    asyncio.run(main())
