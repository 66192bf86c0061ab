"""Measure several in turn, there and back, so that what disturbs one disturbs them all."""

import statistics
import time
from collections import defaultdict
from dataclasses import dataclass, field

from lab import clocks


@dataclass(frozen=True)
class Slice:
    """
    One piece of work, done.

    Fields:
        each: what is measured, for one unit of work.
        median: median of what clients waited, in seconds; 0 where nobody did.
    """

    each: float
    median: float = 0.0


@dataclass
class Results:
    """
    Slices by row, competitor and round.

    A ratio is of two sums of the same round, so what slows the machine down for a while cancels.
    """

    slices: dict = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))

    def add(self, row, who, round_, piece):
        """Note a piece of work."""
        self.slices[row, who][round_].append(piece)

    def has(self, row, who):
        """Tell whether there is anything."""
        return (row, who) in self.slices

    def each(self, row, who):
        """Return the median of what one unit costs."""
        pieces = [piece.each for round_ in self.slices[row, who].values() for piece in round_]
        return statistics.median(pieces)

    def waited(self, row, who):
        """Return the median wait of clients, in milliseconds."""
        rounds = self.slices[row, who].values()
        return 1e3 * statistics.median(piece.median for round_ in rounds for piece in round_)

    def ratio(self, row, who, other):
        """Return median, least and greatest ratio of one to another over the rounds."""
        ours, theirs = self.slices[row, who], self.slices[row, other]
        ratios = sorted(
            sum(piece.each for piece in ours[round_]) / sum(piece.each for piece in theirs[round_])
            for round_ in ours.keys() & theirs.keys()
        )
        return statistics.median(ratios), ratios[0], ratios[-1]


def there_and_back(results, row, round_, work):
    """
    Do a piece of work for each competitor, and again in reverse order.

    Args:
        results: where it is noted.
        row: of the table.
        round_: which round it is; its key.
        work: by name of the competitor, a function that does one piece.
    """
    for who in [*work, *reversed(work)]:
        results.add(row, who, round_, work[who]())


def cpu_of(pid, work, count):
    """
    Do some work, and return what it cost a process and its children, for one of so many.

    Args:
        pid: of the process.
        work: does it, and says what clients waited (`Done`).
        count: how many units of work it is.
    """
    pids = clocks.tree(pid)
    before = clocks.cpu_seconds(pids)
    done = work()
    time.sleep(0.05)  # what the last answer leaves to be done
    after = clocks.cpu_seconds(pids)
    if done.count != count:
        raise AssertionError(f"{done.count} answers of {count}")
    return Slice((after - before) / count, done.quantile(0.5))
