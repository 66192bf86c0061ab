"""A bound on what one client can make the log write."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

STRETCH = timedelta(minutes=1)

REFUSALS = 60
"""How many refusals of one client are written one by one in a minute."""

REMEMBERED = 10_000
"""How many clients are remembered; the oldest are forgotten first."""


@dataclass(slots=True)
class _Tally:
    """
    What one client has made the log write.

    Fields:
        since: when the minute began.
        written: refusals that were written in it.
        held: refusals that were not, since the last record of the client.
    """

    since: datetime
    written: int = 0
    held: int = 0


@dataclass(slots=True)
class Flood:
    """
    Counts refusals, so that a client that is refused a thousand times does not fill the disk.

    What is not written is not lost: the next record of the client says how many there were.

    Fields:
        limit: how many are written in a stretch.
        stretch: how long it is.
        size: how many clients are remembered.
    """

    limit: int = REFUSALS
    stretch: timedelta = STRETCH
    size: int = REMEMBERED
    _tallies: dict[Hashable, _Tally] = field(default_factory=dict)

    def is_full(self, client: Hashable, at: datetime) -> bool:
        """Tell whether one more refusal would be one too many."""
        tally = self._tallies.get(client)
        if tally is None or abs(at - tally.since) >= self.stretch:
            return False
        return tally.written >= self.limit

    def held(self, client: Hashable) -> int:
        """Return how many refusals the next record of a client has to tell of."""
        tally = self._tallies.get(client)
        return 0 if tally is None else tally.held

    def hold(self, client: Hashable) -> None:
        """Count a refusal that is not written, as `is_full` has said."""
        self._tallies[client].held += 1

    def told(self, client: Hashable, at: datetime, *, refused: bool) -> None:
        """
        Count a record that was written, and what it told of.

        Args:
            client: whose record it is.
            at: UTC instant of the record.
            refused: it is the record of a refusal.
        """
        tally = self._tallies.get(client)
        if tally is not None:
            tally.held = 0
        if not refused:
            return
        if tally is None or abs(at - tally.since) >= self.stretch:
            self._tallies.pop(client, None)
            tally = self._tallies[client] = _Tally(at)
            while len(self._tallies) > self.size:
                del self._tallies[next(iter(self._tallies))]
        tally.written += 1

    def untold(self, client: Hashable, repeat: int) -> None:
        """Take back that a record told of refusals: it is not kept."""
        if repeat and (tally := self._tallies.get(client)) is not None:
            tally.held += repeat
