"""
The hooks: observe, decide, act and record, inside one guard.

mitmproxy logs what a hook raises and lets the flow go on: a hook that fails has allowed. So the
whole of it stands inside one guard here, and what follows a failure has nothing left to fail in.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from mitmproxy import http
from mitmproxy.connection import Client

from breaktime.audit import Coalescer, Topic, decision_id, topic_of
from breaktime.core.decide import FAULT, Context, Decision, Reason, Verdict
from breaktime.core.flexible import Usage
from breaktime.core.names import normal_name
from breaktime.core.record import (
    VISITS,
    Action,
    Keeping,
    Record,
    action_of,
    failed,
    keeping,
    message_of,
)
from breaktime.identity import should_challenge
from breaktime.mitm.act import answer, let_back, let_through
from breaktime.mitm.clock import Clock
from breaktime.mitm.leases import Leases
from breaktime.mitm.observe import Seen, Tunnel, body_of, observe
from breaktime.mitm.question import Question
from breaktime.mitm.refuse import refusal_page
from breaktime.mitm.signin import Recorder, SignIn
from breaktime.mitm.state import InForce, State
from breaktime.pages import challenge, fault_page, malformed_page, port_page

JUDGED = "breaktime"
"""The one key in a flow's metadata; it holds a `Judged`."""

_FAULT_PAGE = fault_page()
_MALFORMED_PAGE = malformed_page()
_PORT_PAGE = port_page()

log = structlog.get_logger("breaktime.gateway")


@dataclass(slots=True)
class Judged:
    """
    What the hooks of one flow remember.

    Fields:
        decision, id: the answer.
        state: what was in force.
        shown: id that the page shows: of the record that tells of this.
        record: what was written of it.
    """

    decision: Decision
    id: str
    state: InForce
    shown: str = ""
    record: Record | None = None


