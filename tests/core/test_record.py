"""What is written down of a judged request, and what is not."""

import re
from datetime import timedelta

import pytest

from breaktime.core.decide import Decision, Reason, Verdict
from breaktime.core.platforms import Role
from breaktime.core.record import (
    Action,
    Keeping,
    action_of,
    as_observed,
    failed,
    keeping,
    message_of,
    told_as,
    withheld,
)
from breaktime.core.visit import Evidence
from records import NOON, VISIT

ALLOW = Decision(Verdict.ALLOW, Reason.BREAK_FIXED)
BLOCK = Decision(Verdict.BLOCK, Reason.OUTSIDE_BREAKS)
EXEMPT = Decision(Verdict.ALLOW, Reason.EXEMPT)
PASS = Decision(Verdict.PASS, Reason.NOT_CONTROLLED)
FAULT = Decision(Verdict.BLOCK, Reason.FILTER_ERROR)
EMBED = Decision(Verdict.ALLOW, Reason.EMBED, role=Role.EMBED)
REFUSED = BLOCK._replace(role=Role.EMBED)

# fmt: off
KEEPING = [
    # grade                 allow      block      exempt     pass       fault     part    no part
    ("user_navigation",     "ONE",     "ONE",     "NONE",    "NONE",    "ONE",    "NONE", "ONE"),
    ("navigation",          "ONE",     "ONE",     "NONE",    "NONE",    "ONE",    "NONE", "ONE"),
    ("in_page_navigation",  "ONE",     "ONE",     "NONE",    "NONE",    "ONE",    "NONE", "ONE"),
    ("inferred",            "ONE",     "ONE",     "NONE",    "NONE",    "ONE",    "NONE", "ONE"),
    ("app",                 "SELDOM",  "SELDOM",  "NONE",    "NONE",    "ONE",    "NONE", "SELDOM"),
    ("tls_name_only",       "SELDOM",  "SELDOM",  "NONE",    "NONE",    "ONE",    "NONE", "SELDOM"),
    ("embedded",            "NONE",    "NONE",    "NONE",    "NONE",    "ONE",    "NONE", "NONE"),
    ("speculative",         "NONE",    "NONE",    "NONE",    "NONE",    "ONE",    "NONE", "NONE"),
    ("in_page",             "NONE",    "SELDOM",  "NONE",    "NONE",    "ONE",    "NONE", "NONE"),
    ("background",          "NONE",    "SELDOM",  "NONE",    "NONE",    "ONE",    "NONE", "NONE"),
]
# fmt: on


@pytest.mark.parametrize(("evidence", "kept"), [(r[0], r[1:]) for r in KEEPING])
def test_keeping(evidence, kept):
    decisions = (ALLOW, BLOCK, EXEMPT, PASS, FAULT, EMBED, REFUSED)

    assert [keeping(each, Evidence(evidence)) for each in decisions] == [Keeping[k] for k in kept]


def test_the_parts_of_a_copied_page_are_not_written_down():
    """An archived newspaper shows pictures and buttons of platforms; a page itself is written."""
    copied = BLOCK._replace(bypass=True)

    assert keeping(copied, Evidence.BACKGROUND) is keeping(copied, Evidence.IN_PAGE) is Keeping.NONE
    assert keeping(copied, Evidence.NAVIGATION) is Keeping.ONE


def test_every_grade_is_kept_or_not():
    assert {row[0] for row in KEEPING} == set(Evidence)


@pytest.mark.parametrize(
    "reason",
    ["embed", "login", "speculative", "own_page_helper", "business_case_helper"],
)
@pytest.mark.parametrize("evidence", Evidence)
def test_what_belongs_to_another_document_is_nobodys_visit(evidence, reason):
    assert keeping(ALLOW._replace(reason=Reason(reason)), evidence) is Keeping.NONE


def test_what_an_open_page_does_not_get_it_asked_for_in_the_background():
    assert told_as(BLOCK, Evidence.IN_PAGE) is Evidence.BACKGROUND
    for evidence in set(Evidence) - {Evidence.IN_PAGE}:
        assert told_as(BLOCK, evidence) is told_as(ALLOW, evidence) is evidence
    assert told_as(ALLOW, Evidence.IN_PAGE) is Evidence.IN_PAGE


@pytest.mark.parametrize(
    ("verdict", "reason", "action"),
    [
        (Verdict.ALLOW, Reason.BREAK_FIXED, Action.VISIT_ALLOWED),
        (Verdict.ALLOW, Reason.BREAK_EXCEPTION, Action.VISIT_ALLOWED),
        (Verdict.ALLOW, Reason.BUSINESS_CASE, Action.VISIT_BUSINESS),
        (Verdict.ALLOW, Reason.OWN_PAGE, Action.VISIT_OWN_PAGE),
        (Verdict.BLOCK, Reason.OUTSIDE_BREAKS, Action.VISIT_BLOCKED),
        (Verdict.BLOCK, Reason.FILTER_ERROR, Action.VISIT_BLOCKED),
    ],
)
def test_action_of(verdict, reason, action):
    assert action_of(Decision(verdict, reason)) is action


def test_a_visit_that_came_to_nothing_is_taken_back():
    """Same id, person and page; what is new is what happened, when, and that it does not count."""
    later = NOON + timedelta(seconds=30)
    follow = failed(VISIT, later)

    assert (follow.action, follow.reason) == (Action.VISIT_FAILED, "origin_unreachable")
    assert (follow.at, follow.counted) == (later, False)
    assert follow.reason not in set(Reason)
    same = {"action": VISIT.action, "reason": VISIT.reason, "message": VISIT.message}
    assert follow._replace(at=NOON, counted=True, **same) == VISIT._replace(repeat=None)


def test_a_visit_whose_record_came_too_late_is_taken_back():
    follow = withheld(VISIT, NOON)

    assert (follow.action, follow.counted) == (Action.VISIT_FAILED, False)
    assert (follow.decision, follow.person) == (VISIT.decision, VISIT.person)


def test_a_refusal_that_is_only_observed_says_so_and_keeps_its_verdict():
    refused = VISIT._replace(verdict=Verdict.BLOCK, message="Blocked: facebook.com, no break now")

    observed = as_observed(refused)

    assert (observed.action, observed.status) == (Action.VISIT_OBSERVED, None)
    assert observed.message == "Observed, not refused: facebook.com, no break now"
    assert observed.verdict is Verdict.BLOCK


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_sentence(reason):
    """Plain words, which say first what happened, in no more than a line."""
    message = message_of(Decision(Verdict.BLOCK, reason, name="facebook.com"))

    assert re.fullmatch(r"(Allowed|Blocked|Not controlled).*", message)
    assert "{" not in message
    assert len(message) <= 200


def test_a_sentence_names_the_listed_name():
    decision = Decision(Verdict.BLOCK, Reason.BLACKOUT, name="facebook.com")

    assert message_of(decision) == "Blocked: facebook.com, blackout"
