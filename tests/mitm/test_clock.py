# ruff: noqa: E501  a row of a table is one line
"""The one clock of the gateway."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breaktime.mitm.clock import PACE, ForwardClock, system_clock

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_the_system_clock_gives_instants_in_utc_that_do_not_go_back():
    first, second = system_clock(), system_clock()

    assert first.tzinfo is UTC
    assert first.utcoffset() == timedelta(0)
    assert first <= second


def test_the_clock_of_a_gateway_is_that_of_the_system():
    before, shown, after = system_clock(), ForwardClock()(), system_clock()

    assert before <= shown <= after


class Set:
    """A wall clock that can be set, and the time that passes."""

    def __init__(self):
        self.wall, self.passed = NOON, 0.0
        self.clock = ForwardClock(lambda: self.wall, lambda: self.passed)

    def after(self, seconds, step=0.0):
        """Let time pass, set the wall clock, and return what counts, in seconds after noon."""
        self.passed += seconds
        self.wall += timedelta(seconds=seconds + step)
        return (self.clock() - NOON).total_seconds()


# fmt: off
ROWS = [
    # what the row shows                seconds that pass, and by what the clock is set   what counts            steps told
    ("nothing is set",                  [(10, 0), (10, 0)],                               [10, 20],              []),
    ("corrected a little",              [(10, -1), (10, 0), (10, 0)],                     [9, 19, 29],           []),
    ("set back",                        [(100, -100), (10, 0), (10, 0)],                  [90, 99, 108],         [-100]),
    ("set back, and caught up",         [(100, 0), (10, -20), (90, 0), (10, 0)],          [100, 109, 190, 199],  [-20]),
    ("followed when it has caught up",  [(100, 0), (0, -9), (90, 0), (10, 0)],            [100, 100, 181, 191],  [-9]),
    ("set forward",                     [(10, 60), (10, 0)],                              [70, 80],              [60]),
    ("set forward and back",            [(10, 60), (10, -60), (10, 0)],                   [70, 79, 88],          [60, -60]),
]
# fmt: on


@pytest.mark.parametrize(
    ("moves", "shown", "steps"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS]
)
def test_what_counts_never_goes_back(moves, shown, steps):
    one = Set()

    assert [one.after(*move) for move in moves] == shown
    assert [step.total_seconds() for step in one.clock.take_steps()] == steps
    assert one.clock.take_steps() == []


def test_it_says_how_far_it_is_ahead():
    one = Set()
    one.after(10, -60)
    assert one.clock.ahead() == timedelta(seconds=59)
    one.after(600)
    assert one.clock.ahead() == timedelta(0)


MOVES = st.lists(st.tuples(st.integers(0, 300), st.integers(-7200, 7200)), max_size=60)


@settings(deadline=None)
@given(MOVES, st.integers(-3600, 7200))
def test_no_way_to_set_the_clock_makes_a_break_longer_than_by_a_ninth(moves, begins):
    """Law of an hour's break: time that passes in it, by the steady clock, is an hour at most."""
    one = Set()
    had, before = 0.0, 0.0
    for seconds, step in moves:
        for _ in range(seconds // 10):
            now = one.after(10)
            assert now >= before
            had += 10 if begins <= before and now <= begins + 3600 else 0
            before = now
        now = one.after(0, step)
        assert now >= before
        before = now

    assert had <= 3600 / PACE
