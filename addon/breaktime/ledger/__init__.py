"""
Ledger: how much of their flexible breaks people have had, written down once for all gateways.

    interface.py   what a ledger does; its events
    tables.py      one schema for both databases, and its migrations
    database.py    SQLite, the embedded default, and PostgreSQL, opened and made current
    sql.py         the ledger itself: every operation is one transaction under a lock
    requests.py    who asks for a business case, and what became of it

What may be started and when it ends is decided in `core`; here it is kept. No clock is read: the
instant comes in.
"""

from breaktime.ledger.database import open_ledger
from breaktime.ledger.interface import Event, EventKind, Ledger, LedgerError
from breaktime.ledger.requests import CaseRequest, RequestState, in_teams

__all__ = [
    "CaseRequest",
    "Event",
    "EventKind",
    "Ledger",
    "LedgerError",
    "RequestState",
    "in_teams",
    "open_ledger",
]
