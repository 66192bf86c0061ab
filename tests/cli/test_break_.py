# ruff: noqa: E501  a row of a table is one line
"""Can a break be started, stopped and looked at, and is a refusal plain?"""

import json
import sys
from datetime import timedelta

import pytest
from click.testing import CliRunner

from breaktime.cli import main
from calendars import utc
from written import LEAST

CONFIG = """
breaks:
  own: {days: Mon-Fri, minutes: 45, between: 11:30-14:30, sittings: 2}
  tea: {days: Mon-Fri, at: 15:00-15:15}
teams:
  legal: {members: {directory_group: GG-Legal}, breaks: [tea]}
  members: {members: [eve]}
exempt: [{team: members, reason: their own code}]
suspensions: [{for: {person: dan}, from: 2026-11-01, until: 2026-11-30}]
everyone: {breaks: [own, tea]}
records: {directory: records}
"""


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """Type a command at a time of a Monday in London, and read status, text and object."""
    config = tmp_path / "config.yaml"
    config.write_text(LEAST + CONFIG)

    def typed(at, verb, *words, who="A.Jones"):
        monkeypatch.setattr(sys.modules["breaktime.cli.break_"], "now", lambda: instant(at))
        ran = CliRunner().invoke(main, ["break", verb, "-c", str(config), "--who", who, *words])
        return ran.exit_code, ran.output

    return typed


def instant(at):
    return utc(f"2026-11-23 {at}")


def test_a_break_is_started_looked_at_and_stopped(desk):
    assert desk("12:00", "start") == (0, (
        "Started: own, for a.jones\n"
        "  until    Monday 23 November, 12:45 (GMT)\n"
        "  left     40 minutes of own, in 1 more part, until Monday 23 November, 14:30 (GMT)\n"
    ))  # fmt: skip
    assert desk("12:10", "status") == (0, (
        "Goes on: own, for a.jones\n"
        "  until    Monday 23 November, 12:45 (GMT)\n"
        "  left     35 minutes of own, in 1 more part, until Monday 23 November, 14:30 (GMT)\n"
    ))  # fmt: skip
    assert desk("12:20", "stop") == (0, (
        "Stopped: own, for a.jones\n"
        "  cost     20 minutes\n"
        "  left     25 minutes of own, in 1 more part, until Monday 23 November, 14:30 (GMT)\n"
    ))  # fmt: skip
    assert desk("12:20", "stop")[0] == 1
    assert "No break goes on." in desk("12:21", "stop")[1]


# fmt: off
REFUSED = [
    # what the row shows        at       words                       who        says
    ("before the span",         "10:00", (),                         "a.jones", "no break can be started now.\n  again    Monday 23 November, 11:30 (GMT)"),
    ("a fixed break is on",     "15:05", (),                         "a.jones", "needs no start and costs nothing.\n  again    Tuesday 24 November, 11:30 (GMT)"),
    ("suspended",               "12:00", (),                         "dan",     "personal use is suspended.\n  again    Tuesday 1 December, 11:30 (GMT)"),
    ("exempt",                  "12:00", (),                         "eve",     "who is exempt."),
    ("none for the team",       "12:00", ("--group", "GG-Legal"),    "a.jones", "no break can be started now."),
]
# fmt: on


@pytest.mark.parametrize("row", [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_refusal_says_why_and_when(desk, row):
    at, words, who, says = row

    status, text = desk(at, "start", *words, who=who)

    assert status == 1
    assert text.startswith("Refused: ")
    assert says in text


def test_one_goes_on_already_and_it_is_used(desk):
    desk("12:00", "start")

    assert (
        "a break goes on already.\n  again    Monday 23 November, 12:45"
        not in desk("12:10", "start")[1]
    )
    assert "a break goes on already." in desk("12:10", "start")[1]
    status, text = desk("12:50", "start")
    assert (status, "its time, or all its parts" in text) == (1, True)
    assert "Tuesday 24 November, 11:30" in text


def test_programs_get_an_object(desk):
    started = json.loads(desk("12:00", "start", "--format", "json")[1])
    refused = json.loads(desk("12:10", "start", "--format", "json")[1])
    stopped = json.loads(desk("12:20", "stop", "--format", "json")[1])
    idle = json.loads(desk("12:20", "status", "--format", "json")[1])

    left = [{"break": "break:own", "seconds": 1500, "sittings": 1, "until": "2026-11-23T14:30:00Z"}]
    assert started["ends_at"] == "2026-11-23T12:45:00Z"
    assert (refused["state"], refused["reason"]) == ("refused", "break_flexible")
    assert (stopped["state"], stopped["used_seconds"], stopped["left"]) == ("stopped", 1200, left)
    assert (idle["state"], idle["break"], idle["left"]) == ("idle", None, left)


def test_a_break_can_be_named(desk):
    assert desk("12:00", "start", "--break", "own")[0] == 0
    status, text = desk("12:00", "start", "--break", "tea")
    assert (status, "there is no break tea that this person may start; there is own" in text) == (
        2,
        True,
    )
    assert desk("12:00", "start", who=" ")[0] == 2


def test_nothing_is_foreseen_for_whom_there_is_none(desk):
    status, text = desk("12:00", "status", "--group", "GG-Legal")

    assert (status, text) == (
        0,
        "a.jones has not started a break.\n  next     none is foreseen\n",
    )
    assert "next     Tuesday 24 November, 11:30" in desk("18:00", "status")[1]


def test_a_ledger_that_cannot_be_used_is_told(desk, tmp_path):
    (tmp_path / "records").write_text("not a folder")

    assert desk("12:00", "status") == (1, "the ledger cannot be used (FileExistsError)\n")


def test_lengths_are_told_to_the_second():
    length = sys.modules["breaktime.cli.break_"]._length  # the package holds the verb by this name
    assert length(timedelta(minutes=1)) == "1 minute"
    assert length(timedelta(minutes=2, seconds=3)) == "2 minutes and 3 s"


@pytest.mark.parametrize("who", ["EXAMPLE\\A.Jones", "a.jones@example.org"])
def test_every_sign_in_name_of_somebody_is_theirs(desk, tmp_path, who):
    config = tmp_path / "config.yaml"
    domains = "organisation: {domains: [example, example.org], "
    config.write_text(config.read_text().replace("organisation: {", domains))
    assert "for a.jones" in desk("12:00", "start", who=who)[1]
    assert "Goes on: own" in desk("12:10", "status")[1]


@pytest.mark.parametrize("who", [" ", "a@b@c"])
def test_nobody_is_no_person(desk, who):
    status, said = desk("12:00", "start", who=who)
    assert status == 2
    assert "--who must name somebody" in said
