"""
Stage 5, decide: pass, allow or block, why, and until when.

The order of the questions is the policy; the first answer counts:

    not controlled           pass, unseen
    exempt                   allow, unrecorded
    names that disagree      block
    own page                 allow
    business case            allow
    nobody known             block
    records cannot be kept   block, unless configured otherwise
    suspension               block
    blackout                 block
    break                    allow (dated exception > person > teams > place > everyone)
    otherwise                block
"""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from breaktime.core.policy import DatedCase, Policy, Standing
from breaktime.core.request import Request
from breaktime.core.rule import Rule
from breaktime.core.what import Match, Role
from breaktime.core.when import Kind, look

MAX_STEPS = 64
"""How many changes are followed when the next *different* answer is looked for."""


class Verdict(StrEnum):
    """What happens. Pass is not allow: pass is none of our business and leaves no record."""

    PASS = "pass"  # noqa: S105  a verdict, not a password
    ALLOW = "allow"
    BLOCK = "block"


class Reason(StrEnum):
    """Why: one member for each answer of the order above, and for our own faults."""

    NOT_CONTROLLED = "not_controlled"
    EXEMPT = "exempt"
    NAME_MISMATCH = "name_mismatch"
    OWN_PAGE = "own_page"
    BUSINESS_CASE = "business_case"
    IDENTITY_UNKNOWN = "identity_unknown"
    RECORDS_UNWRITABLE = "records_unwritable"
    SUSPENDED = "suspended"
    BLACKOUT = "blackout"
    BREAK_FIXED = "break_fixed"
    BREAK_EXCEPTION = "break_exception"
    OUTSIDE_BREAKS = "outside_breaks"
    FILTER_ERROR = "filter_error"


class Context(StrEnum):
    """Whether it was in a break: the question the record has to answer."""

    BREAK = "break"
    OUTSIDE_BREAK = "outside-break"
    BUSINESS_CASE = "business-case"
    OWN_PAGE = "own-page"
    GRACE = "grace"
    UNSCHEDULED = "unscheduled"


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
        page: key of the page on the platform, None where the address names none.
        changes_at: UTC instant at which verdict or reason change, None if not foreseeable. After
            many changes that change nothing, an earlier instant at which to ask again.
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
    page: str | None = None
    changes_at: datetime | None = None


PASSED = Decision(Verdict.PASS, Reason.NOT_CONTROLLED)

FAULT = Decision(Verdict.BLOCK, Reason.FILTER_ERROR)
"""The answer when something of ours broke: refuse and record."""

_CALENDAR = {
    Kind.FIXED: (Verdict.ALLOW, Reason.BREAK_FIXED, Context.BREAK),
    Kind.EXCEPTION: (Verdict.ALLOW, Reason.BREAK_EXCEPTION, Context.BREAK),
    Kind.CLOSED: (Verdict.BLOCK, Reason.OUTSIDE_BREAKS, Context.OUTSIDE_BREAK),
    Kind.BLACKOUT: (Verdict.BLOCK, Reason.BLACKOUT, Context.OUTSIDE_BREAK),
    Kind.SUSPENDED: (Verdict.BLOCK, Reason.SUSPENDED, Context.OUTSIDE_BREAK),
}


class _Asked(NamedTuple):
    """What a request asks for: the platform and whether all its names agree on it."""

    match: Match
    agreed: bool
    page: str | None


