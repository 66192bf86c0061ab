# ruff: noqa: E501  a row of a table is one line
"""The one change that would alter an answer: every proposal has been tried."""

import pytest
from hypothesis import given, settings

from breaktime.core.decide import decide
from breaktime.core.edit import Act, edit
from breaktime.core.policy import EVERYONE, BreakList, Policy
from breaktime.core.rule import Rule
from calendars import a_break, span, utc
from office import OFFICE, SETTINGS, a_list, ask, person, team
from questions import INSTANTS, POLICIES, REQUESTS

FB, TT, IG = "www.facebook.com", "www.tiktok.com", "instagram.com"

# fmt: off
ROWS = [
    # what the row shows                who    names         path             at                   act           rule                  then
    ("a break to add",                  "ada", FB,           "/",             "2026-11-23 10:07",  "add_weekly", "person:ada",         "break_fixed"),
    ("a break on a date",               "ada", FB,           "/",             "2026-12-24 17:00",  "add_dated",  "exception:2026-12-24", "break_exception"),
    ("a lunch to remove",               "ada", FB,           "/",             "2026-11-23 12:30",  "remove",     "break:lunch",        "outside_breaks"),
    ("a case to remove",                "bob", FB,           "/",             "2026-11-23 10:00",  "remove",     "business-case:BC-1", "outside_breaks"),
    ("a case that changes the reason",  "bob", FB,           "/",             "2026-11-23 12:30",  "remove",     "business-case:BC-1", "break_fixed"),
    ("an exemption to remove",          "eve", FB,           "/",             "2026-11-23 10:00",  "remove",     "exempt:members",     "outside_breaks"),
    ("an own page to remove",           "ada", FB,           "/exampleshire", "2026-11-23 10:00",  "remove",     "own-page:facebook.com/exampleshire", "outside_breaks"),
    ("a suspension in lunch",           "dan", FB,           "/",             "2026-11-23 12:30",  "remove",     "suspension:HR-1",    "break_fixed"),
    ("a blackout outside the breaks",   "cy",  FB,           "/",             "2026-11-23 11:45",  "remove",     "blackout:lines",     "outside_breaks"),
    ("an exception to remove",          "ada", FB,           "/",             "2026-12-24 13:30",  "remove",     "break:eve",          "outside_breaks"),
    ("nobody known",                    None,  FB,           "/",             "2026-11-23 10:00",  None,         None,                 None),
    ("names that disagree",             "ada", f"{FB} {TT}", "/",             "2026-11-23 10:00",  None,         None,                 None),
    ("not our business",                "ada", "example.org", "/",            "2026-11-23 10:00",  None,         None,                 None),
]
# fmt: on


@pytest.mark.parametrize("row", [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_would_alter_an_answer(row):
    who, names, path, at, act, rule, then = row

    found = edit(OFFICE, ask(who, names, path), utc(at))

    assert (found and found.act) == act
    assert (found and found.rule.id) == rule
    assert (found and found.decision.reason) == then


def test_the_break_is_the_quarter_of_an_hour_of_the_persons_own_clock():
    found = edit(OFFICE, ask("kim", FB), utc("2026-11-23 10:07"))
    assert (found.span, str(found.day)) == (span("11:00-11:15"), "2026-11-23")


def test_a_person_with_breaks_gets_one_more():
    mine = a_list("person:ada", a_break("late", "18:00-19:00"))
    policy = Policy(**{**SETTINGS, "breaks": {person("ada"): mine}})
    found = edit(policy, ask("ada", FB), utc("2026-11-23 10:07"))
    assert (found.act, found.rule) == (Act.ADD_WEEKLY, mine.rule)


def test_an_exception_of_ones_own_gets_one_more_break():
    ((_, eve),) = SETTINGS["exceptions"]
    policy = Policy(**{**SETTINGS, "exceptions": ((EVERYONE, eve), (person("ada"), eve))})
    found = edit(policy, ask("ada", FB), utc("2026-12-24 18:00"))
    assert (found.act, found.rule) == (Act.ADD_DATED, eve.rule)


def test_a_break_that_a_rota_of_names_gives_can_be_taken_out():
    late = a_break("late", "18:00-19:00")
    mine = BreakList(Rule("team:office"), (), personal={"ada": (late,)})
    policy = Policy(**{**SETTINGS, "breaks": {team("office"): mine}})
    found = edit(policy, ask("ada", FB), utc("2026-11-23 18:30"))
    assert (found.act, found.rule) == (Act.REMOVE, late.rule)


@settings(deadline=None)
@given(policy=POLICIES, request=REQUESTS, at=INSTANTS)
def test_what_is_proposed_alters_the_answer(policy, request, at):
    """Law: the answer after the change is another; a refusal outside the breaks has a change."""
    now = decide(policy, request, at)
    found = edit(policy, request, at)
    assert found is None or found.decision[:2] != now[:2]
    assert found is not None or now.reason != "outside_breaks"
