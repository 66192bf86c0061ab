# ruff: noqa: E501  a row of a table is one line
"""The chain of questions: where it ends, what it passes, and that it never says otherwise."""

from functools import partial

import pytest
from hypothesis import given, settings

from breaktime.core.chain import Outcome, Question, chain
from breaktime.core.decide import Reason, Verdict, decide
from breaktime.core.policy import EVERYONE, Policy
from calendars import a_break, utc
from office import OFFICE, SETTINGS, a_list, ask, person
from questions import INSTANTS, POLICIES, REQUESTS

FB, TT, IG = "www.facebook.com", "www.tiktok.com", "instagram.com"
DEPOT, LIBRARY = "10.30.0.9", "10.60.0.9"

# fmt: off
ROWS = [
    # what the row shows            who     names          path             from     at                   decides           goes on after
    ("not our business",            "ada",  "example.org", "/",             None,    "2026-11-23 10:00",  "controlled",     ""),
    ("exempt",                      "eve",  FB,            "/",             None,    "2026-11-23 10:00",  "exempt",         ""),
    ("names that disagree",         "ada",  f"{FB} {TT}",  "/",             None,    "2026-11-23 10:00",  "names",          ""),
    ("own page",                    "ada",  FB,            "/exampleshire", None,    "2026-11-23 10:00",  "own_page",       ""),
    ("business case",               "bob",  FB,            "/",             None,    "2026-11-23 10:00",  "business_case",  ""),
    ("nobody known",                None,   FB,            "/",             None,    "2026-11-23 10:00",  "who",            ""),
    ("no break opens it",           "ada",  "dns.example", "/",             None,    "2026-11-23 12:30",  "business_case",  ""),
    ("suspended",                   "dan",  FB,            "/",             None,    "2026-11-23 10:00",  "suspension",     "business_case"),
    ("blackout",                    "cy",   FB,            "/",             None,    "2026-11-23 11:45",  "blackout",       ""),
    ("a dated exception",           "ada",  FB,            "/",             None,    "2026-12-24 16:59",  "exception",      ""),
    ("after a dated exception",     "ada",  FB,            "/",             None,    "2026-12-24 17:00",  "exception",      ""),
    ("a break added for a team",    "cy",   FB,            "/",             None,    "2026-11-23 15:00",  "team",           "blackout exception"),
    ("lunch of everyone",           "cy",   FB,            "/",             None,    "2026-11-23 12:30",  "everyone",       "blackout exception team"),
    ("outside the breaks",          "cy",   FB,            "/",             None,    "2026-11-23 17:00",  "everyone",       "blackout exception team"),
    ("addresses alone",             "ada",  "192.0.2.1 157.240.1.35", "/",  None,    "2026-11-23 17:00",  "everyone",       "exception"),
    ("a case that is not for it",   "tess", FB,            "/",             None,    "2026-11-23 17:00",  "everyone",       "business_case exception"),
]
# fmt: on


@pytest.mark.parametrize("row", [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_where_the_chain_ends(row):
    who, names, path, client, at, deciding, passed = row

    steps = chain(OFFICE, ask(who, names, path, client=client), utc(at))

    assert [step.question for step in steps] == list(Question)
    assert [step.question for step in steps if step.outcome is Outcome.DECIDES] == [deciding]
    goes_on = [step.question for step in steps if step.outcome is Outcome.GOES_ON]
    assert goes_on == passed.split()


def test_what_comes_after_the_answer_is_not_asked():
    steps = chain(OFFICE, ask("dan", FB), utc("2026-11-23 10:00"))
    after = [step.question for step in steps if step.outcome is Outcome.NOT_ASKED]
    assert after == list(Question)[9:]


def test_a_rank_of_ones_own_hides_what_comes_below():
    lists = {EVERYONE: SETTINGS["breaks"][EVERYONE], person("ada"): a_list("person:ada")}
    policy = Policy(**{**SETTINGS, "breaks": lists})
    steps = chain(policy, ask("ada", FB), utc("2026-11-23 12:30"))
    assert steps[11].outcome is Outcome.DECIDES
    assert steps[11].reason is Reason.OUTSIDE_BREAKS


def test_where_nobody_gives_breaks_the_answer_is_that_of_everyone():
    policy = Policy(**{**SETTINGS, "breaks": {}})
    steps = chain(policy, ask("ada", FB), utc("2026-11-23 12:30"))
    assert steps[-1][1:] == (Outcome.DECIDES, (), Verdict.BLOCK, Reason.OUTSIDE_BREAKS)


def test_a_break_of_a_person_is_found_at_the_person():
    lists = {person("ada"): a_list("person:ada", a_break("late", "18:00-19:00"))}
    policy = Policy(**{**SETTINGS, "breaks": lists})
    steps = chain(policy, ask("ada", FB), utc("2026-11-23 18:30"))
    assert steps[11].outcome is Outcome.DECIDES


def test_whoever_judges_is_asked():
    judge = partial(decide, records_writable=False)
    steps = chain(OFFICE, ask("ada", FB), utc("2026-11-23 12:30"), judge)
    assert steps[7].outcome is Outcome.DECIDES


@settings(deadline=None)
@given(policy=POLICIES, request=REQUESTS, at=INSTANTS)
def test_the_chain_says_what_the_gateway_does(policy, request, at):
    """Law: one question decides; verdict, reason and rules are those of `decide`."""
    steps = chain(policy, request, at)
    decision = decide(policy, request, at)
    (last,) = [step for step in steps if step.outcome is Outcome.DECIDES]
    assert (last.verdict, last.reason, last.rules) == (
        decision.verdict,
        decision.reason,
        decision.because,
    )


@settings(deadline=None)
@given(policy=POLICIES, request=REQUESTS, at=INSTANTS)
def test_what_the_chain_has_passed_does_not_decide(policy, request, at):
    """Law: without the rules of the questions after it, the deciding question answers alike."""
    decision = decide(policy, request, at)
    steps = chain(policy, request, at)
    kinds = {
        Question.PERSON: "person", Question.TEAM: "team",
        Question.PLACE: "place", Question.EVERYONE: "everyone",
    }  # fmt: skip
    unasked = {kinds.get(step.question) for step in steps if step.outcome is Outcome.NOT_ASKED}
    kept = {who: one for who, one in policy.breaks.items() if who.kind not in unasked}
    settings_then = {name: getattr(policy, name) for name in SETTINGS}
    settings_then["disagreement"] = policy.disagreement
    then = decide(Policy(**{**settings_then, "breaks": kept}), request, at)
    assert then[:2] == decision[:2]
