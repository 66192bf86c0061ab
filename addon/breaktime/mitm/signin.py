"""Stage 2, who: the identity providers are asked, and a sign-in that fails is written down."""

from collections.abc import Awaitable
from typing import Protocol

from breaktime.audit import Coalescer, decision_id, topic_of
from breaktime.core.record import Action, Record
from breaktime.identity import Claim, Sighting, identify
from breaktime.mitm.clock import Clock
from breaktime.mitm.state import InForce


class Recorder(Protocol):
    """Where records go."""

    @property
    def writable(self) -> bool:
        """Whether the last record was written."""

    def put(self, record: Record, *, held: bool = False) -> Awaitable[bool]:
        """
        Write one record; who needs to know whether it is kept waits for that.

        Args:
            record: what happened.
            held: what it tells of is released only if it is kept.
        """


class SignIn:
    """
    Asks who somebody is.

    Credentials that nobody knows are recorded with the address they came from, at most once in
    ten minutes for each address: a browser with an old password tries again and again.
    """

    def __init__(self, recorder: Recorder, clock: Clock) -> None:
        """Take where failures are written down."""
        self._recorder = recorder
        self._clock = clock
        self._told = Coalescer()

    async def ask(self, state: InForce, client: str, credentials: str | None) -> Claim | None:
        """
        Return who it is, or None where no provider knows.

        Raises:
            BusyError: it cannot be checked now; that is no failure of the person, nor recorded.
        """
        claim = await identify(state.providers, Sighting(client, credentials))
        if claim is None and credentials is not None:
            await self._failed(state, client)
        return claim

    async def _failed(self, state: InForce, client: str) -> None:
        record = Record(
            at=self._clock(),
            action=Action.IDENTITY_FAILED,
            message="Credentials were sent that nobody knows",
            ruleset=state.policy.fingerprint,
            reason="identity_unknown",
            decision=decision_id(),
            source=client,
        )
        topic = topic_of(record, client)
        if self._told.earlier(topic, record.at) is not None:
            return
        self._told.remember(topic, record)
        if not await self._recorder.put(record):
            self._told.forget(topic)
