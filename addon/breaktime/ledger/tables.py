"""
The schema of the ledger, and the steps that lead to it.

Instants are microseconds since 1970 in UTC, lengths are microseconds, days are ISO dates: the same
in both databases. A step is never changed once it was released; a new one goes to the end.
"""

from typing import Final

from sqlalchemy import BigInteger, Column, MetaData, String, Table

METADATA: Final = MetaData()

VERSION: Final = Table("version", METADATA, Column("number", BigInteger, primary_key=True))

PERSON: Final = Table(
    "person",
    METADATA,
    Column("id", String, primary_key=True),
    Column("break_id", String),
    Column("day", String),
    Column("number", BigInteger),
    Column("since", BigInteger),
    Column("until", BigInteger),
    Column("allowance", BigInteger),
    Column("free", String),
    Column("counted", BigInteger),
    Column("spent", BigInteger),
)
"""One row a person: the lock, and the one sitting that may go on. Nulls where none does."""

ACCOUNT: Final = Table(
    "account",
    METADATA,
    Column("person", String, primary_key=True),
    Column("break_id", String, primary_key=True),
    Column("day", String, primary_key=True),
    Column("used", BigInteger, nullable=False),
    Column("sittings", BigInteger, nullable=False),
)
"""What a person has had of one break on one day: ended sittings in `used`, all in `sittings`."""

EVENT: Final = Table(
    "event",
    METADATA,
    Column("id", String, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("kind", String, nullable=False),
    Column("person", String, nullable=False),
    Column("break_id", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("granted", BigInteger, nullable=False),
    Column("used", BigInteger, nullable=False),
    Column("sitting", BigInteger, nullable=False),
    Column("reader", String),
    Column("taken", BigInteger),
)
"""What the audit log has to be told, and which gateway has taken it upon itself, when."""

REQUEST: Final = Table(
    "request",
    METADATA,
    Column("id", String, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("person", String, nullable=False),
    Column("teams", String, nullable=False),
    Column("platform", String, nullable=False),
    Column("purpose", String, nullable=False),
    Column("until", String, nullable=False),
    Column("state", String, nullable=False),
    Column("decided_by", String),
    Column("decided", BigInteger),
    Column("ends", String),
    Column("page", String, nullable=False),
    Column("teller", String),
)
"""
Requests for business cases, and what became of them. `teams` is a list in JSON; `page` is the
address of the one page that it is about, empty for a whole platform; `teller` is the gateway that
has yet to record what became of it last, null where that is done.
"""

MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (
    (
        """CREATE TABLE person (
            id VARCHAR NOT NULL PRIMARY KEY, break_id VARCHAR, day VARCHAR, number BIGINT,
            since BIGINT, until BIGINT, allowance BIGINT, free VARCHAR, counted BIGINT,
            spent BIGINT)""",
        """CREATE TABLE account (
            person VARCHAR NOT NULL, break_id VARCHAR NOT NULL, day VARCHAR NOT NULL,
            used BIGINT NOT NULL, sittings BIGINT NOT NULL,
            PRIMARY KEY (person, break_id, day))""",
        """CREATE TABLE event (
            id VARCHAR NOT NULL PRIMARY KEY, at BIGINT NOT NULL, kind VARCHAR NOT NULL,
            person VARCHAR NOT NULL, break_id VARCHAR NOT NULL, reason VARCHAR NOT NULL,
            granted BIGINT NOT NULL, used BIGINT NOT NULL, sitting BIGINT NOT NULL,
            reader VARCHAR, taken BIGINT)""",
        "CREATE INDEX person_running ON person (id) WHERE break_id IS NOT NULL",
        "CREATE INDEX account_day ON account (day)",
    ),
    (
        """CREATE TABLE request (
            id VARCHAR NOT NULL PRIMARY KEY, at BIGINT NOT NULL, person VARCHAR NOT NULL,
            teams VARCHAR NOT NULL, platform VARCHAR NOT NULL, purpose VARCHAR NOT NULL,
            until VARCHAR NOT NULL, state VARCHAR NOT NULL, decided_by VARCHAR, decided BIGINT,
            ends VARCHAR)""",
        "CREATE INDEX request_person ON request (person)",
        "CREATE INDEX request_state ON request (state)",
    ),
    ("ALTER TABLE request ADD COLUMN page VARCHAR NOT NULL DEFAULT ''",),
    ("ALTER TABLE request ADD COLUMN teller VARCHAR",),
)
"""Statements by version, 1 first, in words that both databases understand."""
