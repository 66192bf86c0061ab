"""Only what an account has noted itself, where nobody else may write, is known."""

import json

import pytest

from breaktime.reports import known
from breaktime.reports.known import Known

FILE, COLUMNS = "a" * 64, "b" * 64


@pytest.fixture(autouse=True)
def notes(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    Known.open().note(FILE, COLUMNS)
    return tmp_path / "breaktime" / "columns.json"


def test_what_was_noted_is_known_to_the_next_report():
    assert Known.open().columns(FILE) == COLUMNS
    assert Known.open().columns(COLUMNS) is None


def test_notes_are_for_nobody_else(notes):
    assert notes.stat().st_mode & 0o777 == 0o600
    assert notes.parent.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in notes.parent.iterdir()] == [notes.name]


def test_a_folder_that_others_may_write_to_is_not_believed(notes):
    notes.parent.chmod(0o770)
    assert Known.open() is None


def test_notes_that_others_may_write_to_are_not_believed(notes):
    notes.chmod(0o620)
    assert Known.open().columns(FILE) is None


def test_a_folder_or_notes_of_somebody_else_are_not_believed(monkeypatch):
    monkeypatch.setattr(known.os, "geteuid", lambda: 4711)
    assert Known.open() is None


def test_notes_by_a_link_are_not_believed(notes):
    notes.rename(notes.with_name("elsewhere"))
    notes.symlink_to("elsewhere")
    assert Known.open().columns(FILE) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "[" * 100_000,
        json.dumps({"form": "0", "columns": {FILE: COLUMNS}}),
        json.dumps({"form": known.FORM, "columns": {FILE: "../x"}}),
        json.dumps({"form": known.FORM, "columns": {FILE: 5}}),
        json.dumps({"form": known.FORM, "columns": 5}),
        json.dumps({"form": known.FORM}),
    ],
)
def test_notes_that_are_none_of_ours_say_nothing(notes, text):
    notes.write_text(text)
    assert Known.open().columns(FILE) is None


def test_the_newest_notes_are_kept(monkeypatch):
    monkeypatch.setattr(known, "_MOST", 2)
    here = Known.open()
    for digit in "cd":
        here.note(digit * 64, COLUMNS)
    assert [Known.open().columns(digit * 64) is None for digit in "acd"] == [True, False, False]


@pytest.mark.parametrize("place", ["relative", "~nobody-of-that-name/x", "/proc/none"])
def test_where_nothing_can_be_kept_nothing_is_known(monkeypatch, place):
    monkeypatch.setenv("XDG_STATE_HOME", place)
    found = Known.open()
    if found is not None:
        assert found.columns(FILE) is None
        with pytest.raises(OSError, match="none"):
            found.note(FILE, COLUMNS)
