# ruff: noqa: E501  a row of a table is one line
"""What does a start give, and why is it refused?"""

from dataclasses import replace

import pytest

from breaktime.core.breaks import Blackout, Days, Suspension
from breaktime.core.decide import Reason
from breaktime.core.flexible import NOTHING_TAKEN
from breaktime.core.rule import Rule
from breaktime.core.sitting import Left, Refused, begin, next_chance, what_is_left
from calendars import WEEK, a_break, profile, span, utc
from flexibly import MONDAY, flexible, minutes, sitting, usage

OWN = flexible()
CLIPS = flexible("clips", "14:00-16:00", 20, platforms=frozenset({"tiktok"}))
LUNCH = a_break("lunch", "12:00-13:00", WEEK)
HERS = profile(OWN, CLIPS)
HIS = profile(OWN, LUNCH)


def at(text):
    return utc(f"2026-11-23 {text}")


def test_a_start_gives_the_allowance():
    assert begin(HERS, NOTHING_TAKEN, at("12:00")) == sitting("12:00")


def test_a_second_start_gives_what_is_left():
    got = begin(HERS, usage(own=(20, 1)), at("12:00"))

    assert got == sitting("12:00", allowance=25, number=2)


def test_a_fixed_break_meanwhile_costs_nothing():
    got = begin(HIS, NOTHING_TAKEN, at("11:50"))

    assert got == sitting("11:50", free=["12:00-13:00"])
    assert got.ends_at() == at("13:35")


def test_the_break_that_gives_most_is_started_or_the_one_that_is_named():
    both = at("14:10")

    assert begin(HERS, NOTHING_TAKEN, both).id == "break:clips"  # own has not as much span left
    assert begin(HERS, usage(clips=(15, 1)), both).id == "break:own"
    assert begin(HERS, NOTHING_TAKEN, both, "break:own").id == "break:own"
    assert begin(HERS, NOTHING_TAKEN, both, "break:none").reason is Reason.OUTSIDE_BREAKS


def test_a_sitting_of_yesterday_that_nobody_stopped_is_over():
    then = utc("2026-11-20 12:00")
    old = sitting("12:00")._replace(day=then.date(), since=then, counted=then)

    assert begin(HERS, usage(old), at("12:00")) == sitting("12:00")


# fmt: off
REFUSED = [
    # what the row shows             profile  usage                    at       reason                    until
    ("one goes on",                  HERS,    usage(sitting("12:00")), "12:10", Reason.BREAK_FLEXIBLE,    "12:45"),
    ("before the span",              HERS,    usage(),                 "11:00", Reason.OUTSIDE_BREAKS,    "11:30"),
    ("it is used",                   HERS,    usage(own=(41, 1)),      "12:00", Reason.BUDGET_USED,       "14:00"),
    ("it ends too soon",             HERS,    usage(clips=(20, 1)),    "14:26", Reason.OUTSIDE_BREAKS,    "14:30"),
    ("a fixed break costs nothing",  HIS,     usage(),                 "12:00", Reason.BREAK_FIXED,       "13:00"),
    ("no break at all",              profile(), usage(),               "12:00", Reason.OUTSIDE_BREAKS,    None),
    ("a blackout", replace(HERS, blackouts=(Blackout(Rule("b"), (span("12:00-12:30"),), Days()),)),
                                              usage(),                 "12:10", Reason.BLACKOUT,          "12:30"),
    ("suspended", replace(HERS, suspensions=(Suspension(Rule("s"), MONDAY, MONDAY),)),
                                              usage(),                 "12:10", Reason.SUSPENDED,         "23:59"),
]
# fmt: on


@pytest.mark.parametrize("row", [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_start_is_refused(row):
    who, had, now, reason, until = row

    got = begin(who, had, at(now))

    assert isinstance(got, Refused)
    assert got.reason is reason
    if until != "23:59":  # a suspension ends at midnight, which opens nothing
        assert got.until == (until and at(until))


# fmt: off
NEXT = [
    # what the row shows           usage                                  from     next
    ("now",                        usage(),                               "12:00", "2026-11-23 12:00"),
    ("today",                      usage(),                               "10:00", "2026-11-23 11:30"),
    ("after the one that goes on", usage(sitting("12:00", allowance=20)), "12:10", "2026-11-23 12:20"),
    ("another break",              usage(own=(45, 1)),                    "12:00", "2026-11-23 14:00"),
    ("tomorrow",                   usage(own=(45, 1), clips=(20, 1)),     "12:00", "2026-11-24 11:30"),
]
# fmt: on


@pytest.mark.parametrize("row", [row[1:] for row in NEXT], ids=[row[0] for row in NEXT])
def test_when_a_start_is_possible_again(row):
    had, now, expected = row

    assert next_chance(HERS, had, at(now)) == utc(expected)


def test_nothing_is_foreseen_where_nothing_comes():
    assert next_chance(profile(), NOTHING_TAKEN, at("12:00")) is None
    assert next_chance(HIS, NOTHING_TAKEN, at("12:00"), "break:none") is None  # not for ever


def test_what_is_left_is_told():
    (own,) = what_is_left(HERS, usage(sitting("12:00"), own=(0, 1)), at("12:10"))

    assert own == Left(own.offer, minutes(35), 1)
    assert what_is_left(HERS, usage(own=(50, 3)), at("12:10"))[0][1:] == (minutes(0), 0)
    assert [one.offer.id for one in what_is_left(HERS, usage(), at("14:10"))] == [
        "break:own",
        "break:clips",
    ]
    assert not what_is_left(HERS, usage(), at("10:00"))
