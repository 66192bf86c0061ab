"""What rules give, start day by start day."""

from datetime import date

from breaktime.core.breaks import Blackout, Suspension
from breaktime.core.layout import Kind, overrides, ruling
from breaktime.core.rule import Rule
from calendars import a_break, layer, profile, span, utc

DAY = date(2026, 11, 23)
LUNCH = a_break("lunch", "12:00-13:00")
NIGHT = a_break("night", "23:00-01:00")


def test_a_start_day_has_its_breaks_and_the_rules_that_give_them():
    found = ruling(profile(LUNCH, NIGHT), None, DAY)

    assert [(one.since, one.until, one.kind) for one in found.breaks] == [
        (utc("2026-11-23 12:00"), utc("2026-11-23 13:00"), Kind.FIXED),
        (utc("2026-11-23 23:00"), utc("2026-11-24 01:00"), Kind.FIXED),
    ]
    assert found.breaks[0].rules == (LUNCH.rule, *found.rules)
    assert found.rules == layer("everyone").rules


def test_what_narrows_each_other_is_kept_apart_until_all_days_are_together():
    who = profile()
    narrow = type(who)(who.zone, (layer("teams", LUNCH, narrowest=True),))
    both = narrow.layers[0]
    narrow = type(who)(who.zone, (type(both)(both.rules, ((LUNCH,), (NIGHT,)), narrowest=True),))

    found = ruling(narrow, None, DAY)

    assert found.breaks == ()
    assert [len(one.lists) for one in found.shared] == [2]


def test_blackouts_and_suspensions_are_over_them():
    black, gone = Rule("blackout:1"), Rule("suspension:1")
    who = profile(
        LUNCH,
        blackouts=(Blackout(black, (span("09:00-09:30"),)),),
        suspensions=(Suspension(gone, DAY, DAY),),
    )

    assert [(one.kind, one.since, one.rules) for one in overrides(who, DAY)] == [
        (Kind.BLACKOUT, utc("2026-11-23 09:00"), (black,)),
        (Kind.SUSPENDED, utc("2026-11-23 00:00"), (gone,)),
    ]
