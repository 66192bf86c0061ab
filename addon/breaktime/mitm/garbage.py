"""What the garbage collector need not look at again and again, and what the system gets back."""

import asyncio
import ctypes
import gc
from collections.abc import Callable


def set_aside() -> None:
    """
    Take what there is by now out of what the garbage collector looks through.

    A full collection stops everything else while it looks at each object there is; most of them
    are the program itself, which stays to the end. It is called once, before anybody is served:
    what is set aside later would never be collected if it were garbage.
    """
    gc.collect()
    gc.freeze()


MANY = 200
"""Connections that have been open at the same time before their end is worth a look."""

STILL = 20
"""How often it is looked until few connections are taken for an ebb."""


class Ebb:
    """
    Gives memory back to the system when most connections have ended.

    The C library keeps what thousands of TLS connections had needed, and the process would stay
    as large as it was in its busiest minute.
    """

    def __init__(self, live: Callable[[], int], give: Callable[[], object] | None = None) -> None:
        """
        Give nothing yet.

        Args:
            live: returns how many connections are open.
            give: gives memory back; where it is left out, in a thread, for nobody should wait.
        """
        self._live = live
        self._give = give or _give_in_a_thread
        self._most = self._low = 0

    def look(self) -> None:
        """
        Look how many connections are left of the most there were since the last time.

        Memory is given back once it has been few for a while: what has ended is let go of first.
        """
        live = self._live()
        self._most = max(self._most, live)
        self._low = self._low + 1 if self._most >= MANY and 2 * live <= self._most else 0
        if self._low < STILL:
            return
        self._most, self._low = live, 0
        if live < MANY:  # with many, looking through all that they hold would keep them waiting
            gc.collect()
        self._give()


def give_back() -> bool:
    """Return what is free in the C library to the system; tell whether there was anything."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # the GNU C library has it
    return trim is not None and bool(trim(0))


def _give_in_a_thread() -> None:
    asyncio.get_running_loop().run_in_executor(None, give_back)
