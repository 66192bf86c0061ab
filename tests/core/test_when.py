# ruff: noqa: E501  a row of a table is one line
"""
Windows on real clocks.

Rows are in UTC. The wall clock is in the comments, because it is what an administrator writes.
"""

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from breaktime.core import when
from breaktime.core.breaks import Days, HolidayRule, Profile, Suspension
from breaktime.core.rule import Rule
from breaktime.core.when import KEPT, Kind, look
from calendars import FRI, LONDON, MON, SAT, SUN, WEEK, a_break, openings, profile, utc

# fmt: off
GOLDEN = [
    # what the row shows                    zone                   at             days            from (UTC)           to (UTC)             open (UTC)
    ("winter lunch",                        "Europe/London",       "12:00-14:00", WEEK,           "2026-11-23 00:00",  "2026-11-24 00:00",  ["11-23 12:00-11-23 14:00"]),
    ("summer lunch",                        "Europe/London",       "12:00-14:00", WEEK,           "2026-07-06 00:00",  "2026-07-07 00:00",  ["07-06 11:00-07-06 13:00"]),
    ("no lunch on Saturday",                "Europe/London",       "12:00-14:00", WEEK,           "2026-11-28 00:00",  "2026-11-30 00:00",  []),
    # 2026-03-29, clocks go from 01:00 to 02:00 at 01:00 UTC
    ("spring, inside the gap",              "Europe/London",       "01:10-01:50", None,           "2026-03-29 00:00",  "2026-03-30 00:00",  []),
    ("spring, starts in the gap",           "Europe/London",       "01:30-02:30", None,           "2026-03-29 00:00",  "2026-03-30 00:00",  ["03-29 01:00-03-29 01:30"]),
    ("spring, ends in the gap",             "Europe/London",       "00:30-01:30", None,           "2026-03-29 00:00",  "2026-03-30 00:00",  ["03-29 00:30-03-29 01:00", "03-29 23:30-03-30 00:00"]),
    ("spring, spans the gap",               "Europe/London",       "00:30-02:30", None,           "2026-03-29 00:00",  "2026-03-29 12:00",  ["03-29 00:30-03-29 01:30"]),
    ("spring, the lunch after the gap",     "Europe/London",       "12:00-14:00", None,           "2026-03-29 02:00",  "2026-03-30 00:00",  ["03-29 11:00-03-29 13:00"]),
    ("a whole day of 23 hours",             "Europe/London",       "00:00-24:00", {SUN},          "2026-03-28 00:00",  "2026-03-31 00:00",  ["03-29 00:00-03-29 23:00"]),
    # 2026-10-25, clocks go from 02:00 back to 01:00 at 01:00 UTC
    ("autumn, inside the repeated hour",    "Europe/London",       "01:15-01:45", None,           "2026-10-24 12:00",  "2026-10-25 12:00",  ["10-25 00:15-10-25 00:45", "10-25 01:15-10-25 01:45"]),
    ("autumn, spans the repeated hour",     "Europe/London",       "00:30-02:30", None,           "2026-10-24 12:00",  "2026-10-25 12:00",  ["10-24 23:30-10-25 02:30"]),
    ("autumn, ends in the repeated hour",   "Europe/London",       "00:30-01:30", None,           "2026-10-24 12:00",  "2026-10-25 12:00",  ["10-24 23:30-10-25 00:30", "10-25 01:00-10-25 01:30"]),
    ("autumn, starts in the repeated hour", "Europe/London",       "01:30-02:30", None,           "2026-10-24 12:00",  "2026-10-25 12:00",  ["10-25 00:30-10-25 01:00", "10-25 01:30-10-25 02:30"]),
    ("autumn, the lunch after it",          "Europe/London",       "12:00-14:00", None,           "2026-10-25 03:00",  "2026-10-26 00:00",  ["10-25 12:00-10-25 14:00"]),
    ("whole day of 25 hours",               "Europe/London",       "00:00-24:00", {SUN},          "2026-10-24 00:00",  "2026-10-27 00:00",  ["10-24 23:00-10-26 00:00"]),
    ("a night over the repeated hour",      "Europe/London",       "22:00-06:00", {SAT},          "2026-10-24 12:00",  "2026-10-25 12:00",  ["10-24 21:00-10-25 06:00"]),
    ("a night over the gap",                "Europe/London",       "22:00-06:00", {SAT},          "2026-03-28 12:00",  "2026-03-29 12:00",  ["03-28 22:00-03-29 05:00"]),
    ("night, Friday only",                  "Europe/London",       "23:30-00:30", {FRI},          "2026-11-26 00:00",  "2026-11-30 00:00",  ["11-27 23:30-11-28 00:30"]),
    ("night, Sunday to Monday",             "Europe/London",       "22:00-06:00", {SUN},          "2026-11-28 00:00",  "2026-12-01 00:00",  ["11-29 22:00-11-30 06:00"]),
    ("the last minute of the day",          "Europe/London",       "23:59-24:00", {FRI},          "2026-11-27 00:00",  "2026-11-29 00:00",  ["11-27 23:59-11-28 00:00"]),
    ("24:00 meets 00:00 without a gap",     "Europe/London",       "23:00-24:00, 00:00-01:00", {FRI, SAT}, "2026-11-27 12:00", "2026-11-28 12:00", ["11-27 23:00-11-28 01:00"]),
    ("breaks that overlap are one",         "Europe/London",       "12:00-13:00, 12:30-13:30", WEEK, "2026-11-23 00:00", "2026-11-24 00:00", ["11-23 12:00-11-23 13:30"]),
    ("person in Warsaw",                    "Europe/Warsaw",       "12:00-13:00", WEEK,           "2026-11-23 00:00",  "2026-11-24 00:00",  ["11-23 11:00-11-23 12:00"]),
    ("half-hour change: Lord Howe",         "Australia/Lord_Howe", "01:45-02:15", {SUN},          "2026-04-04 00:00",  "2026-04-05 00:00",  ["04-04 14:45-04-04 15:00", "04-04 15:15-04-04 15:45"]),
    ("weekday wrap",                        "Europe/London",       "10:00-10:30", {SAT, SUN, MON}, "2026-11-27 00:00", "2026-12-04 00:00",  ["11-28 10:00-11-28 10:30", "11-29 10:00-11-29 10:30", "11-30 10:00-11-30 10:30"]),
    ("a long night far behind UTC",         "Etc/GMT+12",          "22:00-14:00", {MON},          "2026-11-23 00:00",  "2026-11-27 00:00",  ["11-24 10:00-11-25 02:00"]),
    ("an early morning far ahead of UTC",   "Pacific/Kiritimati",  "00:00-02:00", {MON},          "2026-11-22 00:00",  "2026-11-25 00:00",  ["11-22 10:00-11-22 12:00"]),
    # a zone whose change is not on a Sunday: 2026-03-27, a Friday, 02:00 to 03:00
    ("a change on a Friday: Jerusalem",     "Asia/Jerusalem",      "01:30-03:30", {FRI},          "2026-03-26 12:00",  "2026-03-27 12:00",  ["03-26 23:30-03-27 00:30"]),
    # 2018-11-04: midnight itself does not happen, the day begins at 01:00
    ("a day without a midnight: Sao Paulo", "America/Sao_Paulo",   "00:00-02:00", {SUN},          "2018-11-03 12:00",  "2018-11-04 12:00",  ["11-04 03:00-11-04 04:00"]),
    # 2011-12-30 does not happen in Apia: Thursday the 29th is followed by Saturday the 31st
    ("a day that is skipped: Apia",         "Pacific/Apia",        "12:00-13:00", {FRI},          "2011-12-28 00:00",  "2012-01-03 00:00",  []),
    ("the days around a skipped day: Apia", "Pacific/Apia",        "12:00-13:00", None,           "2011-12-29 12:00",  "2011-12-31 12:00",  ["12-29 22:00-12-29 23:00", "12-30 22:00-12-30 23:00"]),
]
# fmt: on


