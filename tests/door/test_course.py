"""A course goes on when what it waits for has happened, and ends once, however it ends."""

import asyncio
import errno
import socket

import pytest

from breaktime.door.course import Course, Wait
from breaktime.door.deadlines import Deadlines
from breaktime.door.lookout import DoorLoop
from door import street


class Walk:
    """A course on a loop, and what came of it."""

    def __init__(self):
        self.loop = asyncio.get_running_loop()
        self.deadlines = Deadlines(self.loop)
        self.tasks = set()
        self.ends = []

    def begin(self, steps):
        self.course = Course(steps, self.ends.append, self.loop, self.deadlines, self.tasks)
        self.course.go_on()
        return self.course

    async def over(self):
        await street.until(lambda: self.ends)
        assert not self.tasks


def play(scene):
    async def main():
        await scene(Walk())

    asyncio.run(main(), loop_factory=DoorLoop)


def test_it_goes_on_at_once():
    async def scene(walk):
        said, waits = [], [Wait(), Wait()]

        async def steps():
            said.extend([await waits[0], await waits[1]])

        walk.begin(steps())
        assert walk.ends == []
        waits[0].happen("one")
        assert walk.ends == []
        waits[1].happen("two")
        waits[1].happen("three")
        assert said == ["one", "two"]
        assert walk.ends == [None]

    play(scene)


def test_what_has_happened_already_is_not_waited_for():
    async def scene(walk):
        wait = Wait()
        wait.happen(7)

        async def steps():
            assert await wait == 7

        walk.begin(steps())
        assert walk.ends == [None]

    play(scene)


def test_what_it_raises_is_told_to_who_has_begun_it():
    async def scene(walk):
        fault = ValueError()

        async def steps():
            raise fault

        walk.begin(steps())
        assert walk.ends == [fault]

    play(scene)


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit])
def test_what_ends_the_program_goes_through(end):
    async def scene(walk):
        async def steps():
            raise end

        with pytest.raises(end):
            walk.begin(steps())
        assert [type(each) for each in walk.ends] == [end]

    play(scene)


def test_one_that_is_cancelled_is_not_woken_by_what_happens_later():
    async def scene(walk):
        first, second, cleaned = Wait(), Wait(), []

        async def steps():
            try:
                await first
            finally:
                cleaned.append(1)
                await second

        course = walk.begin(steps())
        course.cancel()
        assert cleaned == [1]
        first.happen(None)
        assert walk.ends == []
        second.happen(None)
        assert [type(each) for each in walk.ends] == [asyncio.CancelledError]
        course.cancel()
        course.go_on()
        assert len(walk.ends) == 1

    play(scene)


@pytest.mark.parametrize("cancelled", [False, True])
def test_a_future_of_the_loop_is_waited_for_as_well(cancelled):
    async def scene(walk):
        future, said = asyncio.get_running_loop().create_future(), []

        async def steps():
            said.append(await future)

        course = walk.begin(steps())
        assert walk.ends == []
        future.set_result("there")
        if cancelled:  # what wakes it is on its way already
            course.cancel()
        await asyncio.sleep(0)
        assert said == ([] if cancelled else ["there"])
        assert [type(each) for each in walk.ends] == (
            [asyncio.CancelledError] if cancelled else [type(None)]
        )

    play(scene)


def test_one_that_is_cancelled_while_it_runs_ends_where_it_waits_next():
    async def scene(walk):
        passed = []

        async def steps():
            walk.course.cancel()
            passed.append(1)
            await Wait()
            passed.append(2)

        walk.begin(steps())
        assert passed == [1]
        assert [type(each) for each in walk.ends] == [asyncio.CancelledError]

    play(scene)


def test_what_takes_too_long_is_a_timeout_and_what_follows_is_not():
    async def scene(walk):
        said, later = [], Wait()

        async def steps():
            try:
                with walk.course.within(0.01):
                    try:
                        await Wait()
                    except OSError:  # whoever tries the next address is not to go on
                        said.append("swallowed")
            except TimeoutError:
                said.append("late")
            with walk.course.within(0.01):
                pass
            said.append(await later)

        walk.begin(steps())
        await street.until(lambda: said)
        later.happen("end")
        assert said == ["late", "end"]
        assert walk.ends == [None]

    play(scene)


def test_one_that_is_cut_within_a_deadline_is_not_late():
    async def scene(walk):
        async def steps():
            with walk.course.within(60):
                await Wait()

        walk.begin(steps()).cancel()
        assert [type(each) for each in walk.ends] == [asyncio.CancelledError]

    play(scene)


def test_a_socket_is_waited_for():
    async def scene(walk):
        ours, theirs = socket.socketpair()
        said = []

        async def steps():
            said.append(await walk.course.writable(ours, 60))

        walk.begin(steps())
        await walk.over()
        assert said == [0]
        assert not walk.loop.remove_writer(ours)
        ours.close()
        theirs.close()

    play(scene)


def test_a_socket_is_not_waited_for_without_end():
    async def scene(walk):
        ours, theirs = socket.socketpair()
        street.fill(ours)
        said = []

        async def steps():
            said.append(await walk.course.writable(ours, 0.01))

        walk.begin(steps())
        await walk.over()
        assert said == [errno.ETIMEDOUT]
        assert not walk.loop.remove_writer(ours)
        ours.close()
        theirs.close()

    play(scene)


def test_what_needs_a_task_has_one():
    async def scene(walk):
        said = []

        async def at_once():
            return 1

        async def later():
            async with asyncio.timeout(60):
                await asyncio.sleep(0)
            return 2

        async def fails():
            await asyncio.sleep(0)
            raise ValueError("why")

        async def steps():
            said.append(await walk.course.in_task(at_once()))
            said.append(await walk.course.in_task(later()))
            with pytest.raises(ValueError, match="why"):
                await walk.course.in_task(fails())

        walk.begin(steps())
        assert said == [1]
        await walk.over()
        assert said == [1, 2]
        assert walk.ends == [None]

    play(scene)


def test_a_task_ends_with_its_course_and_is_waited_for():
    async def scene(walk):
        cleaned = []

        async def work():
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0)
                cleaned.append(1)

        async def steps():
            await walk.course.in_task(work())

        walk.begin(steps()).cancel()
        assert walk.ends == []
        await walk.over()
        assert cleaned == [1]
        assert [type(each) for each in walk.ends] == [asyncio.CancelledError]

    play(scene)


def test_what_comes_of_a_task_too_late_is_not_lost():
    async def scene(walk):
        ready, unwanted = asyncio.Event(), []

        async def work():
            await ready.wait()
            walk.loop.call_soon(walk.course.cancel)  # before the course hears of the result
            return 7

        async def steps():
            await walk.course.in_task(work(), unwanted.append)

        walk.begin(steps())
        ready.set()
        await walk.over()
        assert unwanted == [7]
        assert [type(each) for each in walk.ends] == [asyncio.CancelledError]

    play(scene)
