"""The loop of the gateway wakes who waits for a socket as asyncio's own does."""

import asyncio
import os
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breaktime.door.lookout import DoorLoop

LOOPS = [DoorLoop, asyncio.SelectorEventLoop]
"""Ours, and the one that it has to be like."""


def on(loop, play):
    """Play with both ends of a connection."""

    async def main():
        ends = socket.socketpair()
        for end in ends:
            end.setblocking(False)
        try:
            async with asyncio.timeout(30):
                return await play(asyncio.get_running_loop(), *ends)
        finally:
            for end in ends:
                end.close()

    return asyncio.run(main(), loop_factory=loop)


async def turns(number=3):
    for _ in range(number):
        await asyncio.sleep(0)


@pytest.fixture(params=LOOPS)
def loop(request):
    return request.param


def test_a_reader_is_called_as_long_as_there_is_something(loop):
    async def play(loop, ours, theirs):
        said = []
        loop.add_reader(ours, said.append, "read")
        await turns()
        assert said == []
        theirs.send(b"x")
        while len(said) < 3:
            await turns()
        assert loop.remove_reader(ours)
        count = len(said)
        await turns()
        assert len(said) == count
        assert not loop.remove_reader(ours)

    on(loop, play)


def test_who_comes_later_is_called_instead(loop):
    async def play(loop, ours, theirs):
        first, second = [], asyncio.Event()
        loop.add_reader(ours, first.append, 1)
        loop.add_reader(ours.fileno(), second.set)
        theirs.send(b"x")
        await second.wait()
        assert first == []
        loop.remove_reader(ours)

    on(loop, play)


def test_one_socket_is_read_and_written(loop):
    async def play(loop, ours, theirs):
        read, written = asyncio.Event(), asyncio.Event()
        loop.add_reader(ours, read.set)
        loop.add_writer(ours, written.set)
        await written.wait()
        assert not read.is_set()
        assert loop.remove_writer(ours)
        assert not loop.remove_writer(ours)
        written.clear()
        theirs.send(b"x")
        await read.wait()
        assert not written.is_set()
        assert loop.remove_reader(ours)

    on(loop, play)


def test_what_has_broken_wakes_who_reads_and_who_writes(loop):
    async def play(loop, ours, theirs):
        read, written = asyncio.Event(), asyncio.Event()
        theirs.close()
        loop.add_reader(ours, read.set)
        await read.wait()
        loop.remove_reader(ours)
        loop.add_writer(ours, written.set)
        await written.wait()
        loop.remove_writer(ours)

    on(loop, play)


def test_who_fails_keeps_nobody_else_from_being_called(loop):
    async def play(loop, ours, theirs):
        told, called = [], asyncio.Event()
        loop.set_exception_handler(lambda _, context: told.append(context["exception"]))

        def fail():
            loop.remove_reader(ours)
            raise ValueError

        loop.add_reader(ours, fail)
        loop.add_reader(theirs, called.set)
        for end in (ours, theirs):
            end.send(b"x")
        await called.wait()
        loop.remove_reader(theirs)
        assert [type(each) for each in told] == [ValueError]

    on(loop, play)


def test_what_one_has_ended_is_not_called_in_the_same_turn(loop):
    """Both have something; whoever is first ends the other, and its number is somebody else's."""

    async def play(loop, ours, theirs):
        called, stale, fresh = [], [], []

        def first(mine, other):
            called.append(mine)
            loop.remove_reader(mine)
            loop.remove_reader(other)
            number = other.fileno()
            other.close()
            fresh.extend(socket.socketpair())
            assert number in {each.fileno() for each in fresh}
            for each in fresh:
                loop.add_reader(each, stale.append, each)

        loop.add_reader(ours, first, ours, theirs)
        loop.add_reader(theirs, first, theirs, ours)
        for end in (ours, theirs):
            end.send(b"x")
        while not called:
            await turns()
        await turns()
        for each in fresh:
            loop.remove_reader(each)
            each.close()
        assert len(called) == 1
        assert stale == []

    on(loop, play)


