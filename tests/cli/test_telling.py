"""The chain and the edit in plain words: golden files that HR has to understand."""

import json

import pytest

from breaktime.cli.telling import told_chain, told_edit
from breaktime.core.chain import Outcome, Question, Step
from breaktime.core.decide import Decision, Reason, Verdict
from breaktime.core.rule import Rule
from support import golden

MONDAY = ("--url", "facebook.com", "--at")

GOLDEN = {
    "flexible-to-start": ["--who", "s.ali", "--url", "facebook.com", "--at", "2026-11-23 12:30"],
    "flexible-span-is-over": ["--who", "s.ali", "--url", "x.com", "--at", "2026-11-23 14:30"],
    "team-of-the-directory": [
        "--who",
        "zoe",
        "--group",
        "GG-Legal",
        "--url",
        "x.com",
        "--at",
        "2026-11-23 10:35",
    ],
    "outside-breaks": ("--who", "a.jones", *MONDAY, "2026-11-23 09:05"),
    "lunch-of-everyone": ("--who", "m.evans", *MONDAY, "2026-11-23 13:00"),
    "blackout": ("--who", "m.evans", *MONDAY, "2026-11-23 12:10"),
    "suspended": ("--who", "d.smith", *MONDAY, "2026-11-25 13:00"),
    "business-case": ("--who", "t.okafor", *MONDAY, "2026-11-23 09:05"),
    "own-page": ("--url", "facebook.com/exampleshirecouncil", "--at", "2026-11-23 09:05"),
    "exempt-place": ("--who", "a.jones", *MONDAY, "2026-11-23 09:05", "--from-ip", "10.60.0.9"),
    "nobody-known": (*MONDAY, "2026-11-23 12:10"),
    "not-controlled": ("--who", "a.jones", "--url", "example.org", "--at", "2026-11-23 12:10"),
    "christmas-eve": ("--who", "a.jones", *MONDAY, "2026-12-24 17:30"),
    "own-breaks": ("--who", "r.hughes", *MONDAY, "2026-11-23 16:00"),
    "night-of-a-rota": ("--who", "p.kaur", *MONDAY, "2026-11-05 01:40"),
    "in-warsaw": ("--who", "k.nowak", *MONDAY, "2026-11-23 12:10"),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_an_answer_reads_as_it_did(monkeypatch, name):
    done = golden.run(monkeypatch, "explain", "-c", "council.yaml", *GOLDEN[name])
    assert done.exit_code == 0
    golden.same(f"explain-{name}.txt", done.output)


def test_programs_get_the_chain_if_they_ask_for_it(monkeypatch):
    arguments = ["explain", "-c", "council.yaml", *GOLDEN["business-case"], "--format", "json"]
    without = json.loads(golden.run(monkeypatch, *arguments).output)
    with_it = json.loads(golden.run(monkeypatch, *arguments, "--chain").output)
    steps = with_it.pop("chain")
    assert with_it == without
    assert [step["question"] for step in steps] == list(Question)
    assert steps[4] == {
        "question": "business_case",
        "outcome": "decides",
        "verdict": "allow",
        "reason": "business_case",
        "rules": [{"id": "business-case:BC-2026-014", "file": "council.yaml", "line": 40}],
    }


def test_people_need_not_ask_for_it(monkeypatch):
    done = golden.run(monkeypatch, "explain", "-c", "council.yaml", "--url", "x.com", "--chain")
    assert done.exit_code == 2
    assert "people read the chain anyway" in done.output


def test_of_many_rules_that_do_not_decide_some_are_counted():
    rules = tuple(Rule(f"exception:{n}", "a.yaml", n) for n in range(1, 9))
    step = Step(Question.EXCEPTION, Outcome.GOES_ON, rules)
    lines = list(told_chain((step,), Decision(Verdict.BLOCK, Reason.OUTSIDE_BREAKS)))
    assert len(lines) == 6
    assert lines[-1].strip() == "and 5 more"


def test_what_no_break_opens_says_what_does():
    closed = Decision(Verdict.BLOCK, Reason.ALWAYS_CLOSED, person="ada", platform="resolver")

    assert list(told_edit(None, closed)) == [
        "  change   breaks never open resolver; a business case for it does"
    ]
