"""
Requests for business cases: a queue between somebody and their managers. It opens nothing.

Whoever decides is checked before: here it is only kept that nobody decides twice. What is new is
not told yet: a gateway says which one it is, records it, and says so. What one of them has left
untold, it finds when it starts again.
"""

import json
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine, Row, delete, func, select, update

from breaktime.ledger.tables import PERSON, REQUEST

MOST_OPEN = 5
"""How many requests of one person may wait at once."""

SHOWN = 200
"""How many requests are read at once."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class RequestState(StrEnum):
    """What became of a request."""

    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class CaseRequest:
    """
    One request for a business case.

    Fields:
        id: eight characters that nobody can guess the next of.
        at: UTC instant at which it was made.
        person: canonical id of who asked.
        teams: their teams at that time.
        platform: id of the platform.
        purpose: what it is for, in their words.
        until: last day that they asked for.
        state: what became of it.
        by: who decided, empty while it is open.
        decided: UTC instant of the decision.
        ends: last day of the case, where it was approved.
        page: address of the one page that it is about, as the configuration writes it; empty
            for the whole platform.
    """

    id: str
    at: datetime
    person: str
    teams: tuple[str, ...]
    platform: str
    purpose: str
    until: date
    state: RequestState = RequestState.OPEN
    by: str = ""
    decided: datetime | None = None
    ends: date | None = None
    page: str = ""


class SqlRequests:
    """The queue in a database. Every method may block, and raises `LedgerError`."""

    def __init__(
        self,
        engine: Engine,
        faults: Callable[[], AbstractContextManager[None]],
        insert: Callable[..., Any],
    ) -> None:
        """
        Use a database whose tables are current.

        Args:
            engine: the database.
            faults: turns what goes wrong in it into `LedgerError`.
            insert: the INSERT of its dialect.
        """
        self._engine = engine
        self._faults = faults
        self._insert = insert

    def add(self, request: CaseRequest, teller: str | None = None) -> bool:
        """
        Keep a request; False where too many of the same person wait already.

        Args:
            request: what is asked for.
            teller: the gateway that is going to record it; None where nobody is.
        """
        waiting = (
            select(func.count())
            .select_from(REQUEST)
            .where(REQUEST.c.person == request.person, REQUEST.c.state == RequestState.OPEN)
        )
        with self._faults(), self._engine.begin() as connection:
            # The row of the person is the lock: two clicks at once are one after the other.
            connection.execute(
                self._insert(PERSON).values(id=request.person).on_conflict_do_nothing()
            )
            connection.execute(
                select(PERSON.c.id).where(PERSON.c.id == request.person).with_for_update()
            )
            if (connection.scalar(waiting) or 0) >= MOST_OPEN:
                return False
            connection.execute(REQUEST.insert().values(_row(request, teller)))
            return True

    def of(self, person: str) -> tuple[CaseRequest, ...]:
        """Return the requests of one person, the newest first."""
        return self._read(REQUEST.c.person == person)

    def waiting(self) -> tuple[CaseRequest, ...]:
        """Return the requests that nobody has decided, the newest first."""
        return self._read(REQUEST.c.state == RequestState.OPEN)

    def find(self, request: str) -> CaseRequest | None:
        """Return one request."""
        return next(iter(self._read(REQUEST.c.id == request)), None)

    def decide(  # noqa: PLR0913, PLR0917  a whole decision
        self,
        request: str,
        state: RequestState,
        by: str,
        at: datetime,
        ends: date | None = None,
        teller: str | None = None,
    ) -> bool:
        """Keep what was decided; False where somebody has decided already. `teller` as of `add`."""
        statement = (
            update(REQUEST)
            .where(REQUEST.c.id == request, REQUEST.c.state == RequestState.OPEN)
            .values(
                state=str(state),
                decided_by=by,
                decided=_stamp(at),
                ends=None if ends is None else ends.isoformat(),
                teller=teller,
            )
        )
        with self._faults(), self._engine.begin() as connection:
            return connection.execute(statement).rowcount == 1

    def reopen(self, request: str) -> None:
        """Take a decision back that could not be carried out."""
        statement = (
            update(REQUEST)
            .where(REQUEST.c.id == request)
            .values(
                state=str(RequestState.OPEN), decided_by=None, decided=None, ends=None, teller=None
            )
        )
        with self._faults(), self._engine.begin() as connection:
            connection.execute(statement)

    def told(self, request: str) -> None:
        """Note that what became of a request is recorded."""
        statement = update(REQUEST).where(REQUEST.c.id == request).values(teller=None)
        with self._faults(), self._engine.begin() as connection:
            connection.execute(statement)

    def untold(self, teller: str) -> tuple[CaseRequest, ...]:
        """
        Return the requests of which a gateway has not noted that it has recorded them.

        Args:
            teller: a gateway, with all its workers, or one of those, as in ``gateway/1``.
        """
        workers = REQUEST.c.teller.startswith(f"{teller}/", autoescape=True)
        return self._read((REQUEST.c.teller == teller) | workers)

    def withdraw(self, request: str) -> None:
        """Take a request out of the queue again, that could not be recorded."""
        with self._faults(), self._engine.begin() as connection:
            connection.execute(delete(REQUEST).where(REQUEST.c.id == request))

    def forget(self, before: datetime) -> None:
        """Forget requests that were made before an instant."""
        with self._faults(), self._engine.begin() as connection:
            connection.execute(delete(REQUEST).where(REQUEST.c.at < _stamp(before)))

    def _read(self, which: Any) -> tuple[CaseRequest, ...]:
        query = select(REQUEST).where(which).order_by(REQUEST.c.at.desc()).limit(SHOWN)
        reading = self._engine.connect().execution_options(reads=True)
        with self._faults(), reading as connection:
            return tuple(_request(row) for row in connection.execute(query))


def in_teams(requests: Iterable[CaseRequest], teams: frozenset[str]) -> tuple[CaseRequest, ...]:
    """Return the requests of people who were in any of these teams."""
    return tuple(one for one in requests if not teams.isdisjoint(one.teams))


def _row(request: CaseRequest, teller: str | None) -> dict[str, object]:
    return {
        "id": request.id,
        "at": _stamp(request.at),
        "person": request.person,
        "teams": json.dumps(request.teams),
        "platform": request.platform,
        "purpose": request.purpose,
        "until": request.until.isoformat(),
        "state": str(request.state),
        "page": request.page,
        "teller": teller,
    }


def _request(row: Row[Any]) -> CaseRequest:
    return CaseRequest(
        id=row.id,
        at=_EPOCH + row.at * _MICROSECOND,
        person=row.person,
        teams=tuple(json.loads(row.teams)),
        platform=row.platform,
        purpose=row.purpose,
        until=date.fromisoformat(row.until),
        state=RequestState(row.state),
        by=row.decided_by or "",
        decided=None if row.decided is None else _EPOCH + row.decided * _MICROSECOND,
        ends=None if row.ends is None else date.fromisoformat(row.ends),
        page=row.page,
    )


def _stamp(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND
