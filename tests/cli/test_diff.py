"""`breaktime diff`: who gains and who loses, told once for all whom it concerns."""

from datetime import date

import pytest

from breaktime.cli.diff import difference
from breaktime.config import parse
from breaktime.core import compare
from support import golden
from written import LEAST, loaded

MONDAY = date(2026, 11, 23)
BOTH = ("council.yaml", "council-new.yaml")


def rows(old, new, weeks=1):
    found = difference(loaded(old).policy, loaded(new).policy, MONDAY, weeks)
    return {(row.group, row.people): row.change[:4] for row in found.rows}


def test_a_difference_reads_as_it_did(monkeypatch):
    done = golden.run(monkeypatch, "diff", *BOTH, "--from", "2026-11-23")
    assert done.exit_code == 1
    golden.same("diff.txt", done.output)


@pytest.mark.parametrize(("weeks", "told"), [("1", "(1 week)"), ("4", "(4 weeks)")])
def test_where_nothing_differs_it_says_so(monkeypatch, weeks, told):
    done = golden.run(monkeypatch, "diff", "council.yaml", "council.yaml", "--weeks", weeks)
    assert done.exit_code == 0
    assert done.output.startswith("nothing differs for anybody from 23 November 2026 to ")
    assert told in done.output


USAGE = {
    "one file": (["council.yaml"], "Missing argument 'NEW'"),
    "no date": ([*BOTH, "--from", "Monday"], "`Monday` is no date; write for example 2026-11-23"),
    "a far date": ([*BOTH, "--from", "0001-01-01"], "`0001-01-01` is no date"),
    "no weeks": ([*BOTH, "--weeks", "0"], "0 is not in the range"),
    "a configuration with problems": (["council.yaml", "none.yaml"], "none.yaml: does not exist"),
}


@pytest.mark.parametrize(("arguments", "sentence"), USAGE.values(), ids=USAGE)
def test_what_cannot_be_compared_is_status_2(monkeypatch, arguments, sentence):
    done = golden.run(monkeypatch, "diff", *arguments)
    assert done.exit_code == 2
    assert sentence in done.output


LUNCH = "everyone: {breaks: [{days: Mon-Fri, at: 12:00-13:00}]}\n"
TEAM = "teams: {a: {members: [ada, bob], breaks: [{days: Mon, at: 09:00-09:10}]}}\n"


def test_everybody_else_is_one_group():
    assert rows(LUNCH, LUNCH.replace("13:00", "13:30")) == {
        ("everybody else", ()): (300, 450, 150, 0)
    }


def test_somebody_who_leaves_a_team_is_told_of():
    then = TEAM.replace("ada, bob", "ada")
    assert rows(LUNCH + TEAM, LUNCH + then) == {
        ("from team a to no team", ("bob",)): (10, 300, 300, 10)
    }


def test_somebody_who_joins_a_team_is_told_of():
    then = TEAM.replace("bob", "bob, cy")
    assert rows(LUNCH + TEAM, LUNCH + then) == {("team a", ("cy",)): (300, 10, 10, 300)}


def test_people_of_two_teams_are_a_group_of_their_own():
    two = "teams: {a: {members: [ada]}, b: {members: [ada], breaks: [{at: 09:00-09:10}]}}\n"
    found = rows(LUNCH + two, LUNCH + two.replace("09:10", "09:20"))
    assert found == {("teams a and b", ("ada",)): (70, 140, 70, 0)}


def test_somebody_whom_only_a_suspension_names_is_told_of():
    more = "suspensions: [{for: {person: dan}, from: 2026-11-23, until: 2026-11-23}]\n"
    assert rows(LUNCH, LUNCH + more) == {("people in no team", ("dan",)): (300, 240, 0, 60)}


def test_members_of_a_directory_group_are_told_of_as_one():
    team = (
        "teams: {legal: {members: {directory_group: GG}, breaks: [{days: Mon, at: 09:00-10:00}]}}\n"
    )
    assert rows(LUNCH, LUNCH + team) == {
        ("team legal (directory group GG)", ()): (300, 60, 60, 300)
    }


def test_a_place_that_other_places_cover_is_left_out():
    places = (
        "places:\n"
        "  outer: {networks: [10.0.0.0/30], breaks: [{days: Mon, at: 09:00-09:30}]}\n"
        "  low: {networks: [10.0.0.0/31]}\n"
        "  high: {networks: [10.0.0.2/31]}\n"
    )
    assert rows(LUNCH + places, LUNCH + places.replace("09:30", "10:00")) == {}


def test_what_only_one_of_them_controls_has_no_minutes():
    none = LEAST.replace("categories: [social-network]", "platforms: [signal]")
    other = LEAST.replace("categories: [social-network]", "platforms: [tiktok]")
    found = difference(parse(none).policy, parse(other + LUNCH).policy, MONDAY, 1)
    assert found.rows == ()
    assert [one.name for one in found.lists] == ["controlled"]


def test_five_thousand_people_are_compared_by_ways_of_being_treated(monkeypatch):
    """Most of a council has the rules of a team; a tenth has lists of their own, all alike."""
    asked = []
    real = compare.compare
    monkeypatch.setattr(compare, "compare", lambda *those: asked.append(1) or real(*those))
    lines = ["breaks: {lunch: {days: Mon-Fri, at: 12:00-13:00}}", "teams:"]
    for team in range(200):
        members = ", ".join(f"p{n}" for n in range(team, 5000, 200))
        lines.append(
            f"  t{team}: {{members: [{members}], breaks: [{{at: 10:00-10:{team % 50 + 10}}}]}}"
        )
    lines.append("people:")
    lines += [f"  p{n}: {{breaks: {{add: [lunch]}}}}" for n in range(0, 5000, 10)]
    text = "\n".join(lines) + "\n"
    old, new = loaded(text).policy, loaded(text.replace("12:00-13:00", "12:00-13:30")).policy
    found = difference(old, new, MONDAY, 4)
    assert len(asked) == 200 + 1  # the teams, of which twenty are such people, and others
    assert sum(len(row.people) for row in found.rows) == 500
