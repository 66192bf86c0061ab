"""
Stage 7, session: what one person did on one platform in one break, in numbers.

Laws of this file:

1. A session begins with something that was let through and recorded. What other sites show of a
   platform, and what is fetched ahead, is in none.
2. A minute has activity where a page was opened in it, and for no other reason: a page goes on
   fetching by itself, and nobody knows whether anybody looks at it. It is never time spent.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from breaktime.core.decide import Context, Decision, Reason, Verdict
from breaktime.core.record import Action, Record, Totals
from breaktime.core.visit import Evidence

METHOD: Final = "minutes in which a page was opened"
"""What is counted as a minute with activity; it stands in every record of a session."""

IDLE: Final = timedelta(minutes=10)
"""A session ends when nothing was asked for in so long, and nothing came or went."""

_MINUTE: Final = timedelta(minutes=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_OF_SESSIONS: Final = frozenset({
    Reason.BREAK_FIXED, Reason.BREAK_EXCEPTION, Reason.BREAK_FLEXIBLE,
    Reason.BUSINESS_CASE, Reason.BUSINESS_CASE_HELPER,
})  # fmt: skip
_NOBODYS: Final = frozenset({Evidence.EMBEDDED, Evidence.SPECULATIVE})


class Ending(StrEnum):
    """Why a session has ended; no reason of a decision."""

    BREAK_ENDED = "break_ended"
    IDLE = "idle"
    STOPPED = "service_stopped"
    MANY = "too_many_sessions"


type Key = tuple[str | None, str | None, str | None, str]
"""Whose session it is (a person, else an address), where, and by which rule."""


def is_of_session(decision: Decision, evidence: Evidence) -> bool:
    """Tell whether a judged request is part of a session, where there is one."""
    allowed = decision.verdict is Verdict.ALLOW and decision.reason in _OF_SESSIONS
    return allowed and evidence not in _NOBODYS


def key_of(decision: Decision, client: str | None) -> Key:
    """Return which session a request belongs to."""
    rule = decision.because[0].id if decision.because else ""
    return (decision.person, None if decision.person else client, decision.platform, rule)


@dataclass(slots=True)
class Session:
    """
    A session that goes on.

    Fields:
        began: the record that it began with.
        until: UTC instant at which the break ends, as far as is known.
        seen: UTC instant of the last request, or of the last look that found something on its way.
        visits, requests, sent, received: as in `Totals`.
    """

    began: Record
    until: datetime | None
    seen: datetime
    visits: int = 0
    requests: int = 0
    sent: int = 0
    received: int = 0
    _minutes: dict[int, int] = field(default_factory=dict)
    _moved: bool = False
    """Something came or went since it was last looked whether it is over."""

    def ask(self, at: datetime, until: datetime | None) -> None:
        """Count a request."""
        self.requests += 1
        self.seen, self.until = at, until

    def visit(self, at: datetime) -> None:
        """Count the page that a request is for."""
        self.visits += 1
        minute = _minute(at)
        self._minutes[minute] = self._minutes.get(minute, 0) + 1

    def take_back(self, at: datetime) -> None:
        """Count a page no more: it was never reached."""
        minute = _minute(at)
        left = self._minutes.get(minute, 0) - 1
        if left < 0:
            return
        self.visits -= 1
        if left:
            self._minutes[minute] = left
        else:
            del self._minutes[minute]

    def send(self, piece: bytes) -> bytes:
        """Count a piece of a body, or of what a WebSocket carries, on its way to the site."""
        self.sent += len(piece)
        self._moved = True
        return piece

    def receive(self, piece: bytes) -> bytes:
        """Count a piece of a body, or of what a WebSocket carries, on its way from the site."""
        self.received += len(piece)
        self._moved = True
        return piece

    def join(self, other: "Session") -> None:
        """Take in what another process saw of the same session."""
        if other.began.at < self.began.at:
            self.began = other.began
        if other.seen >= self.seen:
            self.seen, self.until = other.seen, other.until
        self.visits += other.visits
        self.requests += other.requests
        self.sent += other.sent
        self.received += other.received
        for minute, visits in other._minutes.items():  # noqa: SLF001  one of its own
            self._minutes[minute] = self._minutes.get(minute, 0) + visits

    def over(self, at: datetime) -> Ending | None:
        """Say whether it is over at a UTC instant, and why."""
        if self.until is not None and self.until <= at:
            return Ending.BREAK_ENDED
        if self._moved:
            self.seen, self._moved = at, False
        return Ending.IDLE if at - self.seen >= IDLE else None

    @property
    def totals(self) -> Totals:
        """The session in numbers, so far."""
        minutes = sorted(self._minutes)
        first, last = (minutes[0], minutes[-1]) if minutes else (None, None)
        return Totals(
            self.visits,
            self.requests,
            len(minutes),
            _instant(first),
            _instant(last),
            self.sent,
            self.received,
        )


def record_of(session: Session, why: Ending, at: datetime, ruleset: str) -> Record:
    """
    Tell of a session that has ended.

    Args:
        session: what is told of.
        why: why it has ended.
        at: UTC instant.
        ruleset: fingerprint of the policy in force.
    """
    began, totals = session.began, session.totals
    pages = "1 visit" if totals.visits == 1 else f"{totals.visits} visits"
    minutes = totals.active_minutes
    apart = "1 minute" if minutes == 1 else f"{minutes} different minutes"
    return Record(
        at=at,
        action=Action.SESSION_ENDED,
        message=f"Session: {pages}, pages opened in {apart}; not time spent",
        ruleset=ruleset,
        reason=why,
        context=began.context or Context.UNSCHEDULED,
        because=began.because,
        person=began.person,
        known_by=began.known_by,
        teams=began.teams,
        place=began.place,
        platform=began.platform,
        category=began.category,
        source=began.source,
        raised=began.raised,
        session=totals,
    )


def begun(record: Record, until: datetime | None) -> Session:
    """Begin a session with the record of what was let through; nothing is counted yet."""
    bare = record._replace(domain=None, path=None, parameters={}, method=None, names=())
    return Session(bare, until, record.at)


def _minute(at: datetime) -> int:
    return (at - _EPOCH) // _MINUTE


def _instant(minute: int | None) -> datetime | None:
    return None if minute is None else _EPOCH + minute * _MINUTE
