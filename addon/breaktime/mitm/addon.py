"""
The hooks: observe, decide, act and record, inside one guard.

mitmproxy logs what a hook raises and lets the flow go on: a hook that fails has allowed. So the
whole of it stands inside one guard here, and what follows a failure has nothing left to fail in.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import structlog
from mitmproxy import http, websocket
from mitmproxy.connection import Client

from breaktime.audit import Coalescer, decision_id
from breaktime.core.decide import FAULT, Context, Decision, Reason, Verdict, decide
from breaktime.core.names import normal_name
from breaktime.core.record import (
    VISITS,
    Action,
    Keeping,
    Record,
    action_of,
    keeping,
    message_of,
)
from breaktime.identity import BusyError, should_challenge
from breaktime.mitm.act import answer, let_back, let_through
from breaktime.mitm.clock import Clock
from breaktime.mitm.leases import Leases
from breaktime.mitm.observe import Seen, Tunnel, body_of, observe
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
    """What the hooks of one flow remember: the decision, its id, and what was in force."""

    decision: Decision
    id: str
    state: InForce


@dataclass(frozen=True, slots=True)
class _Question:
    """One request, what was known before it, and what is asked about it."""

    tunnel: Tunnel
    seen: Seen
    state: InForce
    at: datetime

    def decide(self, *, records_writable: bool = True) -> Decision:
        return decide(
            self.state.policy, self.seen.request, self.at, records_writable=records_writable
        )

    def changed(self, **facts: Any) -> "_Question":
        """Return the same question with other facts about the request."""
        request = replace(self.seen.request, **facts)
        return replace(self, seen=replace(self.seen, request=request))


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
        leases: connections, with what was let through on each.
        tunnels: what is known of a client connection, by its id.
        look_up: resolves a host name to addresses for a client, where a site is asked for in clear.
    """

    state: State
    recorder: Recorder
    sign_in: SignIn
    clock: Clock
    leases: Leases
    tunnels: Callable[[str], Tunnel | None]
    look_up: Callable[[str, int, str], Awaitable[Iterable[str]]]
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
        ask = _Question(tunnel, seen, state, self.clock())
        decision = ask.decide()
        if decision.verdict is Verdict.PASS and tunnel.host is None:
            ask = await self._by_address(flow, ask)
            if self.state.now is not state:
                await self._judge(flow, self.state.now)
                return
            decision = ask.decide()
        judged = decision.verdict is not Verdict.PASS and decision.reason is not Reason.EXEMPT
        if judged and not tunnel.identified:
            await self._sign_in(flow, ask, decision)
        else:
            self._act(flow, ask, decision)

    async def _sign_in(self, flow: http.HTTPFlow, ask: "_Question", decision: Decision) -> None:
        """Find out who it is, and judge with that."""
        state, tunnel, body = ask.state, ask.tunnel, ask.seen.body
        claim, busy = None, False
        try:
            claim = await self.sign_in.ask(state, tunnel.client, ask.seen.credentials)
        except BusyError:
            busy = decision.verdict is Verdict.BLOCK
        if self.state.now is not state:  # what is in force when it is let through counts
            await self._judge(flow, self.state.now)
        elif claim is not None:
            ask = ask.changed(person=claim.person, groups=claim.groups)
            self._act(flow, ask, ask.decide())
        elif busy:
            log.info("nobody could be asked who it is", connection=tunnel.id)
            answer(flow, _FAULT_PAGE, body=body)
        elif _should_sign_in(decision, tunnel, state):
            answer(flow, challenge(state.policy.organisation), body=body)
        else:
            self._act(flow, ask, decision)

    async def _by_address(self, flow: http.HTTPFlow, ask: "_Question") -> "_Question":
        """Judge a site that is asked for in clear under its addresses too."""
        try:
            addresses = await self.look_up(flow.request.host, flow.request.port, ask.tunnel.client)
        except OSError:
            return ask  # it cannot be connected to either
        names = dict.fromkeys((*ask.seen.request.names, *addresses))
        return ask.changed(names=tuple(names))

    def _act(self, flow: http.HTTPFlow, ask: "_Question", decision: Decision) -> None:
        state = ask.state
        judged = Judged(decision, decision_id(), state)
        flow.metadata[JUDGED] = judged
        if decision.verdict is Verdict.PASS:
            self._lease(flow, ask, decision)
            let_through(flow)
            return
        if decision.reason is Reason.EXEMPT:
            self._lease(flow, ask, decision)
            ask.tunnel.opened.add(flow.request.host)
            let_through(flow)
            return
        if not self._record(judged, ask) and state.settings.records.block_if_unwritable:
            judged.decision = ask.decide(records_writable=False)
        if judged.decision.verdict is Verdict.BLOCK:
            page = refusal_page(judged.decision, judged.id, ask.seen, state, ask.at)
            answer(flow, page, body=ask.seen.body)
            return
        self._lease(flow, ask, decision)
        ask.tunnel.opened.add(flow.request.host)
        let_through(flow)

    def _lease(self, flow: http.HTTPFlow, ask: "_Question", decision: Decision) -> None:
        self.leases.grant(
            ask.tunnel.id, flow.id, ask.seen.request, decision, ask.state.settings.ending.grace
        )

    def _record(self, judged: Judged, ask: "_Question") -> bool:
        """Write down what was decided, before anything is released."""
        keep = keeping(judged.decision, ask.seen.evidence)
        if keep is Keeping.NONE:
            return self.recorder.writable
        record = _record_of(judged, ask.seen, ask.at)
        if keep is Keeping.SELDOM:
            earlier = self._coalescer.earlier(record)
            if earlier is not None:
                judged.id = earlier
                return self.recorder.writable
        kept = self.recorder.put(record)
        if kept and keep is Keeping.SELDOM:
            self._coalescer.remember(record)
        return kept

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
        flow.metadata[JUDGED] = Judged(FAULT, "", state)
        try:
            self.recorder.put(
                Record(
                    at=self.clock(),
                    action=Action.VISIT_BLOCKED,
                    message=message_of(FAULT),
                    ruleset=state.policy.fingerprint,
                    verdict=FAULT.verdict,
                    reason=FAULT.reason,
                    context=FAULT.context,
                    decision=decision_id(),
                    status=_FAULT_PAGE.status,
                    error=type(fault).__name__,
                )
            )
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

    def response(self, flow: http.HTTPFlow) -> None:
        """Note that a request has been answered to the end."""
        self.leases.finish(flow.client_conn.id, flow.id)

    def error(self, flow: http.HTTPFlow) -> None:
        """Note that a request has ended without an answer."""
        self.leases.finish(flow.client_conn.id, flow.id)

    def websocket_message(self, flow: http.HTTPFlow) -> None:
        """Forget each message when it has been passed on: mitmproxy would keep them all."""
        data: websocket.WebSocketData | None = flow.websocket
        if data is not None and len(data.messages) > 1:
            del data.messages[:-1]

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
