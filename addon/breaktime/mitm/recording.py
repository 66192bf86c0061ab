"""Stage 7, record: which judged requests become a line, and what the line says."""

import asyncio
from datetime import datetime
from typing import NamedTuple

from breaktime.audit import Coalescer, Flood, Topic, topic_of
from breaktime.core.copies import recorded_path
from breaktime.core.decide import FAULT, Decision, Reason, Verdict
from breaktime.core.detail import Detail, reduced, without_small
from breaktime.core.parts import may_be_of_part
from breaktime.core.record import (
    Action,
    Keeping,
    Record,
    action_of,
    as_observed,
    keeping,
    message_of,
    told_as,
)
from breaktime.core.signin import Strength
from breaktime.core.visit import VISITS
from breaktime.mitm.counts import Counting, Counts
from breaktime.mitm.observe import Seen
from breaktime.mitm.signin import Recorder
from breaktime.mitm.state import InForce
from breaktime.pages import LAST_RESORT

_FAULT_STATUS = LAST_RESORT.fault().status


class Plan(NamedTuple):
    """
    What is to be written of one judged request, before anything is.

    Fields:
        client: whose request it is: person and address.
        shown: id for the page: of the record that tells of the request, None where none does.
        record: the record; None where there is to be none.
        topic: what it may stand for afterwards; None where it stands for itself.
        held: there is to be none because the client has been refused too often.
        counted: the record that is only counted.
    """

    client: tuple[str | None, str]
    shown: str | None
    record: Record | None = None
    topic: Topic | None = None
    held: bool = False
    counted: Record | None = None


class Recording:
    """
    Plans and writes the records of requests.

    To plan changes nothing, so that whatever fails between a plan and its record leaves no trace
    of what did not happen.
    """

    def __init__(self, recorder: Recorder, counts: Counting | None = None) -> None:
        """
        Take where records go.

        Args:
            recorder: writes them.
            counts: counts what has none; None has it counted here.
        """
        self._recorder = recorder
        self.counts: Counting = Counts(recorder.put) if counts is None else counts
        self._coalescer = Coalescer()
        self._flood = Flood()
        self._telling: dict[str, asyncio.Future[bool]] = {}
        """Records on their way that stand for others, by their decision id."""

    def plan(  # noqa: PLR0913  one question, and what was answered
        self,
        decision: Decision,
        id_: str,
        seen: Seen,
        state: InForce,
        at: datetime,
        *,
        observed: bool = False,
    ) -> Plan:
        """
        Say what is to be written.

        Args:
            decision: the answer.
            id_: its id.
            seen: what was asked for.
            state: what decided.
            at: UTC instant of the decision.
            observed: a refusal that is not carried out.
        """
        address = seen.request.client or ""
        client = (decision.person, address)
        keep = keeping(decision, seen.evidence)
        fault = decision.reason is Reason.FILTER_ERROR
        refused = decision.verdict is Verdict.BLOCK and not fault
        two_names = decision.reason is Reason.NAME_MISMATCH  # no browser does that by itself
        of_part = refused and may_be_of_part(state.policy.catalogue, seen.request)
        if keep is Keeping.NONE or (of_part and not two_names):
            return Plan(client, None)
        looking = state.settings.records.looking
        detail, concern = looking.of(decision, at)
        if detail is Detail.NONE and not fault:
            return Plan(client, None)
        record = record_of(decision, id_, seen, state, at)
        record = as_observed(record) if observed else record
        if detail is Detail.COUNT and not fault:
            went = seen.evidence in VISITS
            return Plan(client, None, counted=record if went else None)
        record = reduced(record, detail, decision.name, concern, ids=looking.ids)
        if not looking.names:
            record = without_small(record, looking.small)
        topic = None
        if keep is Keeping.SELDOM:
            topic = topic_of(record, address)
            earlier = self._coalescer.earlier(topic, at)
            if earlier is not None:
                return Plan(client, earlier)
        if refused and self._flood.is_full(client, at):
            return Plan(client, None, held=True)
        held = self._flood.held(client)
        return Plan(client, id_, record._replace(repeat=held) if held else record, topic)

    async def write(self, plan: Plan, *, held: bool = False) -> bool:
        """
        Write what was planned; say whether what has to be written can be.

        What is planned meanwhile already counts on it, and waits for it too.

        Args:
            plan: of this moment: nothing was awaited since.
            held: what it tells of is released only if it is kept.
        """
        record = plan.record
        if record is None:
            if plan.counted is not None and self._recorder.writable:
                self.counts.add(plan.counted)
            if plan.held:
                self._flood.hold(plan.client)
            if (told := self._telling.get(plan.shown or "")) is not None:
                return await asyncio.shield(told)
            return self._recorder.writable
        self._flood.told(plan.client, record.at, refused=record.verdict is Verdict.BLOCK)
        kept = False
        try:
            if plan.topic is None:
                kept = await self._recorder.put(record, held=held)
            else:
                kept = await self._tell(plan.topic, record, held=held)
        finally:
            if not kept:
                self._flood.untold(plan.client, record.repeat or 0)
        return kept

    async def _tell(self, topic: Topic, record: Record, *, held: bool) -> bool:
        """Write what is to stand for all that is alike from now on."""
        id_ = record.decision or ""
        told = self._telling[id_] = asyncio.get_running_loop().create_future()
        self._coalescer.remember(topic, record)
        kept = False
        try:
            kept = await self._recorder.put(record, held=held)
        finally:
            if not kept:
                self._coalescer.forget(topic)
            del self._telling[id_]
            told.set_result(kept)
        return kept


