"""A loop that fails ends its process at once, whatever still runs in it; nothing else does."""

import asyncio
import subprocess
import sys

import pytest

from breaktime.mitm.loops import FAILED, EndingLoop, GatewayLoop, last

PROGRAM = """
import asyncio, sys, threading
from breaktime.mitm import loops
from breaktime.mitm.logs import log_to_stderr

def fails(timeout=None):
    raise {fault}

async def main():
    loop = asyncio.get_running_loop()
    loop.run_in_executor(None, threading.Event().wait)  # a thread that nobody ends
    with loops.last({last}):
        loop._selector.select = fails
        try:
            await asyncio.Event().wait()
        finally:
            print("a task was ended")

log_to_stderr()
asyncio.run(main(), loop_factory=loops.{loop})
"""


def run(loop, *, fault="OSError(5, 'no')", last="lambda: print('last words', flush=True)"):
    program = PROGRAM.format(loop=loop, fault=fault, last=last)
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize("fault", ["OSError(5, 'no')", "ValueError"])
@pytest.mark.parametrize("loop", ["GatewayLoop", "EndingLoop"])
def test_a_loop_that_fails_ends_its_process(loop, fault):
    ended = run(loop, fault=fault)

    assert ended.returncode == FAILED
    assert ended.stdout == "last words\n"
    assert "the event loop has failed; the process ends" in ended.stderr


def test_it_ends_also_where_its_last_words_fail():
    ended = run("GatewayLoop", last="lambda: 1 / 0")

    assert ended.returncode == FAILED
    assert "the process could not end as it should" in ended.stderr


@pytest.mark.parametrize("factory", [EndingLoop, GatewayLoop])
def test_what_a_task_or_a_callback_raises_does_not_end_it(factory):
    told = []

    async def main():
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: told.append(context["exception"]))
        with last(lambda: told.append("the end")):
            loop.call_soon(lambda: 1 / 0)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        raise KeyError

    with pytest.raises(KeyError):
        asyncio.run(main(), loop_factory=factory)
    assert [type(each) for each in told] == [ZeroDivisionError]


def test_another_loop_is_left_alone():
    async def main():
        with last(lambda: None):
            return not hasattr(asyncio.get_running_loop(), "last")

    assert asyncio.run(main())
