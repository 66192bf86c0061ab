"""
Connections to controlled sites that pass unopened in breaks (`decrypt_during_breaks: false`).

Laws of this file:

1. Nothing passes that has not been recorded, where records have to be kept. The lease is taken
   before the record is written, so that what is closed meanwhile ends all the same.
2. What passes goes on as long as it would pass again, and a grace.
3. A record says what is known: a site and a time. Which pages were seen nobody knows.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from breaktime.audit import decision_id
from breaktime.core.decide import Decision, Reason, Verdict
from breaktime.core.detail import Detail, without_small
from breaktime.core.flexible import Usage
from breaktime.core.platforms import Role
from breaktime.core.record import Action, Raised, Record
from breaktime.core.request import Request
from breaktime.core.signin import Strength
from breaktime.core.visit import Evidence
from breaktime.door import Conn
from breaktime.mitm.endings import Opened, record_of_end, record_of_relay
from breaktime.mitm.leases import Leases
from breaktime.mitm.observing import is_let_be, let_be
from breaktime.mitm.signin import Recorder
from breaktime.mitm.state import State
from breaktime.mitm.unopened import Answer, Unopening

WHOLE: Final = "connection"
"""What goes on in a connection that is not opened is one thing."""

_NOBODYS_VISIT: Final = frozenset({Role.CDN, Role.EMBED, Role.PIXEL, Role.LOGIN})
"""What other sites load from by themselves; a connection there says nothing of a person."""


class Passing:
    """
    Says which connections pass unopened, and sees to it that they end.

    Fields:
        leases: those that have passed.
    """

    def __init__(
        self,
        state: State,
        asking: Unopening,
        recorder: Recorder,
        cut: Callable[[str], object],
    ) -> None:
        """
        Begin with no connection.

        Args:
            state: what is in force.
            asking: says what may pass.
            recorder: where records go.
            cut: ends a connection by its id.
        """
        self._state = state
        self._asking = asking
        self._recorder = recorder
        self.leases = Leases(cut, self._judge_again, tell=self._tell)

    async def may_pass(self, conn: Conn) -> bool:
        """Say whether a connection that was to be opened may pass instead, by all its names."""
        answer = await self._asking.ask(conn.names, conn.client, conn.identity)
        return answer is not None and answer.found.passes

    async def pass_on(self, conn: Conn) -> bool:
        """
        Say the same once more, lease the connection, and record that it passes.

        Returns:
            Whether it passes. If not, a lease that was taken is the caller's to give up.
        """
        answer = await self._asking.ask(conn.names, conn.client, conn.identity)
        if answer is None or not answer.found.passes:
            return False
        settings = answer.state.settings
        what = _passed(conn, answer)
        self.leases.hold(
            conn.id,
            WHOLE,
            (answer.request, answer.usage),
            what,
            settings.ending.grace,
            by_sitting=answer.found.by_sitting,
        )
        record = _record_of(what, answer)
        if not _is_told(what.decision) or record is None:
            return True
        must = settings.records.block_if_unwritable and not settings.observed
        return await self._recorder.put(record, held=must) or not must

    def relayed_no_more(self, conn: Conn, at: datetime) -> None:
        """Record that a relay was ended because its site is controlled now."""
        state = self._state.now
        record = record_of_relay(conn.names, state.policy, at, state.settings.records.looking)
        if record is not None:
            self._recorder.put(record)

    def _judge_again(self, request: Request, at: datetime, usage: Usage) -> Decision | None:
        """Say whether what passes still would; None where it is to be opened from now on."""
        state, found = self._state.now, self._asking.judge(request, at, usage)
        if found.passes:
            return found.decision
        if found.decision.verdict is not Verdict.BLOCK:
            return None
        return let_be(found.decision) if is_let_be(found.decision, state) else found.decision

    def _tell(self, what: Opened, why: Reason | None, at: datetime) -> None:
        record = record_of_end(
            what, why, self._state.now.policy, at, self._state.now.settings.records.looking
        )
        if record is None or not _is_told(what.decision):
            return
        message = "Ended, unopened: what had let this connection pass is over"
        self._recorder.put(
            record._replace(message=message, evidence=Evidence.NAME_ONLY, counted=False)
        )


def _passed(conn: Conn, answer: Answer) -> Opened:
    known_by = Strength.NONE if conn.identity is None else conn.identity.known_by
    site = conn.sni or conn.host
    return Opened(answer.found.decision, known_by, site, "https", conn.client)


def _is_told(decision: Decision) -> bool:
    """Tell whether there are records of a connection: not of what other sites bring along."""
    return decision.verdict is Verdict.ALLOW and decision.role not in _NOBODYS_VISIT


def _record_of(what: Opened, answer: Answer) -> Record | None:
    """Say that a connection passes; which pages are seen in it is not known."""
    decision, policy = what.decision, answer.state.policy
    looking = answer.state.settings.records.looking
    detail, concern = looking.of(decision, answer.at)
    if detail in {Detail.NONE, Detail.COUNT}:
        return None  # a connection is no visit that could be counted
    platform = policy.catalogue.platforms.get(decision.platform or "")
    person = policy.directory.person(decision.person or "", answer.request.groups)
    record = Record(
        at=answer.at,
        action=Action.CONNECTION_PASSED,
        message=f"Passed unopened: {decision.name}; which pages were seen is not known",
        ruleset=policy.fingerprint,
        verdict=decision.verdict,
        reason=decision.reason,
        context=decision.context,
        decision=decision_id(),
        because=tuple(rule.id for rule in decision.because),
        person=decision.person,
        known_by=what.known_by,
        teams=person.teams,
        place=decision.place,
        platform=decision.platform,
        category=None if platform is None else platform.category,
        role=decision.role,
        scheme=what.scheme,
        domain=what.domain if detail is Detail.PAGE else decision.name,
        raised=None if concern is None else Raised(concern.case, concern.told),
        evidence=Evidence.NAME_ONLY,
        counted=False,
        bypass=decision.bypass,
        changes_at=decision.changes_at,
    )
    return record if looking.names else without_small(record, looking.small)
