"""What is shown of a week, in words."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from breaktime.cli.week_shape import Choice, Day, Entry, Week
from breaktime.core.rule import Rule

LONDON = ZoneInfo("Europe/London")
LUNCH, OWN = Rule("break:lunch", "c.yaml", 3), Rule("break:own", "c.yaml", 4)


def at(hour, minute=0):
    return datetime(2026, 11, 23, hour, minute, tzinfo=LONDON)


def choice(**more):
    values = {"minutes": 45, "sittings": 1, "name": "own", "rules": (OWN,)}
    return Choice(at(11, 30), at(14, 30), **{**values, **more})


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "own: 45 min, started by hand, in 11:30-14:30"),
        ({"sittings": 2}, "own: 45 min in up to 2 parts, started by hand, in 11:30-14:30"),
        ({"platforms": ("X",)}, "own (X): 45 min, started by hand, in 11:30-14:30"),
    ],
)  # fmt: skip
def test_a_choice_is_one_line(more, said):
    assert str(choice(**more)) == said


def test_the_legend_names_what_is_open_and_what_may_be_chosen():
    lunch = Entry(at(12), at(13), open=True, name="lunch", rules=(LUNCH,))
    days = (
        Day(date(2026, 11, 23), (), (lunch,), (choice(),)),
        Day(date(2026, 11, 24), (), (lunch,)),
    )
    week = Week("Office", "ada", None, LONDON, days[0].date, days, None, 120, (), None)
    assert week.legend == {"lunch": (LUNCH,), "own": (OWN,)}
