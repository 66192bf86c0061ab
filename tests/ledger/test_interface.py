"""Do events have the names of the audit log, and ledgers the shape that is promised?"""

import inspect

from breaktime.core.record import Action
from breaktime.ledger import EventKind, Ledger
from breaktime.ledger.sql import SqlLedger


def test_every_event_is_an_action_of_the_audit_log():
    assert {kind.value for kind in EventKind} <= {action.value for action in Action}


def test_the_ledger_does_what_is_promised():
    promised = [name for name in vars(Ledger) if not name.startswith("_")]

    assert promised
    for name in promised:
        theirs = inspect.signature(getattr(Ledger, name))
        assert inspect.signature(getattr(SqlLedger, name)) == theirs
