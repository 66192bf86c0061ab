"""Is one round of mending enough, and does nothing hide or invent a problem?"""

from pathlib import Path

import pytest

from breaktime.config import ConfigError, parse
from breaktime.config.draft import Draft
from breaktime.config.sources import gather_text
from breaktime.core.decide import decide
from breaktime.core.request import Request
from calendars import utc
from written import LEAST, loaded, problems


def test_a_wrong_value_does_not_hide_a_wrong_name():
    assert problems("""
        breaks:
          lunch: {days: Mon-Fry, at: 12:00-14:00}
          tea: {at: 10:30-10:45}
        teams:
          finance: {members: [a.jones], breaks: [lunch, te]}
        ending: {grace: 5}
        own_pages: [facebook.com]
    """) == [
        (
            "breaktime.yaml:7:17: breaks.lunch.days: must be days such as `Mon-Fri`, found"
            " `Mon-Fry`;"
            " write `Mon-Fri`"
        ),
        "breaktime.yaml:10:49: teams.finance.breaks[2]: there is no break `te`; did you mean `tea`",
        (
            "breaktime.yaml:11:17: ending.grace: must be a number with its unit, found `5`;"
            " write for example `60 seconds` or `5 minutes`"
        ),
        (
            "breaktime.yaml:12:13: own_pages[1]: `facebook.com` is the whole of Facebook,"
            " not a page of it; add the name of the page, `facebook.com/ExampleshireCouncil`"
        ),
    ]


def test_entries_that_were_left_out_do_not_move_the_others():
    found = problems("""
        suspensions:
          - {for: {person: a}, from: 2026-11-01}
          - {for: {team: nobody}, from: 2026-11-01, until: 2026-11-02}
          - {for: {person: a}, until: 2026-11-01}
          - {for: {team: nobody}, from: 2026-11-01, until: 2026-11-02}
    """)
    assert [problem.split(": ")[1] for problem in found] == [
        "suspensions[1]",
        "suspensions[2].for.team",
        "suspensions[3]",
        "suspensions[4].for.team",
    ]
    assert [problem.split(":")[1] for problem in found] == ["7", "8", "9", "10"]


def test_what_is_wrong_at_the_top_does_not_hide_the_rest():
    text = LEAST.replace("version: 1", "version: 2").replace("Europe/London", "London")
    sources = gather_text(text + "everyone: {breaks: [lunch]}\n", "f", Path.cwd())
    found = Draft(sources)
    assert found.validate().everyone.breaks == ("lunch",)
    assert len(found.problems) == 2


@pytest.mark.parametrize("text", ["{}", "teams:\n", "teams: []\n", "organisation: {}\n"])
def test_what_is_not_there_is_missing(text):
    with pytest.raises(ConfigError) as caught:
        parse(text)
    assert "breaktime.yaml:1:1: `version` is missing" in map(str, caught.value.problems)


def test_a_definition_with_problems_is_a_definition():
    assert len(problems("breaks: {lunch: {at: x}}\neveryone: {breaks: [lunch]}\n")) == 1


def test_keys_without_a_value_are_a_guess_too_many():
    assert problems("""
        teams:
          finance: {members: [a.jones, ], breaks: }
          legal:
        gateway:
          ca:
          listn:
        own_pages:
          -
    """) == [
        "breaktime.yaml:7:35: teams.finance.breaks: has no value; write one, or remove the key",
        "breaktime.yaml:8:3: teams.legal: has no value; write one, or remove the key",
        "breaktime.yaml:10:3: gateway.ca: has no value; write one, or remove the key",
        "breaktime.yaml:11:3: gateway.listn: unknown key; did you mean `listen`",
        "breaktime.yaml:13:4: own_pages[1]: has no value; write one, or remove the entry",
    ]


def test_one_person_is_not_written_twice():
    assert problems("people:\n  r.hughes: {breaks: none}\n  R.Hughes : {breaks: none}\n") == [
        (
            "breaktime.yaml:7:3: people.R.Hughes: is the same person as `r.hughes`;"
            " first at breaktime.yaml:6"
        )
    ]


@pytest.mark.parametrize(
    ("at", "rules"),
    [
        ("12:30", ["break:lunch (breaktime.yaml:7)", "person:r.hughes (breaktime.yaml:10)"]),
        (
            "15:10",
            [
                "break:person.r.hughes[2] (breaktime.yaml:10)",
                "person:r.hughes (breaktime.yaml:10)",
            ],
        ),
        ("09:00", ["person:r.hughes (breaktime.yaml:10)"]),
    ],
)
def test_rules_know_their_line(at, rules):
    policy = loaded("""
        breaks:
          lunch:
            at: 12:00-14:00
        people:
          r.hughes: {breaks: [lunch, {at: 15:00-15:30}]}
    """).policy
    decision = decide(policy, Request(("x.com",), person="r.hughes"), utc(f"2026-11-23 {at}"))
    assert [str(rule) for rule in decision.because] == rules
