"""Who has read the log is noted beside it: whole, in order, and not in the way of anybody."""

import json
import os
import threading
from pathlib import Path

import pytest

from breaktime.audit import DayFiles
from breaktime.audit.readings import Reading, is_live, note_reading, prepare
from records import NOON

READING = Reading(NOON, "h.reader", "log", "team finance", version="1.0.0")


def notes(directory):
    text = (directory / "readings" / "readings.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]


def test_a_note_says_who_when_what_and_which_records(tmp_path):
    note_reading(tmp_path, READING)
    (note,) = notes(tmp_path)
    assert note["@timestamp"] == "2026-11-23T12:07:41.318204Z"
    assert (note["event"]["action"], note["event"]["code"]) == ("log-read", "BT4001I")
    assert (note["breaktime"]["by"], note["breaktime"]["note"]) == ("h.reader", "team finance")
    assert note["rule"]["ruleset"] is None


def test_what_is_read_of_one_person_names_the_person(tmp_path):
    note_reading(tmp_path, Reading(NOON, "h.reader", "export", "everything", "a"))
    (note,) = notes(tmp_path)
    assert (note["event"]["action"], note["user"]["name"]) == ("subject-exported", "a")


def test_many_who_read_at_once_have_a_number_each(tmp_path):
    threads = [
        threading.Thread(target=lambda: [note_reading(tmp_path, READING) for _ in range(10)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [note["event"]["sequence"] for note in notes(tmp_path)] == list(range(1, 41))


def test_half_a_note_is_taken_away_by_the_next(tmp_path):
    note_reading(tmp_path, READING)
    with (tmp_path / "readings" / "readings.jsonl").open("ab") as file:
        file.write(b'{"half":')
    note_reading(tmp_path, READING)
    assert [note["event"]["sequence"] for note in notes(tmp_path)] == [1, 2]


def test_a_note_that_cannot_be_written_whole_leaves_nothing(tmp_path, monkeypatch):
    note_reading(tmp_path, READING)
    write = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: write(fd, data[:10]))
    with pytest.raises(OSError, match="No space left"):
        note_reading(tmp_path, READING)
    assert len(notes(tmp_path)) == 1


def test_the_group_of_the_log_may_note_and_a_link_is_not_followed(tmp_path):
    prepare(tmp_path)
    assert (tmp_path / "readings").stat().st_mode & 0o777 == 0o770
    (tmp_path / "readings" / "readings.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic links"):
        note_reading(tmp_path, READING)
    assert not Path(tmp_path / "elsewhere").exists()


def test_a_log_is_live_where_a_gateway_writes_or_has_written(tmp_path):
    assert not is_live(tmp_path)
    DayFiles(tmp_path, "gateway").close()
    assert is_live(tmp_path)