def decide(
    policy: Policy, request: Request, at: datetime, *, records_writable: bool = True
) -> Decision:
    """
    Judge one request at one instant.

    *What* comes before *who*, so that nobody is identified for traffic that passes anyway.

    Args:
        policy: the snapshot to ask.
        request: what is known of the request.
        at: UTC instant.
        records_writable: False where the record of this request could not be kept and the
            configuration wants such requests refused.

    Returns:
        An answer for every request. Reads no clock, does no I/O and raises nothing, given a
        policy that `breaktime.config` has built and an instant of the years 1970 to 2900.
    """
    asked = _what(policy, request)
    if asked is None:
        return PASSED
    standing = policy.standing(request.person, request.groups, request.client)
    now, until = _answer(policy, standing, asked, at, records_writable=records_writable)
    for _ in range(MAX_STEPS):
        if until is None:
            break
        then, later = _answer(policy, standing, asked, until, records_writable=records_writable)
        if then[:2] != now[:2]:
            break
        until = later
    match, _, page = asked
    person = standing.person
    return Decision(
        now[0], now[1], now[2], now[3],
        None if person is None else person.id,
        standing.place,
        match.platform, match.role, match.name, page, until,
    )  # fmt: skip


def opens_at(policy: Policy, request: Request, decision: Decision) -> datetime | None:
    """
    Return the UTC instant at which a blocked request will be allowed, as far as foreseeable.

    It is not always `changes_at`: a blackout may turn into an ordinary time outside the breaks.
    """
    at = decision.changes_at
    for _ in range(MAX_STEPS):
        if at is None:
            return None
        later = decide(policy, request, at)
        if later.verdict is Verdict.ALLOW:
            return at
        at = later.changes_at
    return None


def is_address(name: str) -> bool:
    """Tell whether a normal name is an IP address rather than a host name."""
    return ":" in name or name.rpartition(".")[2].isdigit()


def _what(policy: Policy, request: Request) -> _Asked | None:
    """
    Find the platform among all names of a request.

    One controlled name is enough to make the request controlled. Which platform it is, an address
    says only where no controlled name does, because the platforms of one company share them.
    """
    catalogue = policy.catalogue
    found: Match | None = None
    by_address: Match | None = None
    agreed = True
    for name in request.names:
        match = catalogue.match(name, request.path)
        if is_address(name):
            by_address = by_address or match
        elif match is None:
            agreed = False
        elif found is None:
            found = match
        elif match.platform != found.platform:
            agreed = False
    if found is None:
        if by_address is None:
            return None
        found = by_address
    page = catalogue.platforms[found.platform].page_of(request.path, request.parameters)
    return _Asked(found, agreed, page)


_Answer = tuple[Verdict, Reason, Context, tuple[Rule, ...]]


def _answer(
    policy: Policy, standing: Standing, asked: _Asked, at: datetime, *, records_writable: bool
) -> tuple[_Answer, datetime | None]:
    """Return the answer at one instant, and the next instant that may bring another."""
    if standing.exempt is not None:
        exempt = (Verdict.ALLOW, Reason.EXEMPT, Context.UNSCHEDULED, (standing.exempt,))
        return exempt, None
    if not asked.agreed:
        return (Verdict.BLOCK, Reason.NAME_MISMATCH, Context.UNSCHEDULED, ()), None
    platform = asked.match.platform
    own = policy.own_pages.get(platform)
    if own is not None and asked.page is not None and asked.page in own:
        return (Verdict.ALLOW, Reason.OWN_PAGE, Context.OWN_PAGE, (own[asked.page],)), None
    next_case: datetime | None = None
    if standing.cases:
        current, next_case = _case(standing.cases, platform, asked.page, at)
        if current is not None:
            rules = (current.case.rule,)
            return (Verdict.ALLOW, Reason.BUSINESS_CASE, Context.BUSINESS_CASE, rules), next_case
    if standing.profile is None:
        unknown = (Verdict.BLOCK, Reason.IDENTITY_UNKNOWN, Context.UNSCHEDULED, ())
        return unknown, next_case
    opening = look(standing.profile, at, platform)
    until = opening.until
    if next_case is not None and (until is None or next_case < until):
        until = next_case
    verdict, reason, context = _CALENDAR[opening.kind]
    if not records_writable:
        unwritable = (Verdict.BLOCK, Reason.RECORDS_UNWRITABLE, context, opening.rules)
        return unwritable, next_case
    return (verdict, reason, context, opening.rules), until


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
