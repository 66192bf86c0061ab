"""Business cases: what somebody has and asked for, and how to ask. Asking opens nothing."""

import secrets
from datetime import date, timedelta

from breaktime.core.names import split_address
from breaktime.core.record import Action
from breaktime.ledger import CaseRequest, RequestState
from breaktime.pages.clock import say_date
from breaktime.portal.ask import Ask, Go, Html, Outcome
from breaktime.portal.forms import one_line

LONGEST = timedelta(days=366)
"""How far ahead a case may end."""

MOST_PURPOSE = 300
FIELDS = ("platform", "page", "purpose", "until")


async def show(ask: Ask) -> Outcome:
    """Show cases and requests."""
    return await _page(ask)


async def request(ask: Ask) -> Outcome:
    """Put a request into the queue of the managers."""
    platform, purpose = ask.values["platform"], one_line(ask.values["purpose"])
    page = _page_of(ask, platform, ask.values["page"].strip())
    until = day_ahead(ask, ask.values["until"])
    if platform not in _sites(ask):
        return await _page(ask, ask.say["wrong_site"])
    if page is None:
        return await _page(ask, ask.say["wrong_page"].format(site=ask.platform(platform)))
    if not purpose or len(purpose) > MOST_PURPOSE:
        return await _page(ask, ask.say["wrong_purpose"])
    if until is None:
        return await _page(ask, ask.say["wrong_until"])
    teams = tuple(team for team in ask.teams if _deciders(ask, team))
    if not teams:
        return await _page(ask, _nobody(ask))
    wanted = CaseRequest(
        secrets.token_hex(4), ask.at, ask.person, teams, platform, purpose, until, page=page
    )
    if not await ask.ledger(lambda ledger: ledger.requests.add(wanted, ask.house.name)):
        return await _page(ask, ask.say["wrong_many"])
    if not await ask.record(
        Action.CASE_REQUESTED,
        f"A business case was asked for: {page or ask.platform(platform)}",
        teams=ask.teams,
        platform=platform,
        request=wanted.id,
    ):
        await ask.ledger(lambda ledger: ledger.requests.withdraw(wanted.id))
        return await _page(ask, ask.say["unrecorded"])
    await ask.told(wanted.id)
    return Go("/cases", "asked")


def day_ahead(ask: Ask, text: str) -> date | None:
    """Read a day from today on, not too far ahead."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if ask.today <= day <= ask.today + LONGEST else None


def _page_of(ask: Ask, platform: str, written: str) -> str | None:
    """
    Return the address of a page, cut to what names it; None where it names no page of a platform.

    What else an address holds, such as who has sent the link, is nobody's business.
    """
    if not written:
        return ""
    catalogue = ask.policy.catalogue
    found = catalogue.page_address(written)
    if found is None or found[0] != platform:
        return None
    own = catalogue.platforms[platform].by_server
    short = found[1] if own else f"{split_address(written).host}/{found[1]}"
    return short if catalogue.page_address(short) == found else written


def _sites(ask: Ask) -> dict[str, str]:
    """Return what may be asked for: a way past the gateway is for IT to open, not for a manager."""
    known, closed = ask.policy.catalogue.platforms, ask.policy.closed
    return {one: each.name for one, each in known.items() if one not in closed}


def _deciders(ask: Ask, team: str) -> frozenset[str]:
    """Return who decides for a team, without who is asking."""
    return ask.page.managers.get(team, frozenset()) - {ask.person}


def helpers(ask: Ask) -> str:
    """Return whom people may ask, inside a sentence."""
    return ask.current.pages.contact.name or ask.texts.helpers[1]


def _nobody(ask: Ask) -> str:
    return str(ask.say["ask_nobody"].format(help=helpers(ask)))


async def _page(ask: Ask, wrong: str = "") -> Outcome:
    asked = await ask.ledger(lambda ledger: ledger.requests.of(ask.person))
    names = _sites(ask)
    values = {
        "mine": [
            ask.say["case_text"].format(
                sites=", ".join(
                    [*map(ask.platform, sorted(one.case.platforms))]
                    + [f"{ask.platform(site)}/{key}" for site, key in sorted(one.case.pages)]
                ),
                case=one.case.rule.id.partition(":")[2],
                until=say_date(ask.texts.clock, one.case.until),
            )
            for one in ask.standing.cases
            if ask.at < one.until
        ],
        "asked": [_said(ask, one) for one in asked],
        "sites": sorted(names.items(), key=lambda pair: pair[1].casefold()),
        "nobody": "" if any(_deciders(ask, team) for team in ask.teams) else _nobody(ask),
        "first": ask.today.isoformat(),
        "last": (ask.today + LONGEST).isoformat(),
        "sent": ask.values if wrong else dict.fromkeys(FIELDS, ""),
        "most_purpose": MOST_PURPOSE,
    }
    return Html("cases.html", values, wrong)


def _said(ask: Ask, one: CaseRequest) -> str:
    words = ask.texts.clock
    state = ask.say[f"state_{one.state}"]
    if one.state is not RequestState.OPEN:
        ends = "" if one.ends is None else say_date(words, one.ends)
        state = state.format(by=one.by, ends=ends)
    site, until = ask.wanted(one), say_date(words, one.until)
    return str(ask.say["asked_text"].format(site=site, until=until, state=state))
