# ruff: noqa: E501  a row of a table is one line
"""Flexible breaks, row by row: started, not started, used, and where something else counts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breaktime.core.breaks import Blackout, DatedException, Days, Suspension
from breaktime.core.decide import Verdict, decide, opens_at, starts_at
from breaktime.core.flexible import UNKNOWN, Usage
from breaktime.core.policy import EVERYONE, Disagreement, Policy
from breaktime.core.rule import Rule
from calendars import LONDON, WEEK, a_break, span, utc
from flexibly import MONDAY, flexible, minutes, sitting, usage
from office import SETTINGS, a_list, ask, person, place, team

FB, TT = "www.facebook.com", "www.tiktok.com"
OWN, SHORT, LATE = (
    flexible(),
    flexible("short", minutes=30, sittings=1),
    flexible("late", "13:00-16:00", 60, 3),
)
LUNCH, TEA = a_break("lunch", "12:00-13:00", WEEK), a_break("tea", "15:00-15:15", WEEK)
CLIPS = flexible("clips", "16:00-18:00", 20, platforms=frozenset({"tiktok"}))


def office(breaks, **more):
    values = {
        **SETTINGS,
        "breaks": breaks,
        "cases": (),
        "blackouts": (),
        "exceptions": (),
        "suspensions": (),
    }
    return Policy(**{**values, **more})


OFFICE = office(
    {
        EVERYONE: a_list("everyone", OWN, TEA, CLIPS),
        team("lines"): a_list("team:lines", OWN, LUNCH),
        person("dan"): a_list("person:dan", TEA),
        person("tess"): a_list("person:tess", SHORT, adds=True),
    },
    blackouts=((person("bob"), Blackout(Rule("blackout:b"), (span("12:30-12:40"),), Days(WEEK))),),
    suspensions=((person("kim"), Suspension(Rule("suspension:s"), MONDAY, MONDAY)),),
    exceptions=(
        (place("depot"), DatedException(Rule("exception:x"), MONDAY, MONDAY, (SHORT,))),
        (team("office"), DatedException(Rule("exception:y"), MONDAY + timedelta(1), MONDAY + timedelta(1), (TEA,))),
    ),
)  # fmt: skip
DEPOT = "10.30.0.9"
RUN, AVAILABLE, USED = "break_flexible", "break_available_not_started", "budget_used"
FROM_NOON = usage(sitting("12:00"), own=(0, 1))

# fmt: off
ROWS = [
    # what the row shows                        who    name  from   at       usage                              reason               because      changes at
    ("before the span",                         "ada", FB,   None,  "11:00", usage(),                           "outside_breaks",    "everyone",    "11:30"),
    ("not started",                             "ada", FB,   None,  "12:00", usage(),                           AVAILABLE,           "break:own",   "14:25"),
    ("started",                                 "ada", FB,   None,  "12:10", FROM_NOON,                         RUN,                 "break:own",   "12:45"),
    ("the allowance ends it",                   "ada", FB,   None,  "12:45", FROM_NOON,                         USED,                "break:own",   "14:30"),
    ("stopped, with some left",                 "ada", FB,   None,  "12:45", usage(own=(20, 1)),                AVAILABLE,           "break:own",   "14:25"),
    ("stopped, with too little left",           "ada", FB,   None,  "12:45", usage(own=(41, 1)),                USED,                "break:own",   "14:30"),
    ("all sittings taken",                      "ada", FB,   None,  "12:45", usage(own=(12, 2)),                USED,                "break:own",   "14:30"),
    ("too late to start",                       "ada", FB,   None,  "14:26", usage(),                           "outside_breaks",    "break:own",   "15:00"),
    ("the end of the span ends it",             "ada", FB,   None,  "14:29", usage(sitting("14:00")),           RUN,                 "break:own",   "14:30"),
    ("after the span",                          "ada", FB,   None,  "14:30", usage(sitting("14:00")),           "outside_breaks",    "everyone",    "15:00"),
    ("a fixed break needs no start",            "ada", FB,   None,  "15:05", usage(own=(45, 2)),                "break_fixed",       "break:tea",   "15:15"),
    ("the ledger cannot be read",               "ada", FB,   None,  "12:00", UNKNOWN,                           "ledger_unreadable", "break:own",   "14:30"),
    ("a fixed break does not ask the ledger",   "ada", FB,   None,  "15:05", UNKNOWN,                           "break_fixed",       "break:tea",   "15:15"),
    ("a sitting of yesterday",                  "ada", FB,   None,  "12:10", usage(sitting("12:00", day=MONDAY - timedelta(1))), AVAILABLE, "break:own", "14:25"),
    ("a sitting of a break that is gone",       "ada", FB,   None,  "12:10", usage(sitting("12:00", name="old")), AVAILABLE,         "break:own",   "14:25"),
    ("fixed first, and it costs nothing",       "cy",  FB,   None,  "12:10", usage(sitting("11:50", free=["12:00-13:00"])), "break_fixed", "break:lunch", "13:00"),
    ("the sitting goes on after it",            "cy",  FB,   None,  "13:10", usage(sitting("11:50", free=["12:00-13:00"])), RUN, "break:own",  "13:35"),
    ("a person's own breaks replace it",        "dan", FB,   None,  "12:10", FROM_NOON,                         "outside_breaks",    "person:dan",  "15:00"),
    ("added for a person, on top",              "tess", FB,  None,  "12:50", usage(sitting("12:00"), own=(0, 2)), AVAILABLE,         "break:short", "14:25"),
    ("both used",                               "tess", FB,  None,  "12:50", usage(own=(45, 1), short=(5, 1)),  USED,                "break:short", "14:30"),
    ("suspended",                               "kim", FB,   None,  "12:10", FROM_NOON,                         "suspended",         "suspension:s", "23:00"),
    ("a blackout",                              "bob", FB,   None,  "12:35", FROM_NOON,                         "blackout",          "blackout:b",  "12:40"),
    ("a blackout to come",                      "bob", FB,   None,  "12:10", FROM_NOON,                         RUN,                 "break:own",   "12:30"),
    ("the sitting went on in the blackout",     "bob", FB,   None,  "12:44", FROM_NOON,                         RUN,                 "break:own",   "12:45"),
    ("an exception gives another",              "ada", FB,   DEPOT, "12:10", usage(),                           AVAILABLE,           "break:short", "14:25"),
    ("an exception takes it away",              "ada", FB,   DEPOT, "12:10", FROM_NOON,                         AVAILABLE,           "break:short", "14:25"),
    ("for some platforms only",                 "ada", TT,   None,  "16:30", usage(),                           AVAILABLE,           "break:clips", "17:55"),
    ("not for this one",                        "ada", FB,   None,  "16:30", usage(),                           "outside_breaks",    "everyone",    "15:00+"),
]
# fmt: on


def instant(text):
    at = utc(f"2026-11-23 {text.removesuffix('+')}")
    return at + timedelta(days=text.endswith("+"))


@pytest.mark.parametrize("row", [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_decide(row):
    """Each row of the policy holds."""
    who, name, client, at, had, reason, because, changes_at = row

    got = decide(OFFICE, ask(who, name, client=client), instant(at), usage=had)

    assert (got.reason, got.because[0].id) == (reason, because)
    allowed = reason in {RUN, "break_fixed"}
    assert got.verdict == (Verdict.ALLOW if allowed else Verdict.BLOCK)
    assert got.context == ("break" if allowed else "outside-break")
    assert got.changes_at == instant(changes_at)
    assert (got.chance is not None) == (reason == AVAILABLE)


def test_what_could_be_started_is_told():
    got = decide(OFFICE, ask("ada", FB), utc("2026-11-23 12:00"), usage=usage(own=(20, 1)))

    assert (got.chance.left, got.chance.number) == (minutes(25), 2)
    assert got.chance.start_by == utc("2026-11-23 14:25")


def test_it_opens_with_the_next_fixed_break_if_nothing_is_started():
    request = ask("ada", FB)
    had = usage(own=(45, 1))
    got = decide(OFFICE, request, utc("2026-11-23 13:00"), usage=had)

    assert opens_at(OFFICE, request, got, had) == utc("2026-11-23 15:00")


@pytest.mark.parametrize(
    ("at", "had", "expected"),
    [
        ("2026-11-23 09:00", usage(), "2026-11-23 11:30"),
        ("2026-11-23 13:00", usage(own=(45, 1)), "2026-11-25 11:30"),
        ("2026-11-23 14:45", usage(), "2026-11-25 11:30"),
    ],
)
def test_when_a_break_may_be_started_is_told_ahead(at, had, expected):
    request = ask("ada", FB)
    got = decide(OFFICE, request, utc(at), usage=had)

    assert starts_at(OFFICE, request, got, had) == utc(expected)


def test_who_has_no_break_of_their_own_choice_has_none_to_start():
    request = ask(None, FB)
    got = decide(OFFICE, request, utc("2026-11-23 09:00"))

    assert starts_at(OFFICE, request, got) is None


def test_of_what_nobody_knows_no_instant_is_told():
    request = ask("ada", FB)
    got = decide(OFFICE, request, utc("2026-11-23 09:00"), usage=UNKNOWN)

    assert starts_at(OFFICE, request, got, UNKNOWN) is None


def test_where_there_is_none_to_start_there_is_no_instant():
    request = ask("dan", FB)
    got = decide(OFFICE, request, utc("2026-11-23 09:00"))

    assert starts_at(OFFICE, request, got) is None


def test_what_the_ledger_says_makes_no_difference_to_others():
    request = ask("dan", FB)
    at = utc("2026-11-23 12:10")

    assert decide(OFFICE, request, at, usage=FROM_NOON) == decide(
        OFFICE, request, at, usage=UNKNOWN
    )


# fmt: off
TEAMS = [
    # what the row shows                       they disagree    at       usage                           reason     because        left
    ("the largest",                            "most_generous", "13:10", usage(),                        AVAILABLE, "break:late",  60),
    ("of one team taken, of the other left",   "most_generous", "13:10", usage(own=(45, 1)),             AVAILABLE, "break:late",  15),
    ("no sum",                                 "most_generous", "13:10", usage(late=(60, 1)),            USED,      None,          None),
    ("the sittings of both count",             "most_generous", "13:10", usage(own=(5, 2), late=(5, 1)), USED,      None,          None),
    ("started of one",                         "most_generous", "13:10", usage(sitting("13:00", name="late", allowance=60)), RUN, "break:late", None),
    ("the smallest",                           "narrowest",     "13:10", usage(),                        AVAILABLE, "break:own",   45),
    ("it is the same account",                 "narrowest",     "13:10", usage(late=(20, 1)),            AVAILABLE, "break:own",   25),
    ("not where only one gives",               "narrowest",     "12:10", usage(),                        "outside_breaks", None, None),
]
# fmt: on


@pytest.mark.parametrize("turned", [False, True], ids=["", "turned"])
@pytest.mark.parametrize("row", [row[1:] for row in TEAMS], ids=[row[0] for row in TEAMS])
def test_two_teams(row, turned):
    disagreement, at, had, reason, because, left = row
    lists = [
        (team("office"), a_list("team:office", OWN)),
        (team("lines"), a_list("team:lines", LATE)),
    ]
    if turned:
        lists = [
            (team("office"), a_list("team:office", LATE)),
            (team("lines"), a_list("team:lines", OWN)),
        ]
    policy = office(dict(lists), disagreement=Disagreement(disagreement))
    two = replace(policy, directory=in_two_teams(policy.directory))

    got = decide(two, ask("zoe", FB), instant(at), usage=had)

    assert got.reason == reason
    if because is not None:
        assert got.because[0].id == because
    assert (got.chance and got.chance.left) == (left and minutes(left))


# fmt: off
ADDED = [
    # what the row shows                      they disagree    the other adds  at       usage                            reason     because       left
    ("the largest of what two add",           "most_generous", True,           "13:10", usage(),                         AVAILABLE, "break:late", 60),
    ("of one taken, of the other left",       "most_generous", True,           "13:10", usage(own=(45, 1)),              AVAILABLE, "break:late", 15),
    ("no sum",                                "most_generous", True,           "13:10", usage(late=(60, 1)),             USED,      None,         None),
    ("no sum where the narrowest counts",     "narrowest",     True,           "13:10", usage(late=(60, 1)),             USED,      None,         None),
    ("what is added is on top all the same",  "narrowest",     True,           "12:10", usage(),                         AVAILABLE, "break:own",  45),
    ("on top of what the other team gives",   "most_generous", False,          "13:10", usage(late=(60, 1)),             AVAILABLE, "break:own",  45),
]
# fmt: on


@pytest.mark.parametrize("turned", [False, True], ids=["", "turned"])
@pytest.mark.parametrize("row", [row[1:] for row in ADDED], ids=[row[0] for row in ADDED])
def test_what_two_teams_add(row, turned):
    disagreement, both, at, had, reason, because, left = row
    names = ("lines", "office") if turned else ("office", "lines")
    lists = {
        team(names[0]): a_list(f"team:{names[0]}", OWN, adds=True),
        team(names[1]): a_list(f"team:{names[1]}", LATE, adds=both),
        EVERYONE: a_list("everyone", TEA),
    }
    policy = office(lists, disagreement=Disagreement(disagreement))
    policy = replace(policy, directory=in_two_teams(policy.directory))

    got = decide(policy, ask("zoe", FB), instant(at), usage=had)

    assert got.reason == reason
    if because is not None:
        assert got.because[0].id == because
    assert (got.chance and got.chance.left) == (left and minutes(left))


def in_two_teams(directory):
    people = {
        **directory.people,
        "zoe": directory.people["ada"]._replace(id="zoe", teams=("lines", "office")),
    }
    return replace(directory, people=people)


def test_narrowest_of_a_fixed_and_a_flexible_break_is_flexible():
    lists = {team("office"): a_list("team:office", OWN), team("lines"): a_list("team:lines", LUNCH)}
    policy = office(lists, disagreement=Disagreement.NARROWEST)
    policy = replace(policy, directory=in_two_teams(policy.directory))

    got = decide(policy, ask("zoe", FB), utc("2026-11-23 12:20"))

    assert got.reason == AVAILABLE
    assert got.chance.start_by == utc("2026-11-23 12:55")
    assert got.chance.left == minutes(40)


HAD = st.builds(
    lambda start, used, count, free: usage(
        None if start is None else sitting(f"{start // 60:02}:{start % 60:02}", free=free),
        own=(used, count),
    ),
    st.none() | st.integers(690, 865),
    st.integers(0, 45),
    st.integers(0, 2),
    st.sampled_from([(), ("12:00-13:00",)]),
)
INSTANTS = st.datetimes(datetime(2026, 11, 22), datetime(2026, 11, 25), timezones=st.just(UTC))
PEOPLE = st.sampled_from(["ada", "bob", "cy", "kim", "tess", "zoe"])


@settings(max_examples=300)
@given(PEOPLE, INSTANTS, HAD, st.sampled_from([FB, TT]))
def test_the_answer_is_the_same_until_it_changes_and_another_then(who, at, had, name):
    now = decide(OFFICE, ask(who, name), at, usage=had)
    change = now.changes_at

    assert change > at
    step = (change - at) / 7
    for number in range(7):
        assert decide(OFFICE, ask(who, name), at + number * step, usage=had)[:2] == now[:2]
    before = decide(OFFICE, ask(who, name), change - timedelta(microseconds=1), usage=had)
    after = decide(OFFICE, ask(who, name), change, usage=had)
    assert before[:2] == now[:2]
    assert after[:2] != now[:2]


@given(PEOPLE, INSTANTS, HAD)
def test_what_was_taken_never_opens_anything_but_its_own_sitting(who, at, had):
    quiet = decide(OFFICE, ask(who, FB), at)
    got = decide(OFFICE, ask(who, FB), at, usage=Usage(had.taken))

    assert got.verdict == quiet.verdict


def test_a_night_belongs_to_its_first_day_and_the_repeated_hour_to_one_account():
    night = flexible("night", "23:00-03:00", 30, days=None)
    policy = office({EVERYONE: a_list("everyone", night)}, zone=LONDON)

    for at in ("2026-10-24 23:30", "2026-10-25 00:30", "2026-10-25 01:30", "2026-10-25 02:30"):
        chance = decide(policy, ask("ada", FB), utc(at)).chance
        assert chance.offer.day == date(2026, 10, 24)
        assert chance.offer.until == utc("2026-10-25 03:00")
