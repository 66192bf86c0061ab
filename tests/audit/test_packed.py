"""What was packed by gzip is read like all else, by every reader."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from breaktime.audit import days_of, follow, own_records
from breaktime.audit.raw import log_files
from breaktime.audit.selection import Selection
from breaktime.audit.tail import readable_files
from breaktime.reports.query import report
from entries import line_of
from records import NOON, VISIT

NAMES = [f"audit-gw-a-2026-11-{day}.jsonl" for day in ("23", "24")]


@pytest.fixture
def folder(tmp_path):
    """Two days of three visits each, the first of them packed."""
    numbers = iter(range(1, 7))
    for day, name in enumerate(NAMES):
        lines = [
            line_of(VISIT._replace(at=NOON + timedelta(days=day), person=f"p{number}"), number)
            for number in (next(numbers), next(numbers), next(numbers))
        ]
        (tmp_path / name).write_bytes(b"".join(line + b"\n" for line in lines))
    pack(tmp_path / NAMES[0])
    return tmp_path


def pack(path):
    path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()


def numbers(records):
    return [record["event"]["sequence"] for record in records]


@pytest.mark.parametrize("last", range(8))
def test_the_last_lines(folder, last):
    assert numbers(follow(folder, last=last)) == list(range(max(7 - last, 1), 7))


def test_all_lines_once_also_where_a_file_is_packed_while_it_is_followed(folder):
    steps = iter([True, True, False])

    def wait():
        if (path := folder / NAMES[1]).exists():
            pack(path)
        return next(steps)

    assert numbers(follow(folder, last=-1, wait=wait)) == [1, 2, 3, 4, 5, 6]


def test_lines_that_were_written_before_it_was_packed(folder):
    """The reader had come to the middle of it."""
    path = folder / NAMES[1]
    line = path.read_bytes().splitlines(keepends=True)[0]

    def wait():
        if not path.exists():
            return False
        seven = json.loads(line)
        seven["event"]["sequence"] = 7
        with path.open("ab") as file:
            file.write(json.dumps(seven).encode() + b"\n")
        pack(path)
        return True

    assert numbers(follow(folder, last=-1, wait=wait)) == [1, 2, 3, 4, 5, 6, 7]


def test_one_persons_records_and_days(folder):
    since, until = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)

    for number in range(1, 7):
        assert numbers(own_records(folder, f"p{number}", since, until)) == [number]
    assert [day.day for day in days_of(folder)] == [23, 24]


def test_figures(folder):
    def visits():
        return report(folder, Selection(), ZoneInfo("UTC"), NOON).total

    packed = visits()
    assert packed is not None
    pack(folder / NAMES[1])
    assert visits() == packed
    for path in folder.glob("*.gz"):
        path.with_suffix("").write_bytes(gzip.decompress(path.read_bytes()))
    assert visits() == packed  # in both forms it is counted once


def test_a_file_in_both_forms_is_read_once(folder):
    path = folder / (NAMES[0] + ".gz")
    path.with_suffix("").write_bytes(gzip.decompress(path.read_bytes()))

    assert [each.name for each in readable_files(folder)] == NAMES
    assert numbers(follow(folder, last=-1)) == [1, 2, 3, 4, 5, 6]
    assert [each.name for each in log_files(folder)] == NAMES


def test_what_was_packed_and_is_damaged(folder):
    path = folder / (NAMES[0] + ".gz")
    path.write_bytes(path.read_bytes()[:-20])

    with pytest.raises(OSError, match="damaged"):
        list(follow(folder, last=-1))
