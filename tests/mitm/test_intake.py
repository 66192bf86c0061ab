"""What arrives is taken at once where it is next, and nothing is lost or changes places."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from breaktime.mitm.intake import Intake


def run(steps):
    """Run a test in a loop."""
    return asyncio.run(steps())


async def waiting(reader):
    """Begin to read, and come to where nothing is there."""
    task = asyncio.create_task(reader.read(65_535))
    await asyncio.sleep(0)
    return task


def test_what_somebody_waits_for_is_taken_as_it_arrives():
    async def steps():
        reader, taken = Intake(100, asyncio.get_running_loop()), []
        reader.take = lambda data: not taken.append(data)
        task = await waiting(reader)
        reader.feed_data(b"one")
        reader.feed_data(b"two")
        assert taken == [b"one", b"two"]
        reader.feed_eof()
        assert await task == b""

    run(steps)


def test_nothing_is_taken_before_somebody_reads():
    async def steps():
        reader, taken = Intake(100, asyncio.get_running_loop()), []
        reader.take = taken.append
        reader.feed_data(b"one")
        assert await reader.read(65_535) == b"one"
        assert taken == []

    run(steps)


def test_what_comes_behind_a_piece_that_waits_is_not_taken_before_it():
    async def steps():
        reader, taken = Intake(100, asyncio.get_running_loop()), []
        reader.take = lambda data: data != b"one" and not taken.append(data)
        task = await waiting(reader)
        reader.feed_data(b"one")
        reader.feed_data(b"two")
        assert taken == []
        assert await task == b"onetwo"

    run(steps)


def test_what_is_taken_may_have_the_next_piece_wait():
    async def steps():
        reader, taken = Intake(100, asyncio.get_running_loop()), []

        def take(data):
            taken.append(data)
            reader.rest()
            return True

        reader.take = take
        task = await waiting(reader)
        reader.feed_data(b"one")
        reader.feed_data(b"two")
        assert (taken, await task) == ([b"one"], b"two")

    run(steps)


def test_a_reader_that_has_given_up_leaves_what_comes_to_nobody():
    async def steps():
        reader, taken = Intake(100, asyncio.get_running_loop()), []
        reader.take = taken.append
        task = await waiting(reader)
        task.cancel()
        await asyncio.wait([task])
        reader.feed_data(b"one")
        assert taken == []

    run(steps)


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("feed"), st.binary(min_size=1, max_size=4)),
            st.tuples(st.just("read"), st.integers(1, 6)),
            st.tuples(st.sampled_from(["willing", "busy", "rest"]), st.none()),
        ),
        max_size=40,
    )
)
def test_all_that_is_sent_arrives_once_and_in_its_order(doings):
    async def steps():
        reader, given_, got, willing = Intake(100, asyncio.get_running_loop()), [], [], [True]
        tasks = []
        reader.take = lambda data: willing[0] and not got.append(data)
        for what, value in doings:
            if what == "feed":
                given_.append(value)
                reader.feed_data(value)
            elif what == "read" and all(task.done() for task in tasks):
                tasks.append(asyncio.create_task(read(reader, value, got)))
                await asyncio.sleep(0)
            elif what == "rest":
                reader.rest()
            else:
                willing[0] = what == "willing"
        await asyncio.sleep(0)
        reader.feed_eof()
        await asyncio.gather(*tasks)
        while data := await reader.read(65_535):
            got.append(data)
        assert b"".join(got) == b"".join(given_)

    run(steps)


async def read(reader, number, got):
    """Read once."""
    got.append(await reader.read(number))
