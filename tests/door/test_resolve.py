"""Names become addresses: remembered for a while, looked up once at a time."""

import asyncio
import socket
import threading

import pytest

from breaktime.door.resolve import PER_CLIENT, BusyError, Resolver, look_up

LOOPBACK = ("127.0.0.0/8", "::1/128")


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


class Names:
    """A look-up that counts, and fails for names it does not know."""

    def __init__(self, **known):
        self.known = known
        self.asked = []

    def __call__(self, host):
        self.asked.append(host)
        if host not in self.known:
            raise OSError(socket.EAI_NONAME, "unknown")
        return self.known[host]


def resolving(look, play, **options):
    async def main():
        clock = Clock()
        resolver = Resolver(look, clock=clock, **options)
        try:
            await play(resolver, clock)
        finally:
            resolver.close()

    asyncio.run(main())


def test_answers_are_remembered_for_a_while():
    look = Names(a=("192.0.2.1", "2001:db8::1"))

    async def play(resolve, clock):
        assert await resolve("a", 80) == [("192.0.2.1", 80), ("2001:db8::1", 80)]
        clock.now = 29.9
        assert await resolve("a", 443) == [("192.0.2.1", 443), ("2001:db8::1", 443)]
        assert look.asked == ["a"]
        clock.now = 30
        await resolve("a", 80)
        assert look.asked == ["a", "a"]

    resolving(look, play)


def test_failures_are_remembered_for_less():
    look = Names()

    async def play(resolve, clock):
        for now, asked in [(0, 1), (2.9, 1), (3, 2)]:
            clock.now = now
            with pytest.raises(OSError, match="unknown"):
                await resolve("a", 80)
            assert len(look.asked) == asked

    resolving(look, play)


def test_what_is_remembered_is_there_at_once():
    async def play(resolve, clock):
        assert resolve.recall("a", 80) is None
        await resolve("a", 443)
        assert resolve.recall("a", 80) == [("192.0.2.1", 80)]
        assert resolve.recall("b", 80) is None
        with pytest.raises(OSError, match="unknown"):
            await resolve("b", 80)
        with pytest.raises(OSError, match="unknown"):
            resolve.recall("b", 80)
        clock.now = 30
        assert resolve.recall("a", 80) is None
        assert resolve.recall("b", 80) is None

    resolving(Names(a=("192.0.2.1",)), play)


def test_an_address_is_its_own_answer():
    look = Names()

    async def play(resolve, _):
        assert await resolve("192.0.2.1", 80) == [("192.0.2.1", 80)]
        assert await resolve("2001:db8::1", 80) == [("2001:db8::1", 80)]

    resolving(look, play)
    assert look.asked == []


def test_a_name_is_looked_up_once_at_a_time():
    go = threading.Event()
    look = Names(a=("192.0.2.1",))

    def slow(host):
        go.wait(60)
        return look(host)

    async def play(resolve, _):
        tasks = [asyncio.create_task(resolve("a", 80)) for _ in range(10)]
        await asyncio.sleep(0)
        tasks[0].cancel()  # the others must not notice
        await asyncio.sleep(0)
        go.set()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert isinstance(results[0], asyncio.CancelledError)
        assert results[1:] == [[("192.0.2.1", 80)]] * 9

    resolving(slow, play)
    assert look.asked == ["a"]


def test_memory_is_bounded():
    look = Names(**{f"n{i}": ("192.0.2.1",) for i in range(100)})

    async def play(resolve, clock):
        for i in range(100):
            await resolve(f"n{i}", 80)
            assert len(resolve._known) <= 8
        asked = len(look.asked)
        await resolve("n99", 80)
        assert len(look.asked) == asked
        clock.now = 1000
        await resolve("n0", 80)

    resolving(look, play, names=8)


def test_a_name_the_codec_refuses_is_no_host():
    async def play(resolve, _):
        with pytest.raises(OSError, match="no host name"):
            await resolve("a" * 64 + ".example", 80)

    resolving(look_up, play)


def test_a_look_up_that_breaks_is_not_remembered():
    def broken(host):
        raise KeyError(host)

    async def play(resolve, _):
        for _ in range(2):
            with pytest.raises(KeyError):
                await resolve("a", 80)

    resolving(broken, play)


def test_one_client_does_not_take_all_threads():
    gate = threading.Event()

    def look(host):
        if host != "known":
            assert gate.wait(60)
        return ("192.0.2.1",)

    async def play(resolve, clock):
        await resolve("known", 80)
        names = [f"slow{number}" for number in range(PER_CLIENT)]
        begun = [asyncio.ensure_future(resolve(name, 80, client="a")) for name in names]
        await asyncio.sleep(0)
        begun[0].cancel()  # whoever hangs up still takes a thread
        with pytest.raises(BusyError):
            await resolve("one more", 80, client="a")
        assert await resolve("known", 80, client="a")
        others = [
            asyncio.ensure_future(resolve("slow1", 80, client="a")),
            asyncio.ensure_future(resolve("one more", 80, client="b")),
            asyncio.ensure_future(resolve("of ours", 80)),
        ]
        await asyncio.sleep(0)
        gate.set()
        assert all(await asyncio.gather(*begun[1:], *others))
        await resolve("slow0", 80)
        assert await resolve("last", 80, client="a")
        assert not resolve._per_client

    resolving(look, play)
