"""The program itself is not looked through for garbage."""

import subprocess
import sys

import pytest

from breaktime.mitm.garbage import MANY, STILL, Ebb

PROGRAM = """
import gc
import breaktime.mitm.gateway
from breaktime.mitm.garbage import set_aside
before = len(gc.get_objects())
set_aside()
print(before > 50_000, len(gc.get_objects()) < 500, gc.isenabled())
"""


def test_what_is_there_at_the_start_is_set_aside_and_what_comes_later_is_collected():
    """In a process of its own: nothing brings back what was set aside."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=120
    )

    assert done.stdout.split() == ["True", "True", "True"]


@pytest.mark.parametrize(
    ("live", "given"),
    [
        ([0, MANY - 1, 0, 0], 0),  # too few to be worth it
        ([MANY, MANY, MANY // 2 + 1], 0),
        ([MANY, MANY // 2, 0, 0], 1),
        ([10 * MANY, 5 * MANY, 4 * MANY, 2 * MANY, MANY, MANY // 2, 0, 0], 4),
        ([MANY, 0, MANY, 0], 2),
    ],
)
def test_memory_is_given_back_when_half_of_many_have_gone(live, given):
    counts, gifts = iter(each for each in live for _ in range(STILL)), []
    ebb = Ebb(lambda: next(counts), lambda: gifts.append(1))

    for _ in range(STILL * len(live)):
        ebb.look()

    assert len(gifts) == given


KEPT = """
import ctypes, os, sys
from breaktime.mitm.garbage import give_back
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
libc.free.argtypes = [ctypes.c_void_p]

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

blocks = [libc.malloc(60_000) for _ in range(2_000)]
for block in blocks:
    ctypes.memset(block, 1, 60_000)
for block in blocks[:-1]:  # the last one keeps what is below it
    libc.free(block)
before = resident()
give_back()
print(before - resident() > 60_000_000)
"""


def test_a_moment_without_many_is_no_ebb():
    counts, gifts = iter([MANY, *[0] * (STILL - 1), MANY, *[0] * (STILL - 1)]), []
    ebb = Ebb(lambda: next(counts), lambda: gifts.append(1))

    for _ in range(2 * STILL):
        ebb.look()

    assert gifts == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the GNU C library is asked")
def test_what_the_c_library_keeps_is_given_back():
    done = subprocess.run(
        [sys.executable, "-c", KEPT], capture_output=True, text=True, check=True, timeout=120
    )

    assert done.stdout.split() == ["True"]
