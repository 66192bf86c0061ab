"""`mode: observe`: everything is judged and recorded, and what would be refused is let through."""

from collections.abc import Callable
from datetime import datetime

from breaktime.core.decide import Decision, Reason, Verdict, decide
from breaktime.core.flexible import Usage
from breaktime.core.request import Request
from breaktime.mitm.state import InForce, State

_EVER = frozenset({Reason.SPECULATIVE, Reason.FILTER_ERROR})
"""Refused also then: what would be seen later without a record, and faults of ours."""


def is_let_be(decision: Decision, state: InForce) -> bool:
    """Tell whether a refusal is recorded only."""
    refused = decision.verdict is Verdict.BLOCK and decision.reason not in _EVER
    return refused and state.settings.observed


def let_be(decision: Decision) -> Decision:
    """Return a refusal as it is carried out: the request goes on like the rest of the web."""
    return decision._replace(verdict=Verdict.PASS)


def judge_by(state: State) -> Callable[[Request, datetime, Usage], Decision]:
    """Return what open connections are judged by again: what is in force then."""

    def judge(request: Request, at: datetime, usage: Usage) -> Decision:
        now = state.now
        decision = decide(now.policy, request, at, usage=usage)
        return let_be(decision) if is_let_be(decision, now) else decision

    return judge
