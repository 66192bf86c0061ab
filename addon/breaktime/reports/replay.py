"""
Replay: what a policy answers to the facts of a record.

Laws of this file:

1. Where a fact was not written down, nothing is assumed: the record cannot be replayed.
2. It is the same `decide` that answered then.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import parse_qsl

from breaktime.audit.reading import Line, value_at
from breaktime.audit.selection import instant_of, teams_of
from breaktime.core.decide import Reason, decide
from breaktime.core.policy import Policy
from breaktime.core.request import Request
from breaktime.core.visit import Evidence


class Missing(StrEnum):
    """Why a record cannot be replayed."""

    POLICY = "the policy was not archived, or is not whole"
    LEDGER = "the answer depended on what was left of a flexible break"
    STATE = "the answer depended on the state of the gateway"
    PAGE = "the page that it came from was not recorded"
    COPY = "the whole address of a copy was not recorded"
    CUT = "the address was cut, or left out"
    NAME = "the name of the person was not recorded"
    TEAMS = "the directory groups of the person are not known"
    PLACE = "the policy has no address for the place"
    FACTS = "the record does not hold what it should"


class Answer(NamedTuple):
    """What is compared."""

    verdict: str
    reason: str
    context: str


class Facts(NamedTuple):
    """
    What a record says of one request.

    Fields:
        at: UTC instant of the decision.
        request: without groups and address of the client, which depend on the policy.
        teams, place: as they were.
        answer: what was answered.
    """

    at: datetime
    request: Request
    teams: tuple[str, ...]
    place: str | None
    answer: Answer


_OF_THE_LEDGER = frozenset({
    Reason.BREAK_FLEXIBLE, Reason.BREAK_AVAILABLE_NOT_STARTED, Reason.BUDGET_USED,
    Reason.LEDGER_UNREADABLE,
})  # fmt: skip
_OF_THE_GATEWAY = frozenset({Reason.RECORDS_UNWRITABLE, Reason.FILTER_ERROR})
_JUDGED = frozenset({
    "visit-allowed", "visit-blocked", "visit-business", "visit-own-page", "visit-observed",
})  # fmt: skip
_CUTS = frozenset({"long", "path", "ids"})
_WHOLE = {
    Evidence.USER_NAVIGATION: Evidence.USER_NAVIGATION,
    Evidence.NAVIGATION: Evidence.NAVIGATION,
    Evidence.IN_PAGE_NAVIGATION: Evidence.NAVIGATION,  # judged as the page it leads to
    Evidence.INFERRED: Evidence.INFERRED,
    Evidence.APP: Evidence.APP,
}
"""Grades of requests of which the record holds all that was asked."""


def is_judged(record: Line) -> bool:
    """Tell whether a record is the answer to a request."""
    return value_at(record, "event.action") in _JUDGED


def facts_of(record: Line) -> Facts | Missing:
    """Read the facts of a record of an answer."""
    at = instant_of(record)
    answer = Answer(
        str(value_at(record, "breaktime.verdict")),
        str(value_at(record, "event.reason")),
        str(value_at(record, "breaktime.context")),
    )
    own = record.get("breaktime")
    domain, path = value_at(record, "url.domain"), value_at(record, "url.path")
    if answer.reason in _OF_THE_GATEWAY:
        return Missing.STATE
    if answer.reason in _OF_THE_LEDGER:
        return Missing.LEDGER
    if at is None or not isinstance(own, Mapping) or not isinstance(domain, str):
        return Missing.FACTS
    if value_at(record, "breaktime.visit.bypass"):
        return Missing.COPY
    if not _CUTS.isdisjoint(own.get("removed", ())):
        return Missing.CUT
    if value_at(record, "user.hash") is not None:
        return Missing.NAME
    evidence = _WHOLE.get(value_at(record, "breaktime.visit.evidence"))  # type: ignore[call-overload]  # a text
    if evidence is None:
        return Missing.PAGE
    person, place = value_at(record, "user.name"), value_at(record, "breaktime.place")
    request = Request(
        names=tuple(map(str, own.get("names", ()))) or (domain,),
        path=str(path or "/"),
        parameters=dict(parse_qsl(str(value_at(record, "url.query") or ""), True)),  # noqa: FBT003  keeps empty ones
        person=None if person is None else str(person),
        method=str(value_at(record, "http.request.method") or ""),
        evidence=evidence,
        client=_text(value_at(record, "source.ip")),
    )
    return Facts(at, request, teams_of(record), _text(place), answer)


def asked(policy: Policy, facts: Facts) -> Request | Missing:
    """
    Return the request as a policy was asked it.

    Args:
        policy: the one that answered.
        facts: of the record.
    """
    request = facts.request
    groups: tuple[str, ...] = ()
    directory = policy.directory
    if request.person is not None:
        had = set(facts.teams)
        groups = tuple(name for name, teams in directory.groups.items() if set(teams) <= had)
        if set(directory.person(request.person, groups).teams) != had:
            return Missing.TEAMS
    client = request.client
    if directory.place(client) != facts.place:
        client = _address_in(policy, facts.place)
        if directory.place(client) != facts.place:
            return Missing.PLACE
    return Request(
        names=request.names,
        path=request.path,
        parameters=request.parameters,
        person=request.person,
        groups=groups,
        method=request.method,
        evidence=request.evidence,
        client=client,
    )


def answered(policy: Policy, request: Request, at: datetime) -> Answer | Missing:
    """Ask a policy; `Missing.LEDGER` where it would have to look into the ledger."""
    decision = decide(policy, request, at)
    if decision.reason in _OF_THE_LEDGER:
        return Missing.LEDGER
    return Answer(str(decision.verdict), str(decision.reason), str(decision.context))


def _address_in(policy: Policy, place: str | None) -> str | None:
    """Return an address of which a place is the place."""
    for one in policy.directory.places:
        if one.id == place:
            for network in one.networks:
                for each in (network[0], network[-1]):
                    if policy.directory.place(str(each)) == place:
                        return str(each)
    return None


def _text(value: object) -> str | None:
    return None if value is None else str(value)
