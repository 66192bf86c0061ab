"""What workers count is added up, also of those who are no more."""

from breaktime.core.reasons import Reason, Verdict
from breaktime.identity import Doubt
from breaktime.mitm.workers.figures import added, figures_of, summed, summed_doubts
from breaktime.watch import Cut, Reload, Tally


def tally(decisions, cuts, seconds):
    made = Tally()
    for _ in range(decisions):
        made.judged(Verdict.ALLOW, Reason.BREAK_FIXED, seconds)
    made.cuts[Cut.ENDED] += cuts
    made.late.add(seconds)
    made.parent["refused"] += 1
    made.distrust["pinned"] += 1
    return made


def test_counts_of_all_processes_are_one():
    own = tally(1, 1, 0.2)
    own.reloads[Reload.TAKEN] += 1
    one, other = (figures_of(tally(2, 3, 0.3), {Doubt.REFUSED: 2}, 5) for _ in range(2))

    total = summed(own, [one, other])

    assert total.decisions == {(Verdict.ALLOW, Reason.BREAK_FIXED): 5}
    assert total.cuts == {Cut.ENDED: 7}
    assert total.reloads == {Reload.TAKEN: 1}
    assert total.parent == {"refused": 3}
    assert total.distrust == {"pinned": 3}
    assert sum(total.took.counts) == 5
    assert total.took.total == 0.2 + 4 * 0.3
    assert sum(total.late.counts) == 3
    assert summed_doubts({Doubt.REFUSED: 1}, [one, other]) == {str(Doubt.REFUSED): 5}
    assert sum(own.decisions.values()) == 1  # what was added up stays as it was


def test_whoever_is_no_more_has_counted_and_holds_nothing():
    one = figures_of(tally(2, 3, 0.5), {Doubt.REFUSED: 2}, 5)

    both = added(one, one)

    assert summed(Tally(), [both]).decisions == {(Verdict.ALLOW, Reason.BREAK_FIXED): 4}
    assert summed_doubts({}, [both]) == {str(Doubt.REFUSED): 4}
    assert both.leases == 0
