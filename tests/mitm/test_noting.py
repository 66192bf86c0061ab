"""The gateway takes in what readers note, and says so where notes have gone."""

import asyncio
from types import SimpleNamespace

import pytest

from breaktime.audit.noted import PLACE, taken
from breaktime.audit.readings import Reading, note_reading
from breaktime.core.record import Action
from breaktime.mitm import noting as module
from breaktime.mitm.noting import Noting
from records import NOON


class World:
    def __init__(self, folder):
        self.folder, self.records, self.kept = folder, [], True
        state = SimpleNamespace(now=SimpleNamespace(policy=SimpleNamespace(fingerprint="f00")))
        self.noting = Noting(self.put, state, lambda: NOON, folder)

    async def put(self, record):
        if self.kept:
            self.records.append(record)
        return self.kept

    def look(self):
        asyncio.run(self.noting.look())
        return [record.action for record in self.records]

    def note(self):
        note_reading(self.folder, Reading(NOON, "m.finance", "log", "--team finance"))


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def test_each_note_is_one_record(world):
    assert world.look() == []
    world.note()
    world.note()
    assert world.look() == [Action.LOG_READ] * 2
    assert world.look() == [Action.LOG_READ] * 2
    world.note()
    assert world.look() == [Action.LOG_READ] * 3
    assert len({record.about for record in world.records}) == 3


def test_what_could_not_be_recorded_is_taken_in_later(world):
    world.note()
    world.kept = False
    assert world.look() == []
    world.kept = True
    assert world.look() == [Action.LOG_READ]


def test_notes_that_have_gone_are_recorded_and_later_ones_taken_in(world):
    world.note()
    world.note()
    world.look()
    path = world.folder / PLACE
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])

    found = world.look()
    assert found[2:] == [Action.INTEGRITY_BROKEN]
    assert world.records[2].file == PLACE
    assert world.look() == found
    world.note()
    assert world.look()[3:] == [Action.LOG_READ]


def test_that_they_have_gone_is_not_forgotten_before_it_is_recorded(world):
    world.note()
    world.look()
    (world.folder / PLACE).unlink()
    world.kept = False
    world.look()
    world.kept = True
    assert world.look()[1:] == [Action.INTEGRITY_BROKEN]
    assert taken(world.folder).offset == 0


@pytest.mark.parametrize("fault", [OSError("gone"), ValueError("gone")])
def test_a_look_that_fails_is_not_the_last(world, monkeypatch, fault):
    looks = []

    async def look():
        looks.append(1)
        if len(looks) > 1:
            raise asyncio.CancelledError
        raise fault

    monkeypatch.setattr(module, "LOOK_SECONDS", 0)
    monkeypatch.setattr(world.noting, "look", look)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(world.noting.run())
    assert len(looks) == 2
