# ruff: noqa: E501  a row of a table is one line
"""The rules about breaks, as values."""

from datetime import date

import pytest

from breaktime.core.breaks import (
    Blackout,
    DatedException,
    Days,
    HolidayRule,
    Layer,
    Profile,
    Suspension,
)
from breaktime.core.rule import Rule
from calendars import LONDON, MON, a_break, layer, profile, span

# fmt: off
DAYS = [
    # what the row shows               filter                                         day                 holiday  holds
    ("every day",                      Days(),                                        date(2026, 11, 23), False,   True),
    ("the weekday",                    Days(weekdays=frozenset({MON})),               date(2026, 11, 23), False,   True),
    ("another weekday",                Days(weekdays=frozenset({MON})),               date(2026, 11, 24), False,   False),
    ("the date",                       Days(dates=frozenset({date(2026, 11, 23)})),   date(2026, 11, 23), False,   True),
    ("another date",                   Days(dates=frozenset({date(2026, 11, 23)})),   date(2026, 11, 24), False,   False),
    ("no date at all",                 Days(dates=frozenset()),                       date(2026, 11, 24), False,   False),
    ("the first day",                  Days(since=date(2026, 11, 23)),                date(2026, 11, 23), False,   True),
    ("before the first day",           Days(since=date(2026, 11, 23)),                date(2026, 11, 22), False,   False),
    ("the last day",                   Days(until=date(2026, 11, 23)),                date(2026, 11, 23), False,   True),
    ("after the last day",             Days(until=date(2026, 11, 23)),                date(2026, 11, 24), False,   False),
    ("a bank holiday counts",          Days(),                                        date(2026, 12, 25), True,    True),
    ("a bank holiday does not count",  Days(holidays=HolidayRule.EXCLUDE),            date(2026, 12, 25), True,    False),
    ("an ordinary day counts",         Days(holidays=HolidayRule.EXCLUDE),            date(2026, 12, 24), False,   True),
    ("bank holidays only",             Days(holidays=HolidayRule.ONLY),               date(2026, 12, 25), True,    True),
    ("an ordinary day is not meant",   Days(holidays=HolidayRule.ONLY),               date(2026, 12, 24), False,   False),
]
# fmt: on


@pytest.mark.parametrize(
    ("days", "day", "holiday", "holds"), [row[1:] for row in DAYS], ids=[row[0] for row in DAYS]
)
def test_days(days, day, holiday, holds):
    assert days.holds(day, holiday=holiday) is holds


SOME = a_break("some", "12:00-12:30", platforms=frozenset({"facebook"}))
ALL = a_break("all", "12:00-13:00")
DAY = date(2026, 11, 23)

# fmt: off
PROFILES = [
    # what the row shows              profile                                                                        limited  constant
    ("nothing at all",                Profile(LONDON),                                                               False,   True),
    ("an empty list",                 Profile(LONDON, (Layer((Rule("x"),), ((),)),)),                                False,   True),
    ("a break for all",               profile(ALL),                                                                  False,   False),
    ("a break for some",              profile(SOME),                                                                 True,    False),
    ("an added break for some",       Profile(LONDON, (layer("person", SOME, adds=True),)),                          True,    False),
    ("an exception for some",         profile(exceptions=((DatedException(Rule("x"), DAY, DAY, (SOME,)),),)),        True,    False),
    ("an exception without a break",  profile(exceptions=((DatedException(Rule("x"), DAY, DAY, ()),),)),             False,   True),
    ("a blackout",                    Profile(LONDON, blackouts=(Blackout(Rule("x"), (span("12:00-13:00"),)),)),     False,   False),
    ("a suspension",                  Profile(LONDON, suspensions=(Suspension(Rule("x"), DAY, DAY),)),               False,   False),
]
# fmt: on


@pytest.mark.parametrize("row", [row[1:] for row in PROFILES], ids=[row[0] for row in PROFILES])
def test_a_profile_knows_what_saves_work(row):
    one, limited, constant = row

    assert (one.limited, one.constant) == (limited, constant)
