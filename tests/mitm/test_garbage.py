"""The program itself is not looked through for garbage."""

import subprocess
import sys

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
