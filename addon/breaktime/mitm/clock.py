"""The one place that reads the clock for the gateway."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

Clock = Callable[[], datetime]

PACE: Final = 0.9
"""How fast time goes on until a clock that was set back has caught up."""

STEP: Final = 2.0
"""Seconds; a clock that differs by more from what has passed was set, and not just corrected."""


def system_clock() -> datetime:
    """Return the instant it is now, in UTC."""
    return datetime.now(UTC)  # noqa: TID251  this is the place


class ForwardClock:
    """
    A clock that never goes back, whatever is done to the clock that it reads.

    Where that one is set back, time goes on from where it was, a tenth slower than it passes,
    until it has caught up. So a break that has ended does not begin again, no break is longer by
    more than a ninth, and a clock that was wrong and is put right is followed in the end.

    Fields:
        wall: the clock that it reads.
    """

    def __init__(
        self, wall: Clock = system_clock, steady: Callable[[], float] = time.monotonic
    ) -> None:
        """
        Begin with what the clock shows now.

        Args:
            wall: the clock; it may be set.
            steady: seconds since whenever; nobody can set them.
        """
        self.wall = wall
        self._steady = steady
        self._since = steady()
        self._shown = self._read = wall()
        self._steps: list[timedelta] = []

    def __call__(self) -> datetime:
        """Return the UTC instant that counts now."""
        wall, since = self.wall(), self._steady()
        passed = since - self._since
        moved = (wall - self._read).total_seconds()
        if abs(moved - passed) > STEP:
            self._steps.append(timedelta(seconds=moved - passed))
        if self._shown > self._read or moved < PACE * passed:
            self._shown = max(wall, self._shown + timedelta(seconds=PACE * passed))
        else:  # as nearly always: it shows what it reads
            self._shown = wall
        self._read, self._since = wall, since
        return self._shown

    def catch_up(self, at: datetime) -> None:
        """Show no instant before this one: another clock of this gateway has shown it already."""
        self._shown = max(self._shown, at)

    def ahead(self) -> timedelta:
        """Return how far what counts is ahead of the clock that it reads."""
        return self._shown - self._read

    def take_steps(self) -> list[timedelta]:
        """Return how the clock was set since the last time: forward, or back if negative."""
        steps, self._steps = self._steps, []
        return steps
