# ruff: noqa: E501  a row of a table is one line
"""The rules about breaks, as values."""

from datetime import date

import pytest

from breaktime.core.breaks import (
    Blackout,
    Cycle,
    DatedException,
    Days,
    HolidayRule,
    Layer,
    MonthDays,
    Nth,
    Profile,
    Suspension,
    Weeks,
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
    ("the first Monday",               Days(nth=frozenset({Nth(1, MON)})),            date(2026, 11, 2),  False,   True),
    ("the second is not the first",    Days(nth=frozenset({Nth(1, MON)})),            date(2026, 11, 9),  False,   False),
    ("another day of the first week",  Days(nth=frozenset({Nth(1, MON)})),            date(2026, 11, 3),  False,   False),
    ("the fourth Monday",              Days(nth=frozenset({Nth(4, MON)})),            date(2026, 11, 23), False,   True),
    ("the fifth is the last",          Days(nth=frozenset({Nth(-1, MON)})),           date(2026, 11, 30), False,   True),
    ("the fourth is not the last",     Days(nth=frozenset({Nth(-1, MON)})),           date(2026, 11, 23), False,   False),
    ("the fourth is the last",         Days(nth=frozenset({Nth(-1, MON)})),           date(2026, 12, 28), False,   True),
    ("beside plain weekdays",          Days(frozenset({4}), nth=frozenset({Nth(1, MON)})), date(2026, 11, 20), False, True),
    ("or the counted one",             Days(frozenset({4}), nth=frozenset({Nth(1, MON)})), date(2026, 11, 2), False,  True),
    ("the last of the month",          Days(month_days=(MonthDays(-1, -1),)),         date(2026, 11, 30), False,   True),
    ("the last of a leap February",    Days(month_days=(MonthDays(-1, -1),)),         date(2028, 2, 29),  False,   True),
    ("not the last of it",             Days(month_days=(MonthDays(-1, -1),)),         date(2028, 2, 28),  False,   False),
    ("one of several",                 Days(month_days=(MonthDays(1, 5), MonthDays(-1, -1))), date(2026, 11, 5), False, True),
    ("none of several",                Days(month_days=(MonthDays(1, 5), MonthDays(-1, -1))), date(2026, 11, 6), False, False),
    ("from a day to the last",         Days(month_days=(MonthDays(25, -1),)),         date(2027, 2, 28),  False,   True),
    ("a day that February has not",    Days(month_days=(MonthDays(30, 31),)),         date(2027, 2, 28),  False,   False),
    ("more days than February has",    Days(month_days=(MonthDays(-31, -29),)),       date(2027, 2, 1),   False,   False),
    ("the month",                      Days(months=frozenset({11, 12})),              date(2026, 11, 6),  False,   True),
    ("another month",                  Days(months=frozenset({11, 12})),              date(2026, 10, 6),  False,   False),
    ("the year",                       Days(years=frozenset({2026})),                 date(2026, 10, 6),  False,   True),
    ("another year",                   Days(years=frozenset({2026})),                 date(2027, 10, 6),  False,   False),
    ("the week it starts",             Days(weeks=Weeks(2, date(2026, 11, 6))),       date(2026, 11, 2),  False,   True),
    ("to the Sunday of that week",     Days(weeks=Weeks(2, date(2026, 11, 6))),       date(2026, 11, 8),  False,   True),
    ("not the week after",             Days(weeks=Weeks(2, date(2026, 11, 6))),       date(2026, 11, 9),  False,   False),
    ("two weeks later, on a Sunday",   Days(weeks=Weeks(2, date(2026, 11, 6))),       date(2026, 11, 22), False,   True),
    ("not the week before",            Days(weeks=Weeks(2, date(2026, 11, 6))),       date(2026, 11, 1),  False,   False),
    ("two weeks earlier",              Days(weeks=Weeks(2, date(2026, 11, 6))),       date(2026, 10, 23), False,   True),
    ("all kinds at once",              Days(frozenset({4}), weeks=Weeks(2, date(2026, 11, 6)), months=frozenset({11})), date(2026, 11, 20), False, True),
    ("one kind of all fails",          Days(frozenset({4}), weeks=Weeks(2, date(2026, 11, 6)), months=frozenset({12})), date(2026, 11, 20), False, False),
    ("a day of the cycle",             Cycle(date(2026, 11, 2), 8, frozenset({2, 3})), date(2026, 11, 4), False,   True),
    ("a holiday is a day like others", Cycle(date(2026, 11, 2), 8, frozenset({2, 3})), date(2026, 11, 4), True,    True),
    ("another day of the cycle",       Cycle(date(2026, 11, 2), 8, frozenset({2, 3})), date(2026, 11, 6), False,   False),
    ("a day of an earlier round",      Cycle(date(2026, 11, 2), 8, frozenset({2, 3})), date(2026, 10, 27), False,  True),
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
