"""The event loop waits for no disk, nobody waits for ever, and nothing is lost unsaid."""

import asyncio
import json
import threading

import pytest

from breaktime.audit import Recorder, Writer
from breaktime.audit.losses import Loss
from records import BLOCKED, NOON, VISIT

LONG = 60.0
"""In seconds."""


class Disk:
    """A store whose disk hangs, fails and works as it is told."""

    def __init__(self):
        self.last_sequence = 0
        self.loss = Loss(0, 0)
        self.day = None
        self.full = False
        self.fault = None
        self.lines = []
        self.works = threading.Event()
        self.works.set()
        self.asked = threading.Semaphore(0)

    def write(self, line, day):
        self.asked.release()
        self.works.wait(20)
        if self.fault is not None:
            raise self.fault
        self.lines += [json.loads(each) for each in line.splitlines()]

    def note(self, loss):
        self.loss = loss

    def troubles(self):
        return ()

    def turn(self):
        pass

    def close(self):
        pass

    def told(self):
        """Action, path and count of losses of each line."""
        return [
            (line["event"]["action"], line["url"]["path"], line["breaktime"].get("lost"))
            for line in self.lines
        ]


VISITED = VISIT._replace(lost=None)


def page(path, record=VISITED):
    return record._replace(path=path)


async def kept(writer, record):
    """Put it until it is kept: where patience is short, a thread may have its turn too late."""
    for _ in range(1000):
        if await writer.put(record):
            return
    raise AssertionError(record)


class Clocks:
    """A wall clock and a steady one, set by the test."""

    def __init__(self):
        self.wall = NOON
        self.steady = 0.0


@pytest.fixture
def disk():
    return Disk()


@pytest.fixture
def clocks():
    return Clocks()


@pytest.fixture
def run(disk, clocks):
    """
    Run a test in an event loop, with a writer that is closed at its end.

    Nobody's patience ends but in a test that says so: a machine that stops for seconds is no fault.
    """

    def run(body, patience=LONG, **more):
        async def main():
            writer = Writer(
                Recorder(disk, "gw-a", "1"),
                lambda: clocks.wall,
                steady=lambda: clocks.steady,
                patience=patience,
                **more,
            )
            try:
                await body(writer)
            finally:
                disk.works.set()
                assert await asyncio.to_thread(writer.close)

        asyncio.run(main())

    return run


def test_what_came_true_is_written(run, disk):
    async def body(writer):
        for number in range(3):
            assert await writer.put(page(f"/{number}"))
            assert disk.told()[number] == ("visit-allowed", f"/{number}", None)
        assert writer.writable

    run(body)


def test_many_are_written_together_in_their_order(run, disk):
    async def body(writer):
        disk.works.clear()
        answers = [writer.put(page(f"/{number}")) for number in range(1000)]
        disk.works.set()
        assert all(await asyncio.gather(*answers))

    run(body)
    assert [path for _, path, _ in disk.told()] == [f"/{number}" for number in range(1000)]
    writes = 0
    while disk.asked.acquire(blocking=False):
        writes += 1
    assert writes < 20


def test_what_is_put_in_one_turn_of_the_loop_is_written_at_one_go(run, disk):
    async def body(writer):
        answers = [writer.put(page(f"/{number}")) for number in range(50)]
        assert all(await asyncio.gather(*answers))

    run(body)
    writes = 0
    while disk.asked.acquire(blocking=False):
        writes += 1
    assert writes <= 2  # the thread may have looked by itself just then


def test_the_loop_goes_on_while_the_disk_hangs_and_nobody_waits_for_ever(run, disk):
    """One second of work for others, none of it delayed, and an answer in the end."""

    async def body(writer):
        disk.works.clear()
        answer = writer.put(page("/1"), held=True)
        turns = 0
        while not answer.done():
            await asyncio.sleep(0)
            turns += 1
        assert turns > 100
        assert await answer is False
        assert not writer.writable
        assert await writer.put(page("/2"), held=True) is False

    run(body, patience=0.2)


