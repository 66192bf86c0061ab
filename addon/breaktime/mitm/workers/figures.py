"""What workers count, sent and added up."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from breaktime.identity import Doubt
from breaktime.mitm.workers.messages import Figures
from breaktime.mitm.workers.messages import Histogram as Sent
from breaktime.watch import Cut, Histogram, Tally


def figures_of(tally: Tally, doubts: Mapping[Doubt, int], leases: int) -> Figures:
    """Return what was counted since a worker has started."""
    return Figures(
        tuple((*key, count) for key, count in tally.decisions.items()),
        tuple((str(why), count) for why, count in tally.cuts.items()),
        tuple((str(why), count) for why, count in doubts.items()),
        _sent(tally.took),
        _sent(tally.late),
        leases,
        tuple((str(why), count) for why, count in tally.parent.items()),
        tuple((str(why), count) for why, count in tally.distrust.items()),
    )


def added(one: Figures, other: Figures) -> Figures:
    """Return what two have counted together; leases are of those that live, and none."""
    tally = summed(Tally(), (one, other))
    doubts = summed_doubts({}, (one, other))
    return replace(figures_of(tally, {}, 0), doubts=tuple(doubts.items()))


def summed(own: Tally, others: Iterable[Figures]) -> Tally:
    """Return what was counted by all: here, and by others."""
    total = Tally()
    total.decisions.update(own.decisions)
    total.cuts.update(own.cuts)
    total.reloads.update(own.reloads)
    total.parent.update(own.parent)
    total.distrust.update(own.distrust)
    _add(total.took, own.took.counts, own.took.total)
    _add(total.late, own.late.counts, own.late.total)
    for each in others:
        for verdict, reason, count in each.decisions:
            total.decisions[verdict, reason] += count
        for why, count in each.cuts:
            total.cuts[Cut(why)] += count
        total.parent.update(dict(each.parent))
        total.distrust.update(dict(each.distrust))
        _add(total.took, each.took.counts, each.took.total)
        _add(total.late, each.late.counts, each.late.total)
    return total


def summed_doubts(own: Mapping[Doubt, int], others: Iterable[Figures]) -> dict[str, int]:
    """Return how many sign-ins led to nobody anywhere, by why."""
    total = Counter({str(why): count for why, count in own.items()})
    for each in others:
        total.update(dict(each.doubts))
    return dict(total)


def _sent(seen: Histogram) -> Sent:
    return Sent(tuple(seen.counts), seen.total)


def _add(total: Histogram, counts: Iterable[int], seconds: float) -> None:
    for at, count in enumerate(counts):
        total.counts[at] += count
    total.total += seconds
