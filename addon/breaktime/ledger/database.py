"""The two databases a ledger can live in, opened and made current."""

import os
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from time import monotonic, sleep
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select, text
from sqlalchemy.exc import SQLAlchemyError

from breaktime.ledger.interface import LedgerError
from breaktime.ledger.sql import SqlLedger
from breaktime.ledger.tables import METADATA, MIGRATIONS, VERSION

WAIT_SECONDS = 5
"""How long a lock or a connection is waited for."""

_MIGRATION_LOCK = 0x62726561  # any number that nobody else uses: "brea"


def open_ledger(path: Path, url: str | None = None) -> SqlLedger:
    """
    Open a ledger, and bring its tables up to date.

    Args:
        path: file of an SQLite database; it is made if it is missing, for its owner only.
        url: address of a PostgreSQL database to use instead.

    Raises:
        LedgerError: it cannot be opened, or a newer breaktime has written it.
    """
    with faults():
        engine = _sqlite(path) if url is None else _postgresql(make_url(url))
        lines = Lines()
        if url is not None:
            lines.follow(engine)
        try:
            with engine.begin() as connection:
                _migrate(connection)
        except BaseException:
            engine.dispose()
            raise
        return SqlLedger(engine, faults, lines.hang_up)


@contextmanager
def faults() -> Iterator[None]:
    """
    Turn what goes wrong in a database into `LedgerError`.

    The text of a library may hold an address, a statement with a person in it, or a password.
    """
    try:
        yield
    except (SQLAlchemyError, OSError) as fault:
        cause = getattr(fault, "orig", None) or fault
        kind = type(cause).__name__
        raise LedgerError(f"the ledger cannot be used ({kind})") from None


def _sqlite(path: Path) -> Engine:
    path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    # Only a file that is not there yet: to close one that this process has open already would
    # give up the locks that SQLite holds on it (https://sqlite.org/howtocorrupt.html, 2.2).
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))
    engine = create_engine(
        URL.create("sqlite", database=str(path)), connect_args={"timeout": WAIT_SECONDS}
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _: object) -> None:
    """
    Set up one connection to SQLite.

    With a write-ahead log nobody waits for a reader; `FULL` has every change on disk before it
    counts, also when the power fails.
    """
    connection.isolation_level = None  # transactions begin where we say
    cursor = connection.cursor()
    _keep_a_write_ahead_log(cursor)
    for pragma in ("synchronous=FULL", "trusted_schema=OFF"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _keep_a_write_ahead_log(cursor: sqlite3.Cursor) -> None:
    """Change a new file over; SQLite itself does not wait if somebody else is about to."""
    give_up = monotonic() + WAIT_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if monotonic() > give_up:
                raise
            sleep(WAIT_SECONDS / 1000)
        else:
            return


def _begin(connection: Connection) -> None:
    """Take the lock of a transaction at its begin: one that only reads needs none."""
    reads = connection.get_execution_options().get("reads", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _postgresql(url: URL) -> Engine:
    limit = WAIT_SECONDS * 1000
    return create_engine(
        url,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": WAIT_SECONDS,
            # A server that is gone without a word is found out within some seconds as well.
            "keepalives_idle": WAIT_SECONDS,
            "keepalives_interval": 1,
            "keepalives_count": WAIT_SECONDS,
            "tcp_user_timeout": 2 * limit,
            "options": f"-c lock_timeout={limit} -c statement_timeout={2 * limit}",
        },
    )


class Lines:
    """
    The connections to a server that may stop answering while they are open.

    The driver waits as long as the kernel of the server is there, and cannot be told to stop from
    outside; who waits for it is woken by the end of the connection only.
    """

    def __init__(self) -> None:
        """Begin with none: SQLite has none, and what it waits for it waits for a limited time."""
        self._open: dict[int, Any] = {}
        self._lock = Lock()  # nothing is closed while it is hung up: its number may be another's

    def follow(self, engine: Engine) -> None:
        """Note what is opened and closed from now on."""
        event.listen(engine, "connect", self._opened)
        event.listen(engine, "close", self._closed)

    def hang_up(self) -> None:
        """End all of them now; who waits for an answer on one is told that there is none."""
        with self._lock:
            for each in self._open.values():
                with suppress(SQLAlchemyError, OSError, each.OperationalError):
                    line = socket.socket(fileno=os.dup(each.fileno()))
                    with line:
                        line.shutdown(socket.SHUT_RDWR)

    def _opened(self, connection: Any, _: object) -> None:
        with self._lock:
            self._open[id(connection)] = connection

    def _closed(self, connection: Any, _: object) -> None:
        with self._lock:
            self._open.pop(id(connection), None)


def _migrate(connection: Connection) -> None:
    """Take the steps that are missing, all in one transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
    METADATA.create_all(connection, tables=[VERSION])
    now = connection.scalar(select(func.max(VERSION.c.number))) or 0
    if now > len(MIGRATIONS):
        raise LedgerError("the ledger was written by a newer breaktime")
    for number, statements in enumerate(MIGRATIONS[now:], now + 1):
        for statement in statements:
            connection.execute(text(statement))
        connection.execute(VERSION.insert().values(number=number))
