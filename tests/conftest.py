"""For every test: what the tests themselves hold costs no collection of garbage anything."""

import gc

import pytest


@pytest.fixture(autouse=True, scope="module")
def _old_objects_are_not_looked_at_again():
    """
    Set aside what is alive before a module: thousands of collected tests and warm caches.

    Some tests collect garbage to see that nothing is left over. That takes as long as there are
    objects, and late in a whole run there are millions.
    """
    gc.collect()
    gc.freeze()
