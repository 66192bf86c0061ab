"""The pulse: a timer that tells how late the event loop is, and that it lives."""

import asyncio
from collections.abc import Callable

from breaktime.watch.tally import Histogram

BEAT = 0.5
"""Seconds between two beats."""


class Pulse:
    """Beats in the event loop; a loop that hangs does not, and the supervisor ends the process."""

    def __init__(self, late: Histogram, alive: Callable[[], None]) -> None:
        """
        Do not beat yet.

        Args:
            late: is told how late each beat was.
            alive: is called with each beat.
        """
        self._late = late
        self._alive = alive

    async def run(self) -> None:
        """Beat until it is cancelled."""
        clock = asyncio.get_running_loop().time
        while True:
            due = clock() + BEAT
            await asyncio.sleep(BEAT)
            self._late.add(max(0.0, clock() - due))
            self._alive()