def test_what_was_refused_and_written_all_the_same_is_taken_back(run, disk):
    """A record of what was not released is false evidence; a second one says so."""

    async def body(writer):
        disk.works.clear()
        stuck = writer.put(page("/stuck"), held=True)
        await asyncio.to_thread(disk.asked.acquire, True, 60)
        waiting = writer.put(page("/waiting"), held=True)
        assert await stuck is await waiting is False
        disk.works.set()
        while not writer.writable:  # noqa: ASYNC110  nothing else says so
            await asyncio.sleep(0)
        await kept(writer, page("/after"))

    run(body, patience=0.2)
    assert disk.told()[0] == ("visit-allowed", "/stuck", None)
    told = disk.told()
    assert ("visit-failed", "/stuck", None) in told
    assert ("visit-allowed", "/waiting", None) not in told
    assert ("audit-gap", None, 1) in told
    taken_back = next(line for line in disk.lines if line["event"]["action"] == "visit-failed")
    assert taken_back["event"]["reason"] == "records_unwritable"
    assert taken_back["breaktime"]["visit"]["counted"] is False


def test_what_was_released_or_refused_anyway_is_written_when_the_disk_comes_back(run, disk):
    async def body(writer):
        disk.works.clear()
        assert await writer.put(page("/1", BLOCKED)) is False
        assert await writer.put(page("/2", BLOCKED)) is False

    run(body, patience=0.1)
    assert [path for _, path, _ in disk.told()] == ["/1", "/2"]


def test_a_queue_that_is_full_loses_and_counts(run, disk):
    async def body(writer):
        disk.works.clear()
        first = writer.put(page("/0"))
        await asyncio.to_thread(disk.asked.acquire, True, 60)
        answers = [writer.put(page(f"/{number}")) for number in range(1, 14)]
        assert [answer.done() for answer in answers] == [False] * 10 + [True] * 3
        disk.works.set()
        assert await first
        assert [await answer for answer in answers] == [True] * 10 + [False] * 3
        assert await writer.put(page("/after"))

    run(body, limit=10)
    gaps = [each for each in disk.told() if each[0] == "audit-gap"]
    assert gaps == [("audit-gap", None, 3)]
    numbers = [line["event"]["sequence"] for line in disk.lines]
    assert len(numbers) == len(set(numbers)) == 13
    assert numbers[-1] == 16


def test_a_disk_that_fails(run, disk):
    async def body(writer):
        disk.fault = OSError(28, "No space left on device")
        assert await writer.put(page("/1")) is False
        assert not writer.writable
        disk.fault = None
        assert await writer.put(page("/2"))
        assert writer.writable

    run(body)
    assert disk.told() == [("audit-gap", None, 1), ("visit-allowed", "/2", None)]


def test_a_record_that_cannot_be_laid_out_takes_no_other_with_it(run, disk):
    async def body(writer):
        disk.works.clear()
        first = writer.put(page("/0"))
        answers = [
            first,
            *(writer.put(each) for each in (page("/1"), VISITED._replace(at=None), page("/3"))),
        ]
        disk.works.set()
        assert await asyncio.gather(*answers) == [True, True, False, True]

    run(body)
    assert disk.told()[-2:] == [("audit-gap", None, 1), ("visit-allowed", "/3", None)]


def test_who_goes_away_while_waiting_disturbs_nobody(run, disk):
    async def body(writer):
        disk.works.clear()
        gone = asyncio.ensure_future(asyncio.wait_for(writer.put(page("/1")), 5))
        await asyncio.sleep(0)
        gone.cancel()
        other = writer.put(page("/2"))
        disk.works.set()
        assert await other

    run(body)
    assert len(disk.lines) == 2


def test_a_fault_in_the_thread_does_not_end_it(run, disk, clocks):
    async def body(writer):
        assert await writer.put(page("/1"))
        clocks.steady = None
        for _ in range(1000):  # until the thread reads the clock
            if not writer.writable:
                break
            await writer.put(page("/2"))
            await asyncio.sleep(0.001)
        assert not writer.writable
        clocks.steady = 0.0
        for _ in range(1000):
            if writer.writable:
                break
            await writer.put(page("/3", BLOCKED))
            await asyncio.sleep(0)
        assert await writer.put(page("/4"), held=True)

    run(body)


def test_a_fault_answers_those_who_wait_and_no_others(run, disk, monkeypatch):
    class OfOursError(Exception):
        pass

    async def body(writer):
        put_all = Recorder.put_all

        def fails(recorder, records):
            raise OfOursError

        monkeypatch.setattr(Recorder, "put_all", fails)
        assert not await writer.put(page("/1"))
        monkeypatch.setattr(Recorder, "put_all", put_all)
        assert await writer.put(page("/2"))
        assert writer.lag == 0

    run(body, patience=20)
    assert [line["url"]["path"] for line in disk.lines][-1] == "/2"
