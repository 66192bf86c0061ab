"""Whoever connects in a task of the loop waits as a course does."""

import asyncio
import errno
import socket

from breaktime.door.waiting import IN_TASK
from door import street


def test_a_socket_is_waited_for_and_not_without_end():
    async def main():
        loop = asyncio.get_running_loop()
        ours, theirs = socket.socketpair()
        async with asyncio.timeout(60):
            assert await IN_TASK.writable(ours, 60) == 0
            street.fill(ours)
            assert await IN_TASK.writable(ours, 0.01) == errno.ETIMEDOUT
        assert not loop.remove_writer(ours)
        ours.close()
        theirs.close()

    asyncio.run(main())


def test_what_needs_a_task_is_in_one_already():
    async def work():
        return asyncio.current_task()

    async def main():
        assert await IN_TASK.in_task(work()) is asyncio.current_task()

    asyncio.run(main())
