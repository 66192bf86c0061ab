# ruff: noqa: E501  a row of a table is one line
"""Do sittings end when they should, and is nobody charged too much or too little?"""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breaktime.core.flexible import (
    HEARTBEAT,
    LEAST,
    NOTHING_TAKEN,
    UNKNOWN,
    Offer,
    Taken,
    chances,
    is_used,
    narrower,
    together,
)
from breaktime.core.rule import Rule
from calendars import utc
from flexibly import MONDAY, minutes, sitting, usage


def offer(name="own", *, since="11:30", until="14:30", allowance=45, sittings=2, **more):
    start, end = (utc(f"2026-11-23 {at}") for at in (since, until))
    return Offer(f"break:{name}", MONDAY, start, end, minutes(allowance), sittings, **more)


# fmt: off
ENDS = [
    # what the row shows                     sitting                                               ends at
    ("the allowance is used",                sitting("12:00"),                                     "12:45"),
    ("the span ends first",                  sitting("14:00"),                                     "14:30"),
    ("a fixed break costs nothing",          sitting("12:00", free=["12:30-13:00"]),               "13:15"),
    ("it starts in a fixed break",           sitting("12:00", free=["11:50-12:10"]),               "12:55"),
    ("two fixed breaks",                     sitting("12:00", free=["12:10-12:20", "12:30-12:40"]), "13:05"),
    ("a fixed break after the end",          sitting("12:00", free=["13:00-13:30"]),               "12:45"),
    ("a fixed break where it ends",          sitting("12:00", free=["12:45-13:30"]),               "12:45"),
    ("a fixed break to the end of the span", sitting("12:00", free=["12:30-15:00"]),               "14:30"),
    ("a fixed break that has been counted",  sitting("12:00", free=["12:10-12:20"], counted=utc("2026-11-23 12:30"), spent=minutes(20)), "12:55"),
]
# fmt: on


@pytest.mark.parametrize("row", [row[1:] for row in ENDS], ids=[row[0] for row in ENDS])
def test_a_sitting_ends(row):
    one, expected = row
    end = utc(f"2026-11-23 {expected}")

    assert one.ends_at() == end
    assert one.counted_at(end).ends_at() == end  # looking does not move it


def test_counting_stops_at_the_end():
    late = sitting("12:00").counted_at(utc("2026-11-23 18:00"))

    assert (late.spent, late.counted) == (minutes(45), utc("2026-11-23 12:45"))


def test_an_earlier_instant_gives_nothing_back():
    one = sitting("12:00").counted_at(utc("2026-11-23 12:20"))

    assert one.counted_at(utc("2026-11-23 12:10")) == one


def test_a_short_sitting_costs_the_shortest_part():
    one = sitting("12:00")

    assert one.charge(utc("2026-11-23 12:01")) == LEAST
    assert one.charge(utc("2026-11-23 12:30")) == minutes(30)


@given(
    steps=st.lists(st.integers(-600, 1200), max_size=20),
    free=st.sampled_from([(), ("12:10-12:20",), ("12:00-12:05", "12:30-13:30")]),
)
def test_it_makes_no_difference_how_often_time_is_counted(steps, free):
    """Counted at every step, forward or back, or once at the latest: it is the same."""
    one = whole = sitting("12:00", free=free)
    at = latest = whole.since
    for seconds in steps:
        at += timedelta(seconds=seconds)
        latest = max(latest, at)
        spent = one.spent
        one = one.counted_at(at)
        assert spent <= one.spent <= one.allowance
    assert one == whole.counted_at(latest)


def test_usage_knows_what_goes_on():
    one = usage(sitting("12:00"))

    assert one.running_at(utc("2026-11-23 12:44"))
    assert one.running_at(utc("2026-11-23 12:45")) is None
    assert NOTHING_TAKEN.running_at(utc("2026-11-23 12:44")) is None
    assert not UNKNOWN.known


