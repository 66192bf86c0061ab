"""How much one client can make the log write."""

from datetime import timedelta

import pytest

from breaktime.audit import Flood
from records import NOON

CLIENT = ("a.jones", "10.20.0.5")
OTHER = ("b.khan", "10.20.0.5")


def after(seconds):
    return NOON + timedelta(seconds=seconds)


def refuse(flood, at=NOON, client=CLIENT):
    """Do with one refusal what the gateway does; say what the record tells, None without one."""
    if flood.is_full(client, at):
        flood.hold(client)
        return None
    held = flood.held(client)
    flood.told(client, at, refused=True)
    return held


@pytest.fixture
def flood():
    """Three refusals a minute were written, and five more were not."""
    flood = Flood(limit=3)
    assert [refuse(flood) for _ in range(8)] == [0, 0, 0, None, None, None, None, None]
    return flood


def test_a_minute_later_a_record_tells_of_what_was_not_written(flood):
    assert refuse(flood, after(59)) is None
    assert [refuse(flood, after(60)) for _ in range(4)] == [6, 0, 0, None]
    assert flood.held(CLIENT) == 1


def test_a_visit_tells_of_it_too_and_does_not_make_room(flood):
    assert flood.held(CLIENT) == 5
    flood.told(CLIENT, NOON, refused=False)

    assert flood.held(CLIENT) == 0
    assert flood.is_full(CLIENT, NOON)


def test_visits_are_not_counted():
    flood = Flood(limit=1)
    for _ in range(5):
        flood.told(CLIENT, NOON, refused=False)

    assert refuse(flood) == 0


def test_nobody_else_is_held_or_told_of(flood):
    """Two people at one computer: what the one was refused is not written down for the other."""
    assert flood.held(OTHER) == 0
    assert [refuse(flood, client=OTHER) for _ in range(3)] == [0, 0, 0]


def test_a_clock_that_was_set_back_begins_a_new_minute(flood):
    assert refuse(flood, after(-3600)) == 5


def test_the_memory_is_bounded():
    flood = Flood(limit=1, size=3)
    for number in range(10):
        refuse(flood, client=number)

    assert [flood.is_full(number, NOON) for number in (6, 7, 8, 9)] == [False, True, True, True]


def test_as_it_is_in_force_a_storm_is_sixty_lines_a_minute():
    flood = Flood()
    told = [refuse(flood, after(second / 10)) for second in range(6000)]  # ten minutes

    written = [held for held in told if held is not None]
    assert len(written) == 600
    assert sum(written) + flood.held(CLIENT) == 6000 - 600