@dataclass(slots=True, eq=False)
class Breaktime:
    """
    Ask the policy about every request that is not relayed unopened.

    Decisions are made at `requestheaders`, before a byte has gone upstream.

    Fields:
        state: what is in force.
        recorder: where records go.
        sign_in: asks people who they are.
        clock: reads the instant.
        leases: connections that are open because of a break.
        tunnels: what is known of a client connection, by its id.
        look_up: resolves a host name to addresses, for sites that are asked for in clear.
        usage: says what the ledger knows of a person; asked where a flexible break is on offer.
    """

    state: State
    recorder: Recorder
    sign_in: SignIn
    clock: Clock
    leases: Leases
    tunnels: Callable[[str], Tunnel | None]
    look_up: Callable[[str, int], Awaitable[Iterable[str]]]
    usage: Callable[[str], Awaitable[Usage]]
    _coalescer: Coalescer = field(default_factory=Coalescer)

    def http_connect(self, flow: http.HTTPFlow) -> None:
        """Refuse a CONNECT that did not come through the door."""
        answer(flow, _MALFORMED_PAGE)

    async def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Judge one request."""
        if flow.response or flow.error or not flow.live:
            return
        state = self.state.now
        try:
            await self._judge(flow, state)
        except Exception as fault:
            log.exception("a request could not be judged", error=type(fault).__name__)
            self._fail(flow, state, fault)

    async def _judge(self, flow: http.HTTPFlow, state: InForce) -> None:
        tunnel = self.tunnels(flow.client_conn.id)
        if tunnel is None:
            tunnel = Tunnel(flow.client_conn.id, flow.client_conn.peername[0])
        seen = observe(flow, tunnel)
        if not seen.wellformed:
            answer(flow, _MALFORMED_PAGE, body=seen.body)
            return
        if tunnel.host is None and flow.request.port not in state.settings.gateway.ports:
            answer(flow, _PORT_PAGE, body=seen.body)
            return
        ask = Question(tunnel, seen, state, self.clock())
        decision = ask.decide()
        if decision.verdict is Verdict.PASS and tunnel.host is None:
            ask = await self._by_address(flow, ask)
            decision = ask.decide()
        judged = decision.verdict is not Verdict.PASS and decision.reason is not Reason.EXEMPT
        if judged and not tunnel.identified:
            claim = await self.sign_in.ask(state, tunnel.client, seen.credentials)
            if claim is not None:
                ask = ask.changed(person=claim.person, groups=claim.groups)
                decision = ask.decide()
            elif _should_sign_in(decision, tunnel, state):
                answer(flow, challenge(state.policy.organisation), body=seen.body)
                return
        if decision.reason is Reason.LEDGER_UNREADABLE and decision.person is not None:
            ask = ask.with_usage(await self.usage(decision.person))
            decision = ask.decide()
        self._act(flow, ask, decision)

    async def _by_address(self, flow: http.HTTPFlow, ask: Question) -> Question:
        """Judge a site that is asked for in clear under its addresses too."""
        try:
            addresses = await self.look_up(flow.request.host, flow.request.port)
        except OSError:
            return ask  # it cannot be connected to either
        names = dict.fromkeys((*ask.seen.request.names, *addresses))
        return ask.changed(names=tuple(names))

    def _act(self, flow: http.HTTPFlow, ask: Question, decision: Decision) -> None:
        state = ask.state
        judged = Judged(decision, decision_id(), state)
        flow.metadata[JUDGED] = judged
        if decision.verdict is Verdict.PASS:
            let_through(flow)
            return
        if decision.reason is Reason.EXEMPT:
            ask.tunnel.opened.add(flow.request.host)
            let_through(flow)
            return
        keep = keeping(decision, ask.seen.evidence)
        record = None if keep is Keeping.NONE else _record_of(judged, ask.seen, ask.at)
        judged.shown = judged.id
        topic = None
        if record is not None and keep is Keeping.SELDOM:
            topic = topic_of(record, ask.tunnel.client)
            earlier = self._coalescer.earlier(topic, ask.at)
            if earlier is not None:
                judged.shown, record = earlier, None
        # All that can fail comes first: a record of what was not done is false evidence. Nothing
        # is released before this hook has ended.
        self._prepare(flow, judged, ask)
        kept = self._write(judged, record, topic)
        if not kept and state.settings.records.block_if_unwritable:
            judged.decision = ask.decide(records_writable=False)
            self._prepare(flow, judged, ask)
        if judged.decision.verdict is Verdict.ALLOW:
            ask.tunnel.opened.add(flow.request.host)

    def _prepare(self, flow: http.HTTPFlow, judged: Judged, ask: Question) -> None:
        """Do to a flow what was decided."""
        decision = judged.decision
        if decision.verdict is Verdict.BLOCK:
            page = refusal_page(decision, judged.shown, ask)
            answer(flow, page, body=ask.seen.body)
            return
        if decision.context is Context.BREAK:
            sitting = decision.reason is Reason.BREAK_FLEXIBLE
            self.leases.grant(
                ask.tunnel.id,
                decision.changes_at,
                ask.state.settings.ending.grace,
                decision.person if sitting else None,
            )
        let_through(flow)

    def _write(self, judged: Judged, record: Record | None, topic: Topic | None) -> bool:
        """Write down what was decided, before anything is released."""
        if record is None:
            return self.recorder.writable
        if not self.recorder.put(record):
            return False
        judged.record = record
        if topic is not None:
            self._coalescer.remember(topic, record)
        return True

    def _fail(self, flow: http.HTTPFlow, state: InForce, fault: Exception) -> None:
        """Refuse what could be controlled, and leave the rest of the web alone."""
        try:
            if not _could_be_controlled(flow, self.tunnels, state):
                let_through(flow)
                flow.metadata[JUDGED] = Judged(
                    Decision(Verdict.PASS, Reason.FILTER_ERROR), "", state
                )
                return
        except Exception:
            log.exception("a failed request could not be looked at; it is refused")
        known = flow.metadata.get(JUDGED)
        flow.metadata[JUDGED] = Judged(FAULT, "", state)
        if not isinstance(known, Judged):
            known = Judged(FAULT, decision_id(), state)
        try:
            self.recorder.put(_fault_of(known, state, fault, self.clock()))
        except Exception:
            log.exception("a fault could not be recorded")
        _refuse(flow)

    def request(self, flow: http.HTTPFlow) -> None:
        """Refuse what nobody has let through: no verdict means no."""
        if flow.response or flow.error:
            return
        judged = flow.metadata.get(JUDGED)
        if not isinstance(judged, Judged) or judged.decision.verdict is Verdict.BLOCK:
            log.error("a request arrived that nobody has let through; it is refused")
            _refuse(flow)

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Let the answer of an origin through piece by piece."""
        judged = flow.metadata.get(JUDGED)
        if flow.error or not flow.server_conn.timestamp_start or not isinstance(judged, Judged):
            return
        decision = judged.decision
        controlled = decision.verdict is not Verdict.PASS
        notice = None
        if decision.context is Context.BREAK and decision.changes_at is not None:
            left = decision.changes_at - self.clock()
            if left <= judged.state.settings.ending.warn_before:
                notice = decision.changes_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        let_back(flow, controlled=controlled, notice=notice)

    def error(self, flow: http.HTTPFlow) -> None:
        """Take back what a record says of a visit whose origin was never connected to."""
        judged = flow.metadata.get(JUDGED)
        if not isinstance(judged, Judged) or judged.record is None:
            return
        if judged.decision.verdict is Verdict.ALLOW and not flow.server_conn.timestamp_start:
            self.recorder.put(failed(judged.record, self.clock()))
            judged.record = None

    def client_disconnected(self, client: Client) -> None:
        """Forget a connection that has ended."""
        self.leases.release(client.id)


