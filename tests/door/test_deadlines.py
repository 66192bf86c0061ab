"""Deadlines that share a timer are reached as if each of them had its own."""

import asyncio

from breaktime.door.deadlines import Deadlines


class Loop:
    """A loop with a clock that only goes on when it is told to."""

    def __init__(self):
        self.now = 100.0
        self.timers = []
        self.soon = []

    def time(self):
        return self.now

    def call_at(self, at, call, *args):
        timer = Timer(at, call, args)
        self.timers.append(timer)
        return timer

    def call_soon(self, call):
        self.soon.append(call)

    def go_on(self, seconds):
        """Let time pass, timer by timer, to the end."""
        until = self.now + seconds
        while due := [each for each in self.timers if each.at <= until and not each.cancelled]:
            timer = min(due, key=lambda each: each.at)
            self.timers.remove(timer)
            self.now = max(self.now, timer.at)
            timer.call(*timer.args)
            while self.soon:
                self.soon.pop(0)()
        self.now = until


class Timer:
    def __init__(self, at, call, args):
        self.at, self.call, self.args, self.cancelled = at, call, args, False

    def cancel(self):
        self.cancelled = True


def test_each_is_reached_in_time_and_once():
    loop, reached = Loop(), []
    deadlines = Deadlines(loop)
    for number in range(5):
        deadlines.add(10, lambda number=number: reached.append((number, loop.now)))
        loop.go_on(1)
    deadlines.add(2, lambda: reached.append(("short", loop.now)))

    loop.go_on(30)

    assert reached == [("short", 107), (0, 110), (1, 111), (2, 112), (3, 113), (4, 114)]


def test_one_that_is_cancelled_is_never_reached():
    loop, reached = Loop(), []
    deadlines = Deadlines(loop)
    first, *_, last = [deadlines.add(10, lambda n=n: reached.append(n)) for n in range(4)]
    first.cancel()
    last.cancel()
    last.cancel()

    loop.go_on(10)

    assert reached == [1, 2]


def test_one_may_cancel_another_that_is_due_with_it():
    loop, reached = Loop(), []
    deadlines = Deadlines(loop)
    deadlines.add(10, lambda: (reached.append("one"), other.cancel()))
    other = deadlines.add(10, lambda: reached.append("other"))

    loop.go_on(10)

    assert reached == ["one"]


def test_there_is_one_timer_for_all_that_are_equally_far_away():
    loop = Loop()
    deadlines = Deadlines(loop)
    for _ in range(1000):
        deadlines.add(10, lambda: None).cancel()
        deadlines.add(3, lambda: None)

    assert len(loop.timers) == 2


def test_who_comes_after_all_have_gone_is_reached_in_time_too():
    loop, reached = Loop(), []
    deadlines = Deadlines(loop)
    deadlines.add(10, lambda: reached.append("never")).cancel()
    loop.go_on(4)
    deadlines.add(10, lambda: reached.append(loop.now))
    loop.go_on(20)
    deadlines.add(10, lambda: reached.append(loop.now))
    loop.go_on(20)

    assert reached == [114, 134]


def test_what_is_closed_reaches_nobody():
    loop, reached = Loop(), []
    deadlines = Deadlines(loop)
    deadlines.add(10, lambda: reached.append("never"))
    deadlines.close()

    loop.go_on(20)

    assert reached == []


def test_it_goes_by_the_clock_of_a_real_loop():
    async def main():
        loop = asyncio.get_running_loop()
        reached = loop.create_future()
        begun = loop.time()
        Deadlines(loop).add(0.01, lambda: reached.set_result(loop.time() - begun))
        async with asyncio.timeout(60):
            assert await reached >= 0.01

    asyncio.run(main())
