# ruff: noqa: E501  a row of a table is one line
"""Are days, months, years and weeks understood as they are written, and as nothing else?"""

import pytest

from breaktime.config import text_days
from breaktime.config.text_days import DaysOfWeek
from breaktime.core.breaks import MonthDays, Nth

# fmt: off
READ = [
    (text_days.days,       "Mon-Fri",              DaysOfWeek(frozenset(range(5)), frozenset())),
    (text_days.days,       "first Mon",            DaysOfWeek(frozenset(), frozenset({Nth(1, 0)}))),
    (text_days.days,       "last Fri, Sun",        DaysOfWeek(frozenset({6}), frozenset({Nth(-1, 4)}))),
    (text_days.days,       "second Tue,fourth Tue", DaysOfWeek(frozenset(), frozenset({Nth(2, 1), Nth(4, 1)}))),
    (text_days.days,       "third  Wed",           DaysOfWeek(frozenset(), frozenset({Nth(3, 2)}))),
    (text_days.month_days, "1",                    MonthDays(1, 1)),
    (text_days.month_days, "-1",                   MonthDays(-1, -1)),
    (text_days.month_days, "1-5",                  MonthDays(1, 5)),
    (text_days.month_days, "1\N{EN DASH}5",        MonthDays(1, 5)),
    (text_days.month_days, "-3 to -1",             MonthDays(-3, -1)),
    (text_days.month_days, "-3--1",                MonthDays(-3, -1)),
    (text_days.month_days, "25 to -1",             MonthDays(25, -1)),
    (text_days.months,     "Jan-Nov",              frozenset(range(1, 12))),
    (text_days.months,     "Nov-Feb",              frozenset({11, 12, 1, 2})),
    (text_days.months,     "Jun, Dec",             frozenset({6, 12})),
    (text_days.years,      "2026",                 frozenset({2026})),
    (text_days.years,      "2026-2028",            frozenset({2026, 2027, 2028})),
    (text_days.weeks,      "2 weeks",              2),
    (text_days.weeks,      "1 week",               1),
]
WRONG = [
    (text_days.days,       "first",                "found `first`; write `first`, `second`, `third`, `fourth` or `last` and one day"),
    (text_days.days,       "2nd Tuesday",          "found `2nd Tuesday`; write `second Tue`"),
    (text_days.days,       "first, third Mon",     "write `first Mon, third Mon`"),
    (text_days.days,       "5th Fri",              "write `last Fri`"),
    (text_days.days,       "Monday",               "must be days such as `Mon-Fri`, found `Monday`; write `Mon`"),
    (text_days.month_days, "",                     "must be days of the month"),
    (text_days.month_days, "-32",                  "must be between 1 and 31"),
    (text_days.month_days, "-2-3",                 "write two entries"),
    (text_days.months,     "jan to nov",           "write `Jan-Nov`"),
    (text_days.months,     "6,12",                 "write `Jun, Dec`"),
    (text_days.months,     "13",                   "write for example `Jan`"),
    (text_days.years,      "next",                 "must be a year"),
    (text_days.years,      "2026-3026",            "must be between 2000 and 2099"),
    (text_days.weeks,      "53 weeks",             "must be between"),
    (text_days.weeks,      "two weeks",            "must be a number of weeks"),
]
# fmt: on


@pytest.mark.parametrize(("grammar", "written", "meant"), READ)
def test_is_read_as(grammar, written, meant):
    assert grammar(written) == meant


@pytest.mark.parametrize(("grammar", "written", "said"), WRONG)
def test_is_refused_with_what_to_write(grammar, written, said):
    with pytest.raises(ValueError, match="must") as refused:
        grammar(written)
    assert said in str(refused.value)
