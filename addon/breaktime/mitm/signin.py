"""Stage 2, who: the identity providers are asked, and a sign-in that fails is written down."""

import asyncio
import inspect
from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from breaktime.audit import Coalescer, decision_id, topic_of
from breaktime.core.record import Action, Record
from breaktime.core.signin import Strength
from breaktime.door import Caller
from breaktime.identity import Doubt, Finding, Sighting, Strangers, identify
from breaktime.mitm.clock import Clock
from breaktime.mitm.question import Question
from breaktime.mitm.state import InForce

_SENTENCES = {
    Doubt.REFUSED: "Credentials were sent that nobody knows",
    Doubt.DISAGREE: "Two claims disagree about who it is; nobody is taken to be known",
    Doubt.UNTRUSTED_HEADER: "Somebody who is no proxy in front has said who is asking",
    Doubt.HEADER: "The proxy in front has not said in one way who is asking",
    Doubt.CERTIFICATE: "A certificate was shown that names nobody or is not to be trusted",
    Doubt.AMBIGUOUS: "The directory knows two people of this name; neither is taken",
}
"""What is written down; doubts that are not listed are nobody's failure."""


class Recorder(Protocol):
    """Where records go."""

    @property
    def writable(self) -> bool:
        """Whether the last record was written."""

    def put(self, record: Record, *, held: bool = False) -> asyncio.Future[bool]:
        """
        Write one record; who needs to know whether it is kept waits for that.

        Args:
            record: what happened.
            held: what it tells of is released only if it is kept.
        """


class SignIn:
    """
    Asks who somebody is.

    Failures are recorded with the address they came from, at most once in ten minutes for each
    address and kind: a browser with an old password tries again and again.
    """

    def __init__(self, recorder: Recorder, clock: Clock) -> None:
        """Take where failures are written down."""
        self._recorder = recorder
        self._clock = clock
        self._told = Coalescer()
        self.doubts: Counter[Doubt] = Counter()
        """How often nobody was recognised, by why."""
        self._strangers = Strangers()

    async def ask(self, state: InForce, caller: Caller) -> Finding:
        """
        Find out who it is, and of which directory groups where rules ask for them.

        Raises:
            BusyError: it cannot be checked now; that is no failure of the person, nor recorded.
        """
        return await self._ask(state, _sighting(caller, self._clock()))

    async def ask_for(self, ask: Question) -> Question:
        """
        Find out who makes one request to the proxy itself.

        A ticket of Kerberos comes once on a connection, and holds for what follows on it. Where
        somebody else signs in later on the same connection, it holds for nobody any more.

        Raises:
            BusyError: as `ask`.
        """
        tunnel, seen = ask.tunnel, ask.seen
        caller = Caller(tunnel.client, seen.credentials, seen.headers, tunnel.certificate)
        sighting = replace(_sighting(caller, ask.at), signed_in=tunnel.signed_in)
        found = await self._ask(ask.state, sighting)
        claim = found.claim
        if seen.credentials is not None:
            sure = claim is not None and claim.strength is Strength.KERBEROS and not found.fronted
            other = tunnel.shared or (
                tunnel.signed_in is not None
                and (claim is None or claim.person != tunnel.signed_in.person)
            )
            tunnel.shared = other
            tunnel.signed_in = claim if sure and not other else None
        if claim is not None:
            ask = ask.changed(person=claim.person, groups=claim.groups, known_by=claim.strength)
        return replace(ask, finding=found)

    async def _ask(self, state: InForce, sighting: Sighting) -> Finding:
        found = self._strangers.look(await identify(state.providers, sighting), sighting)
        found = await _with_groups(state, found)
        for doubt in found.doubts:
            self.failed(state, sighting.client, doubt)
        return found

    def failed(self, state: InForce, client: str, doubt: Doubt) -> None:
        """Write down that somebody could not be recognised, and why."""
        self.doubts[doubt] += 1
        if doubt not in _SENTENCES:
            return
        record = Record(
            at=self._clock(),
            action=Action.IDENTITY_FAILED,
            message=_SENTENCES[doubt],
            ruleset=state.policy.fingerprint,
            reason=doubt,
            decision=decision_id(),
            source=client,
        )
        topic = topic_of(record, client)
        if self._told.earlier(topic, record.at) is not None:
            return
        self._told.remember(topic, record)

        def answered(kept: asyncio.Future[bool]) -> None:
            if kept.cancelled() or not kept.result():
                self._told.forget(topic)

        self._recorder.put(record).add_done_callback(answered)


def _sighting(caller: Caller, at: datetime) -> Sighting:
    return Sighting(caller.client, caller.credentials, caller.headers, caller.certificate, at=at)


async def _with_groups(state: InForce, found: Finding) -> Finding:
    """Add the directory groups of a person, where a rule of the policy asks for any."""
    if found.claim is None or state.directory is None or not state.policy.directory.groups:
        return found
    answer = state.directory.groups(found.claim.person)
    groups = await answer if inspect.isawaitable(answer) else answer
    if groups is None:
        return found._replace(claim=None, doubts=(*found.doubts, Doubt.AMBIGUOUS))
    return found._replace(claim=replace(found.claim, groups=groups))
