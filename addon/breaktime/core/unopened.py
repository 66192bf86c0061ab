"""
Stage 5, unopened: may a connection pass without anybody looking into it?

Laws of this file:

1. What goes on in an unopened connection nobody can tell. Sites that share a certificate or a
   network share connections, too. So one passes only while everything that a break can open is
   open to the person: then nothing can go on in it that is closed.
2. Whatever is refused is opened, because a refusal has to be seen.
"""

from datetime import datetime
from typing import NamedTuple

from breaktime.core.decide import Decision, Verdict, calendar_for_all, decide
from breaktime.core.flexible import NOTHING_TAKEN, Usage
from breaktime.core.policy import Policy
from breaktime.core.reasons import Reason
from breaktime.core.request import Request


class Unopened(NamedTuple):
    """
    What becomes of a connection of which only names are known.

    Fields:
        decision: the answer for its names; where it passes, `changes_at` is the UTC instant at
            which to ask again.
        passes: it may pass without being opened.
        by_sitting: a break that the person may stop is what lets it pass.
    """

    decision: Decision
    passes: bool = False
    by_sitting: bool = False


def unopened(
    policy: Policy,
    request: Request,
    at: datetime,
    *,
    usage: Usage = NOTHING_TAKEN,
    records_writable: bool = True,
) -> Unopened:
    """
    Judge a connection that would be opened otherwise.

    Args:
        policy: the snapshot to ask.
        request: its names and whose it is; there is no path and no method.
        at: UTC instant.
        usage: what the ledger says about the person.
        records_writable: as for `decide`.

    Returns:
        Whether it passes. Nothing is said of exempt people, who are never opened.
    """
    decision = decide(policy, request, at, usage=usage, records_writable=records_writable)
    if decision.verdict is Verdict.BLOCK or decision.reason is Reason.EXEMPT:
        return Unopened(decision)
    (verdict, reason, _, _), until = calendar_for_all(policy, request, at, usage)
    if verdict is not Verdict.ALLOW or not records_writable:
        return Unopened(decision)
    ends = [each for each in (decision.changes_at, until) if each is not None]
    decision = decision._replace(changes_at=min(ends, default=None))
    return Unopened(decision, passes=True, by_sitting=reason is Reason.BREAK_FLEXIBLE)
