"""What a thread says is called in the loop, in order, and all of it."""

import asyncio
import os
import threading
from pathlib import Path

import pytest

from breaktime.audit.answers import Answers


@pytest.fixture(params=["eventfd", "without"])
def system(request, monkeypatch):
    if request.param == "without":
        monkeypatch.delattr(os, "eventfd")


def in_thread(what):
    thread = threading.Thread(target=what)
    thread.start()
    return thread


@pytest.mark.usefixtures("system")
def test_everything_is_said_in_the_loop_and_in_order():
    heard = []

    async def main():
        answers, done = Answers(asyncio.get_running_loop()), asyncio.Event()

        def speak():
            for number in range(1000):
                answers.say(lambda number: heard.append((number, threading.get_ident())), number)
            answers.say(done.set)
            answers.end()

        thread = in_thread(speak)
        await asyncio.wait_for(done.wait(), 30)
        await asyncio.to_thread(thread.join)

    asyncio.run(main())
    assert heard == [(number, threading.get_ident()) for number in range(1000)]


@pytest.mark.usefixtures("system")
def test_an_answer_that_fails_takes_no_other_with_it():
    told = []

    async def main():
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: told.append(str(context["exception"])))
        answers, done = Answers(loop), asyncio.Event()

        def fail():
            raise ValueError("no")

        answers.say(fail)
        answers.say(done.set)
        await asyncio.wait_for(done.wait(), 30)
        answers.end()

    asyncio.run(main())
    assert told == ["no"]


@pytest.mark.usefixtures("system")
def test_a_loop_that_is_closed_is_told_in_vain():
    async def main():
        return Answers(asyncio.get_running_loop())

    answers = asyncio.run(main())
    answers.say(lambda: pytest.fail("nobody is there"))
    answers.end()


def test_the_descriptor_is_given_back_when_it_ends_and_when_nobody_has_it_any_more():
    def held():
        return sum(is_eventfd(each) for each in Path("/proc/self/fd").iterdir())

    def is_eventfd(link):
        try:
            return str(link.readlink()) == "anon_inode:[eventfd]"
        except FileNotFoundError:  # it was opened to list this folder
            return False

    async def ended():
        answers = Answers(asyncio.get_running_loop())
        assert held() == before + 1
        answers.end()
        while held() > before:  # noqa: ASYNC110  it is heard in one of the next rounds
            await asyncio.sleep(0)

    async def left():
        Answers(asyncio.get_running_loop())

    before = held()
    asyncio.run(asyncio.wait_for(ended(), 30))
    asyncio.run(left())
    assert held() == before
