"""The one place that reads the clock for the gateway."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Return the instant it is now, in UTC."""
    return datetime.now(UTC)  # noqa: TID251  this is the place
