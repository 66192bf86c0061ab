# ruff: noqa: E501  a row of a table is one line
"""Reading the wall clock, which skips hours and days and shows others twice."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from breaktime.core.wall import Span, day_edges, instants, local_day, local_text, occurrences
from calendars import LONDON, span, utc

# fmt: off
LOCAL_DAYS = [
    ("Europe/London",       date(2026, 11, 23), date(2026, 11, 23), "2026-11-23 00:00", "2026-11-24 00:00"),
    ("Europe/London",       date(2026, 10, 25), date(2026, 10, 25), "2026-10-24 23:00", "2026-10-26 00:00"),  # 25 hours
    ("Europe/London",       date(2026, 3, 29),  date(2026, 3, 29),  "2026-03-29 00:00", "2026-03-29 23:00"),  # 23 hours
    ("Europe/London",       date(2026, 11, 1),  date(2026, 11, 30), "2026-11-01 00:00", "2026-12-01 00:00"),
    ("Pacific/Kiritimati",  date(2026, 11, 23), date(2026, 11, 23), "2026-11-22 10:00", "2026-11-23 10:00"),
    ("America/Sao_Paulo",   date(2018, 11, 4),  date(2018, 11, 4),  "2018-11-04 03:00", "2018-11-05 02:00"),  # no midnight
    ("Pacific/Apia",        date(2011, 12, 30), date(2011, 12, 30), "2011-12-30 10:00", "2011-12-30 10:00"),  # no such day
    ("Pacific/Apia",        date(2011, 12, 29), date(2011, 12, 31), "2011-12-29 10:00", "2011-12-31 10:00"),
    ("Europe/London",       date(2026, 11, 30), date(2026, 11, 1),  "2026-11-30 00:00", "2026-11-30 00:00"),  # reversed: empty
    ("Europe/London",       date.min,           date.max,           "0001-01-01 00:00", "9999-12-31 00:00"),
]
# fmt: on


@pytest.mark.parametrize(("zone", "since", "until", "first", "last"), LOCAL_DAYS)
def test_whole_local_days(zone, since, until, first, last):
    assert local_day(ZoneInfo(zone), since, until) == (utc(first), utc(last))


# fmt: off
INSTANTS = [
    ("Europe/London",       "2026-11-23 12:00", ["2026-11-23 12:00"]),
    ("Europe/London",       "2026-07-06 12:00", ["2026-07-06 11:00"]),
    ("Europe/London",       "2026-03-29 01:30", []),                                        # in the gap
    ("Europe/London",       "2026-10-25 01:30", ["2026-10-25 00:30", "2026-10-25 01:30"]),  # twice
    ("Pacific/Apia",        "2011-12-30 12:00", []),
]
# fmt: on


@pytest.mark.parametrize(("zone", "wall", "expected"), INSTANTS)
def test_instants_of_a_wall_clock(zone, wall, expected):
    found = instants(ZoneInfo(zone), datetime.fromisoformat(wall))

    assert found == tuple(utc(one) for one in expected)


def test_the_wall_clock_of_an_instant_can_be_shown():
    assert f"{local_text(LONDON, utc('2026-07-06 11:00')):%H:%M %Z}" == "12:00 BST"


# fmt: off
OCCURRENCES = [
    # what the row shows                  zone                   day                 span           UTC
    ("an ordinary day",                   "Europe/London",       date(2026, 11, 23), "12:00-14:00", ["11-23 12:00-11-23 14:00"]),
    ("past midnight",                     "Europe/London",       date(2026, 11, 23), "23:00-01:00", ["11-23 23:00-11-24 01:00"]),
    ("inside the gap",                    "Europe/London",       date(2026, 3, 29),  "01:10-01:50", []),
    ("inside the repeated hour",          "Europe/London",       date(2026, 10, 25), "01:15-01:45", ["10-25 00:15-10-25 00:45", "10-25 01:15-10-25 01:45"]),
    ("a night that begins the day before", "Europe/London",      date(2026, 10, 24), "23:00-01:30", ["10-24 22:00-10-25 00:30", "10-25 01:00-10-25 01:30"]),
    ("half an hour",                      "Australia/Lord_Howe", date(2026, 4, 5),   "01:45-02:15", ["04-04 14:45-04-04 15:00", "04-04 15:15-04-04 15:45"]),
    ("a day that is skipped",             "Pacific/Apia",        date(2011, 12, 30), "00:00-24:00", []),
    ("a night into a skipped day",        "Pacific/Apia",        date(2011, 12, 29), "22:00-02:00", ["12-30 08:00-12-30 10:00"]),
]
# fmt: on


@pytest.mark.parametrize(
    "row", [row[1:] for row in OCCURRENCES], ids=[row[0] for row in OCCURRENCES]
)
def test_when_the_clock_reads_a_time_inside_a_span(row):
    zone, day, at, expected = row

    found = occurrences(ZoneInfo(zone), day, span(at))

    assert [f"{since:%m-%d %H:%M}-{until:%m-%d %H:%M}" for since, until in found] == expected


def test_the_days_of_a_year_follow_each_other_without_a_gap():
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]

    for day, after in pairwise(days):
        assert day_edges(LONDON, day)[1] == day_edges(LONDON, after)[0]


def test_a_span_is_minutes_of_its_start_day():
    assert span("23:30-00:30") == Span(start=1410, end=1470)
