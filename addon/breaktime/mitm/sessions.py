"""Stage 7, record: the sessions that go on, until each is over and told of."""

from collections.abc import Callable

from mitmproxy import http

from breaktime.core.decide import Decision
from breaktime.core.record import Record
from breaktime.core.session import (
    Ending,
    Key,
    Session,
    begun,
    is_of_session,
    key_of,
    record_of,
)
from breaktime.mitm.clock import Clock
from breaktime.mitm.counts import Counting, Counts, Elsewhere, look_again
from breaktime.mitm.question import Question
from breaktime.mitm.state import State

MOST = 10_000
"""So many go on at once; the one that began first is told of early beyond that."""


class Sessions:
    """Counts what is let through, by person, platform and rule."""

    def __init__(
        self,
        put: Callable[[Record], object],
        state: State,
        clock: Clock,
        counts: Counting | None = None,
        elsewhere: Elsewhere | None = None,
    ) -> None:
        """
        Begin with none.

        Args:
            put: writes a record.
            state: what is in force.
            clock: reads the instant.
            counts: what has no records, looked through with the sessions.
            elsewhere: puts this together with what other processes saw; None where there are none.
        """
        self._elsewhere = elsewhere
        self._put = put
        self._counts: Counting = Counts(put) if counts is None else counts
        self._state = state
        self._clock = clock
        self._open: dict[Key, Session] = {}

    def __len__(self) -> int:
        """Return how many go on."""
        return len(self._open)

    def count(self, ask: Question, decision: Decision, record: Record | None) -> Session | None:
        """
        Count a request that is let through.

        Args:
            ask: the question.
            decision: the answer.
            record: what was written of it, None where nothing was.

        Returns:
            The session that it is part of; None where it is part of none.
        """
        request, at = ask.seen.request, ask.at
        if not is_of_session(decision, ask.seen.evidence):
            return None
        key = key_of(decision, request.client)
        session = self._open.get(key)
        if session is not None and (why := session.over(at)) is not None:
            self._close(key, why)
            session = None
        if session is None:
            if record is None:
                return None
            session = self._open[key] = begun(record, decision.changes_at)
            if self._elsewhere is not None:
                self._elsewhere.begin(key)
            if len(self._open) > MOST:
                self._close(next(iter(self._open)), Ending.MANY)
        session.ask(at, decision.changes_at)
        if (
            record is not None
            and record.counted
            and record.because[:1] == session.began.because[:1]
        ):
            session.visit(at)
        return session

    def look(self) -> int:
        """Tell of the sessions that are over; return how many they were."""
        at = self._clock()
        over = [(key, why) for key, each in self._open.items() if (why := each.over(at))]
        for key, why in over:
            self._close(key, why)
        self._counts.look(at)
        return len(over)

    def end_sitting(self, person: str) -> None:
        """Tell of what somebody did in a flexible break that has ended."""
        of_break = [
            key
            for key, each in self._open.items()
            if key[0] == person and each.began.reason == "break_flexible"
        ]
        for key in of_break:
            self._close(key, Ending.BREAK_ENDED)

    def close(self) -> None:
        """Tell of all of them: the gateway stops."""
        for key in list(self._open):
            self._close(key, Ending.STOPPED)
        self._counts.close(self._clock())

    async def run(self) -> None:
        """Look again and again."""
        await look_again(self.look)

    def _close(self, key: Key, why: Ending) -> None:
        session = self._open.pop(key)
        if self._elsewhere is not None:
            self._elsewhere.end(key, session, why)
            return
        ruleset = self._state.now.policy.fingerprint
        self._put(record_of(session, why, self._clock(), ruleset))


def count_sent(flow: http.HTTPFlow, session: Session | None) -> None:
    """Have the body of a request counted on its way."""
    if session is not None and flow.request.stream is True:
        flow.request.stream = session.send


def count_received(flow: http.HTTPFlow, session: Session | None) -> None:
    """Have the body of an answer counted on its way."""
    if session is not None and flow.response is not None and flow.response.stream is True:
        flow.response.stream = session.receive
