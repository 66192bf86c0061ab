"""What a flow remembers from one hook to the next."""

from dataclasses import dataclass

from mitmproxy import http

from breaktime.core.decide import Decision
from breaktime.core.record import Record
from breaktime.core.session import Session
from breaktime.core.signin import Strength
from breaktime.core.visit import Evidence
from breaktime.mitm.state import InForce

JUDGED = "breaktime"
"""The one key in a flow's metadata; it holds a `Judged`."""


@dataclass(slots=True)
class Judged:
    """
    What the hooks of one flow remember.

    Fields:
        decision, id: the answer.
        state: what was in force.
        shown: id that the page shows: of the record that tells of this, None where none does.
        record: what was written of it.
        known_by: how it is known who asks.
        session: what it is part of.
        evidence: how sure it is that a person went there, as the record tells it.
    """

    decision: Decision
    id: str
    state: InForce
    shown: str | None = None
    record: Record | None = None
    known_by: Strength | None = None
    session: Session | None = None
    evidence: Evidence | None = None


def session_of(flow: http.HTTPFlow) -> Session | None:
    """Return what a flow is part of, None where it is part of nothing that is counted."""
    judged = flow.metadata.get(JUDGED)
    return judged.session if isinstance(judged, Judged) else None
