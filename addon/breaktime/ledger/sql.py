"""
The ledger in a database.

Every change is one transaction that holds the row of a person from its first look to its last
word, so that two gateways, devices or clicks at once are one after the other. In SQLite the whole
file is that row.
"""

import json
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from breaktime.core.flexible import HEARTBEAT, Sitting, Taken, Usage
from breaktime.core.sitting import Refused
from breaktime.ledger.interface import NOTHING, Event, EventKind
from breaktime.ledger.requests import SqlRequests
from breaktime.ledger.tables import ACCOUNT, EVENT, PERSON

RECENT = timedelta(days=3)
"""How far back accounts matter to a decision: a night that began yesterday, in any zone."""

TAKEN = timedelta(minutes=2)
"""After so long, events that a gateway took and did not drop are given to another."""

AT_ONCE = 500
"""How many events are taken at once."""

REQUESTS_KEPT = timedelta(days=366)
"""How much longer than the rest it is kept who asked for a business case; it may last a year."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_REFRESH = HEARTBEAT / 3
_RUNNING = (
    "break_id", "day", "number", "since", "until", "allowance", "free", "counted", "spent",
)  # fmt: skip
_NONE = dict.fromkeys(_RUNNING)


class SqlLedger:
    """A ledger in SQLite or PostgreSQL; see `breaktime.ledger.interface.Ledger`."""

    def __init__(
        self,
        engine: Engine,
        faults: Callable[[], AbstractContextManager[None]],
        hang_up: Callable[[], None] = lambda: None,
    ) -> None:
        """
        Use a database whose tables are current.

        Args:
            engine: the database.
            faults: turns what goes wrong in it into `LedgerError`.
            hang_up: ends what waits for the database.
        """
        self._hang_up = hang_up
        self._engine = engine
        self._faults = faults
        dialects: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
        self._insert = dialects[engine.dialect.name]
        self.requests = SqlRequests(engine, faults, self._insert)

    def usage(self, person: str, at: datetime) -> Usage:
        """Return what somebody has had these days."""
        with self._reading() as connection:
            return self._usage(connection, person, at)

    def start(
        self, person: str, at: datetime, begin: Callable[[Usage], Sitting | Refused]
    ) -> Sitting | Refused:
        """Start a sitting, if *begin* finds one in what the ledger says under the lock."""
        with self._writing() as connection:
            usage = self._locked(connection, person, at)
            found = begin(usage)
            if isinstance(found, Refused):
                self._note(connection, _refusal(found, person, at))
                return found
            connection.execute(update(PERSON).where(PERSON.c.id == person).values(_row_of(found)))
            self._charge(connection, person, found, timedelta(0), 1)
            started = _about(found, EventKind.STARTED, person, at, "break_flexible")
            self._note(connection, started)
            return found

    def stop(self, person: str, at: datetime) -> Event | None:
        """Stop the sitting that goes on."""
        with self._writing() as connection:
            running = self._locked(connection, person, at).running
            if running is None:
                return None
            return self._end(connection, person, running.told(at), at, "stopped")

    def tick(self, at: datetime, lost: timedelta = NOTHING) -> None:
        """Count the time of every sitting that goes on, and end those that are over."""
        query = (
            select(PERSON)
            .where(PERSON.c.break_id.is_not(None))
            .order_by(PERSON.c.id)
            .with_for_update(skip_locked=True)
        )
        with self._writing() as connection:
            changed: list[dict[str, object]] = []
            for row in connection.execute(query).all():
                before = _sitting_of(row)
                after = before.told(at, lost)
                if after.ends_at() <= at:
                    self._end(connection, row.id, after, at, _why_over(after))
                elif (
                    after.spent != before.spent
                    and not timedelta(0) < at - before.counted < _REFRESH
                ):
                    changed.append(
                        {
                            "who": row.id,
                            "counted_now": _stamp(after.counted),
                            "spent_now": _length(after.spent),
                        }
                    )
            if changed:
                connection.execute(
                    update(PERSON)
                    .where(PERSON.c.id == bindparam("who"))
                    .values(counted=bindparam("counted_now"), spent=bindparam("spent_now")),
                    changed,
                )

    def running(self) -> frozenset[str]:
        """Return the people whose sitting goes on."""
        with self._reading() as connection:
            query = select(PERSON.c.id).where(PERSON.c.break_id.is_not(None))
            return frozenset(connection.scalars(query))

    def take(self, reader: str, at: datetime) -> tuple[Event, ...]:
        """Return events that nobody has recorded, and keep them from others for a while."""
        free = EVENT.c.reader.is_(None) | (EVENT.c.reader == reader)
        late = EVENT.c.taken < _stamp(at - TAKEN)
        query = (
            select(EVENT)
            .where(free | late)
            .order_by(EVENT.c.at, EVENT.c.id)
            .limit(AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        with self._reading() as connection:
            if connection.execute(select(EVENT.c.id).limit(1)).first() is None:
                return ()
        with self._writing() as connection:
            rows = connection.execute(query).all()
            taken = [{"event": row.id} for row in rows]
            if taken:
                connection.execute(
                    update(EVENT)
                    .where(EVENT.c.id == bindparam("event"))
                    .values(reader=reader, taken=_stamp(at)),
                    taken,
                )
            return tuple(_event_of(row) for row in rows)

    def drop(self, events: Iterable[Event]) -> None:
        """Forget events that are recorded."""
        gone = [{"event": event.id} for event in events]
        if gone:
            with self._writing() as connection:
                connection.execute(delete(EVENT).where(EVENT.c.id == bindparam("event")), gone)

    def reset(self, person: str, at: datetime, days: Iterable[date]) -> None:
        """Give somebody the allowances of some days anew; a part that goes on stays one."""
        with self._writing() as connection:
            running = self._locked(connection, person, at).running
            mine = (ACCOUNT.c.person == person) & ACCOUNT.c.day.in_(
                [day.isoformat() for day in days]
            )
            connection.execute(update(ACCOUNT).where(mine).values(used=0, sittings=0))
            if running is not None:
                now = (ACCOUNT.c.break_id == running.id) & (ACCOUNT.c.day == str(running.day))
                connection.execute(update(ACCOUNT).where(mine & now).values(sittings=1))

    def forget(self, before: date) -> None:
        """Forget what was had on earlier days, and what was asked for a year before them."""
        with self._writing() as connection:
            connection.execute(delete(ACCOUNT).where(ACCOUNT.c.day < before.isoformat()))
        asked = datetime.combine(before, time.min, UTC) - REQUESTS_KEPT
        self.requests.forget(asked)

    def hang_up(self) -> None:
        """Have whoever waits for the ledger wait no longer."""
        self._hang_up()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._faults(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with (
            self._faults(),
            self._engine.connect().execution_options(reads=True) as connection,
        ):
            yield connection

    def _locked(self, connection: Connection, person: str, at: datetime) -> Usage:
        """Hold the row of a person, end a sitting that is over, and return what they have had."""
        connection.execute(self._insert(PERSON).values(id=person).on_conflict_do_nothing())
        row = connection.execute(
            select(PERSON).where(PERSON.c.id == person).with_for_update()
        ).one()
        if row.break_id is not None:
            running = _sitting_of(row).told(at)
            if running.ends_at() <= at:
                self._end(connection, person, running, at, _why_over(running))
        return self._usage(connection, person, at)

    def _usage(self, connection: Connection, person: str, at: datetime) -> Usage:
        """Read one person in one statement, which sees one moment."""
        since = (at - RECENT).date().isoformat()
        mine = (ACCOUNT.c.person == PERSON.c.id) & (ACCOUNT.c.day >= since)
        query = (
            select(
                PERSON,
                ACCOUNT.c.break_id.label("account_break"),
                ACCOUNT.c.day.label("account_day"),
                ACCOUNT.c.used,
                ACCOUNT.c.sittings,
            )
            .select_from(PERSON.outerjoin(ACCOUNT, mine))
            .where(PERSON.c.id == person)
        )
        rows = connection.execute(query).all()
        if not rows:
            return Usage()
        taken = {
            (row.account_break, date.fromisoformat(row.account_day)): Taken(
                row.used * _MICROSECOND, row.sittings
            )
            for row in rows
            if row.account_break is not None
        }
        return Usage(taken, None if rows[0].break_id is None else _sitting_of(rows[0]))

    def _end(
        self, connection: Connection, person: str, sitting: Sitting, at: datetime, reason: str
    ) -> Event:
        ended = _about(sitting, EventKind.ENDED, person, min(at, sitting.ends_at()), reason)
        self._charge(connection, person, sitting, ended.used, 0)
        connection.execute(update(PERSON).where(PERSON.c.id == person).values(_NONE))
        return self._note(connection, ended)

    def _charge(
        self, connection: Connection, person: str, sitting: Sitting, cost: timedelta, sittings: int
    ) -> None:
        day = sitting.day.isoformat()
        used = _length(cost)
        statement = self._insert(ACCOUNT).values(
            person=person, break_id=sitting.id, day=day, used=used, sittings=sittings
        )
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["person", "break_id", "day"],
                set_={"used": ACCOUNT.c.used + used, "sittings": ACCOUNT.c.sittings + sittings},
            )
        )

    def _note(self, connection: Connection, event: Event) -> Event:
        row = {
            "id": event.id,
            "at": _stamp(event.at),
            "kind": str(event.kind),
            "person": event.person,
            "break_id": event.break_id,
            "reason": event.reason,
            "granted": _length(event.granted),
            "used": _length(event.used),
            "sitting": event.sitting,
        }
        connection.execute(EVENT.insert().values(row))
        return event


def _about(sitting: Sitting, kind: EventKind, person: str, at: datetime, reason: str) -> Event:
    used = sitting.charge(at) if kind is EventKind.ENDED else timedelta(0)
    return Event(
        secrets.token_hex(16), at, kind, person, sitting.id, reason, sitting.allowance, used,
        sitting.number,
    )  # fmt: skip


def _refusal(found: Refused, person: str, at: datetime) -> Event:
    break_id = "" if found.offer is None else found.offer.id
    zero = timedelta(0)
    return Event(
        secrets.token_hex(16), at, EventKind.REFUSED, person, break_id, str(found.reason), zero,
        zero, 0,
    )  # fmt: skip


def _why_over(sitting: Sitting) -> str:
    return "span_ended" if sitting.ends_at() == sitting.until else "budget_used"


def _row_of(sitting: Sitting) -> dict[str, object]:
    free = [[_stamp(since), _stamp(until)] for since, until in sitting.free]
    return {
        "break_id": sitting.id,
        "day": sitting.day.isoformat(),
        "number": sitting.number,
        "since": _stamp(sitting.since),
        "until": _stamp(sitting.until),
        "allowance": _length(sitting.allowance),
        "free": json.dumps(free),
        "counted": _stamp(sitting.counted),
        "spent": _length(sitting.spent),
    }


def _sitting_of(row: Row[Any]) -> Sitting:
    return Sitting(
        id=row.break_id,
        day=date.fromisoformat(row.day),
        number=row.number,
        since=_instant(row.since),
        until=_instant(row.until),
        allowance=row.allowance * _MICROSECOND,
        free=tuple((_instant(since), _instant(until)) for since, until in json.loads(row.free)),
        counted=_instant(row.counted),
        spent=row.spent * _MICROSECOND,
    )


def _event_of(row: Row[Any]) -> Event:
    return Event(
        id=row.id,
        at=_instant(row.at),
        kind=EventKind(row.kind),
        person=row.person,
        break_id=row.break_id,
        reason=row.reason,
        granted=row.granted * _MICROSECOND,
        used=row.used * _MICROSECOND,
        sitting=row.sitting,
    )


def _stamp(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def _length(length: timedelta) -> int:
    return length // _MICROSECOND


def _instant(stamp: int) -> datetime:
    return _EPOCH + stamp * _MICROSECOND
