"""
Does a reload hold up the gateway? Prints seconds, and milliseconds of event-loop lag.

The real gateway, with 100,000 people in a table, is told by SIGHUP to read its configuration
again. Meanwhile its event loop is asked to do something every millisecond; the lag is how late
it does it. 20 ms is the most at the 99th percentile. Before each reload so many people have been
judged that the caches of the old policy are full: they have to go, too.

In every other reload a full garbage collection is provoked, at the moment at which the new
configuration comes into force and the old one is still there: the most that there ever is to look
through. What such a collection takes of the processor is printed too; 20 ms is the most.

    python bench/reload.py [people] [rounds]
"""

import asyncio
import gc
import os
import signal
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from breaktime.core.decide import decide
from breaktime.core.request import Request
from breaktime.mitm import taking
from breaktime.mitm.gateway import Gateway
from breaktime.mitm.world import World
from load import IN_TABLE, write

AT = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
TICK = 0.001
DAYS = 2
ROUNDS = 5
SETTINGS = """\
gateway: {ca: ca}
records: {directory: audit}
"""


class Lag:
    """How late the event loop is with what it should do every millisecond."""

    def __init__(self):
        """Begin."""
        self.loop = asyncio.get_running_loop()
        self.milliseconds = []
        self.due = self.loop.time() + TICK
        self.next = self.loop.call_at(self.due, self.tick)

    def tick(self):
        """Note the lag of all that was due; a long pause is late for everything in it."""
        now = self.loop.time()
        while self.due <= now:
            self.milliseconds.append((now - self.due) * 1000)
            self.due += TICK
        self.next = self.loop.call_at(self.due, self.tick)

    def stop(self):
        """Give what was noted, in milliseconds."""
        self.next.cancel()
        return self.milliseconds


def fill(policy, people):
    """Judge everybody, on some days, as a busy gateway has."""
    for day in range(DAYS):
        at = AT - timedelta(days=day)
        for number in range(people):
            client = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
            request = Request(
                ("www.facebook.com",), "/", person=f"first.last{number}", client=client
            )
            decide(policy, request, at)


class Provoked:
    """
    Hears when a reload is over, and collects garbage in the middle of some.

    Fields:
        wanted: whether to collect.
        milliseconds: how much of the processor each collection has taken.
    """

    def __init__(self):
        """Stand in for what lets go of an old policy: a new one is in force by then."""
        self.wanted = False
        self.milliseconds = []
        self.done = asyncio.Event()
        self.let_go = taking.let_go
        taking.let_go = self

    async def __call__(self, policy):
        """Collect if wanted, and let go."""
        if self.wanted:
            start = time.thread_time()
            gc.collect()
            self.milliseconds.append((time.thread_time() - start) * 1000)
        await self.let_go(policy)
        self.done.set()


async def reloads(gateway, people, rounds, provoked):
    """Reload again and again, and give the seconds and the lag of each."""
    for number in range(2 * rounds):
        old = gateway._state.now.policy  # noqa: SLF001
        fill(old, people)
        await asyncio.sleep(0.5)
        provoked.done.clear()
        provoked.wanted = number % 2 == 1
        lag, start = Lag(), time.perf_counter()
        os.kill(os.getpid(), signal.SIGHUP)
        await provoked.done.wait()
        yield time.perf_counter() - start, lag.stop()
        assert gateway._state.now.policy is not old  # noqa: SLF001


async def idle():
    """Give the lag of a loop that nobody holds up: what this machine does by itself."""
    lag = Lag()
    await asyncio.sleep(2)
    return lag.stop()


async def measure(folder, people, rounds):
    """Run the gateway and print the figures."""
    config = write(folder, "table", people)
    config.write_text(config.read_text() + SETTINGS)
    (folder / "htpasswd").write_text("")
    ready, provoked = asyncio.Event(), Provoked()
    gateway = Gateway(config, World(ready=lambda _: ready.set()), [("127.0.0.1", 0)])
    running = asyncio.create_task(gateway.run())
    await ready.wait()
    await asyncio.sleep(2)
    show("idle", 0, await idle())
    found = [each async for each in reloads(gateway, people, rounds, provoked)]
    for what, rows in (("reload", found[::2]), ("with a full collection", found[1::2])):
        seconds = statistics.median(one for one, _ in rows)
        show(f"{what}, {people:,} people", seconds, [each for _, lag in rows for each in lag])
    median, most = statistics.median(provoked.milliseconds), max(provoked.milliseconds)
    print(f"one full collection {median:6.2f} ms of the processor, at most {most:6.2f} ms")
    os.kill(os.getpid(), signal.SIGTERM)
    await running


def show(what, seconds, lag):
    p50, p99 = (statistics.quantiles(lag, n=100)[at] for at in (49, 98))
    took = f"{seconds:5.2f} s" if seconds else " " * 7
    print(f"{what:38} {took}  lag p50 {p50:6.2f}  p99 {p99:6.2f}  max {max(lag):6.2f} ms")


def main():
    people = int(sys.argv[1]) if len(sys.argv) > 1 else IN_TABLE
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else ROUNDS
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(measure(Path(name), people, rounds))


if __name__ == "__main__":
    main()
