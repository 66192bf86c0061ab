"""The workers of a running gateway, as the system sees them."""

import time
from contextlib import suppress
from pathlib import Path

PATIENCE = 90


def until(condition):
    """Wait until something is so, and return it."""
    end = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < end
        time.sleep(0.1)
    return found


def pids(gateway):
    """Return the workers; other children of the door come and go."""
    task = Path(f"/proc/{gateway.process.pid}/task")
    children = {pid for each in task.glob("*/children") for pid in each.read_text().split()}
    return {int(pid) for pid in children if is_worker(pid)}


def is_worker(pid):
    with suppress(OSError):
        return b"--worker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False
