"""
The hooks: observe, decide, act and record, inside one guard.

mitmproxy logs what a hook raises and lets the flow go on: a hook that fails has allowed. So the
whole of it stands inside one guard here, and what follows a failure has nothing left to fail in.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from time import perf_counter

import structlog
from mitmproxy import http
from mitmproxy.connection import Client

from breaktime.audit import decision_id
from breaktime.core.decide import FAULT, Context, Decision, Reason, Verdict
from breaktime.core.flexible import Usage
from breaktime.core.record import failed, told_as
from breaktime.identity import BusyError, Doubt, challenges
from breaktime.mitm.act import answer, carries, drop, keep_ours, let_back, let_through
from breaktime.mitm.clock import Clock
from breaktime.mitm.counts import Elsewhere
from breaktime.mitm.inpage import InPage
from breaktime.mitm.judged import JUDGED, Judged
from breaktime.mitm.leases import Leases
from breaktime.mitm.observe import Tunnel, body_of, observe
from breaktime.mitm.observing import is_let_be, let_be
from breaktime.mitm.opened import OpenDocuments
from breaktime.mitm.policing import concerns, is_portal
from breaktime.mitm.portal import Portal
from breaktime.mitm.question import Question
from breaktime.mitm.recording import Recording, fault_of
from breaktime.mitm.refuse import refusal_page
from breaktime.mitm.sessions import Sessions, count_received, count_sent
from breaktime.mitm.signin import Recorder, SignIn
from breaktime.mitm.state import InForce, State
from breaktime.mitm.unopened import Unopening
from breaktime.watch import Tally

log = structlog.get_logger("breaktime.gateway")


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
        usage: says what the ledger knows of a person; asked where a flexible break is on offer.
        portal: answers for its own name; None where nobody does.
        tally: counts what is judged.
        sessions: what people do, in numbers.
        unopening: says whether a connection would pass unopened by now; None where none does.
        belongs: is told who has signed in on a connection to the proxy itself, by its id.
        elsewhere: puts sessions and counts of several processes together.
    """

    state: State
    recorder: Recorder
    sign_in: SignIn
    clock: Clock
    leases: Leases
    tunnels: Callable[[str], Tunnel | None]
    look_up: Callable[[str, int, str], Awaitable[Iterable[str]]]
    usage: Callable[[str], Awaitable[Usage]]
    portal: Portal | None = None
    tally: Tally = field(default_factory=Tally)
    unopening: Unopening | None = None
    belongs: Callable[[str, str], object] = lambda _, __: None
    elsewhere: Elsewhere | None = None
    sessions: Sessions = field(init=False)
    _recording: Recording = field(init=False)
    _opened: OpenDocuments = field(init=False, default_factory=OpenDocuments)
    _in_page: InPage = field(init=False, default_factory=InPage)

    def __post_init__(self) -> None:
        """Begin with nothing told."""
        self._recording = Recording(self.recorder, self.elsewhere)
        self.sessions = Sessions(
            self.recorder.put, self.state, self.clock, self._recording.counts, self.elsewhere
        )

    def http_connect(self, flow: http.HTTPFlow) -> None:
        """Refuse a CONNECT that did not come through the door."""
        answer(flow, self.state.now.notices.malformed)

    async def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Judge one request."""
        if flow.response or flow.error or not flow.live:
            return
        state, began = self.state.now, perf_counter()
        try:
            await self._judge(flow, state)
        except Exception as fault:
            log.exception("a request could not be judged", error=type(fault).__name__)
            await self._fail(flow, state, fault)
        judged = flow.metadata.get(JUDGED)
        if isinstance(judged, Judged):
            decision = judged.decision
            self.tally.judged(decision.verdict, decision.reason, perf_counter() - began)

    async def _judge(self, flow: http.HTTPFlow, state: InForce) -> None:
        tunnel = self.tunnels(flow.client_conn.id)
        if tunnel is None:
            tunnel = Tunnel(flow.client_conn.id, flow.client_conn.peername[0])
        seen = observe(flow, tunnel, state.policy.catalogue)
        if self.portal is not None and self.portal.takes(flow, tunnel, seen, state):
            return
        if not seen.wellformed:
            answer(flow, state.notices.malformed, body=seen.body)
            return
        if tunnel.host is None and flow.request.port not in state.settings.gateway.ports:
            answer(flow, state.notices.port, body=seen.body)
            return
        try:
            ask, decision = await self._ask(flow, Question(tunnel, seen, state, self.clock()))
        except BusyError:
            log.info("nobody could be asked who it is", connection=tunnel.id)
            answer(flow, state.notices.fault(seen.asked.accept_language), body=seen.body)
            return
        outdated = decision.verdict is not Verdict.BLOCK and await self._is_outdated(flow, tunnel)
        if self.state.now is not state:  # what is in force when it is let through counts
            await self._judge(flow, self.state.now)
        elif outdated:
            self.leases.end(tunnel.id)
            flow.kill()
        elif schemes := _to_sign_in_by(decision, ask):
            speaks = seen.asked.accept_language
            page = state.notices.challenge(state.policy.organisation, schemes, speaks)
            answer(flow, page, body=seen.body)
        else:
            await self._act(flow, ask, decision)

    async def _is_outdated(self, flow: http.HTTPFlow, tunnel: Tunnel) -> bool:
        """
        Tell whether a connection that was opened before the break would pass unopened by now.

        Nothing more is looked at in it: browsers ask again on a new one.
        """
        if self.unopening is None or not self.unopening.is_asked or tunnel.host is None:
            return False
        if not flow.client_conn.tls:
            return False
        names = tuple(dict.fromkeys(n for n in (tunnel.host, tunnel.sni, tunnel.address) if n))
        answer = await self.unopening.ask(names, tunnel.client, tunnel.identity)
        return answer is not None and answer.found.passes

    async def _ask(self, flow: http.HTTPFlow, ask: Question) -> tuple[Question, Decision]:
        """Find out what the answer depends on, and no more than that; then answer."""
        tunnel = ask.tunnel
        ask = self._opened.recall(ask)
        decision = ask.decide()
        if decision.verdict is Verdict.PASS and tunnel.host is None:
            ask = await self._by_address(flow, ask)
            decision = ask.decide()
        judged = decision.verdict is not Verdict.PASS and decision.reason is not Reason.EXEMPT
        if judged and not tunnel.identified:
            try:
                ask = await self.sign_in.ask_for(ask)
                self._count_for(tunnel, ask.seen.request.person)
            except BusyError:
                if decision.verdict is Verdict.BLOCK and not is_let_be(decision, ask.state):
                    raise  # otherwise it is let through whoever it is
            ask = self._opened.recall(ask)
            decision = ask.decide()
        if decision.reason is Reason.LEDGER_UNREADABLE and decision.person is not None:
            ask = ask.with_usage(await self.usage(decision.person))
            decision = ask.decide()
        return ask, decision

    def _count_for(self, tunnel: Tunnel, person: str | None) -> None:
        """Tell the door whose connection it is, once, and again if it is somebody else's."""
        if person not in {None, tunnel.counted_for}:
            tunnel.counted_for = person
            self.belongs(tunnel.id, person)

    async def _by_address(self, flow: http.HTTPFlow, ask: Question) -> Question:
        """Judge a site that is asked for in clear under its addresses too."""
        try:
            addresses = await self.look_up(flow.request.host, flow.request.port, ask.tunnel.client)
        except OSError:
            return ask  # it cannot be connected to either
        names = dict.fromkeys((*ask.seen.request.names, *addresses))
        return ask.changed(names=tuple(names))

    async def _act(self, flow: http.HTTPFlow, ask: Question, decision: Decision) -> None:
        state = ask.state
        judged = Judged(
            decision,
            decision_id(),
            state,
            known_by=ask.seen.request.known_by,
            evidence=told_as(decision, ask.seen.evidence),
        )
        flow.metadata[JUDGED] = judged
        if decision.verdict is Verdict.PASS:
            self._lease(flow, ask, decision)
            if concerns(state, (flow.request.host,)):  # a copier, or a wrapper
                ask.tunnel.opened.add(flow.request.host)
            let_through(flow, state.front_headers)
            return
        if decision.reason is Reason.EXEMPT:
            self._lease(flow, ask, decision)
            ask.tunnel.opened.add(flow.request.host)
            let_through(flow, state.front_headers)
            return
        if ask.tunnel.host is not None and carries(flow, state.front_headers):
            self.sign_in.failed(state, ask.tunnel.client, Doubt.UNTRUSTED_HEADER)
        page = self._in_page.moved(ask, decision)
        told, about = (decision, ask) if page is None else (page.decide(), page)
        plan = self._recording.plan(
            told, judged.id, about.seen, state, ask.at, observed=is_let_be(told, state)
        )
        if observed := is_let_be(decision, state):
            judged.decision = decision = let_be(decision)
        judged.shown = plan.shown
        # All that can fail comes first: a record of what was not done is false evidence. Nothing
        # is released before this hook has ended.
        self._prepare(flow, judged, ask)
        must = state.settings.records.block_if_unwritable and not state.settings.observed
        held = must and decision.verdict is Verdict.ALLOW
        if kept := await self._recording.write(plan, held=held):
            judged.record = plan.record if page is None else None
        elif must:
            judged.decision = ask.decide(records_writable=False)
            self._prepare(flow, judged, ask)
        if observed:
            ask.tunnel.opened.add(flow.request.host)
        elif judged.decision.verdict is Verdict.ALLOW:
            ask.tunnel.opened.add(flow.request.host)
            self._opened.remember(ask, judged.decision)
            judged.session = self.sessions.count(
                ask, judged.decision, plan.record if kept else None
            )
            count_sent(flow, judged.session)

    def _prepare(self, flow: http.HTTPFlow, judged: Judged, ask: Question) -> None:
        """Do to a flow what was decided."""
        decision = judged.decision
        if decision.verdict is Verdict.BLOCK:
            page = refusal_page(decision, judged.shown, ask)
            answer(flow, page, body=ask.seen.body)
            return
        self._lease(flow, ask, decision)
        let_through(flow, ask.state.front_headers)

    def _lease(self, flow: http.HTTPFlow, ask: Question, decision: Decision) -> None:
        self.leases.grant(ask.tunnel.id, flow.id, ask, decision)

    async def _fail(self, flow: http.HTTPFlow, state: InForce, fault: Exception) -> None:
        """Refuse what could be controlled, and leave the rest of the web alone."""
        try:
            if not _could_be_controlled(flow, self.tunnels, state):
                let_through(flow, state.front_headers)
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
            record = fault_of(known.decision, known.id, fault, state, self.clock())
            record = record._replace(known_by=known.known_by)
            if known.evidence is not None:  # else nobody has come as far as to ask
                record = record._replace(evidence=known.evidence, counted=False)
            if record.person is None:
                record = record._replace(source=flow.client_conn.peername[0])
            await self.recorder.put(record)
        except Exception:
            log.exception("a fault could not be recorded")
        _refuse(flow, state)

    def request(self, flow: http.HTTPFlow) -> None:
        """Refuse what nobody has let through: no verdict means no."""
        if flow.response or flow.error:
            return
        judged = flow.metadata.get(JUDGED)
        if not isinstance(judged, Judged) or judged.decision.verdict is Verdict.BLOCK:
            log.error("a request arrived that nobody has let through; it is refused")
            _refuse(flow, self.state.now)
        elif flow.request.trailers:
            keep_ours(flow.request.trailers)
            drop(flow.request.trailers, judged.state.front_headers)

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Let the answer of an origin through piece by piece."""
        judged = flow.metadata.get(JUDGED)
        if flow.error or not flow.server_conn.timestamp_start or not isinstance(judged, Judged):
            return
        decision = judged.decision
        # A link that leads on is none of our business, but other pages of its host are.
        controlled = decision.verdict is not Verdict.PASS or concerns(
            judged.state, (flow.request.host,)
        )
        notice = None
        if decision.context is Context.BREAK and decision.changes_at is not None:
            left = decision.changes_at - self.clock()
            if left <= judged.state.settings.ending.warn_before:
                notice = decision.changes_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        let_back(flow, controlled=controlled, notice=notice)
        count_received(flow, judged.session)

    def response(self, flow: http.HTTPFlow) -> None:
        """Note that a request has been answered to the end; a WebSocket has only begun."""
        if (
            flow.response is not None
            and flow.response.status_code == HTTPStatus.SWITCHING_PROTOCOLS
        ):
            return
        self.leases.finish(flow.client_conn.id, flow.id)

    def error(self, flow: http.HTTPFlow) -> None:
        """
        Note that a request has ended without an answer.

        Where its origin was never connected to, what the record says of the visit is taken back.
        """
        self.leases.finish(flow.client_conn.id, flow.id)
        judged = flow.metadata.get(JUDGED)
        if not isinstance(judged, Judged) or judged.record is None:
            return
        if judged.decision.verdict is Verdict.ALLOW and not flow.server_conn.timestamp_start:
            self.recorder.put(failed(judged.record, self.clock()))
            if judged.session is not None and judged.record.counted:
                judged.session.take_back(judged.record.at)
            judged.record = None

    def client_disconnected(self, client: Client) -> None:
        """Forget a connection that has ended."""
        self.leases.release(client.id)


def _to_sign_in_by(decision: Decision, ask: Question) -> tuple[str, ...]:
    """
    Return the schemes by which to ask for credentials, which nobody has sent or known.

    None where the answer does not depend on them, and none inside a tunnel, where a browser would
    take the question for one of the origin.
    """
    tunnel = ask.tunnel
    if decision.reason is not Reason.IDENTITY_UNKNOWN or tunnel.host is not None:
        return ()
    return () if tunnel.identified else challenges(ask.state.providers, ask.finding)


def _refuse(flow: http.HTTPFlow, state: InForce) -> None:
    """Refuse a request after a fault; where not even that works, end it."""
    try:
        flow.response = None
        page = state.notices.fault(flow.request.headers.get("accept-language", ""))
        answer(flow, page, body=body_of(flow.request))
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
    named = [(claim,) for claim in claims if claim]
    return any(is_portal(state, one) or concerns(state, one) for one in named)
