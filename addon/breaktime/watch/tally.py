"""What is counted while requests go by: additions only, all text is made when somebody asks."""

from bisect import bisect_left
from collections import Counter
from enum import StrEnum

from breaktime.core.reasons import Reason, Verdict

DECISION_BOUNDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1.0)
"""Upper bounds of the buckets of decisions, in seconds; asking a directory takes the longest."""

LATE_BOUNDS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
"""Upper bounds of the buckets of how late the event loop was, in seconds."""


class Histogram:
    """
    How often something took how long.

    Fields:
        bounds: upper bounds, in seconds, ascending.
        counts: how many were at most each bound and above the one before; the last: above all.
        total: sum of all, in seconds.
    """

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        """Begin with nothing seen."""
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def add(self, seconds: float) -> None:
        """Count one."""
        self.counts[bisect_left(self.bounds, seconds)] += 1
        self.total += seconds


class Cut(StrEnum):
    """Why a connection was ended: its break was over, or a new configuration refuses it."""

    ENDED = "ended"
    CONFIGURATION = "configuration"


class Reload(StrEnum):
    """What came of reading the configuration again."""

    TAKEN = "taken"
    SAME = "same"
    REFUSED = "refused"


class Tally:
    """
    Counts since the gateway has started, from the event loop only.

    Fields:
        decisions: requests that were judged, by verdict and reason.
        took: how long each took to judge, asking who it is and writing the record included.
        late: how late the event loop came back to a timer.
        cuts, reloads: connections that were ended, and configurations that were read again.
        refusals: connections that the door has turned away, by why.
        parent: how often a parent proxy gave no tunnel, by why.
        distrust: how often a program did not take our certificate, by why.
    """

    __slots__ = ("cuts", "decisions", "distrust", "late", "parent", "refusals", "reloads", "took")

    def __init__(self) -> None:
        """Begin with nothing counted."""
        self.decisions: Counter[tuple[Verdict, Reason]] = Counter()
        self.took = Histogram(DECISION_BOUNDS)
        self.late = Histogram(LATE_BOUNDS)
        self.cuts: Counter[Cut] = Counter()
        self.reloads: Counter[Reload] = Counter()
        self.parent: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self.distrust: Counter[str] = Counter()

    def judged(self, verdict: Verdict, reason: Reason, seconds: float) -> None:
        """Count one request that was judged."""
        self.decisions[verdict, reason] += 1
        self.took.add(seconds)