def test_what_was_had_counts_ended_and_running_sittings():
    one = usage(sitting("12:00"), own=(20, 2), other=(7, 1))

    assert one.had(offer(), utc("2026-11-23 12:10")) == Taken(minutes(30), 2)
    assert one.had(offer("third"), utc("2026-11-23 12:10")) == Taken()


def test_a_running_sitting_of_another_day_is_another_account():
    one = usage(sitting("12:00", day=MONDAY - timedelta(days=1)))

    assert one.had(offer(), utc("2026-11-23 12:10")) == Taken()


def test_what_was_had_of_a_rival_counts_too():
    one = usage(sitting("12:00", name="other"), own=(5, 1))
    rival = offer(rivals=frozenset({"break:other"}))

    assert one.had(rival, utc("2026-11-23 12:30")) == Taken(minutes(35), 1)


def test_of_those_that_share_the_largest_can_be_had():
    large = offer("large", allowance=60, rivals=frozenset({"break:small"}))
    small, alone = offer("small", allowance=30), offer("alone", allowance=10)

    assert together([alone, small, large]) == (large, alone)


# fmt: off
CHANCES = [
    # what the row shows           at       had                left
    ("nothing was taken",          "12:00", usage(),           45),
    ("a part was taken",           "12:00", usage(own=(20, 1)), 25),
    ("five minutes are left",      "12:00", usage(own=(40, 1)), 5),
    ("less is left",               "12:00", usage(own=(41, 1)), None),
    ("all parts were taken",       "12:00", usage(own=(10, 2)), None),
    ("the span ends soon",         "14:20", usage(),           10),
    ("it ends too soon",           "14:25", usage(),           None),
]
# fmt: on


@pytest.mark.parametrize("row", [row[1:] for row in CHANCES], ids=[row[0] for row in CHANCES])
def test_what_could_be_started(row):
    at, had, left = row

    found = chances([offer()], had, utc(f"2026-11-23 {at}"))

    assert [chance.left for chance in found] == ([] if left is None else [minutes(left)])
    if found:
        assert found[0].start_by == utc("2026-11-23 14:25")


def test_the_longest_chance_comes_first():
    offers = [offer("b"), offer("c", allowance=60), offer("a")]

    found = chances(offers, usage(), utc("2026-11-23 12:00"))

    assert [chance.offer.id for chance in found] == ["break:c", "break:a", "break:b"]


def test_an_allowance_is_used():
    at = utc("2026-11-23 12:00")

    assert not is_used(offer(), usage(own=(40, 1)), at)
    assert is_used(offer(), usage(own=(41, 1)), at)
    assert is_used(offer(), usage(own=(1, 2)), at)


@pytest.mark.parametrize("turned", [False, True])
def test_the_narrower_of_two_is_the_smallest_in_all(turned):
    small = offer("small", allowance=30, rules=(Rule("a"),))
    large = offer("large", since="12:00", until="15:00", sittings=1, rules=(Rule("b"),))

    got = narrower(*((large, small) if turned else (small, large)))

    assert got == offer(
        "small", since="12:00", allowance=30, sittings=1,
        rules=(Rule("a"), Rule("b")), rivals=frozenset({"break:large"}),
    )  # fmt: skip


def test_a_clock_that_goes_back_costs_a_heartbeat():
    one = sitting("12:00").counted_at(utc("2026-11-23 12:20"))

    back = one.told(utc("2026-11-23 12:10"))

    assert back.spent == one.spent + HEARTBEAT
    assert back.ends_at() == utc("2026-11-23 12:34:45")
    assert one.told(utc("2026-11-23 12:19:58")) == one
    assert one.told(utc("2026-11-23 12:25")) == one.counted_at(utc("2026-11-23 12:25"))


def test_time_that_the_clock_does_not_show_is_counted():
    one = sitting("12:00").counted_at(utc("2026-11-23 12:20"))
    seconds = timedelta(seconds=3)

    assert one.told(utc("2026-11-23 12:20:07"), seconds).spent == one.spent + timedelta(seconds=10)
    assert one.told(utc("2026-11-23 12:45"), seconds).spent == one.allowance
