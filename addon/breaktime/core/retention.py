"""
How long records are kept: by what they tell of, in whole days.

Laws of this file:

1. Every record is of one kind, whatever stands in it.
2. What authority there was to take records out is never taken out itself, nor is a seal.
3. A record that somebody disputes is kept as long as the note that disputes it.
"""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from breaktime.core.decide import Context
from breaktime.core.record import Action


class Kind(StrEnum):
    """What a record tells of, as far as it matters how long it is kept."""

    BREAK = "break"
    REFUSED = "refused"
    BUSINESS_CASE = "business_case"
    SYSTEM = "system"


class Keep(NamedTuple):
    """How long records of each kind are kept, counted from the end of their day in UTC."""

    break_: timedelta = timedelta(days=90)
    refused: timedelta = timedelta(days=180)
    business_case: timedelta = timedelta(days=365)
    system: timedelta = timedelta(days=400)

    def of(self, kind: Kind) -> timedelta:
        """Return the length for one kind."""
        return dict(zip(Kind, self, strict=True))[kind]


KINDS: dict[Action, Kind] = {
    Action.VISIT_ALLOWED: Kind.BREAK,
    Action.VISIT_BLOCKED: Kind.REFUSED,
    Action.VISIT_BUSINESS: Kind.BUSINESS_CASE,
    Action.VISIT_OWN_PAGE: Kind.BUSINESS_CASE,
    Action.VISIT_OBSERVED: Kind.BREAK,
    Action.VISIT_FAILED: Kind.BREAK,
    Action.IDENTITY_FAILED: Kind.REFUSED,
    Action.BREAK_STARTED: Kind.BREAK,
    Action.BREAK_ENDED: Kind.BREAK,
    Action.BREAK_REFUSED: Kind.REFUSED,
    Action.CONNECTION_PASSED: Kind.BREAK,
    Action.CONNECTION_CUT: Kind.BREAK,
    Action.SESSION_ENDED: Kind.BREAK,
    Action.VISITS_COUNTED: Kind.BREAK,
    Action.CASE_REQUESTED: Kind.BUSINESS_CASE,
    Action.CASE_APPROVED: Kind.BUSINESS_CASE,
    Action.CASE_DECLINED: Kind.BUSINESS_CASE,
}
"""By what happened; all else is of the system."""

NEVER = frozenset({Action.INTEGRITY_CHECKPOINT, Action.AUDIT_PURGED})
"""What is never taken out."""

_FOR_WORK = frozenset({Context.BUSINESS_CASE.value, Context.OWN_PAGE.value})
_AS_THEIR_CONTEXT = frozenset(
    {
        Action.VISIT_FAILED,
        Action.CONNECTION_PASSED,
        Action.CONNECTION_CUT,
        Action.SESSION_ENDED,
        Action.VISITS_COUNTED,
    }
)


def kind_of(action: str, context: str | None) -> Kind | None:
    """
    Return of which kind a record is; None where it is never taken out.

    Args:
        action: as it stands in the record.
        context: whether it was in a break, as it stands there.
    """
    if action in NEVER:
        return None
    if action in _AS_THEIR_CONTEXT and context in _FOR_WORK:
        return Kind.BUSINESS_CASE  # what follows up a visit is kept as long as the visit
    return KINDS.get(action, Kind.SYSTEM)  # type: ignore[call-overload,no-any-return]


def due(keep: Keep, day: date, at: datetime) -> frozenset[Kind]:
    """
    Return the kinds whose time is over.

    Args:
        keep: how long they are kept.
        day: UTC date of the records.
        at: UTC instant, now.
    """
    end = datetime.combine(day, time(), UTC) + timedelta(days=1)
    return frozenset(kind for kind in Kind if end + keep.of(kind) <= at)
