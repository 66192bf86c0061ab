"""What is only counted: an hour at a time, and nobody's name."""

from datetime import UTC, datetime, timedelta

import pytest

from breaktime.core.record import Action
from breaktime.mitm.counts import Counts
from records import BLOCKED, VISIT

NOON = datetime(2026, 11, 23, 12, 7, tzinfo=UTC)


class World:
    def __init__(self):
        self.records = []
        self.counts = Counts(self.records.append)

    def add(self, person="a.jones", at=NOON, record=VISIT, **more):
        self.counts.add(record._replace(at=at, person=person, **more))

    def told(self):
        return [
            (one.platform, one.tally.visits, one.tally.since.hour, one.tally.many)
            for one in self.records
        ]


@pytest.fixture
def world():
    return World()


def test_an_hour_is_told_of_when_it_is_over(world):
    for _ in range(3):
        world.add()
    world.counts.look(NOON + timedelta(minutes=52))
    assert world.records == []
    world.counts.look(NOON + timedelta(minutes=53))
    assert world.told() == [("facebook", 3, 12, False)]
    (record,) = world.records
    assert record.action is Action.VISITS_COUNTED
    assert record.tally.until - record.tally.since == timedelta(hours=1)
    assert (record.person, record.teams, record.place, record.source) == (None, (), None, None)
    assert (record.domain, record.path, record.decision) == (None, None, None)
    assert record.message == "Counted: 3 visits in the hour, open"


def test_the_next_hour_is_another_count(world):
    world.add()
    world.add(at=NOON + timedelta(hours=1))
    assert world.told() == [("facebook", 1, 12, False)]
    world.counts.close(NOON + timedelta(hours=1))
    assert world.told()[1:] == [("facebook", 1, 13, False)]
    assert world.records[0].message == "Counted: 1 visit in the hour, open"


def test_five_people_are_many_and_four_are_not(world):
    for number in range(5):
        world.add(f"person{number}")
        world.add(f"person{min(number, 3)}", platform="x")
    world.add("one.more")
    world.counts.close(NOON)
    assert sorted(world.told()) == [("facebook", 6, 12, True), ("x", 5, 12, False)]


def test_refusals_and_visits_are_apart(world):
    world.add()
    world.add(record=BLOCKED)
    world.counts.close(NOON)
    assert len(world.records) == 2
    assert world.records[1].message == "Counted: 1 visit in the hour, refused"
