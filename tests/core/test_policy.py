# ruff: noqa: E501  a row of a table is one line
"""What the policy says about one person in one place."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from breaktime.core.breaks import DatedException
from breaktime.core.policy import EVERYONE, Disagreement, Policy, SubjectKind
from breaktime.core.rule import Rule
from breaktime.core.who import Person
from calendars import LONDON, a_break, openings
from office import LUNCH, OFFICE, SETTINGS, TEA, a_list, person, place, team

ADA = Person("ada", ("office", "press"))
DEPOT, TOWN_HALL, LIBRARY = "10.30.0.1", "10.20.0.1", "10.60.0.1"
MON_23 = ("2026-11-23 00:00", "2026-11-24 00:00")
AT_LUNCH, AT_TEA = "11-23 12:00-11-23 13:00", "11-23 15:00-11-23 15:15"


def office(**changes):
    return Policy(**{**SETTINGS, **changes})


# fmt: off
SUBJECTS = [
    # subject           who   place    covers
    (EVERYONE,          ADA,  None,    True),
    (EVERYONE,          None, "depot", False),  # nobody known is in a place, not among us
    (person("ada"),     ADA,  None,    True),
    (person("bob"),     ADA,  None,    False),
    (person("ada"),     None, None,    False),
    (team("press"),     ADA,  None,    True),
    (team("comms"),     ADA,  None,    False),
    (team("press"),     None, "depot", False),
    (place("depot"),    ADA,  "depot", True),
    (place("depot"),    None, "depot", True),
    (place("depot"),    ADA,  None,    False),
]
# fmt: on


@pytest.mark.parametrize(("subject", "who", "where", "covers"), SUBJECTS)
def test_whom_a_rule_is_about(subject, who, where, covers):
    assert subject.covers(who, where) is covers


def test_the_kinds_of_subject_are_these():
    """A further kind needs a rank of its own, for breaks and for exceptions."""
    assert {kind.value for kind in SubjectKind} == {"everyone", "person", "team", "place"}


# fmt: off
ZONES = [
    # what the row shows                 zones                                                        who    from        zone
    ("the organisation's",               {},                                                          "ada", None,       "Europe/London"),
    ("the person's",                     {person("ada"): "Europe/Warsaw", place("depot"): "Asia/Tokyo"}, "ada", DEPOT,   "Europe/Warsaw"),
    ("the place's",                      {place("depot"): "Asia/Tokyo"},                              "ada", DEPOT,      "Asia/Tokyo"),
    ("the place's, nobody known",        {place("depot"): "Asia/Tokyo"},                              None,  DEPOT,      "Asia/Tokyo"),
    ("another place",                    {place("depot"): "Asia/Tokyo"},                              "ada", TOWN_HALL,  "Europe/London"),
]
# fmt: on


@pytest.mark.parametrize("row", [row[1:] for row in ZONES], ids=[row[0] for row in ZONES])
def test_whose_clock_counts(row):
    zones, who, client, zone = row
    policy = office(zones={subject: ZoneInfo(key) for subject, key in zones.items()})

    assert policy.standing(who, (), client).zone == ZoneInfo(zone)


HERE, THERE, AT_HOME = (frozenset({date(2026, 11, day)}) for day in (23, 24, 25))

# fmt: off
HOLIDAYS = [
    # what the row shows                 own holidays                                      who    from       holidays
    ("the organisation's",               {},                                               "ada", None,      HERE),
    ("the person's",                     {person("ada"): AT_HOME, place("depot"): THERE},  "ada", DEPOT,     AT_HOME),
    ("the place's",                      {person("ada"): AT_HOME, place("depot"): THERE},  "bob", DEPOT,     THERE),
    ("another place",                    {person("ada"): AT_HOME, place("depot"): THERE},  "bob", TOWN_HALL, HERE),
]
# fmt: on


@pytest.mark.parametrize("row", [row[1:] for row in HOLIDAYS], ids=[row[0] for row in HOLIDAYS])
def test_whose_bank_holidays_count(row):
    own, who, client, holidays = row
    policy = office(holidays=HERE, own_holidays=own)

    assert policy.standing(who, (), client).profile.holidays == holidays


def test_people_whose_clock_or_holidays_differ_do_not_share_a_calendar():
    own = {person("ada"): AT_HOME}
    policy = office(own_holidays=own, zones={person("eve"): ZoneInfo("Europe/Warsaw")})
    ada, jim, eve, joe = (
        policy.standing(who, (), None).profile for who in ("ada", "jim", "eve", "joe")
    )

    assert jim is joe
    assert len({id(ada), id(jim), id(eve)}) == 3


# fmt: off
BREAKS = [
    # what the row shows           breaks                                                                                  from       open
    ("everyone",                   {EVERYONE: a_list("e", LUNCH)},                                                          DEPOT,    [AT_LUNCH]),
    ("nobody has any",             {},                                                                                     DEPOT,    []),
    ("place over everyone",        {EVERYONE: a_list("e", LUNCH), place("depot"): a_list("p", TEA)},                        DEPOT,    [AT_TEA]),
    ("from another place",         {EVERYONE: a_list("e", LUNCH), place("depot"): a_list("p", TEA)},                        TOWN_HALL, [AT_LUNCH]),
    ("team over place",            {place("depot"): a_list("p", TEA), team("office"): a_list("t", LUNCH)},                  DEPOT,    [AT_LUNCH]),
    ("person over team",           {team("office"): a_list("t", LUNCH), person("ada"): a_list("a", TEA)},                   DEPOT,    [AT_TEA]),
    ("none for a person",          {EVERYONE: a_list("e", LUNCH), person("ada"): a_list("a")},                              DEPOT,    []),
    ("added for a person",         {EVERYONE: a_list("e", LUNCH), person("ada"): a_list("a", TEA, adds=True)},              DEPOT,    [AT_LUNCH, AT_TEA]),
    ("somebody else's",            {EVERYONE: a_list("e", LUNCH), person("bob"): a_list("b", TEA)},                         DEPOT,    [AT_LUNCH]),
]
# fmt: on


@pytest.mark.parametrize("row", [row[1:] for row in BREAKS], ids=[row[0] for row in BREAKS])
def test_the_most_specific_list_counts(row):
    breaks, client, expected = row
    profile = office(breaks=breaks).standing("ada", (), client).profile

    assert openings(profile, *MON_23) == expected


@pytest.mark.parametrize(
    ("disagreement", "expected"),
    [
        (Disagreement.MOST_GENEROUS, ["11-23 12:00-11-23 14:00"]),
        (Disagreement.NARROWEST, ["11-23 12:30-11-23 13:00"]),
    ],
)
def test_two_teams_with_different_breaks(disagreement, expected):
    late = a_break("late", "12:30-14:00")
    breaks = {team("office"): a_list("o", LUNCH), team("comms"): a_list("c", late)}
    policy = office(breaks=breaks, disagreement=disagreement)

    profile = policy.standing("ada", ("GG-Comms",), None).profile

    assert openings(profile, *MON_23) == expected


def test_among_exceptions_the_most_specific_rank_counts():
    def on_monday(name, *breaks):
        return DatedException(Rule(name), date(2026, 11, 23), date(2026, 11, 23), breaks)

    ranks = [
        (EVERYONE, on_monday("everyone", LUNCH)),
        (place("depot"), on_monday("place", TEA)),
        (team("office"), on_monday("team")),
        (person("ada"), on_monday("person", LUNCH)),
    ]
    expected = [[AT_LUNCH], [AT_TEA], [], [AT_LUNCH]]

    for count, answer in enumerate(expected, start=1):
        policy = office(exceptions=tuple(ranks[:count]), breaks={})
        assert openings(policy.standing("ada", (), DEPOT).profile, *MON_23) == answer


def test_people_with_the_same_rules_share_one_calendar():
    """The caches go by the object: ten thousand people of one team cost as much as one."""
    ada, tess, zoe = (OFFICE.standing(who, (), None).profile for who in ("ada", "tess", "zoe"))

    assert ada is tess
    assert ada is not zoe


def test_somebody_with_a_rule_of_their_own_has_a_calendar_of_their_own():
    ada, dan = (OFFICE.standing(who, (), None).profile for who in ("ada", "dan"))

    assert ada is not dan


def test_a_standing_is_worked_out_once():
    one, other = (OFFICE.standing("ada", (), client) for client in (TOWN_HALL, "10.20.9.9"))

    assert one == other
    assert (one.cases, one.profile) == (other.cases, other.profile)
    assert one.profile is other.profile


def test_what_is_kept_of_standings_can_be_dropped():
    policy = office()
    policy.standing("ada", (), None)
    assert any(len(kept) for kept in policy.kept)

    for kept in policy.kept:
        kept.drop(len(kept))

    assert not any(len(kept) for kept in policy.kept)


def test_nobody_known_has_a_place_and_no_calendar():
    standing = OFFICE.standing(None, (), LIBRARY)

    assert (standing.person, standing.profile, standing.place) == (None, None, "library")
    assert standing.exempt == Rule("exempt:library")
    assert standing.zone == LONDON


def test_a_business_case_is_whole_days_of_the_person():
    dated = OFFICE.standing("kim", (), None).cases

    assert [f"{one.case.rule.id} {one.since:%d %H:%M} {one.until:%d %H:%M}" for one in dated] == [
        "business-case:BC-3 24 23:00 25 23:00"
    ]
