"""For every test: each run is the same run, and no collection of garbage is a long one."""

import gc
import os
import signal

import pytest
from hypothesis import settings

from support.order import slow_first

# Each run tries the same examples: a change is judged by what it does, not by what luck has drawn.
# HYPOTHESIS_PROFILE=draw tries others, for who wants to look further.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("draw", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

# A shell without job control has what it starts in the background ignore Ctrl-C, and so would all
# that tests start and end by it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config, items):
    """Begin with what takes long, where several processes share the tests."""
    if hasattr(config, "workerinput"):
        items[:] = slow_first(items, config.workerinput["workercount"])


@pytest.fixture(autouse=True, scope="module")
def _old_objects_are_not_looked_at_again():
    """
    Set aside what is alive before a module: thousands of collected tests and warm caches.

    Some tests collect garbage to see that nothing is left over. That takes as long as there are
    objects, and late in a whole run there are millions.
    """
    gc.collect()
    gc.freeze()
