"""How long a record is kept depends on what it tells of, and on nothing else."""

from datetime import UTC, date, datetime, timedelta

from breaktime.core.record import Action
from breaktime.core.retention import KINDS, NEVER, Keep, Kind, due, kind_of

KEEP = Keep()


def test_every_action_is_of_a_kind():
    """Whoever adds an action says how long its records are kept; here are those of the system."""
    system = set(Action) - set(KINDS) - NEVER

    assert system == {
        Action.CONFIG_LOADED, Action.CONFIG_REJECTED, Action.AUDIT_GAP, Action.AUDIT_UNSENT,
        Action.AUDIT_UNWITNESSED, Action.AUDIT_WITNESSED, Action.AUDIT_POLICIES_PURGED,
        Action.PEER_FORKED, Action.PEER_SILENT, Action.PEER_HEARD,
        Action.INTEGRITY_RECOVERED,
        Action.INTEGRITY_BROKEN, Action.CLOCK_STEPPED, Action.RECORD_DISPUTED,
        Action.ALLOWANCE_VIEWED, Action.ALLOWANCE_RESET, Action.LOG_READ, Action.SUBJECT_EXPORTED,
        Action.SERVICE_STARTED, Action.SERVICE_STOPPED, Action.WORKER_LOST,
        Action.LEDGER_LOST, Action.LEDGER_REGAINED,
        Action.SERVICE_STARTED, Action.SERVICE_STOPPED, Action.CONCERN_STARTED,
        Action.CONCERN_ENDED, Action.IDENTITY_REVEALED, Action.REVEAL_ASKED,
    }  # fmt: skip
    assert kind_of("of-tomorrow", None) is Kind.SYSTEM
    assert kind_of("visit-failed", "business-case") is Kind.BUSINESS_CASE
    assert kind_of("visit-failed", "break") is Kind.BREAK
    assert kind_of("audit-purged", None) is None


def test_due():
    day = date(2026, 11, 23)
    end = datetime(2026, 11, 24, tzinfo=UTC)

    assert due(KEEP, day, end + timedelta(days=90, microseconds=-1)) == set()
    assert due(KEEP, day, end + timedelta(days=90)) == {Kind.BREAK}
    assert due(KEEP, day, end + timedelta(days=400)) == set(Kind)
