"""Is a ledger opened whole, by everybody at once, and by nobody it is not for?"""

import stat
import threading
from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from sqlalchemy import create_engine, inspect, text

from breaktime.core.flexible import NOTHING_TAKEN
from breaktime.ledger import LedgerError, open_ledger
from breaktime.ledger.tables import METADATA, MIGRATIONS
from calendars import utc
from support.postgres import cluster

NOON = utc("2026-11-23 12:00")


def test_the_file_is_its_owners(tmp_path):
    path = tmp_path / "new" / "ledger.sqlite"
    open_ledger(path).close()

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_on_disk_is_safe(tmp_path):
    ledger = open_ledger(tmp_path / "ledger.sqlite")
    with ledger._engine.connect() as connection:
        found = [
            connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous")
        ]
    ledger.close()

    assert found == ["wal", 2]  # FULL


def test_it_can_be_opened_by_many_at_once(opened):
    ledgers, faults = [], []

    def one():
        try:
            ledgers.append(opened())
        except LedgerError as fault:
            faults.append(fault)

    threads = [threading.Thread(target=one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not faults
    assert [one.usage("ada", NOON) for one in ledgers] == [NOTHING_TAKEN] * 6


def test_the_steps_lead_to_the_tables_that_are_used(opened):
    inspected = inspect(opened()._engine)

    for table in METADATA.tables.values():
        columns = inspected.get_columns(table.name)
        assert [each["name"] for each in columns] == [each.name for each in table.columns]
        assert [each["nullable"] for each in columns] == [each.nullable for each in table.columns]
        keys = inspected.get_pk_constraint(table.name)["constrained_columns"]
        assert keys == [each.name for each in table.primary_key]


def test_a_ledger_of_a_newer_breaktime_is_left_alone(opened):
    with opened()._engine.begin() as connection:
        connection.execute(text(f"INSERT INTO version VALUES ({len(MIGRATIONS) + 1})"))

    with pytest.raises(LedgerError, match="written by a newer breaktime"):
        opened()


def test_a_file_that_is_no_database_is_a_problem(tmp_path):
    path = tmp_path / "ledger.sqlite"
    path.write_text("version: 1\n" * 100)

    with pytest.raises(LedgerError, match=r"the ledger cannot be used \(DatabaseError\)"):
        open_ledger(path)


def test_a_folder_that_cannot_be_made_is_a_problem(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(LedgerError, match="the ledger cannot be used"):
        open_ledger(tmp_path / "file" / "ledger.sqlite")


def test_a_database_that_does_not_answer_is_a_problem_without_its_address(tmp_path):
    url = "postgresql+psycopg://breaktime:secret@127.0.0.1:1/breaktime"

    with pytest.raises(LedgerError) as problem:
        open_ledger(tmp_path / "unused", url)
    assert "secret" not in str(problem.value)
    assert not (tmp_path / "unused").exists()


def test_a_ledger_that_goes_away_is_a_problem_and_not_one_when_it_is_back(tmp_path):
    path = tmp_path / "ledger.sqlite"
    ledger = open_ledger(path)
    other = create_engine(f"sqlite:///{path}")
    with other.begin() as connection:
        connection.execute(text("ALTER TABLE person RENAME TO gone"))
    with pytest.raises(LedgerError):
        ledger.usage("ada", NOON)
    with other.begin() as connection:
        connection.execute(text("ALTER TABLE gone RENAME TO person"))

    assert ledger.usage("ada", NOON) == NOTHING_TAKEN
    ledger.close()
    other.dispose()


@pytest.mark.postgres
def test_who_waits_for_a_server_that_hangs_is_let_go_and_it_is_used_again_afterwards(tmp_path):
    with cluster() as postgres:
        ledger = open_ledger(tmp_path / "unused", postgres.address.format("postgres"))
        with ThreadPoolExecutor(1) as threads:
            with postgres.hanging():
                asking = threads.submit(ledger.usage, "ada", NOON)
                for _ in range(600):
                    ledger.hang_up()
                    if wait([asking], 0.1).done:
                        break
                with pytest.raises(LedgerError):
                    asking.result(0)
            assert ledger.usage("ada", NOON) == NOTHING_TAKEN
        ledger.close()
