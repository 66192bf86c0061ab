"""
Stage 7, record: what is written down about one judged request, and what never is.

Laws of this file:

1. A record is made of the fields below and of nothing else. There is no field for a query, a
   fragment, a cookie, a credential, a header, a title or a body, so none can be written.
2. What was taken out is named in `removed`.
3. Exempt people, and sites that are none of our business, leave no record at all.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from breaktime.core.decide import Context, Decision, Reason, Verdict
from breaktime.core.platforms import Role
from breaktime.core.signin import Strength
from breaktime.core.visit import NOTHING, Evidence

UNREACHABLE = "origin_unreachable"
"""Why an allowed request came to nothing; no reason of a decision."""


class Action(StrEnum):
    """What happened. Members are added, never renamed: reports and alerts go by them."""

    VISIT_ALLOWED = "visit-allowed"
    VISIT_BLOCKED = "visit-blocked"
    VISIT_BUSINESS = "visit-business"
    VISIT_OWN_PAGE = "visit-own-page"
    VISIT_FAILED = "visit-failed"
    VISIT_OBSERVED = "visit-observed"
    IDENTITY_FAILED = "identity-failed"
    CONFIG_LOADED = "config-loaded"
    CONFIG_REJECTED = "config-rejected"
    AUDIT_GAP = "audit-gap"
    AUDIT_PURGED = "audit-purged"
    INTEGRITY_CHECKPOINT = "integrity-checkpoint"
    INTEGRITY_RECOVERED = "integrity-recovered"
    INTEGRITY_BROKEN = "integrity-broken"
    CLOCK_STEPPED = "clock-stepped"
    AUDIT_UNSENT = "audit-unsent"
    AUDIT_UNWITNESSED = "audit-unwitnessed"
    AUDIT_WITNESSED = "audit-witnessed"
    PEER_FORKED = "peer-forked"
    PEER_SILENT = "peer-silent"
    PEER_HEARD = "peer-heard"
    AUDIT_POLICIES_PURGED = "audit-policies-purged"
    BREAK_STARTED = "break-started"
    BREAK_ENDED = "break-ended"
    BREAK_REFUSED = "break-refused"
    CASE_REQUESTED = "case-requested"
    CASE_APPROVED = "case-approved"
    CASE_DECLINED = "case-declined"
    RECORD_DISPUTED = "record-disputed"
    ALLOWANCE_VIEWED = "allowance-viewed"
    ALLOWANCE_RESET = "allowance-reset"
    LOG_READ = "log-read"
    SUBJECT_EXPORTED = "subject-exported"
    CONNECTION_PASSED = "connection-passed"
    CONNECTION_CUT = "connection-cut"
    SESSION_ENDED = "session-end"
    VISITS_COUNTED = "visits-counted"
    CONCERN_STARTED = "concern-started"
    CONCERN_ENDED = "concern-ended"
    IDENTITY_REVEALED = "identity-revealed"
    REVEAL_ASKED = "reveal-asked"
    SERVICE_STARTED = "service-started"
    SERVICE_STOPPED = "service-stopped"
    WORKER_LOST = "worker-lost"
    LEDGER_LOST = "ledger-lost"
    LEDGER_REGAINED = "ledger-regained"


_PARTS = frozenset({Reason.EMBED, Reason.LOGIN, Reason.SPECULATIVE})
_NOBODYS_VISIT = _PARTS | {Reason.OWN_PAGE_HELPER, Reason.BUSINESS_CASE_HELPER}
_BUSINESS = frozenset({Reason.BUSINESS_CASE, Reason.BUSINESS_CASE_HELPER})
_OWN = frozenset({Reason.OWN_PAGE, Reason.OWN_PAGE_HELPER})
_EMBEDS = frozenset({Role.EMBED, Role.PIXEL})
_WITHOUT_RECORD = frozenset({Evidence.EMBEDDED, Evidence.SPECULATIVE})
_NOISE = frozenset({Evidence.IN_PAGE, Evidence.BACKGROUND})
_PROGRAMS = frozenset({Evidence.APP, Evidence.NAME_ONLY})


class Keeping(StrEnum):
    """What the log does with a judged request."""

    NONE = "nothing is written"
    ONE = "one record"
    SELDOM = "one record for all that is alike in a stretch of time"


class Purge(NamedTuple):
    """
    What was taken out of one file of the log.

    Fields:
        id: 32 hexadecimal digits.
        lines: how many records.
        digest: SHA-256 over what stands in their place, 64 hexadecimal digits.
        rule: the rule by which they went: `break: 90 days, refused: 180 days`.
    """

    id: str
    lines: int
    digest: str
    rule: str


class Raised(NamedTuple):
    """
    Why more is written about somebody than usual.

    Fields:
        case: reference of the concern.
        told: the person is told of it; None where that is not known any more.
    """

    case: str
    told: bool | None = None


class Counted(NamedTuple):
    """
    How often something happened in an hour, without anybody's name.

    Fields:
        visits: pages that people went to, as told by the browser.
        since, until: UTC, of the count.
        many: five people or more.
    """

    visits: int
    since: datetime
    until: datetime
    many: bool


class Totals(NamedTuple):
    """
    A session in numbers.

    Fields:
        visits: pages that a person went to, as told by the browser.
        requests: everything that was asked for, also by the pages themselves.
        active_minutes: minutes in which a page was opened.
        first, last: UTC, the first and the last of these minutes; None where there are none.
        sent, received: bytes of bodies and WebSockets, to the site and from it.
    """

    visits: int
    requests: int
    active_minutes: int
    first: datetime | None
    last: datetime | None
    sent: int
    received: int


class Record(NamedTuple):
    """
    One line of the audit log, before it is given a sequence number and written.

    Fields:
        at: UTC instant of the decision.
        action, verdict, reason, context: what happened, and why. Verdict, reason and context
            are None for events that are not about a request.
        decision: id that is also on the block page; empty for other events.
        message: one plain sentence, made of closed vocabularies and the listed name.
        ruleset: fingerprint of the policy.
        because: ids of the rules that led to it, the deciding one first.
        person, teams, place: who, and from which place.
        known_by: how it is known who it is; None for events that are not about a request.
        platform, category, role: what.
        scheme, domain, path, parameters: where, reduced to what may be kept.
        method, status: HTTP method, and the status of our own answer.
        bypass: the page was shown by a translator, a cache or an archive.
        evidence, counted: how sure it is, and whether it counts as a visit; attempts do not.
        names: all names of the request, where they disagree.
        removed: what was cut off: ``query``, ``long``.
        changes_at: UTC instant at which the answer changes.
        error: class name of a fault of ours.
        source: address of the client, where nobody is known.
        file, problems: for configurations: the file, and how many problems it has.
        lost: for gaps: how many records could not be written.
        granted, used: for flexible breaks: whole seconds that a sitting was started for, and that
            it was charged, rounded up.
        sitting: for flexible breaks: which part of the day it is, from 1.
        repeat: how many more refusals of the same person at the same computer came before this
            record, after the last one, too many for a line each.
        by: who did it, where that is somebody else than the person it is about.
        request: id of a request for a business case.
        about: id of the record that a note is about.
        note: what the person has to say about it, in their own words.
        purge: for purges: what was taken out of the file.
        session: for sessions: what there was in it.
        raised: why more is written than usual.
        tally: for counts: what stands for records that are not written.
        pseudonym: of the person, where no name is written.
        outlet: the sink or witness that it is about, as the configuration names it; or the log of
            another gateway that is witnessed here.
    """

    at: datetime
    action: Action
    message: str
    ruleset: str
    verdict: Verdict | None = None
    reason: str | None = None
    context: Context | None = None
    decision: str | None = None
    because: tuple[str, ...] = ()
    person: str | None = None
    teams: tuple[str, ...] = ()
    known_by: Strength | None = None
    place: str | None = None
    platform: str | None = None
    category: str | None = None
    role: str | None = None
    scheme: str | None = None
    domain: str | None = None
    path: str | None = None
    parameters: Mapping[str, str] = NOTHING
    method: str | None = None
    status: int | None = None
    bypass: bool = False
    evidence: Evidence | None = None
    counted: bool | None = None
    names: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changes_at: datetime | None = None
    error: str | None = None
    source: str | None = None
    file: str | None = None
    problems: int | None = None
    lost: int | None = None
    granted: int | None = None
    used: int | None = None
    sitting: int | None = None
    repeat: int | None = None
    by: str | None = None
    request: str | None = None
    about: str | None = None
    note: str | None = None
    purge: Purge | None = None
    session: Totals | None = None
    raised: Raised | None = None
    tally: Counted | None = None
    pseudonym: str | None = None
    outlet: str | None = None


def keeping(decision: Decision, evidence: Evidence) -> Keeping:
    """
    Say whether a judged request is written down.

    Parts of other sites, log-ins to them and pages that a browser fetched ahead are nobody's
    visit. What an open page does by itself is part of the visit; when it is refused, one record
    tells of it. A program that asks for one page again and again has one record in a while.
    A fault of ours is always written.
    """
    if decision.reason is Reason.FILTER_ERROR:
        return Keeping.ONE
    if decision.verdict is Verdict.PASS or decision.reason is Reason.EXEMPT:
        return Keeping.NONE
    if evidence in _WITHOUT_RECORD or decision.reason in _NOBODYS_VISIT:
        return Keeping.NONE
    if decision.bypass and evidence in _NOISE:
        return Keeping.NONE  # a picture in an archived newspaper says nothing about a person
    if evidence in _NOISE:
        refused = decision.verdict is Verdict.BLOCK and decision.role not in _EMBEDS
        return Keeping.SELDOM if refused else Keeping.NONE
    return Keeping.SELDOM if evidence in _PROGRAMS else Keeping.ONE


def told_as(decision: Decision, evidence: Evidence) -> Evidence:
    """
    Return the grade as the record tells it.

    What an open page asks for and does not get, it asked for in the background: nobody knows that
    a person did anything.
    """
    if decision.verdict is Verdict.BLOCK and evidence is Evidence.IN_PAGE:
        return Evidence.BACKGROUND
    return evidence


def action_of(decision: Decision) -> Action:
    """Name what happened to a judged request."""
    if decision.verdict is Verdict.BLOCK:
        return Action.VISIT_BLOCKED
    if decision.reason in _BUSINESS:
        return Action.VISIT_BUSINESS
    if decision.reason in _OWN:
        return Action.VISIT_OWN_PAGE
    return Action.VISIT_ALLOWED


_SENTENCES = {
    Reason.OWN_PAGE: "Allowed: {name}, a page of the organisation",
    Reason.OWN_PAGE_HELPER: "Allowed: {name}, for a page of the organisation",
    Reason.BUSINESS_CASE: "Allowed: {name}, business case",
    Reason.BUSINESS_CASE_HELPER: "Allowed: {name}, for a page of a business case",
    Reason.EMBED: "Allowed: {name}, a part of another site",
    Reason.LOGIN: "Allowed: {name}, to log in to another site",
    Reason.SPECULATIVE: "Blocked: {name}, before anybody asked to see it",
    Reason.BREAK_FIXED: "Allowed: {name}, in a break",
    Reason.BREAK_EXCEPTION: "Allowed: {name}, in a break of a dated exception",
    Reason.BREAK_FLEXIBLE: "Allowed: {name}, in a flexible break",
    Reason.BREAK_AVAILABLE_NOT_STARTED: "Blocked: {name}, a flexible break is not started",
    Reason.BUDGET_USED: "Blocked: {name}, the flexible break is used",
    Reason.LEDGER_UNREADABLE: "Blocked: {name}, the ledger of flexible breaks cannot be read",
    Reason.OUTSIDE_BREAKS: "Blocked: {name}, outside the breaks",
    Reason.BLACKOUT: "Blocked: {name}, blackout",
    Reason.SUSPENDED: "Blocked: {name}, personal use is suspended",
    Reason.ALWAYS_CLOSED: "Blocked: {name}, no break opens it",
    Reason.IDENTITY_UNKNOWN: "Blocked: {name}, it is not known who is asking",
    Reason.NAME_MISMATCH: "Blocked: {name}, the request goes by names that disagree",
    Reason.RECORDS_UNWRITABLE: "Blocked: {name}, the record could not be kept",
    Reason.FILTER_ERROR: "Blocked: a fault of the gateway",
    Reason.EXEMPT: "Allowed: {name}, exempt",
    Reason.NOT_CONTROLLED: "Not controlled",
}


def message_of(decision: Decision) -> str:
    """Say in one plain sentence what happened; the only name in it is one of our own list."""
    return _sentence(decision.reason, decision.name)


@lru_cache(1024)
def _sentence(reason: Reason, name: str | None) -> str:
    return _SENTENCES[reason].format(name=name)


def as_observed(record: Record) -> Record:
    """
    Turn the record of a refusal into that of one that was not carried out.

    Its verdict is still what the policy says; its action says that nothing came of it. It counts
    as no visit: nobody was told that the page was closed.
    """
    about = record.message.removeprefix("Blocked: ")
    message = f"Observed, not refused: {about}"
    return record._replace(action=Action.VISIT_OBSERVED, message=message, status=None)


def failed(record: Record, at: datetime) -> Record:
    """
    Follow up the record of an allowed request: the origin could not be connected to.

    Both have the same decision id. What a reader counts as a visit is the first without the
    second.
    """
    return record._replace(
        at=at,
        action=Action.VISIT_FAILED,
        message="Not reached: no connection to the site",
        reason=UNREACHABLE,
        counted=False,
        repeat=None,
    )


def withheld(record: Record, at: datetime) -> Record:
    """
    Follow up the record of an allowed request that was written too late: it had been refused.

    Both have the same decision id. What a reader counts as a visit is the first without the
    second.
    """
    return record._replace(
        at=at,
        action=Action.VISIT_FAILED,
        message="Not released: the record came too late",
        reason=Reason.RECORDS_UNWRITABLE,
        counted=False,
        repeat=None,
    )
