"""Stage 6, act: what a refused request is told."""

from datetime import datetime

from breaktime.core.decide import Decision, decide, is_embedded, opens_at, starts_at
from breaktime.core.flexible import NOTHING_TAKEN
from breaktime.core.policy import Embeds
from breaktime.mitm.question import Question
from breaktime.pages import Page, Refusal, answer


def refusal_page(decision: Decision, id_: str | None, ask: Question) -> Page:
    """
    Make the answer to a refused request: the form that the client can use, with reason and time.

    Args:
        decision: why it is refused.
        id_: id that is also in the record, None where there is no record.
        ask: what was asked.
    """
    seen, state, usage = ask.seen, ask.state, ask.usage
    policy, request = state.policy, seen.request
    platform = policy.catalogue.platforms.get(decision.platform or "")
    chance = decision.chance
    opening = None if chance else opens_at(policy, request, decision, usage)
    start = None if chance else _start(ask, decision)
    startable = start is not None and (opening is None or start < opening)
    if startable:
        # The ledger was not asked about a break that is not on offer yet: nothing is taken of it.
        opening, usage = start, usage if usage.known else NOTHING_TAKEN
    causes = decision.because
    if opening is not None:
        causes = decide(policy, request, opening, usage=usage).because
    refusal = Refusal(
        decision=id_,
        reason=decision.reason,
        at=ask.at,
        organisation=policy.organisation,
        zone=policy.standing(request.person, request.groups, request.client).zone,
        platform=None if platform is None else platform.name,
        opens_at=opening,
        startable=startable,
        rule=causes[0].id if causes else None,
        person=decision.person,
        copy=decision.bypass,
        sitting=None if chance is None else chance.left,
        start_by=None if chance is None else chance.start_by,
        placeholder=policy.embeds is Embeds.PLACEHOLDER and is_embedded(policy, request),
    )
    return answer(refusal, seen.asked, state.pages)


def _start(ask: Question, decision: Decision) -> datetime | None:
    """Return when the person may next start a break; None where it is not known who they are."""
    if decision.person is None:
        return None
    usage = ask.usage if ask.usage.known else NOTHING_TAKEN
    return starts_at(ask.state.policy, ask.seen.request, decision, usage)
