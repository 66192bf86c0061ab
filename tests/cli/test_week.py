# ruff: noqa: E501  a row of a table is one line
"""`breaktime calendar`: whose week, which week, and what cannot be shown."""

from datetime import date

import click
import pytest

from breaktime.cli.week import monday_of, name_of, week_of
from breaktime.config import parse
from breaktime.core.rule import Rule
from support import golden
from written import LEAST

TODAY = date(2026, 11, 26)

# fmt: off
WEEKS = {
    "left out":            (None,         "2026-11-23"),
    "by its number":       ("2026-W48",   "2026-11-23"),
    "by a date":           ("2026-12-27", "2026-12-21"),
    "over the new year":   ("2026-W53",   "2026-12-28"),
    "the first":           ("2027-W01",   "2027-01-04"),
}
NAMES = {
    "a named break":            (["break:lunch", "everyone"],                       "lunch"),
    "of a person":              (["break:person.a.b[1]", "person:a.b"],             "break of a.b"),
    "of a team":                (["break:team.x[1]", "team:x"],                     "break of team x"),
    "of everyone":              (["break:everyone[1]", "everyone"],                 "break of everyone"),
    "of an exception":          (["break:exception.2026-12-24[1]", "exception:2026-12-24"], "exception of 2026-12-24"),
    "of nobody known":          (["break:x[1]"],                                    "break of x[1]"),
    "of a shift":               (["shift:early[2]", "team:x", "rota:red"],          "shift early"),
    "a blackout":               (["blackout:1"],                                    "blackout"),
    "a suspension":             (["suspension:HR-1"],                               "suspension HR-1"),
    "something new":            (["flexible:x"],                                    "flexible:x"),
}
# fmt: on


@pytest.mark.parametrize(("written", "monday"), WEEKS.values(), ids=WEEKS)
def test_a_week_may_be_named_in_several_ways(written, monday):
    assert str(monday_of(written, TODAY)) == monday


@pytest.mark.parametrize("written", ["2026-W54", "W48", "2026-11-31", "tomorrow", "9999-W01", ""])
def test_what_is_no_week_is_refused(written):
    with pytest.raises(click.UsageError, match="no week; write for example 2026-W48"):
        monday_of(written, TODAY)


@pytest.mark.parametrize(("rules", "name"), NAMES.values(), ids=NAMES)
def test_breaks_are_named_as_people_name_them(rules, name):
    assert name_of([Rule(rule) for rule in rules]) == name


def shown(who, week, more, client=None, platforms=("facebook",)):
    loaded = parse(LEAST + more)
    standing = loaded.policy.standing(who, (), client)
    return week_of(loaded, standing, monday_of(week, TODAY), platforms)


def test_breaks_that_run_at_once_count_once():
    found = shown(
        "ada", "2026-W48", "everyone: {breaks: [{days: Mon, at: [09:00-10:00, 09:30-10:30]}]}"
    )
    assert found.minutes == 90


def test_a_holiday_of_the_file_is_a_closed_day():
    more = "everyone: {breaks: [{at: 09:00-10:00}]}\n"
    closed = LEAST.replace("London}", "London, closed_days: [2026-11-25]}")
    loaded = parse(closed + more)
    standing = loaded.policy.standing("ada", (), None)
    found = week_of(loaded, standing, monday_of("2026-W48", TODAY), ["facebook"])
    assert [day.notes for day in found.days if day.notes] == [("closed day",)]


def test_a_day_that_a_zone_skips_is_empty():
    more = "everyone: {breaks: [{at: 09:00-10:00}]}\npeople: {ada: {timezone: Pacific/Apia}}\n"
    found = shown("ada", "2011-12-30", more)
    assert [len(day.entries) for day in found.days] == [1, 1, 1, 1, 0, 1, 1]


def test_a_blackout_past_midnight_is_shown_on_both_days():
    more = "blackouts: [{for: everyone, days: Mon, at: 22:00-02:00}]\n"
    found = shown("ada", "2026-W48", more)
    assert [len(day.entries) for day in found.days] == [1, 1, 0, 0, 0, 0, 0]


OWN_CHOICE = "everyone: {breaks: [{days: Mon-Tue, minutes: 45, between: 11:30-14:30, SITTINGS}]}\n"


@pytest.mark.parametrize(("sittings", "parts"), [("sittings: 2", " in up to 2 parts"), ("", "")])
def test_a_break_to_start_oneself_is_noted_once_a_day(sittings, parts):
    tea = "people: {ada: {breaks: {add: [{days: Mon, at: 12:00-12:15}]}}}\n"
    found = shown("ada", "2026-W48", OWN_CHOICE.replace("SITTINGS", sittings) + tea)
    note = f"break of everyone: 45 min{parts}, started by hand, in 11:30-14:30"
    choices = [[str(one) for one in day.choices] for day in found.days]
    assert choices == [[note], [note], [], [], [], [], []]
    assert (found.minutes, found.by_hand) == (15, 90)


def test_a_break_to_start_oneself_may_be_for_some_platforms():
    more = "everyone: {breaks: [{days: Mon, minutes: 30, between: 11:30-14:30, platforms: [x]}]}\n"
    found = shown("ada", "2026-W48", more, platforms=("facebook", "x"))
    assert [one.platforms for one in found.days[0].choices] == [("X",)]


def test_the_groups_of_the_directory_count(monkeypatch):
    arguments = ("calendar", "-c", "council.yaml", "--who", "zoe", "--week", "2026-W48")
    assert "tea" not in golden.run(monkeypatch, *arguments).output
    assert "tea" in golden.run(monkeypatch, *arguments, "--group", "GG-Legal").output


USAGE = {
    "a place that is no address": (["--from-ip", "depot"], "`depot` is no IP address"),
    "a platform nobody knows": (
        ["--platform", "facebok"],
        "not controlled; did you mean `facebook`",
    ),
    "a platform like no other": (["--platform", "qqqq"], "`qqqq` is not controlled\n"),
    "nobody": (["--who", " "], "--who must name a person"),
    "a group of no team": (
        ["--group", "GG-Legl"],
        "no team has the directory group `GG-Legl`; did you mean `GG-Legal`",
    ),
    "no week": (["--week", "48"], "`48` is no week"),
}


@pytest.mark.parametrize(("more", "sentence"), USAGE.values(), ids=USAGE)
def test_a_command_line_that_is_not_understood_is_status_2(monkeypatch, more, sentence):
    done = golden.run(monkeypatch, "calendar", "-c", "council.yaml", "--who", "ada", *more)
    assert done.exit_code == 2
    assert sentence in done.output


def test_one_platform_alone(monkeypatch):
    arguments = ("calendar", "-c", "council.yaml", "--who", "m.evans", "--platform")
    assert "clips" in golden.run(monkeypatch, *arguments, "youtube").output
    assert "clips" not in golden.run(monkeypatch, *arguments, "facebook").output
