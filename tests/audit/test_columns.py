"""What readers keep beside the log goes with what it was made of."""

import os

import pytest

from breaktime.audit import columns
from breaktime.audit.columns import FOLDER, columns_of, forget, prepare, tidy, unready

NAME = "audit-g.jsonl-x-2026-11-23.jsonl"


@pytest.fixture
def file(tmp_path):
    prepare(tmp_path)
    file = tmp_path / NAME
    file.write_bytes(b"line\n")
    return file


def kept(file):
    return sorted(path.name for path in (file.parent / FOLDER).iterdir())


def aged(path, seconds):
    """Set the time of a file to so many seconds after that of the log."""
    path.write_bytes(b"columns")
    os.utime(path, (1_000_000 + seconds,) * 2)


def test_the_folder_is_for_the_group_of_the_log(tmp_path):
    prepare(tmp_path)
    prepare(tmp_path)
    assert (tmp_path / FOLDER).stat().st_mode & 0o777 == columns.FOLDER_MODE


def test_columns_of_everybody_go_with_a_file_and_no_others(file):
    other = file.with_name("audit-g-2026-11-24.jsonl")
    packed = file.with_name(NAME + ".gz")
    for path in (columns_of(file), unready(file), columns_of(other), columns_of(packed)):
        path.write_bytes(b"columns")
    columns_of(file).with_name(f"{NAME}.4711.parquet").write_bytes(b"columns")
    forget(file)
    assert kept(file) == sorted([columns_of(other).name, columns_of(packed).name])


def test_columns_of_what_is_gone_or_was_changed_since_go(file):
    changed, gone = file.with_name("audit-g-2026-11-24.jsonl"), file.with_name("audit-g-1.jsonl")
    changed.write_bytes(b"line\n")
    for path, seconds in ((file, 1), (changed, -1), (gone, 1)):
        aged(columns_of(path), seconds)
    for path in (file, changed):
        os.utime(path, (1_000_000, 1_000_000))
    tidy(file.parent)
    assert kept(file) == [columns_of(file).name]


def test_where_nobody_keeps_columns_there_is_nothing_to_do(tmp_path):
    forget(tmp_path / NAME)
    tidy(tmp_path)
    assert not list(tmp_path.iterdir())
