"""What is counted while requests go by."""

from breaktime.core.reasons import Reason, Verdict
from breaktime.watch import Histogram, Tally


def test_a_value_on_a_bound_is_below_it():
    seen = Histogram((0.1, 1.0))
    for seconds in (0.1, 1.0, 1.1):
        seen.add(seconds)

    assert seen.counts == [1, 1, 1]
    assert seen.total == 0.1 + 1.0 + 1.1


def test_requests_are_counted_by_verdict_and_reason():
    tally = Tally()
    for _ in range(2):
        tally.judged(Verdict.ALLOW, Reason.BREAK_FIXED, 0.5)

    assert tally.decisions == {(Verdict.ALLOW, Reason.BREAK_FIXED): 2}
    assert sum(tally.took.counts) == 2
