"""Stage 6, act: what a refused request is told."""

from datetime import datetime

from breaktime.core.decide import Decision, decide, opens_at
from breaktime.mitm.observe import Seen
from breaktime.mitm.state import InForce
from breaktime.pages import Page, Refusal, answer


def refusal_page(
    decision: Decision, id_: str | None, seen: Seen, state: InForce, at: datetime
) -> Page:
    """
    Make the answer to a refused request: the form that the client can use, with reason and time.

    Args:
        decision: why it is refused.
        id_: id that is also in the record, None where there is no record.
        seen: what was asked for, and how.
        state: the configuration that decided.
        at: UTC instant of the decision.
    """
    policy, request = state.policy, seen.request
    platform = policy.catalogue.platforms.get(decision.platform or "")
    opening = opens_at(policy, request, decision)
    causes = decision.because if opening is None else decide(policy, request, opening).because
    refusal = Refusal(
        decision=id_,
        reason=decision.reason,
        at=at,
        organisation=policy.organisation,
        zone=policy.standing(request.person, request.groups, request.client).zone,
        platform=None if platform is None else platform.name,
        opens_at=opening,
        rule=causes[0].id if causes else None,
        person=decision.person,
    )
    return answer(refusal, seen.asked, state.pages)