@pytest.mark.parametrize(
    ("zone", "at", "days", "since", "until", "expected"),
    [row[1:] for row in GOLDEN],
    ids=[row[0] for row in GOLDEN],
)
def test_a_window_is_open_exactly_when_the_wall_clock_reads_a_time_inside_it(
    *, zone, at, days, since, until, expected
):
    who = profile(a_break("b", at, days), zone=ZoneInfo(zone))

    assert openings(who, since, until) == expected


# fmt: off
EDGES = [
    # at (UTC)              kind         until (UTC)
    ("2026-11-23 11:59:59", Kind.CLOSED, "2026-11-23 12:00:00"),
    ("2026-11-23 12:00:00", Kind.FIXED,  "2026-11-23 14:00:00"),
    ("2026-11-23 13:59:59", Kind.FIXED,  "2026-11-23 14:00:00"),
    ("2026-11-23 14:00:00", Kind.CLOSED, "2026-11-24 12:00:00"),
    ("2026-11-27 14:00:00", Kind.CLOSED, "2026-11-30 12:00:00"),  # over a weekend
]
# fmt: on


@pytest.mark.parametrize(("at", "kind", "until"), EDGES)
def test_the_start_is_inside_the_end_is_not_and_until_is_exact(at, kind, until):
    opening = look(profile(a_break("lunch", "12:00-14:00", WEEK)), utc(at))

    assert (opening.kind, opening.until) == (kind, utc(until))


def test_nothing_ever_opens_for_a_profile_without_rules():
    assert look(Profile(LONDON), utc("2026-11-23 12:00")) == (Kind.CLOSED, (), None, ())


def test_a_break_that_is_never_again_has_no_next_change():
    who = profile(a_break("once", "12:00-13:00", dates=frozenset({date(2026, 11, 23)})))

    assert look(who, utc("2026-11-23 12:30")).until == utc("2026-11-23 13:00")
    assert look(who, utc("2026-11-23 13:00")).until is None


