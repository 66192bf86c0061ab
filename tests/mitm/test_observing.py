"""Which refusals are recorded only, and that open connections go on with them."""

from types import SimpleNamespace

import pytest

from breaktime.core.decide import Decision, Reason, Verdict
from breaktime.mitm.observing import is_let_be, let_be


def state(*, observed):
    return SimpleNamespace(settings=SimpleNamespace(observed=observed))


@pytest.mark.parametrize("reason", Reason)
def test_refusals_are_let_be_but_for_two(reason):
    ever = {Reason.SPECULATIVE, Reason.FILTER_ERROR}
    decision = Decision(Verdict.BLOCK, reason)

    assert is_let_be(decision, state(observed=True)) == (reason not in ever)
    assert not is_let_be(decision, state(observed=False))


@pytest.mark.parametrize("verdict", [Verdict.PASS, Verdict.ALLOW])
def test_what_is_not_refused_is_as_it_was(verdict):
    assert not is_let_be(Decision(verdict, Reason.BREAK_FIXED), state(observed=True))


def test_what_is_let_be_keeps_its_reason():
    decision = let_be(Decision(Verdict.BLOCK, Reason.OUTSIDE_BREAKS))
    assert (decision.verdict, decision.reason) == (Verdict.PASS, Reason.OUTSIDE_BREAKS)