def test_transports_and_streams_are_as_ever(loop):
    async def play(loop, ours, theirs):
        loop.add_reader(ours, lambda: None)
        assert loop.remove_reader(ours)
        reader, writer = await asyncio.open_connection(sock=ours)
        await loop.sock_sendall(theirs, b"hello")
        assert await reader.readexactly(5) == b"hello"
        writer.write(b"there")
        assert await loop.sock_recv(theirs, 5) == b"there"
        writer.close()
        await writer.wait_closed()
        assert await loop.sock_recv(theirs, 5) == b""

    on(loop, play)


def test_timers_and_signals_of_threads_are_as_ever(loop):
    async def play(loop, ours, theirs):
        assert await loop.run_in_executor(None, lambda: 7) == 7
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.001):
                await asyncio.Event().wait()

    on(loop, play)


def test_what_cannot_be_watched_is_told_and_not_kept(loop):
    async def play(loop, ours, theirs):
        number = theirs.fileno()
        theirs.close()
        with pytest.raises(OSError, match="Bad file descriptor"):
            loop.add_reader(number, lambda: None)
        assert not loop.remove_reader(number)
        again = socket.socketpair()
        called = asyncio.Event()
        assert again[0].fileno() == number
        loop.add_reader(again[0], called.set)
        again[1].send(b"x")
        await called.wait()
        loop.remove_reader(again[0])
        for each in again:
            each.close()

    on(loop, play)


@pytest.mark.parametrize("way", ["ours", "asyncio"])
def test_a_number_that_was_closed_while_it_was_watched_is_watched_anew(way):
    async def main():
        loop = asyncio.get_running_loop()
        gone, ours, theirs = socket.socket(), *socket.socketpair()
        loop.add_reader(theirs, list)  # it is not closed: what it had stays
        number = gone.fileno()
        other = socket.socketpair()
        os.dup2(other[0].fileno(), number)
        loop.add_reader(number, list)
        os.dup2(ours.fileno(), number)  # closes what was there
        again = socket.socket(fileno=gone.detach())
        again.setblocking(False)
        theirs.send(b"x")
        async with asyncio.timeout(30):
            if way == "ours":
                seen = asyncio.Event()
                loop.add_reader(again, seen.set)
                await seen.wait()
                assert loop.remove_reader(again)
            else:
                reader, writer = await asyncio.open_connection(sock=again)
                assert await reader.read(1) == b"x"
                writer.close()
        loop.remove_reader(theirs)
        for each in (again, ours, theirs, *other):
            each.close()

    asyncio.run(main(), loop_factory=DoorLoop)


def test_a_loop_that_is_closed_watches_nothing():
    loop = DoorLoop()
    loop.close()
    with socket.socket() as sock:
        assert not loop.remove_reader(sock)
        with pytest.raises(ValueError, match="closed"):
            loop.add_reader(sock, lambda: None)


STEPS = st.sampled_from(
    ["add_reader", "remove_reader", "add_writer", "remove_writer", "fill", "drain"]
)


@given(st.lists(STEPS, max_size=12))
def test_it_calls_whom_the_other_calls(steps):
    """Whatever is watched and left, in any order."""

    async def play(loop, ours, theirs):
        answers = []
        for step in steps:
            if step == "fill":
                theirs.send(b"x")
            elif step == "drain":
                try:
                    ours.recv(100)
                except BlockingIOError:
                    answers.append("nothing")
            elif step.startswith("add"):
                getattr(loop, step)(ours, called.add, step)
            else:
                answers.append(getattr(loop, step)(ours))
            await turns()  # what was found before may still be called
            called.clear()
            await turns()
            answers.append(frozenset(called))
        loop.remove_reader(ours)
        loop.remove_writer(ours)
        return answers

    called = set()
    one, other = (on(loop, play) for loop in LOOPS)
    assert one == other
