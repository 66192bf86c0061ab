"""The clock ends leases: on time, also where the loop has so much to do that timers come late."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from breaktime.mitm.clock import Clock
from breaktime.mitm.leases import Leases

MOST_SECONDS = 0.5
"""How long a sweep waits at most: the clock may be set at any time."""

LEAST_SECONDS = 0.02

APART_SECONDS = 0.01
"""Between two looks: many things happen in one request, and breaks end by the second."""

log = structlog.get_logger("breaktime.gateway")


class Sweep:
    """Ends what the clock has ended, whenever somebody asks."""

    def __init__(
        self,
        leases: Sequence[Leases],
        clock: Clock,
        tell: Callable[[int], object],
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        """
        Wait for the first lease.

        Args:
            leases: what ends; others may be added.
            clock: what breaks go by.
            tell: is told how many connections have ended, where any have.
            steady: seconds since whenever; nobody can set them.
        """
        self._leases = leases
        self._clock = clock
        self._tell = tell
        self._steady = steady
        self._again = steady()

    def look(self) -> None:
        """
        Do the same as `now`, but a little later if it was done just now.

        It raises nothing: who calls is in the middle of something.
        """
        passed = self._steady()
        if passed < self._again:
            return
        self._again = passed + APART_SECONDS
        try:
            self.now()
        except Exception as fault:
            log.exception("what the clock has ended goes on", error=type(fault).__name__)

    def now(self) -> None:
        """End what is due by now."""
        if self._due() is None:
            return
        at = self._clock()
        ended = sum(each.sweep(at) for each in self._leases)
        if ended:
            self._tell(ended)

    def seconds(self) -> float:
        """Return for how long there is probably nothing to do."""
        due = self._due()
        if due is None:
            return MOST_SECONDS
        left = (due - self._clock()).total_seconds()
        return min(MOST_SECONDS, max(LEAST_SECONDS, left))

    def _due(self) -> datetime | None:
        return min((each.due for each in self._leases if each.due is not None), default=None)
