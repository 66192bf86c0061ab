"""The clock ends leases: on time, also where the loop has so much to do that timers come late."""

import asyncio
from collections.abc import Callable

import structlog

from breaktime.mitm.clock import Clock
from breaktime.mitm.leases import Leases

MOST_SECONDS = 0.5
"""How long a sweep waits at most: the clock may be set at any time."""

LEAST_SECONDS = 0.02

log = structlog.get_logger("breaktime.gateway")


class Sweep:
    """Ends what the clock has ended, whenever somebody asks, and at the very instant by itself."""

    def __init__(self, leases: Leases, clock: Clock, tell: Callable[[int], object]) -> None:
        """
        Wait for the first lease.

        Args:
            leases: what ends.
            clock: what breaks go by.
            tell: is told how many connections have ended, where any have.
        """
        self._leases = leases
        self._clock = clock
        self._tell = tell

    def look(self) -> None:
        """End what is due by now. Raises nothing: who calls it is in the middle of something."""
        if self._leases.due is None:
            return
        try:
            ended = self._leases.sweep(self._clock())
            if ended:
                self._tell(ended)
        except Exception as fault:
            log.exception("what the clock has ended could not be", error=type(fault).__name__)

    def seconds(self) -> float:
        """Return for how long there is probably nothing to do."""
        due = self._leases.due
        if due is None:
            return MOST_SECONDS
        left = (due - self._clock()).total_seconds()
        return min(MOST_SECONDS, max(LEAST_SECONDS, left))

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await asyncio.sleep(self.seconds())
            self.look()
