"""The kernel's accounting of a process and of all that it has started."""

import os
import subprocess
import sys

import pytest

from lab import clocks

NESTED = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'input()'])"


@pytest.fixture
def family():
    """A process whose child waits for a line, once both run."""
    with subprocess.Popen([sys.executable, "-c", NESTED], stdin=subprocess.PIPE) as process:
        while len(clocks.tree(process.pid)) < 2:
            assert process.poll() is None
        yield process
        process.communicate(b"\n")


def test_children_are_counted(family):
    pids = clocks.tree(family.pid)
    assert pids[0] == family.pid
    assert set(pids) <= set(clocks.tree(os.getpid()))
    assert clocks.resident_kib(pids) > clocks.resident_kib(pids[:1]) > 0


def test_time_that_is_used_is_seen():
    before = clocks.cpu_seconds([os.getpid()])
    while clocks.cpu_seconds([os.getpid()]) == before:
        pass
    assert clocks.cpu_seconds([os.getpid()]) > before


def test_a_process_that_has_ended_counts_nothing():
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    assert clocks.cpu_seconds([done.pid]) == 0
    assert clocks.resident_kib([done.pid]) == 0


def test_what_is_measured_and_what_drives_it_have_cores():
    ours, theirs = clocks.cores()
    usable = os.sched_getaffinity(0)
    assert ours | theirs == usable
    assert not ours & theirs or len(usable) == 1
