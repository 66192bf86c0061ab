"""Stage 7, record: what is told of a connection that was ended, with what it was doing."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from breaktime.core.decide import Decision, Reason, Verdict, decide
from breaktime.core.detail import Detail, Looking
from breaktime.core.names import normal_name
from breaktime.core.policy import Policy
from breaktime.core.record import Action, Raised, Record
from breaktime.core.request import Request
from breaktime.core.signin import Strength
from breaktime.core.visit import Evidence
from breaktime.mitm.question import Question


class Opened(NamedTuple):
    """
    Something that was let through, as far as its end may be told of.

    Fields:
        decision: what let it through.
        known_by: how it was known whose it is.
        domain, scheme: where it went.
        client: address of the client.
    """

    decision: Decision
    known_by: Strength
    domain: str | None
    scheme: str
    client: str | None


def opened(ask: Question, decision: Decision) -> Opened:
    """Keep what a record of the end will need, and nothing else of the request."""
    seen = ask.seen
    return Opened(decision, seen.request.known_by, seen.domain, seen.scheme, seen.request.client)


Tell = Callable[[Opened, Reason | None, datetime], object]
"""Is told what was ended while it went on, why it goes on no more, and when."""


def telling(
    put: Callable[[Record], object],
    policy: Callable[[], Policy],
    looking: Callable[[], Looking] = Looking,
) -> Tell:
    """
    Return what writes a record of each end that may be told.

    Args:
        put: writes a record.
        policy: returns what is in force.
        looking: returns how much is written.
    """

    def tell(what: Opened, why: Reason | None, at: datetime) -> None:
        record = record_of_end(what, why, policy(), at, looking())
        if record is not None:
            put(record)

    return tell


def record_of_end(
    what: Opened,
    why: Reason | None,
    policy: Policy,
    at: datetime,
    looking: Looking = Looking(),  # noqa: B008  a value
) -> Record | None:
    """
    Tell of a connection that was ended while something was going on in it.

    Args:
        what: what was going on, or the first of it.
        why: why it would not be let through any more; None where nobody could say.
        policy: what is in force.
        at: UTC instant of the end.
        looking: how much is written.

    Returns:
        None where nothing may be told: of what is none of our business, of exempt people, and of
        what had no record of its own.
    """
    decision = what.decision
    if decision.verdict is not Verdict.ALLOW or decision.reason is Reason.EXEMPT:
        return None
    detail, concern = looking.of(decision, at)
    if detail in {Detail.NONE, Detail.COUNT}:
        return None
    person = policy.directory.person(decision.person) if decision.person else None
    platform = policy.catalogue.platforms.get(decision.platform or "")
    return Record(
        at=at,
        action=Action.CONNECTION_CUT,
        message="Ended: what had opened this connection is over",
        ruleset=policy.fingerprint,
        reason=None if why is None else why,
        context=decision.context,
        because=tuple(rule.id for rule in decision.because),
        person=decision.person,
        known_by=what.known_by if decision.person is not None else Strength.NONE,
        teams=()
        if person is None
        else tuple(team for team in person.teams if looking.names or team not in looking.small),
        place=decision.place,
        platform=decision.platform,
        category=None if platform is None else platform.category,
        role=decision.role,
        scheme=what.scheme,
        domain=what.domain if detail is Detail.PAGE else decision.name,
        raised=None if concern is None else Raised(concern.case, concern.told),
        source=what.client if decision.person is None else None,
    )


def record_of_relay(
    names: tuple[str, ...], policy: Policy, at: datetime, looking: Looking
) -> Record | None:
    """
    Tell of a relay that was ended because its site is controlled by a new configuration.

    It names nobody, and no computer: when it began, it was nobody's business whose it was, or it
    was somebody's who is exempt.

    Args:
        names: all that is known of the destination, in any spelling.
        policy: what is in force.
        at: UTC instant of the end.
        looking: how much is written.

    Returns:
        None where nothing may be told: of what is no platform, and where little is written.
    """
    known = tuple(name for name in map(normal_name, names) if name is not None)
    decision = decide(policy, Request(known), at)
    platform = policy.catalogue.platforms.get(decision.platform or "")
    detail, _ = looking.of(decision, at)
    if platform is None or detail in {Detail.NONE, Detail.COUNT}:
        return None
    return Record(
        at=at,
        action=Action.CONNECTION_CUT,
        message="Ended, unopened: a new configuration controls this site",
        ruleset=policy.fingerprint,
        known_by=Strength.NONE,
        platform=decision.platform,
        category=platform.category,
        role=decision.role,
        domain=decision.name,
        evidence=Evidence.NAME_ONLY,
        counted=False,
    )
