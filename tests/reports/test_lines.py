"""The columns of a file of the log hold what a report needs of its lines, and nothing else."""

import gzip

import duckdb
import pytest

from breaktime.audit import DayFiles, Recorder
from breaktime.core.record import Action, failed
from breaktime.reports.lines import write_columns
from records import BLOCKED, LOADED, NOON, VISIT

NAMES = (
    "who", "teams", "platform", "context", "instant", "changes", "action", "counted", "evidence",
    "unlisted", "decision", "visits", "many", "refused",
)  # fmt: skip


@pytest.fixture
def columns(tmp_path):
    """Return what stands in the columns of records, of a plain file or a packed one."""

    def columns(*records, packed=False, more=b""):
        recorder = Recorder(DayFiles(tmp_path / "log", "gateway"), "gateway")
        for record in records:
            assert recorder.put(record)
        recorder.close()
        (file,) = (tmp_path / "log").glob("*.jsonl")
        file.write_bytes(file.read_bytes() + more)
        if packed:
            file = file.with_name(file.name + ".gz")
            file.write_bytes(gzip.compress(file.with_suffix("").read_bytes()))
        into = tmp_path / "it's.parquet"
        with duckdb.connect() as database:
            database.execute("SET TimeZone = 'UTC'")
            write_columns(database, file, into)
            found = database.execute("SELECT * FROM read_parquet($file)", {"file": str(into)})
            assert tuple(one[0] for one in found.description) == NAMES
            return [dict(zip(NAMES, row, strict=True)) for row in found.fetchall()]

    return columns


@pytest.mark.parametrize("packed", [False, True])
def test_a_visit(columns, packed):
    (found,) = columns(VISIT, LOADED, packed=packed)
    assert found == {
        "who": VISIT.person,
        "teams": '["finance"]',
        "platform": "facebook",
        "context": "break",
        "instant": round(NOON.timestamp() * 1_000_000),
        "changes": None if VISIT.changes_at is None else int(VISIT.changes_at.timestamp()) // 60,
        "action": "visit-allowed",
        "counted": True,
        "evidence": VISIT.evidence,
        "unlisted": VISIT.repeat or 0,
        "decision": VISIT.decision,
        "visits": 41,
        "many": True,
        "refused": None,
    }


def test_ids_only_where_one_record_takes_another_back(columns):
    found = columns(VISIT, failed(VISIT, NOON), BLOCKED._replace(counted=False))
    assert [row["decision"] for row in found] == [VISIT.decision, VISIT.decision, None]


def test_who_is_not_known_is_an_address_or_nobody(columns):
    bare = VISIT._replace(person=None, teams=(), pseudonym=None, source=None)
    found = columns(bare._replace(source="10.0.0.7"), bare, bare._replace(pseudonym="abc"))
    assert [row["who"] for row in found] == ["address 10.0.0.7", "?", "abc"]
    assert {row["teams"] for row in found} == {"[]"}


def test_a_count(columns):
    (found,) = columns(
        LOADED._replace(
            action=Action.VISITS_COUNTED,
            message="Counted: 41 visits in the hour, refused",
            tally=VISIT.tally,
        )
    )
    assert (found["visits"], found["many"], found["refused"]) == (41, True, True)


def test_what_is_no_record_has_no_action(columns):
    found = columns(VISIT, more=b'rubbish\n{"event":{}}\n')
    assert sorted(str(row["action"]) for row in found) == ["None", "None", "visit-allowed"]