def test_a_break_of_next_year_is_foreseen():
    who = profile(a_break("once", "12:00-13:00", dates=frozenset({date(2027, 11, 24)})))

    assert look(who, utc("2026-11-23 13:00")).until == utc("2027-11-24 12:00")


def test_a_break_without_end_does_not_change():
    who = profile(a_break("always", "00:00-24:00"))

    assert look(who, utc("2026-11-23 13:00")) == (
        Kind.FIXED, (Rule("break:always"), Rule("everyone")), None, (),
    )  # fmt: skip


# 2026-12-24 is a Thursday, 2026-12-25 a bank holiday.
@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (HolidayRule.INCLUDE, ["12-24 23:00-12-25 01:00", "12-25 23:00-12-26 01:00"]),
        (HolidayRule.EXCLUDE, ["12-24 23:00-12-25 01:00"]),
        (HolidayRule.ONLY, ["12-25 23:00-12-26 01:00"]),
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_starts_for_holidays_too(rule, expected):
    night = a_break("night", "23:00-01:00", {3, 4}, holidays=rule)
    who = profile(night, holidays=frozenset({date(2026, 12, 25)}))

    assert openings(who, "2026-12-24 12:00", "2026-12-27 12:00") == expected


def suspended(*ranges, zone=LONDON):
    found = tuple(
        Suspension(Rule(f"suspension:{n}"), date.fromisoformat(since), date.fromisoformat(until))
        for n, (since, until) in enumerate(ranges)
    )
    return profile(a_break("lunch", "12:00-14:00"), zone=zone, suspensions=found)


# fmt: off
LONG = [
    # what the row shows           zone                  suspended                                                           until (UTC)
    ("beyond the horizon",         "Europe/London",      [("2026-01-01", "2099-12-31")],                                     None),
    ("until a year",               "Europe/London",      [("2026-01-01", "2027-11-01")],                                     "2027-11-02 00:00"),
    ("one after the other",        "Europe/London",      [("2026-01-01", "2027-01-31"), ("2027-02-01", "2027-11-01")],       "2027-11-02 00:00"),
    ("the later one first",        "Europe/London",      [("2027-02-01", "2099-12-31"), ("2026-01-01", "2027-01-31")],       None),
    ("one within the other",       "Europe/London",      [("2026-11-01", "2026-12-01"), ("2026-01-01", "2027-11-01")],       "2027-11-02 00:00"),
    ("a day between",              "Europe/London",      [("2026-01-01", "2027-01-31"), ("2027-02-02", "2099-12-31")],       "2027-02-01 00:00"),
    ("far ahead of UTC",           "Pacific/Kiritimati", [("2026-01-01", "2027-11-01")],                                     "2027-11-01 10:00"),
    ("far behind UTC",             "Etc/GMT+12",         [("2026-01-01", "2027-11-01")],                                     "2027-11-02 12:00"),
    ("until the end of the calendar", "Europe/London",   [("0001-01-03", "9999-12-29")],                                     None),
]
# fmt: on


@pytest.mark.parametrize(
    ("zone", "ranges", "until"), [r[1:] for r in LONG], ids=[r[0] for r in LONG]
)
def test_the_end_of_a_long_suspension_is_found_without_a_look_at_each_day(zone, ranges, until):
    who = suspended(*ranges, zone=ZoneInfo(zone))
    opening = look(who, utc("2026-11-23 12:30"))

    assert (opening.kind, opening.until) == (Kind.SUSPENDED, until and utc(until))
    assert sum(key[0] is who for key in when._segments.kept) <= 6


def test_steps_to_days_that_were_laid_out_can_be_forgotten():
    who = profile(a_break("lunch", "12:00-14:00", WEEK))
    before = look(who, utc("2026-11-23 12:30"))
    assert all(any(key[0] is who for key in kept) for kept in KEPT)

    for kept in KEPT:
        kept.drop(len(kept))

    assert not any(KEPT)
    assert look(who, utc("2026-11-23 12:30")) == before


def test_only_days_that_are_near_stay_laid_out():
    who = profile(a_break("lunch", "12:00-14:00", WEEK))
    first = utc("2026-01-01 12:30")
    for day in range(100):
        look(who, first + timedelta(days=day))

    assert len(who.laid_out) <= 8
    assert (None, first.toordinal() + 99) in who.laid_out


def test_what_was_foreseen_of_one_day_is_not_looked_for_again_on_the_next():
    once = Days(dates=frozenset({date(2027, 6, 1)}))
    who = profile(replace(a_break("lunch", "12:00-14:00"), days=once))
    expected = utc("2027-06-01 11:00")
    assert look(who, utc("2026-11-23 12:30")).until == expected
    when._segments.kept.drop(len(when._segments.kept))

    assert look(who, utc("2026-11-24 12:30")).until == expected
    assert len(when._segments.kept) <= 2
    # and not where another day was asked first
    assert look(who, utc("2026-10-01 12:30")).until == expected
    assert look(who, utc("2027-06-01 12:30")).until == utc("2027-06-01 13:00")
    assert look(who, utc("2027-06-02 12:30")).until is None
