"""What a tree of processes has cost, by the kernel's own accounting."""

import os
import time
from contextlib import suppress
from pathlib import Path


def tree(pid):
    """Return the ids of a process and of all that it has started and that still run."""
    found = [pid]
    for each in found:
        with suppress(OSError):
            for task in Path(f"/proc/{each}/task").iterdir():
                with suppress(OSError):
                    found += map(int, (task / "children").read_text().split())
    return found


def cpu_seconds(pids):
    """Return the time of the processor that processes have used, in user and kernel mode."""
    total = 0
    for pid in pids:
        with suppress(OSError):  # one of them has ended
            total += time.clock_gettime_ns(_clock_of(pid))
    return total / 1e9


def _clock_of(pid):
    """Return the id of a process's clock, as clock_getcpuclockid(3) makes it."""
    return (~pid << 3) | 2


def resident_kib(pids):
    """Return the memory that processes hold, in KiB; what they share counts once for each."""
    page = os.sysconf("SC_PAGE_SIZE")
    total = 0
    for pid in pids:
        with suppress(OSError):
            total += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * page
    return total / 1024


def cores():
    """Return the cores for what is measured, and those for what drives it: two sets."""
    usable = sorted(os.sched_getaffinity(0))
    return {usable[0]}, set(usable[1:]) or {usable[0]}


def pin(pid, wanted):
    """Let a process, and what it starts from now on, run on these cores only."""
    os.sched_setaffinity(pid, wanted)