def _should_sign_in(decision: Decision, tunnel: Tunnel, state: InForce) -> bool:
    """
    Tell whether to ask for credentials, which nobody has sent or known.

    Not where the answer does not depend on them, and not inside a tunnel, where a browser would
    take the question for one of the origin.
    """
    return (
        decision.reason is Reason.IDENTITY_UNKNOWN
        and tunnel.host is None
        and should_challenge(state.providers, None)
    )


def _refuse(flow: http.HTTPFlow) -> None:
    """Refuse a request after a fault; where not even that works, end it."""
    try:
        flow.response = None
        answer(flow, _FAULT_PAGE, body=body_of(flow.request))
    except Exception:
        log.exception("a refusal could not be answered; the request ends")
        flow.kill()


def _could_be_controlled(
    flow: http.HTTPFlow, tunnels: Callable[[str], Tunnel | None], state: InForce
) -> bool:
    """Tell by the plainest means whether a request may be for a controlled site."""
    request = flow.request
    claims = [request.host, request.authority, *request.headers.get_all("host")]
    claims.append(flow.client_conn.sni or "")
    tunnel = tunnels(flow.client_conn.id)
    if tunnel is not None:
        claims += [tunnel.host or "", tunnel.sni or "", tunnel.address or ""]
    for claim in filter(None, claims):
        name = normal_name(claim)
        if name is None or state.policy.catalogue.match(name) is not None:
            return True
    return False


def _fault_of(known: Judged, state: InForce, fault: Exception, at: datetime) -> Record:
    """Say that a fault refused a request; with the id of the record that it contradicts, if any."""
    decision = known.decision
    message = message_of(FAULT)
    return Record(
        at=at,
        action=Action.VISIT_BLOCKED,
        message=message if known.record is None else f"{message}, after the record of this id",
        ruleset=state.policy.fingerprint,
        verdict=FAULT.verdict,
        reason=FAULT.reason,
        context=FAULT.context,
        decision=known.id,
        person=decision.person,
        place=decision.place,
        platform=decision.platform,
        status=_FAULT_PAGE.status,
        error=type(fault).__name__,
    )


def _record_of(judged: Judged, seen: Seen, at: datetime) -> Record:
    decision, policy = judged.decision, judged.state.policy
    platform = policy.catalogue.platforms.get(decision.platform or "")
    person = policy.directory.person(decision.person) if decision.person else None
    listed = () if platform is None else platform.parameters.get(seen.path.rstrip("/"), ())
    return Record(
        at=at,
        action=action_of(decision),
        message=message_of(decision),
        ruleset=policy.fingerprint,
        verdict=decision.verdict,
        reason=decision.reason,
        context=decision.context,
        decision=judged.id,
        because=tuple(rule.id for rule in decision.because),
        person=decision.person,
        teams=() if person is None else person.teams,
        place=decision.place,
        platform=decision.platform,
        category=None if platform is None else platform.category,
        role=decision.role,
        scheme=seen.scheme,
        domain=seen.domain,
        path=seen.path,
        parameters={
            name: value for name, value in seen.request.parameters.items() if name in listed
        },
        method=seen.request.method,
        status=403 if decision.verdict is Verdict.BLOCK else None,
        evidence=seen.evidence,
        counted=seen.evidence in VISITS,
        names=seen.request.names if decision.reason is Reason.NAME_MISMATCH else (),
        removed=seen.removed,
        changes_at=decision.changes_at,
    )
