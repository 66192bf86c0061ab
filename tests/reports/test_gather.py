"""Reports of what was kept are those of the lines, whatever somebody does beside the log."""

import gzip
import os
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from breaktime.audit import DayFiles, Recorder
from breaktime.audit.columns import columns_of, prepare
from breaktime.audit.selection import Selection
from breaktime.audit.tail import day_files
from breaktime.audit.tombstone import Tombstone, write_tombstone
from breaktime.reports import gather
from breaktime.reports.known import Known
from breaktime.reports.query import report
from records import NOON, VISIT

UTC = ZoneInfo("UTC")
DAYS = 3
EACH = 5


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(gather, "RESTED", 0)  # the files of these tests are a moment old


@pytest.fixture
def directory(tmp_path):
    """A log of some days, of which columns are kept of all but the last."""
    directory = tmp_path / "log"
    recorder = Recorder(DayFiles(directory, "gateway"), "gateway")
    for number in range(DAYS * EACH):
        person, at = f"p{number % EACH}", NOON + timedelta(days=number // EACH)
        page = VISIT._replace(at=at, person=person, decision=f"d-{number}", repeat=None)
        assert recorder.put(page)
    recorder.close()
    prepare(directory)
    assert made(directory) == (DAYS * EACH, ())
    assert kept(directory) == [True, True, False]
    return directory


def made(directory, read=None):
    """Make a report of what is kept, see that one of all lines is the same, and tell of it."""
    plain = report(directory, Selection(), UTC, NOON)
    if read is not None:
        read.clear()
    found = report(directory, Selection(), UTC, NOON, Known.open())
    assert found == replace(plain, changed=found.changed)
    return found.total.counts.visits, found.changed


def kept(directory):
    return [columns_of(file).is_file() for file in day_files(directory)]


@pytest.fixture
def read(monkeypatch):
    """The names of the files of the log whose lines were read."""
    names = []
    plain = gather.write_columns

    def write(database, file, into):
        names.append(file.name)
        plain(database, file, into)

    monkeypatch.setattr(gather, "write_columns", write)
    return names


def test_of_finished_files_no_line_is_read_twice(directory, read):
    assert made(directory, read) == (DAYS * EACH, ())
    assert read == [day_files(directory)[-1].name]


def test_columns_that_somebody_has_changed_are_told_of_and_not_used(directory, read):
    first = day_files(directory)[0]
    other = columns_of(day_files(directory)[1]).read_bytes()
    columns_of(first).write_bytes(other)
    assert made(directory, read) == (DAYS * EACH, (first.name,))
    assert first.name in read
    assert made(directory, read) == (DAYS * EACH, ())


def test_columns_that_are_no_file_are_not_used(directory):
    first = day_files(directory)[0]
    columns_of(first).unlink()
    columns_of(first).symlink_to(columns_of(day_files(directory)[1]))
    assert made(directory) == (DAYS * EACH, (first.name,))


def test_columns_that_grow_without_end_are_not_copied(directory, monkeypatch):
    monkeypatch.setattr(gather, "_HEAD", 0)
    first = day_files(directory)[0]
    os.truncate(columns_of(first), 1 << 40)
    assert made(directory) == (DAYS * EACH, (first.name,))


def test_a_file_of_the_log_that_was_changed_is_read_anew(directory, read):
    first = day_files(directory)[0]
    lines = first.read_bytes().splitlines(keepends=True)
    first.write_bytes(b"".join([*lines, lines[0].replace(b"d-0", b"d-x")]))
    assert made(directory, read) == (DAYS * EACH + 1, ())
    assert first.name in read


def settle(file):
    """Wait until the kernel's clock has ticked: what is changed now has another time."""
    beside, before = file.parent.parent / "beside", file.stat().st_ctime_ns
    for _ in range(1_000_000):
        beside.write_bytes(b"")
        if beside.stat().st_ctime_ns > before:
            return
    raise AssertionError("the clock stands still")


def test_a_file_of_the_log_that_looks_as_old_as_before_is_read_anew(directory, read):
    """Its size and its time are set to what they were; the time of the change nobody can set."""
    first = day_files(directory)[0]
    times = first.stat()
    settle(first)
    with first.open("r+b") as file:
        content = file.read()
        file.seek(0)
        file.write(content.replace(b'"counted":true', b'"counted":null', 1))
    os.utime(first, ns=(times.st_atime_ns, times.st_mtime_ns))
    after = first.stat()
    assert (after.st_ino, after.st_size) == (times.st_ino, times.st_size)
    assert after.st_mtime_ns == times.st_mtime_ns
    assert made(directory, read) == (DAYS * EACH - 1, ())
    assert first.name in read


def test_another_file_in_the_place_of_one_is_read(directory, read):
    first = day_files(directory)[0]
    times = first.stat()
    copy = first.with_name("copy")
    copy.write_bytes(first.read_bytes().replace(b'"counted":true', b'"counted":null', 1))
    os.utime(copy, ns=(times.st_atime_ns, times.st_mtime_ns))
    copy.replace(first)
    assert made(directory, read) == (DAYS * EACH - 1, ())
    assert first.name in read


def test_a_file_that_was_changed_lately_is_not_believed(directory, read, monkeypatch):
    """A second change within one tick of the kernel's clock would not be seen."""
    first = day_files(directory)[0]
    monkeypatch.setattr(gather, "RESTED", 10**18)
    settle(first)
    first.write_bytes(first.read_bytes())
    for _ in range(2):
        assert made(directory, read) == (DAYS * EACH, ())
        assert first.name in read


def test_records_that_were_deleted_after_their_time_are_in_no_report(directory):
    first = day_files(directory)[0]
    lines = first.read_bytes().splitlines()
    lines[0] = write_tombstone(Tombstone("0" * 32, bytes(32), 1))
    first.write_bytes(b"\n".join(lines) + b"\n")
    assert made(directory) == (DAYS * EACH - 1, ())
    assert made(directory) == (DAYS * EACH - 1, ())


def test_columns_that_are_gone_are_made_again(directory, read):
    first = day_files(directory)[0]
    columns_of(first).unlink()
    assert made(directory, read) == (DAYS * EACH, ())
    assert first.name in read
    assert kept(directory) == [True, True, False]


def test_packed_files_among_plain_ones(directory, read):
    first = day_files(directory)[0]
    packed = first.with_name(first.name + ".gz")
    packed.write_bytes(gzip.compress(first.read_bytes()))
    first.unlink()
    assert made(directory, read) == (DAYS * EACH, ())
    assert packed.name in read
    assert made(directory, read) == (DAYS * EACH, ())
    assert packed.name not in read


def test_columns_of_another_account_are_not_used(directory, read, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "other"))
    assert made(directory, read) == (DAYS * EACH, ())
    assert len(read) == DAYS


def test_every_line_can_be_asked_for(directory, read):
    assert report(directory, Selection(), UTC, NOON).total.counts.visits == DAYS * EACH
    assert len(read) == DAYS


def test_where_nothing_can_be_kept_lines_are_read(directory, read, monkeypatch):
    for file in day_files(directory):
        columns_of(file).unlink(missing_ok=True)
    columns_of(day_files(directory)[0]).parent.rmdir()
    (directory / "columns").write_text("")
    assert made(directory, read) == (DAYS * EACH, ())
    assert len(read) == DAYS


def test_what_is_purged_while_it_is_read_leaves_no_columns(directory, monkeypatch):
    first = day_files(directory)[0]
    columns_of(first).unlink()
    plain = gather.write_columns

    def purged_meanwhile(database, file, into):
        plain(database, file, into)
        if file == first:
            new = first.with_name("new")
            new.write_bytes(first.read_bytes())
            new.replace(first)

    monkeypatch.setattr(gather, "write_columns", purged_meanwhile)
    assert made(directory)[0] == DAYS * EACH
    assert kept(directory) == [False, True, False]
