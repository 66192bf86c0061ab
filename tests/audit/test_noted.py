"""What is sealed of a note: its hash, and who made it; nobody that it is about."""

import json
from hashlib import sha256

import pytest

from breaktime.audit.ecs import Origin, to_ecs
from breaktime.audit.line import render
from breaktime.audit.noted import (
    LONGEST,
    MOST,
    PLACE,
    TAKEN,
    Held,
    Taken,
    end_of,
    keep_taken,
    notes,
    record_of,
    taken,
)
from breaktime.audit.readings import Reading, Reveal, note_reading, note_reveal
from breaktime.core.record import Action
from records import NOON


def note(folder, person="c.lee"):
    note_reading(folder, Reading(NOON, "m.finance", "export", f"--person {person}", person))


def all_of(folder, since=None):
    return list(notes(folder, since or Taken()))


def test_each_is_taken_in_once(tmp_path):
    assert all_of(tmp_path) == []
    note(tmp_path)
    note(tmp_path)
    one, two = all_of(tmp_path)
    assert all_of(tmp_path, one.after) == [two]
    assert all_of(tmp_path, two.after) == []
    keep_taken(tmp_path, two.after)
    assert taken(tmp_path) == two.after == end_of(tmp_path)


def test_what_is_sealed_says_who_and_not_about_whom(tmp_path):
    note(tmp_path)
    (one,) = all_of(tmp_path)
    record = record_of(one, NOON, "f00")

    assert (record.action, record.by) == (Action.SUBJECT_EXPORTED, "m.finance")
    assert record.note == "sha256:" + sha256((tmp_path / PLACE).read_bytes()).hexdigest()
    assert record.about == json.loads(one.line)["event"]["id"]
    assert "c.lee" not in str(record)


def test_a_reveal_has_its_case_and_no_pseudonym(tmp_path):
    end = note_reveal(tmp_path, Reveal(NOON, "head.of.hr", "HR-1", "pbx4t7mz", "monitor"))
    (one,) = all_of(tmp_path)
    record = record_of(one, NOON, "f00")

    assert one.after.offset == end == (tmp_path / PLACE).stat().st_size
    assert (record.action, record.by) == (Action.IDENTITY_REVEALED, "monitor, head.of.hr")
    assert record.raised.case == "HR-1"
    assert "pbx4t7mz" not in str(record)


def spoilt(data):
    yield "cut", data[: len(data) // 2]
    yield "gone", b""
    yield "changed", data.replace(b"m.finance", b"a.nother.")
    yield "one less", b"".join(data.splitlines(keepends=True)[1:])


def test_notes_that_are_not_there_any_more_are_missed(tmp_path):
    for _ in range(3):
        note(tmp_path)
    before, data = end_of(tmp_path), (tmp_path / PLACE).read_bytes()
    for name, less in spoilt(data):
        (tmp_path / PLACE).write_bytes(less)
        assert notes(tmp_path, before) is None, name
    (tmp_path / PLACE).unlink()
    assert notes(tmp_path, before) is None


def test_half_a_line_is_not_taken_in_yet(tmp_path):
    note(tmp_path)
    with (tmp_path / PLACE).open("ab") as file:
        file.write(b'{"event":')
    assert len(all_of(tmp_path)) == 1


def test_no_look_takes_more_than_so_many(tmp_path):
    (tmp_path / PLACE).parent.mkdir()
    (tmp_path / PLACE).write_bytes(b"{}\n" * (MOST + 5))
    assert len(all_of(tmp_path)) == MOST
    assert end_of(tmp_path).offset == 3 * (MOST + 5)


@pytest.mark.parametrize(
    "line",
    [b"", b"{}", b"[]", b"x", b'{"event":{"action":"visit-allowed"}}', b'{"event":[]}', b"\xff"],
)
def test_what_somebody_else_wrote_there_is_no_record(tmp_path, line):
    (tmp_path / PLACE).parent.mkdir()
    (tmp_path / PLACE).write_bytes(line + b"\n")
    (one,) = all_of(tmp_path)
    assert record_of(one, NOON, "f00") is None


@pytest.mark.parametrize("before", [b"x\rx\n", b"\r\n", b"x" * (2 * MOST * LONGEST) + b"\n"])
def test_nothing_that_somebody_wrote_there_hides_what_follows(tmp_path, before):
    (tmp_path / PLACE).parent.mkdir()
    (tmp_path / PLACE).write_bytes(before)
    note(tmp_path)
    now, found = Taken(), []
    for _ in range(5):
        for each in all_of(tmp_path, now):
            now = each.after
            found.append(record_of(each, NOON, "f00"))
    assert [record.by for record in found if record is not None] == ["m.finance"]
    assert now.offset == (tmp_path / PLACE).stat().st_size


@pytest.mark.parametrize("text", ["", "x", "[]", "{}"])
def test_what_was_not_remembered_is_taken_in_again(tmp_path, text):
    note(tmp_path)
    (tmp_path / TAKEN).write_text(text)
    assert taken(tmp_path) == Taken()


def test_whether_the_notes_are_those_that_were_sealed(tmp_path):
    for person in ("c.lee", "a.jones", "c.lee"):
        note(tmp_path, person)
    held = Held()
    held.take(b"{}")
    held.take(b'"file":{"path":"readings/readings.jsonl"}')
    for one in all_of(tmp_path):
        record = record_of(one, NOON, "f00")
        held.take(render(to_ecs(record, sequence=1, event_id="x", origin=Origin("g", "1"))))
    assert held.missing(tmp_path) == 0

    data = (tmp_path / PLACE).read_bytes()
    (tmp_path / PLACE).write_bytes(data.replace(b"a.jones", b"a.janes"))
    assert held.missing(tmp_path) == 1
    (tmp_path / PLACE).unlink()
    assert held.missing(tmp_path) == 3
    assert Held().missing(tmp_path) == 0
