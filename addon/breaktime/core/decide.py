"""
Stage 5, decide: pass, allow or block, why, and until when.

The order of the questions is the policy; the first answer counts:

    not controlled           pass, unseen
    exempt                   allow, unrecorded
    names that disagree      block
    own page                 allow, with what it is made of
    business case            allow, with what its pages are made of
    part of another site     allow, unless configured otherwise
    log in to another site   allow, unless configured otherwise
    never open in breaks     block
    nobody known             block
    records cannot be kept   block, unless configured otherwise
    suspension               block
    blackout                 block
    break                    allow (dated exception > person > teams > place > everyone)
    flexible break           allow while a sitting goes on; else block, and say what could be had
    otherwise                block

What would be allowed is refused while nobody has asked to see it yet: a browser that fetched it
ahead shows it later without asking again, and nobody could tell that it was seen.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from breaktime.core.about import about
from breaktime.core.breaks import Profile
from breaktime.core.flexible import NOTHING_TAKEN, Chance, Usage, chances, is_used
from breaktime.core.names import once
from breaktime.core.parts import WHOLE, Part, part_of
from breaktime.core.platforms import Role
from breaktime.core.policy import DatedCase, Embeds, Logins, Policy, Standing
from breaktime.core.reasons import Context, Reason, Verdict
from breaktime.core.request import Request
from breaktime.core.rule import Rule
from breaktime.core.standing import Way
from breaktime.core.when import Kind, Opening, look, named, said

__all__ = [
    "FAULT", "MAX_STEPS", "PASSED", "Context", "Decision", "Reason", "Verdict",
    "calendar_for_all", "decide", "is_embedded", "is_open", "opens_at",
]  # fmt: skip

MAX_STEPS = 64
"""How many changes are followed when the next *different* answer is looked for."""


class Decision(NamedTuple):
    """
    One answer, for one request at one instant.

    Fields:
        verdict, reason, context: the answer.
        because: the rules that led to it, the deciding one first.
        person: canonical id, None where nobody is known.
        place: id of the place, or None.
        platform, role, name: what was asked for: platform id, role of the address, and the
            listed name that matched; None where nothing is controlled.
        changes_at: UTC instant at which verdict or reason change, None if not foreseeable. After
            many changes that change nothing, an earlier instant at which to ask again.
        chance: the flexible break that could be started, where that is the reason.
        bypass: the page is shown by a translator, a cache or an archive.
    """

    verdict: Verdict
    reason: Reason
    context: Context = Context.UNSCHEDULED
    because: tuple[Rule, ...] = ()
    person: str | None = None
    place: str | None = None
    platform: str | None = None
    role: Role | None = None
    name: str | None = None
    changes_at: datetime | None = None
    chance: Chance | None = None
    bypass: bool = False


PASSED = Decision(Verdict.PASS, Reason.NOT_CONTROLLED)

FAULT = Decision(Verdict.BLOCK, Reason.FILTER_ERROR)
"""The answer when something of ours broke: refuse and record."""

_CALENDAR = {
    Kind.CLOSED: (Verdict.BLOCK, Reason.OUTSIDE_BREAKS, Context.OUTSIDE_BREAK),
    Kind.FIXED: (Verdict.ALLOW, Reason.BREAK_FIXED, Context.BREAK),
    Kind.EXCEPTION: (Verdict.ALLOW, Reason.BREAK_EXCEPTION, Context.BREAK),
    Kind.BLACKOUT: (Verdict.BLOCK, Reason.BLACKOUT, Context.OUTSIDE_BREAK),
    Kind.SUSPENDED: (Verdict.BLOCK, Reason.SUSPENDED, Context.OUTSIDE_BREAK),
}


def decide(
    policy: Policy,
    request: Request,
    at: datetime,
    *,
    usage: Usage = NOTHING_TAKEN,
    records_writable: bool = True,
) -> Decision:
    """
    Judge one request at one instant.

    *What* comes before *who*, so that nobody is identified for traffic that passes anyway.

    Args:
        policy: the snapshot to ask.
        request: what is known of the request.
        at: UTC instant.
        usage: what the ledger says about the person; it matters in flexible breaks only.
        records_writable: False where the record of this request could not be kept and the
            configuration wants such requests refused.

    Returns:
        An answer for every request. Reads no clock, does no I/O and raises nothing, given a
        policy that `breaktime.config` has built and an instant of the years 1970 to 2900.
    """
    match, agreed, shown = about(policy.catalogue, request, policy.paged)
    if match is None or (match.role is Role.WRAPPER and agreed):
        return PASSED  # where a wrapper leads to is judged when it is asked for
    platform = match.platform
    page = None
    if shown is not None:
        values = once(shown.values)
        page = policy.catalogue.platforms[platform].page_of(shown.path, values, shown.host)
    part = part_of(policy.catalogue, request, match)
    person = request.person
    way = policy.way(person, request.groups, request.client)
    chance = None
    if (
        way.plain and part is WHOLE and agreed and records_writable
        and platform not in policy.closed
        and (page is None or page not in policy.own_pages.get(platform, {}))
    ):  # fmt: skip
        held = way.held
        if held is None or not held[0] <= at < held[1]:
            held = _said(way, platform, at)
        _, _, verdict, reason, context, because, until = held
        if way.own and person is not None:
            because = named(because, policy.own_list(person))
    else:
        standing = policy.standing(person, request.groups, request.client)
        ask = _Question(policy, standing, platform, page, agreed, records_writable, usage, part)
        (verdict, reason, context, because), until, chance = _whole(ask, at)
    if verdict is Verdict.ALLOW and request.fetch.ahead and reason is not Reason.EXEMPT:
        verdict, reason, until = Verdict.BLOCK, Reason.SPECULATIVE, None
    # A tuple of twelve is made twice as fast as by a call with twelve arguments.
    return tuple.__new__(
        Decision,
        (
            verdict, reason, context, because, person, way.place, platform,
            match.role, match.name, until, chance, match.bypass,
        ),
    )  # fmt: skip


def opens_at(
    policy: Policy, request: Request, decision: Decision, usage: Usage = NOTHING_TAKEN
) -> datetime | None:
    """
    Return the UTC instant at which a blocked request will be allowed, as far as foreseeable.

    It is not always `changes_at`: a blackout may turn into an ordinary time outside the breaks.
    """
    return _first(policy, request, decision, usage, lambda one: one.verdict is Verdict.ALLOW)


def starts_at(
    policy: Policy, request: Request, decision: Decision, usage: Usage = NOTHING_TAKEN
) -> datetime | None:
    """Return the UTC instant from which somebody who is blocked may start a break themselves."""
    profile = policy.standing(request.person, request.groups, request.client).profile
    if profile is None or not profile.flexible:  # most people: not worth sixty-four decisions
        return None
    wanted = Reason.BREAK_AVAILABLE_NOT_STARTED
    return _first(policy, request, decision, usage, lambda one: one.reason is wanted)


def _first(
    policy: Policy,
    request: Request,
    decision: Decision,
    usage: Usage,
    is_wanted: Callable[[Decision], bool],
) -> datetime | None:
    """Return the first instant after a decision at which the answer is a wanted one."""
    at = decision.changes_at
    for _ in range(MAX_STEPS):
        if at is None:
            return None
        later = decide(policy, request, at, usage=usage)
        if is_wanted(later):
            return at
        at = later.changes_at
    return None


def is_embedded(policy: Policy, request: Request) -> bool:
    """Tell whether a request is for a part of a controlled platform on another site."""
    match, agreed, _ = about(policy.catalogue, request)
    if match is None or not agreed:
        return False
    part = part_of(policy.catalogue, request, match)
    return part.embedded or any(one.role is Role.EMBED for one in part.brought)


def is_open(kind: Kind) -> bool:
    """Tell whether what the calendar says allows, where nothing else is asked."""
    return kind in _CALENDAR and _CALENDAR[kind][0] is Verdict.ALLOW


class _Question(NamedTuple):
    """All that an answer depends on but the instant."""

    policy: Policy
    standing: Standing
    platform: str
    page: str | None
    agreed: bool
    records_writable: bool
    usage: Usage
    part: Part


_Answer = tuple[Verdict, Reason, Context, tuple[Rule, ...]]


type _Held = tuple[datetime, datetime, Verdict, Reason, Context, tuple[Rule, ...], datetime | None]
"""What the calendar says from an instant on and before another, and when the answer changes."""


def _said(way: Way, platform: str, at: datetime) -> _Held:
    """Return the answer where the calendar alone counts, and keep it for as long as it holds."""
    profile = way.standing.profile
    assert profile is not None
    since, end, (kind, rules, until, _) = said(profile, at, platform)
    held = since, end, *_CALENDAR[kind], rules, until
    if not profile.limited:  # it is the same for all platforms
        way.held = held
    return held


def _whole(ask: _Question, at: datetime) -> tuple[_Answer, datetime | None, Chance | None]:
    """Return the answer, until when it holds, and the flexible break that could be started."""
    answer, until = _answer(ask, at)
    profile = ask.standing.profile
    chance = None
    if ask.standing.cases or (profile is not None and profile.flexible):
        # The calendar names the next *other* answer by itself; a case that begins or ends may
        # make no difference, nor may another flexible break.
        if answer[1] is Reason.BREAK_AVAILABLE_NOT_STARTED:
            chance = _chance(ask, at)
        for _ in range(MAX_STEPS):
            if until is None:
                break
            then, later = _answer(ask, until)
            if then[:2] != answer[:2]:
                break
            until = later
    return answer, until, chance


def _answer(ask: _Question, at: datetime) -> tuple[_Answer, datetime | None]:
    """Return the answer at one instant, and the next instant that may bring another."""
    standing = ask.standing
    if standing.exempt is not None:
        return (Verdict.ALLOW, Reason.EXEMPT, Context.UNSCHEDULED, (standing.exempt,)), None
    if not ask.agreed:
        return (Verdict.BLOCK, Reason.NAME_MISMATCH, Context.UNSCHEDULED, ()), None
    opened, next_case = _without_break(ask, at)
    if opened is not None:
        return opened, next_case
    closed = ask.platform in ask.policy.closed
    if closed or standing.profile is None:
        why = Reason.ALWAYS_CLOSED if closed else Reason.IDENTITY_UNKNOWN
        return (Verdict.BLOCK, why, Context.UNSCHEDULED, ()), next_case
    answer, until = _calendar(standing.profile, at, ask.platform, ask.usage)
    if next_case is not None and (until is None or next_case < until):
        until = next_case
    if not ask.records_writable:
        return (Verdict.BLOCK, Reason.RECORDS_UNWRITABLE, *answer[2:]), next_case
    return answer, until


def _without_break(ask: _Question, at: datetime) -> tuple[_Answer | None, datetime | None]:
    """Return the answer where no break is needed, and when a business case begins or ends."""
    page, cases = ask.page, ask.standing.cases
    if page is not None:
        own = ask.policy.own_pages.get(ask.platform, {}).get(page)
        if own is not None:
            return (Verdict.ALLOW, Reason.OWN_PAGE, Context.OWN_PAGE, (own,)), None
    next_case: datetime | None = None
    if cases:
        current, next_case = _case(cases, ask.platform, page, at)
        if current is not None:
            cause = (current.case.rule,)
            return (Verdict.ALLOW, Reason.BUSINESS_CASE, Context.BUSINESS_CASE, cause), next_case
    if ask.part is WHOLE or ask.platform in ask.policy.closed:
        return None, next_case
    found, edge = _as_part(ask, at)
    if found is not None:
        return found, edge
    return None, next_case if edge is None else _earlier(edge, next_case)


def _as_part(ask: _Question, at: datetime) -> tuple[_Answer | None, datetime | None]:
    """Return the answer for what belongs to another document, None where it is to be judged."""
    policy, part = ask.policy, ask.part
    edge: datetime | None = None
    for one in part.brought:
        if one.role is not Role.WEB:
            continue
        own = policy.own_pages.get(one.platform, {}).get(one.page)
        if own is not None:
            return (Verdict.ALLOW, Reason.OWN_PAGE_HELPER, Context.OWN_PAGE, (own,)), None
        current, then = _case(ask.standing.cases, one.platform, one.page, at)
        if then is not None:
            edge = _earlier(then, edge)
        if current is not None:
            cause = (current.case.rule,)
            reason = Reason.BUSINESS_CASE_HELPER
            return (Verdict.ALLOW, reason, Context.BUSINESS_CASE, cause), edge
    roles = {one.role for one in part.brought}
    if policy.embeds is Embeds.ALLOW and (part.embedded or Role.EMBED in roles):
        return (Verdict.ALLOW, Reason.EMBED, Context.UNSCHEDULED, ()), None
    if policy.logins is Logins.ALLOW and (part.login or Role.LOGIN in roles):
        return (Verdict.ALLOW, Reason.LOGIN, Context.UNSCHEDULED, ()), None
    return None, edge


def calendar_for_all(
    policy: Policy, request: Request, at: datetime, usage: Usage
) -> tuple[_Answer, datetime | None]:
    """Return what the calendar says about all platforms at once, and until when that holds."""
    profile = policy.standing(request.person, request.groups, request.client).profile
    if profile is None:
        return (Verdict.BLOCK, Reason.IDENTITY_UNKNOWN, Context.UNSCHEDULED, ()), None
    return _calendar(profile, at, None, usage)


def _calendar(
    profile: Profile, at: datetime, platform: str | None, usage: Usage
) -> tuple[_Answer, datetime | None]:
    opening = look(profile, at, platform)
    if opening.kind is Kind.FLEXIBLE:
        return _flexible(opening, usage, at)
    verdict, reason, context = _CALENDAR[opening.kind]
    return (verdict, reason, context, opening.rules), opening.until


def _flexible(opening: Opening, usage: Usage, at: datetime) -> tuple[_Answer, datetime | None]:
    """Return the answer where nothing but flexible breaks is on offer."""
    _, rules, until, offers = opening
    closed = (Verdict.BLOCK, Reason.OUTSIDE_BREAKS, Context.OUTSIDE_BREAK, rules)
    if not usage.known:
        return (closed[0], Reason.LEDGER_UNREADABLE, *closed[2:]), until
    running = usage.running_at(at)
    if running is not None:
        for offer in offers:
            if (offer.id, offer.day) == (running.id, running.day):
                opened = (Verdict.ALLOW, Reason.BREAK_FLEXIBLE, Context.BREAK, offer.rules)
                return opened, _earlier(running.ends_at(), until)
    open_to = chances(offers, usage, at)
    if open_to:
        found = (closed[0], Reason.BREAK_AVAILABLE_NOT_STARTED, closed[2], open_to[0].offer.rules)
        return found, _earlier(min(chance.start_by for chance in open_to), until)
    if all(is_used(offer, usage, at) for offer in offers):
        return (closed[0], Reason.BUDGET_USED, *closed[2:]), until
    return closed, until


def _chance(ask: _Question, at: datetime) -> Chance | None:
    profile = ask.standing.profile
    offers = () if profile is None else look(profile, at, ask.platform).offers
    return next(iter(chances(offers, ask.usage, at)), None)


def _earlier(one: datetime, other: datetime | None) -> datetime:
    return one if other is None else min(one, other)


def _case(
    cases: tuple[DatedCase, ...], platform: str, page: str | None, at: datetime
) -> tuple[DatedCase | None, datetime | None]:
    """Return the case that is in force, and the next instant at which one begins or ends."""
    current: DatedCase | None = None
    edge: datetime | None = None
    for one in cases:
        if not one.case.covers(platform, page) or one.since >= one.until:
            continue
        if one.since <= at < one.until:
            current = current or one
        for each in (one.since, one.until):
            if each > at and (edge is None or each < edge):
                edge = each
    return current, edge
