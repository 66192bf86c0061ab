"""Requests of a team, for its manager: approve or decline, and never one's own."""

import asyncio
from datetime import date

import structlog

from breaktime.core.record import Action
from breaktime.core.wall import local_text
from breaktime.ledger import CaseRequest, RequestState, in_teams
from breaktime.pages.clock import say_date
from breaktime.portal.ask import Ask, Go, Html, Outcome
from breaktime.portal.case_file import CaseError, case_id, prepare
from breaktime.portal.cases import LONGEST, day_ahead
from breaktime.portal.forms import FormError

log = structlog.get_logger("breaktime.portal")


async def show(ask: Ask) -> Outcome:
    """Show who waits for an answer."""
    return await _page(ask)


async def decide(ask: Ask) -> Outcome:
    """Approve or decline one request."""
    wanted = ask.values["request"]
    found = next((one for one in await _mine(ask) if one.id == wanted), None)
    if found is None:
        return await _page(ask, ask.say["wrong_request"])
    if ask.values["answer"] == "approve":
        return await _approve(ask, found)
    if ask.values["answer"] == "decline":
        return await _decline(ask, found)
    raise FormError("no answer")


async def _mine(ask: Ask) -> tuple[CaseRequest, ...]:
    """Return the requests that this person may decide; their own are not among them."""
    waiting = await ask.ledger(lambda ledger: ledger.requests.waiting())
    teams = ask.page.manages(ask.person)
    return tuple(one for one in in_teams(waiting, teams) if one.person != ask.person)


async def _decline(ask: Ask, one: CaseRequest) -> Outcome:
    if not await _decided(ask, one, RequestState.DECLINED, None):
        return await _page(ask, ask.say["wrong_request"])
    if not await _record(ask, one, Action.CASE_DECLINED, "declined"):
        await ask.ledger(lambda ledger: ledger.requests.reopen(one.id))
        return await _page(ask, ask.say["unrecorded"])
    await ask.told(one.id)
    return Go("/requests", "declined")


async def _approve(ask: Ask, one: CaseRequest) -> Outcome:
    """
    Approve a request: it is decided, so that nobody else decides meanwhile, then prepared, then
    recorded, and only then in force.

    What cannot be prepared, or not be recorded, is taken back.
    """
    ends = day_ahead(ask, ask.values["until"])
    if ends is None:
        return await _page(ask, ask.say["wrong_end"])
    if not await _decided(ask, one, RequestState.APPROVED, ends):
        return await _page(ask, ask.say["wrong_request"])
    days = (ask.today, ends)
    try:
        case = await prepare(ask.house.load, ask.page.cases, one, ask.person, days)
    except CaseError as problem:
        log.error("an approved request is not in force", problem=str(problem))  # noqa: TRY400  no fault
        await ask.ledger(lambda ledger: ledger.requests.reopen(one.id))
        return await _page(ask, ask.say["wrong_case"])
    because = (f"business-case:{case_id(one)}",)
    if not await _record(ask, one, Action.CASE_APPROVED, "approved", because=because):
        await asyncio.to_thread(case.drop)
        await ask.ledger(lambda ledger: ledger.requests.reopen(one.id))
        return await _page(ask, ask.say["unrecorded"])
    try:
        await asyncio.to_thread(case.put_in_force)
    except CaseError as problem:
        # It is decided and recorded: the next start of the gateway puts it in force.
        log.error("an approved request is not in force", problem=str(problem))  # noqa: TRY400  no fault
        return await _page(ask, ask.say["wrong_case"])
    await ask.told(one.id)  # last: until now it is known whose it is to finish
    ask.house.reload()
    return Go("/requests", "approved")


async def _decided(ask: Ask, one: CaseRequest, state: RequestState, ends: date | None) -> bool:
    return await ask.ledger(
        lambda ledger: ledger.requests.decide(
            one.id, state, ask.person, ask.at, ends, ask.house.name
        )
    )


async def _record(ask: Ask, one: CaseRequest, action: Action, what: str, **facts: object) -> bool:
    return await ask.record(
        action,
        f"A business case was {what}: {one.page or ask.platform(one.platform)}",
        person=one.person,
        teams=one.teams,
        platform=one.platform,
        request=one.id,
        by=ask.person,
        **facts,
    )


async def _page(ask: Ask, wrong: str = "") -> Outcome:
    words = ask.texts.clock
    waiting = []
    for one in await _mine(ask):
        asked = local_text(ask.standing.zone, one.at).date()
        end = min(max(one.until, ask.today), ask.today + LONGEST)
        waiting.append(
            {
                "id": one.id,
                "who": ask.say["request_who"].format(person=one.person, site=ask.wanted(one)),
                "purpose": ask.say["request_purpose"].format(purpose=one.purpose),
                "until": ask.say["request_until"].format(
                    until=say_date(words, one.until), at=say_date(words, asked)
                ),
                "end": end.isoformat(),
            }
        )
    values = {
        "waiting": waiting,
        "first": ask.today.isoformat(),
        "last": (ask.today + LONGEST).isoformat(),
    }
    return Html("requests.html", values, wrong)
