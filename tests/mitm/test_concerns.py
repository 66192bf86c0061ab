"""That a concern begins and ends is recorded once each, and about whom it is never."""

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from breaktime.core.detail import Concern, Detail, Looking
from breaktime.mitm import concerns as module
from breaktime.mitm.concerns import NAME, Concerns

FIRST = datetime(2026, 11, 23, tzinfo=UTC)
CASE = Concern(
    "HR-1", "j.bloggs", Detail.PAGE, FIRST, FIRST + timedelta(days=10), told=True, by=("x", "y")
)


class World:
    def __init__(self, folder):
        self.file = folder / NAME
        self.now = FIRST
        self.records = []
        self.keeps = True
        self.configure(CASE)
        self.restart()

    def configure(self, *concerns):
        looking = Looking(concerns={one.person: (one,) for one in concerns})
        settings = SimpleNamespace(records=SimpleNamespace(looking=looking))
        policy = SimpleNamespace(fingerprint="f00")
        self.state = SimpleNamespace(now=SimpleNamespace(settings=settings, policy=policy))

    def restart(self):
        self.concerns = Concerns(self.put, self.state, lambda: self.now, self.file)

    async def put(self, record):
        if self.keeps:
            self.records.append(record)
        return self.keeps

    def look(self):
        asyncio.run(self.concerns.look())
        return [(str(one.action), one.raised.case) for one in self.records]


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


BEGUN, ENDED = ("concern-started", "HR-1"), ("concern-ended", "HR-1")


def test_each_beginning_and_end_is_told_once(world):
    world.now = FIRST - timedelta(seconds=1)
    assert world.look() == []
    world.now = FIRST
    assert world.look() == [BEGUN]
    assert world.look() == [BEGUN]
    world.restart()
    assert world.look() == [BEGUN]
    world.now = CASE.until
    assert world.look() == [BEGUN, ENDED]
    assert world.look() == [BEGUN, ENDED]


def test_an_end_while_the_gateway_was_down_or_by_taking_the_file_away_is_told(world):
    world.look()
    world.configure()
    world.restart()
    assert world.look() == [BEGUN, ENDED]


@pytest.mark.parametrize(
    "change",
    [
        {"since": FIRST - timedelta(days=3), "until": FIRST + timedelta(days=25)},
        {"person": "a.jones"},
        {"detail": Detail.SITE},
        {"by": ("x", "z")},
        {"told": False},
    ],
)
def test_a_concern_that_becomes_another_one_has_ended_and_begun_again(world, change):
    """Else one that was authorised once would go on for ever under its first reference."""
    world.look()
    world.configure(CASE._replace(**change))
    world.restart()
    assert world.look() == [BEGUN, ENDED, BEGUN]
    world.restart()
    assert world.look() == [BEGUN, ENDED, BEGUN]


def test_an_end_that_cannot_be_recorded_comes_before_the_new_beginning(world):
    world.look()
    world.configure(CASE._replace(person="a.jones"))
    world.restart()
    world.keeps = False
    world.look()
    world.keeps = True
    assert world.look() == [BEGUN, ENDED, BEGUN]


def test_nobody_is_named_but_those_who_authorised_it(world):
    world.look()
    (record,) = world.records
    assert record.by == "x, y"
    assert record.person is None
    assert "j.bloggs" not in repr(record)
    assert "j.bloggs" not in world.file.read_text()
    assert world.file.stat().st_mode & 0o777 == 0o600


def test_what_cannot_be_recorded_is_told_later(world):
    world.keeps = False
    assert world.look() == []
    world.keeps = True
    assert world.look() == [BEGUN]
    world.keeps, world.now = False, CASE.until
    world.look()
    world.keeps = True
    assert world.look() == [BEGUN, ENDED]


@pytest.mark.parametrize("text", ["{", "{}", "", '["HR-1"]'])
def test_a_broken_note_tells_twice_rather_than_never(world, text):
    world.look()
    world.file.write_text(text)
    assert world.look() == [BEGUN, BEGUN]


def test_what_goes_wrong_is_told_of_and_tried_again(world, monkeypatch):
    looks = []

    async def look():
        looks.append(1)
        if len(looks) == 1:
            raise OSError(28, "No space left on device")
        if len(looks) == 2:
            raise ValueError("gone")
        raise asyncio.CancelledError

    monkeypatch.setattr(module, "LOOK_SECONDS", 0)
    monkeypatch.setattr(world.concerns, "look", look)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(world.concerns.run())
    assert len(looks) == 3
