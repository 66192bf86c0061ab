# ruff: noqa: E501  a row of a table is one line
"""Times as people say them, on days of every length."""

from zoneinfo import ZoneInfo

import pytest

from breaktime.pages.clock import say_left, say_now, say_when
from breaktime.pages.texts import TEXTS
from calendars import utc

ENGLISH = TEXTS["en"].clock

# fmt: off
WHEN = [
    # zone                    now (UTC)            then (UTC)           in words
    ("Europe/London",        "2026-11-23 10:20",  "2026-11-23 12:00",  "today at 12:00"),
    ("Europe/London",        "2026-11-23 00:00",  "2026-11-23 00:05",  "today at 00:05"),
    ("Europe/London",        "2026-11-23 23:59",  "2026-11-24 00:00",  "tomorrow, Tuesday 24 November, at 00:00"),
    ("Europe/London",        "2026-11-23 13:00",  "2026-11-24 12:00",  "tomorrow, Tuesday 24 November, at 12:00"),
    ("Europe/London",        "2026-11-27 13:00",  "2026-11-30 12:00",  "on Monday 30 November at 12:00"),
    ("Europe/London",        "2026-12-31 13:00",  "2027-01-01 12:00",  "tomorrow, Friday 1 January, at 12:00"),
    ("Europe/London",        "2026-12-30 13:00",  "2027-01-04 12:00",  "on Monday 4 January 2027 at 12:00"),
    ("Europe/London",        "2026-07-06 10:20",  "2026-07-06 11:00",  "today at 12:00"),                                # summer time
    ("Europe/London",        "2026-07-06 22:30",  "2026-07-06 23:30",  "tomorrow, Tuesday 7 July, at 00:30"),            # tomorrow here, today in UTC
    ("Europe/London",        "2026-03-28 20:00",  "2026-03-29 11:00",  "tomorrow, Sunday 29 March, at 12:00"),           # the clocks go forward
    ("Europe/London",        "2026-03-29 00:59",  "2026-03-29 01:00",  "today at 02:00"),
    ("Europe/London",        "2026-10-24 20:00",  "2026-10-25 12:00",  "tomorrow, Sunday 25 October, at 12:00"),         # the clocks go back
    ("Europe/London",        "2026-10-25 00:00",  "2026-10-25 00:15",  "today at 01:15 (before the clocks go back)"),
    ("Europe/London",        "2026-10-25 00:00",  "2026-10-25 01:15",  "today at 01:15 (after the clocks go back)"),
    ("Europe/London",        "2026-10-25 00:00",  "2026-10-25 02:00",  "today at 02:00"),
    ("Australia/Lord_Howe",  "2026-04-04 14:00",  "2026-04-04 15:15",  "today at 01:45 (after the clocks go back)"),     # half an hour
    ("Pacific/Apia",         "2011-12-30 09:00",  "2011-12-30 22:00",  "on Saturday 31 December at 12:00"),              # the day between does not happen
    ("America/Sao_Paulo",    "2018-11-04 02:30",  "2018-11-04 03:00",  "tomorrow, Sunday 4 November, at 01:00"),         # midnight does not happen
]
LEFT = [
    # now (UTC)            then (UTC)              in words
    ("2026-11-23 10:20",  "2026-11-23 12:00",     "in 1 hour and 40 minutes"),
    ("2026-11-23 11:20",  "2026-11-23 12:00",     "in 40 minutes"),
    ("2026-11-23 11:00",  "2026-11-23 12:00",     "in 1 hour"),
    ("2026-11-23 09:00",  "2026-11-23 12:00",     "in 3 hours"),
    ("2026-11-23 10:59",  "2026-11-23 12:00",     "in 1 hour and 1 minute"),
    ("2026-11-23 11:59",  "2026-11-23 12:00",     "in 1 minute"),
    ("2026-11-23 11:59:59", "2026-11-23 12:00",   "in 1 minute"),
    ("2026-11-23 11:58:59", "2026-11-23 12:00",   "in 2 minutes"),
    ("2026-11-23 12:00",  "2026-11-23 12:00",     "now"),
    ("2026-11-23 12:01",  "2026-11-23 12:00",     "now"),
    ("2026-11-23 12:01",  "2026-11-24 12:00",     "in 23 hours and 59 minutes"),
    ("2026-11-23 12:00",  "2026-11-24 12:00",     "in 1 day"),
    ("2026-11-23 11:00",  "2026-11-24 12:00",     "in 1 day and 1 hour"),
    ("2026-11-23 09:00",  "2026-11-25 12:00",     "in 2 days and 3 hours"),
    ("2026-11-23 12:20",  "2026-11-25 12:00",     "in 2 days"),                    # rounded to the hour
    ("2026-11-23 12:00",  "2026-12-23 12:00",     "in 30 days"),
    ("2026-03-28 12:00",  "2026-03-29 11:00",     "in 23 hours"),                  # noon to noon in London, the clocks go forward
    ("2026-10-24 11:00",  "2026-10-25 12:00",     "in 1 day and 1 hour"),          # noon to noon in London, the clocks go back
    ("2026-10-25 00:15",  "2026-10-25 01:15",     "in 1 hour"),                    # 01:15 to 01:15
]
# fmt: on


@pytest.mark.parametrize(("zone", "now", "then", "words"), WHEN)
def test_when_something_is(zone, now, then, words):
    assert say_when(ENGLISH, ZoneInfo(zone), utc(now), utc(then)) == words


@pytest.mark.parametrize(("now", "then", "words"), LEFT)
def test_how_long_it_is(now, then, words):
    assert say_left(ENGLISH, utc(now), utc(then)) == words


def test_the_day_and_the_time():
    now = say_now(ENGLISH, ZoneInfo("Europe/London"), utc("2026-07-06 10:20"))

    assert now == "11:20 on Monday 6 July 2026"
