"""Limits: how often one person may ask."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

REMEMBERED = 20_000
"""Of how many people it is known how often they asked; who asked longest ago is forgotten."""


@dataclass(slots=True)
class Limit:
    """
    A bucket of permissions for each person, which fills up slowly.

    Fields:
        burst: how many may be used at once.
        every: time in which one more comes in.
    """

    burst: int
    every: timedelta
    _buckets: OrderedDict[Hashable, tuple[float, datetime]] = field(default_factory=OrderedDict)

    def takes(self, who: Hashable, at: datetime) -> bool:
        """Use one permission, and tell whether there was one."""
        left, since = self._buckets.pop(who, (float(self.burst), at))
        left = min(self.burst, left + max(at - since, timedelta(0)) / self.every)
        allowed = left >= 1
        self._buckets[who] = (left - 1 if allowed else left, at)
        while len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        return allowed
