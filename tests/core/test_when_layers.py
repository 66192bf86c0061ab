# ruff: noqa: E501  a row of a table is one line
"""Which rule counts: layers, teams, exceptions, blackouts, suspensions, platforms."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from breaktime.core.breaks import Blackout, DatedException, Days, Layer, Profile, Suspension
from breaktime.core.rule import Rule
from breaktime.core.when import Kind, look
from calendars import (
    LONDON,
    WEEK,
    a_break,
    kind_at,
    layer,
    openings,
    profile,
    span,
    utc,
)

LUNCH = a_break("lunch", "12:00-13:00")
TEA = a_break("tea", "15:00-15:30")
LATE = a_break("late", "12:30-14:00")
MON_23 = ("2026-11-23 00:00", "2026-11-24 00:00")
AT_LUNCH, AT_TEA, AT_LATE = (
    "11-23 12:00-11-23 13:00", "11-23 15:00-11-23 15:30", "11-23 12:30-11-23 14:00",
)  # fmt: skip


def teams(narrowest, *breaks):
    rules = tuple(Rule(f"team:{index}") for index, _ in enumerate(breaks))
    return Layer(rules, tuple((one,) for one in breaks), narrowest=narrowest)


# fmt: off
LAYERS = [
    # what the row shows                       layers, most specific first                                                     open
    ("everyone",                               [layer("everyone", LUNCH)],                                                      [AT_LUNCH]),
    ("a person's list hides everyone's",       [layer("person", TEA), layer("everyone", LUNCH)],                                [AT_TEA]),
    ("an empty list hides everyone's",         [layer("person"), layer("everyone", LUNCH)],                                     []),
    ("an added list hides nothing",            [layer("person", TEA, adds=True), layer("everyone", LUNCH)],                     [AT_LUNCH, AT_TEA]),
    ("added on added on a list",               [layer("p", TEA, adds=True), layer("t", LATE, adds=True), layer("e", LUNCH)],    ["11-23 12:00-11-23 14:00", AT_TEA]),
    ("a list hides what is added below",       [layer("person", TEA), layer("team", LATE, adds=True), layer("everyone", LUNCH)], [AT_TEA]),
    ("two teams, most generous",               [teams(False, LUNCH, LATE)],                                                     ["11-23 12:00-11-23 14:00"]),
    ("two teams, narrowest",                   [teams(True, LUNCH, LATE)],                                                      ["11-23 12:30-11-23 13:00"]),
    ("the order of the teams is no matter",    [teams(True, LATE, LUNCH)],                                                      ["11-23 12:30-11-23 13:00"]),
    ("two teams that share nothing, narrowest", [teams(True, LUNCH, TEA)],                                                      []),
    ("three teams, narrowest",                 [teams(True, LUNCH, LATE, a_break("x", "12:45-12:50"))],                         ["11-23 12:45-11-23 12:50"]),
    ("one team, narrowest",                    [teams(True, LUNCH)],                                                            [AT_LUNCH]),
]
# fmt: on


@pytest.mark.parametrize(
    ("layers", "expected"), [row[1:] for row in LAYERS], ids=[row[0] for row in LAYERS]
)
def test_layers(layers, expected):
    assert openings(Profile(LONDON, tuple(layers)), *MON_23) == expected


def dated(name, day, *breaks, last=None, adds=False):
    """Exception for 2026-11-`day`, or for some days of that November."""
    since = date(2026, 11, day)
    until = since if last is None else date(2026, 11, last)
    return DatedException(Rule(f"exception:{name}"), since, until, breaks, adds)


FEAST = dated("feast", 23, LATE)
CLOSED = dated("closed", 23)
EXTRA = dated("extra", 23, TEA, adds=True)

# fmt: off
EXCEPTIONS = [
    # what the row shows                          exceptions by rank, most specific first            open on 2026-11-23, everyone has lunch
    ("another date",                              [[dated("other", 24, LATE)]],                      [AT_LUNCH]),
    ("it replaces the weekly breaks",             [[FEAST]],                                         [AT_LATE]),
    ("none closes the day",                       [[CLOSED]],                                        []),
    ("it adds to the weekly breaks",              [[EXTRA]],                                         [AT_LUNCH, AT_TEA]),
    ("the first rank counts",                     [[CLOSED], [FEAST]],                               []),
    ("a rank of other dates is no rank",          [[dated("other", 24)], [FEAST]],                   [AT_LATE]),
    ("an added one is on top of the next rank",   [[EXTRA], [FEAST]],                                [AT_LATE, AT_TEA]),
    ("an added one is on top of a closed day",    [[EXTRA], [CLOSED]],                               [AT_TEA]),
    ("two of one rank, most generous",            [[FEAST, dated("x", 23, LUNCH)]],                  ["11-23 12:00-11-23 14:00"]),
    ("replacing and adding in one rank",          [[FEAST, EXTRA]],                                  [AT_LATE, AT_TEA]),
    ("the first day of several",                  [[dated("days", 23, LATE, last=24)]],              [AT_LATE]),
    ("the last day of several",                   [[dated("days", 20, LATE, last=23)]],              [AT_LATE]),
    ("the day after",                             [[dated("days", 20, LATE, last=22)]],              [AT_LUNCH]),
]
# fmt: on


@pytest.mark.parametrize(
    ("exceptions", "expected"), [row[1:] for row in EXCEPTIONS], ids=[row[0] for row in EXCEPTIONS]
)
def test_exceptions(exceptions, expected):
    who = profile(LUNCH, exceptions=tuple(tuple(rank) for rank in exceptions))

    assert openings(who, *MON_23) == expected


def test_two_exceptions_of_one_rank_narrowest_means_what_they_share():
    rank = (FEAST, dated("x", 23, LUNCH))
    who = profile(exceptions=(rank,), narrowest=True)

    assert openings(who, *MON_23) == ["11-23 12:30-11-23 13:00"]


def test_the_kind_tells_an_exception_from_a_weekly_break():
    who = profile(LUNCH, exceptions=((EXTRA,),))

    assert kind_at(who, "2026-11-23 12:15") is Kind.FIXED
    assert kind_at(who, "2026-11-23 15:15") is Kind.EXCEPTION


def test_an_exception_is_about_the_nights_that_start_on_its_dates():
    """The night from the 22nd is not touched by an exception for the 23rd."""
    night = a_break("night", "22:00-02:00")
    who = profile(night, exceptions=((CLOSED,),))

    found = openings(who, "2026-11-22 12:00", "2026-11-25 12:00")

    assert found == ["11-22 22:00-11-23 02:00", "11-24 22:00-11-25 02:00"]


def test_narrowest_finds_what_is_shared_across_midnight():
    """A night that began yesterday and a morning of today share their common hours."""
    who = Profile(
        LONDON,
        (teams(True, a_break("night", "22:00-02:00"), a_break("morning", "00:00-06:00")),),
    )

    found = openings(who, "2026-11-23 12:00", "2026-11-25 12:00")

    assert found == ["11-24 00:00-11-24 02:00", "11-25 00:00-11-25 02:00"]


def test_narrowest_does_not_mix_exceptions_with_the_weekly_breaks_of_another_day():
    """Weekly lists share with weekly lists, exceptions with exceptions."""
    night, morning = a_break("night", "22:00-02:00"), a_break("morning", "00:00-06:00")
    who = Profile(
        LONDON,
        (teams(True, night, morning),),
        exceptions=((dated("a", 23, night), dated("b", 23, night)),),
        narrowest=True,
    )

    found = openings(who, "2026-11-22 12:00", "2026-11-25 12:00")

    assert found == ["11-23 22:00-11-24 02:00", "11-25 00:00-11-25 02:00"]


def test_what_is_shared_across_midnight_is_not_lost_beside_an_exception_that_adds():
    night, morning = a_break("night", "22:00-02:00"), a_break("morning", "00:00-06:00")
    who = Profile(LONDON, (teams(True, night, morning),), exceptions=((EXTRA,),))

    found = openings(who, "2026-11-23 00:00", "2026-11-24 12:00")

    assert found == ["11-23 00:00-11-23 02:00", AT_TEA, "11-24 00:00-11-24 02:00"]


def blackout(at, days=None):
    return Blackout(Rule("blackout:lines"), tuple(span(one) for one in at.split(", ")), Days(days))


def test_a_blackout_wins_over_a_break_and_gives_way_to_its_rest():
    who = profile(LUNCH, blackouts=(blackout("12:15-12:30"),))

    assert openings(who, *MON_23) == ["11-23 12:00-11-23 12:15", "11-23 12:30-11-23 13:00"]
    assert kind_at(who, "2026-11-23 12:15") is Kind.BLACKOUT


def test_a_blackout_wins_over_an_exception():
    who = profile(exceptions=((FEAST,),), blackouts=(blackout("12:00-13:00"),))

    assert openings(who, *MON_23) == ["11-23 13:00-11-23 14:00"]


def test_a_blackout_past_midnight_belongs_to_the_day_on_which_it_starts():
    who = profile(a_break("always", "00:00-24:00"), blackouts=(blackout("23:00-01:00", {0}),))

    found = openings(who, "2026-11-23 12:00", "2026-11-24 12:00")

    assert found == ["11-23 12:00-11-23 23:00", "11-24 01:00-11-24 12:00"]


def suspension(first, last):
    return Suspension(Rule("suspension:HR-1"), date(2026, 10, first), date(2026, 10, last))


def test_a_suspension_is_whole_local_days_with_both_ends():
    """Saturday the 24th to Sunday the 25th of October 2026, which has 25 hours."""
    who = profile(a_break("always", "00:00-24:00"), suspensions=(suspension(24, 25),))

    opening = look(who, utc("2026-10-23 23:00"))

    assert opening == (Kind.SUSPENDED, (Rule("suspension:HR-1"),), utc("2026-10-26 00:00"), ())
    assert kind_at(who, "2026-10-23 22:59") is Kind.FIXED
    assert kind_at(who, "2026-10-26 00:00") is Kind.FIXED


def test_a_suspension_is_named_before_a_blackout():
    who = profile(suspensions=(suspension(24, 25),), blackouts=(blackout("12:00-13:00"),))

    assert kind_at(who, "2026-10-24 11:30") is Kind.SUSPENDED


def test_a_suspension_of_a_skipped_day_is_no_time_at_all():
    gone = Suspension(Rule("s"), date(2011, 12, 30), date(2011, 12, 30))
    who = Profile(ZoneInfo("Pacific/Apia"), suspensions=(gone,))

    assert look(who, utc("2011-12-30 10:00")) == (Kind.CLOSED, (), None, ())


def test_a_break_may_be_for_some_platforms_only():
    some = a_break("some", "12:00-12:30", platforms=frozenset({"facebook"}))
    who = profile(some, a_break("all", "15:00-15:30"))

    assert openings(who, *MON_23, platform="facebook") == ["11-23 12:00-11-23 12:30", AT_TEA]
    assert openings(who, *MON_23, platform="tiktok") == [AT_TEA]
    assert openings(who, *MON_23, platform=None) == [AT_TEA]


BOTH = Profile(
    LONDON,
    (layer("person", TEA, adds=True), layer("everyone", LUNCH)),
    exceptions=((EXTRA,),),
    blackouts=(blackout("12:15-12:30", WEEK),),
)

# fmt: off
RULES = [
    # at (UTC)             rules, the deciding one first
    ("2026-11-24 12:00", ["break:lunch", "everyone"]),
    ("2026-11-24 12:15", ["blackout:lines"]),
    ("2026-11-24 15:00", ["break:tea", "person"]),
    ("2026-11-24 16:00", ["person", "everyone"]),                     # closed: the lists that could have opened
    ("2026-11-23 15:00", ["break:tea", "exception:extra"]),
    ("2026-11-23 16:00", ["exception:extra", "person", "everyone"]),
]
# fmt: on


@pytest.mark.parametrize(("at", "rules"), RULES)
def test_the_rules_that_led_to_the_answer_are_named(at, rules):
    assert [rule.id for rule in look(BOTH, utc(at)).rules] == rules


def test_what_two_teams_share_names_both():
    who = Profile(LONDON, (teams(True, LUNCH, LATE),))

    rules = look(who, utc("2026-11-23 12:30")).rules

    assert [rule.id for rule in rules] == ["break:lunch", "break:late", "team:0", "team:1"]