def fault_of(
    decision: Decision, id_: str, fault: Exception, state: InForce, at: datetime
) -> Record:
    """
    Say that a fault refused a request.

    Args:
        decision: what had been decided before, if anything; it says who asked for what.
        id_: its id; where there is a record of it already, both have it.
        fault: what was raised; only its class is written.
        state: what was in force.
        at: UTC instant of the fault.
    """
    return Record(
        at=at,
        action=Action.VISIT_BLOCKED,
        message=message_of(FAULT),
        ruleset=state.policy.fingerprint,
        verdict=FAULT.verdict,
        reason=FAULT.reason,
        context=FAULT.context,
        decision=id_,
        person=decision.person,
        place=decision.place,
        platform=decision.platform,
        status=_FAULT_STATUS,
        error=type(fault).__name__,
    )


def record_of(decision: Decision, id_: str, seen: Seen, state: InForce, at: datetime) -> Record:
    """Lay out the record of one judged request."""
    policy = state.policy
    platform = policy.catalogue.platforms.get(decision.platform or "")
    groups = seen.request.groups
    person = policy.directory.person(decision.person, groups) if decision.person else None
    path, removed = seen.path, seen.removed
    if decision.bypass:
        path, cut = recorded_path(path)
        removed = ("query", *removed) if cut and "query" not in removed else removed
    return Record(
        at=at,
        action=action_of(decision),
        message=message_of(decision),
        ruleset=policy.fingerprint,
        verdict=decision.verdict,
        reason=decision.reason,
        context=decision.context,
        decision=id_,
        because=tuple([rule.id for rule in decision.because]),
        person=decision.person,
        known_by=seen.request.known_by if decision.person is not None else Strength.NONE,
        teams=() if person is None else person.teams,
        place=decision.place,
        platform=decision.platform,
        category=None if platform is None else platform.category,
        role=decision.role,
        scheme=seen.scheme,
        domain=seen.domain,
        path=path,
        parameters={}
        if platform is None or decision.bypass
        else platform.page_parameters(seen.path, seen.request.parameters),
        method=seen.request.method or None,
        status=403 if decision.verdict is Verdict.BLOCK else None,
        evidence=told_as(decision, seen.evidence),
        counted=seen.evidence in VISITS and decision.verdict is Verdict.ALLOW,
        names=seen.request.names if decision.reason is Reason.NAME_MISMATCH else (),
        removed=removed,
        bypass=decision.bypass,
        changes_at=decision.changes_at,
        source=seen.request.client if decision.person is None else None,
    )
