"""
Stage 6, chain: every question of the order, with its answer and whether it decided.

Nothing is judged here. Each question is put to `decide` about a policy that is reduced to what
that question is about, so that whatever the rules learn to say shows here without change.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple, Protocol

from breaktime.core.decide import Decision, Reason, Verdict, decide
from breaktime.core.policy import Policy, Standing, Subject, SubjectKind
from breaktime.core.request import Request
from breaktime.core.rule import Rule

type Judge = Callable[[Policy, Request, datetime], Decision]
"""What answers: `decide`, or `decide` with more said about the state of the gateway."""


class Question(StrEnum):
    """The questions, in their order."""

    CONTROLLED = "controlled"
    EXEMPT = "exempt"
    NAMES = "names"
    OWN_PAGE = "own_page"
    BUSINESS_CASE = "business_case"
    OTHER_SITE = "other_site"
    WHO = "who"
    RECORDS = "records"
    SUSPENSION = "suspension"
    BLACKOUT = "blackout"
    EXCEPTION = "exception"
    PERSON = "person"
    TEAM = "team"
    PLACE = "place"
    EVERYONE = "everyone"


class Outcome(StrEnum):
    """What became of a question."""

    DECIDES = "decides"
    GOES_ON = "goes_on"
    NOTHING = "nothing"
    NOT_ASKED = "not_asked"


class Step(NamedTuple):
    """
    One question and its answer.

    Fields:
        question: which one.
        outcome: it decides; it concerns the request, and does not decide now; there is nothing
            to ask about; or an earlier one has decided.
        rules: those that decide, or those that could have.
        verdict, reason: the answer, of the question that decides.
    """

    question: Question
    outcome: Outcome
    rules: tuple[Rule, ...] = ()
    verdict: Verdict | None = None
    reason: Reason | None = None


class _Ruled(Protocol):
    @property
    def rule(self) -> Rule: ...


_SPEAKS: Final = {
    Reason.NOT_CONTROLLED: Question.CONTROLLED,
    Reason.EXEMPT: Question.EXEMPT,
    Reason.NAME_MISMATCH: Question.NAMES,
    Reason.OWN_PAGE: Question.OWN_PAGE,
    Reason.OWN_PAGE_HELPER: Question.OWN_PAGE,
    Reason.BUSINESS_CASE: Question.BUSINESS_CASE,
    Reason.BUSINESS_CASE_HELPER: Question.BUSINESS_CASE,
    Reason.EMBED: Question.OTHER_SITE,
    Reason.LOGIN: Question.OTHER_SITE,
    Reason.ALWAYS_CLOSED: Question.BUSINESS_CASE,
    Reason.IDENTITY_UNKNOWN: Question.WHO,
    Reason.RECORDS_UNWRITABLE: Question.RECORDS,
    Reason.SUSPENDED: Question.SUSPENSION,
    Reason.BLACKOUT: Question.BLACKOUT,
}
"""The question to which each reason is the answer; all others are answers of the breaks."""

_RANKS: Final = {
    Question.PERSON: SubjectKind.PERSON,
    Question.TEAM: SubjectKind.TEAM,
    Question.PLACE: SubjectKind.PLACE,
    Question.EVERYONE: SubjectKind.EVERYONE,
}


def chain(
    policy: Policy, request: Request, at: datetime, judge: Judge = decide
) -> tuple[Step, ...]:
    """
    Ask every question of the order about one request at one instant.

    Args:
        policy: the snapshot to ask.
        request: what is known of the request.
        at: UTC instant.
        judge: what answers.

    Returns:
        One step for each question. Exactly one decides, and what it says is what the judge says
        about the whole policy.
    """
    decision = judge(policy, request, at)
    standing = policy.standing(request.person, request.groups, request.client)
    deciding = _SPEAKS.get(decision.reason) or _rank(policy, request, at, judge, decision)
    steps: list[Step] = []
    for question in Question:
        if question is deciding:
            found = Step(
                question, Outcome.DECIDES, decision.because, decision.verdict, decision.reason
            )
        elif any(step.outcome is Outcome.DECIDES for step in steps):
            found = Step(question, Outcome.NOT_ASKED)
        else:
            rules = _concerning(policy, standing, question)
            found = Step(question, Outcome.GOES_ON if rules else Outcome.NOTHING, rules)
        steps.append(found)
    return tuple(steps)


def _rank(
    policy: Policy, request: Request, at: datetime, judge: Judge, decision: Decision
) -> Question:
    """
    Return which rank of breaks decides.

    It is the first with which the answer is already that of all of them. Where nothing is open,
    it is the last one that the answer names: those before it only add.
    """
    if decision.verdict is Verdict.BLOCK:
        named = set(decision.because)
        standing = policy.standing(request.person, request.groups, request.client)
        ranks = (Question.EXCEPTION, *_RANKS)
        found = [rank for rank in ranks if named.intersection(_concerning(policy, standing, rank))]
        return found[-1] if found else Question.EVERYONE
    kept: set[SubjectKind] = set()
    rank = Question.EXCEPTION
    for question, kind in _RANKS.items():
        lists = {who: each for who, each in policy.breaks.items() if who.kind in kept}
        if judge(replace(policy, breaks=lists), request, at)[:2] == decision[:2]:
            break
        rank = question
        kept.add(kind)
    return rank


def _concerning(policy: Policy, standing: Standing, question: Question) -> tuple[Rule, ...]:
    """Return the rules of one question that are about somebody at a place."""
    person, place = standing.person, standing.place
    if question is Question.BUSINESS_CASE:
        return tuple(one.case.rule for one in standing.cases)
    dated: dict[Question, tuple[tuple[Subject, _Ruled], ...]] = {
        Question.SUSPENSION: policy.suspensions,
        Question.BLACKOUT: policy.blackouts,
        Question.EXCEPTION: policy.exceptions,
    }
    if question in dated:
        rules = (one.rule for who, one in dated[question] if who.covers(person, place))
        return tuple(dict.fromkeys(rules))
    kind = _RANKS.get(question)
    return tuple(
        one.rule
        for who, one in policy.breaks.items()
        if who.kind is kind and who.covers(person, place)
    )
