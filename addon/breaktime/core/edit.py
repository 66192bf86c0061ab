"""
Stage 6, edit: the one change of the configuration that would change an answer.

Every proposal is tried: `decide` judges the policy as it would be, and what does not change the
answer is not proposed.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final, NamedTuple, Protocol

from breaktime.core.breaks import Break, DatedException, Days
from breaktime.core.chain import Judge
from breaktime.core.decide import Decision, Reason, Verdict, decide
from breaktime.core.policy import BreakList, Policy, Subject, SubjectKind
from breaktime.core.request import Request
from breaktime.core.rule import Rule
from breaktime.core.wall import Span, local_text

QUARTER: Final = 15
"""Minutes of the break that is proposed: the quarter of an hour in which somebody asked."""


class _Ruled(Protocol):
    @property
    def rule(self) -> Rule: ...


type _Pairs[T] = tuple[tuple[Subject, T], ...]


class Act(StrEnum):
    """What is to be done."""

    REMOVE = "remove"
    ADD_WEEKLY = "add_weekly"
    ADD_DATED = "add_dated"


class Edit(NamedTuple):
    """
    One change of the configuration.

    Fields:
        act: remove a rule, or give the person one more break: weekly, or on one date.
        rule: the rule to remove or to add to; one without a file is to be written.
        decision: what the answer would be then.
        day: local day of the question.
        span: the break to add.
    """

    act: Act
    rule: Rule
    decision: Decision
    day: date
    span: Span


def edit(policy: Policy, request: Request, at: datetime, judge: Judge = decide) -> Edit | None:
    """
    Return the one change that would alter an answer.

    A change that turns the verdict goes before one that only gives another reason.

    Returns:
        The change, or None where no single rule has it in hand: an address that nothing controls,
        a person whom nobody knows, a record that cannot be written.
    """
    now = judge(policy, request, at)
    second: Edit | None = None
    for proposal, changed in _proposals(policy, request, at, now):
        then = judge(changed, request, at)
        found = proposal._replace(decision=then)
        if then.verdict is not now.verdict:
            return found
        if then.reason is not now.reason and second is None:
            second = found
    return second


def _proposals(
    policy: Policy, request: Request, at: datetime, now: Decision
) -> Iterator[tuple[Edit, Policy]]:
    wall = local_text(policy.standing(request.person, request.groups, request.client).zone, at)
    start = (wall.hour * 60 + wall.minute) // QUARTER * QUARTER
    frame = Edit(Act.REMOVE, Rule(""), now, wall.date(), Span(start, start + QUARTER))
    if now.verdict is Verdict.ALLOW or now.reason in {Reason.SUSPENDED, Reason.BLACKOUT}:
        for rule in now.because:
            yield frame._replace(rule=rule), _without(policy, rule)
    elif now.verdict is Verdict.BLOCK and now.person is not None:
        own = Subject(SubjectKind.PERSON, now.person)
        yield _weekly(policy, own, frame)
        yield _dated(policy, own, frame, now)


def _weekly(policy: Policy, own: Subject, frame: Edit) -> tuple[Edit, Policy]:
    """Give somebody one more break of the week."""
    days = Days(weekdays=frozenset({frame.day.weekday()}))
    extra = Break(Rule("break:new"), (frame.span,), days)
    known = policy.breaks.get(own, BreakList(Rule(f"person:{own.id}"), (), adds=True))
    wanted = replace(known, breaks=(*known.breaks, extra))
    changed = replace(policy, breaks={**policy.breaks, own: wanted})
    return frame._replace(act=Act.ADD_WEEKLY, rule=known.rule), changed


def _dated(policy: Policy, own: Subject, frame: Edit, now: Decision) -> tuple[Edit, Policy]:
    """Give somebody one more break on a date that has an exception."""
    extra = Break(Rule("break:new"), (frame.span,))
    rule = Rule(f"exception:{frame.day}")
    theirs = {one.rule for who, one in policy.exceptions if who == own}.intersection(now.because)
    if not theirs:
        added = DatedException(rule, frame.day, frame.day, (extra,), adds=True)
        exceptions = (*policy.exceptions, (own, added))
    else:
        rule = theirs.pop()
        exceptions = tuple(
            (who, replace(one, breaks=(*one.breaks, extra)) if one.rule == rule else one)
            for who, one in policy.exceptions
        )
    return frame._replace(act=Act.ADD_DATED, rule=rule), replace(policy, exceptions=exceptions)


def _without(policy: Policy, rule: Rule) -> Policy:
    """Return the policy without one rule, wherever it stands."""
    return replace(
        policy,
        exemptions=tuple(one for one in policy.exemptions if one.rule != rule),
        own_pages={
            platform: {key: each for key, each in pages.items() if each != rule}
            for platform, pages in policy.own_pages.items()
        },
        cases=_others(policy.cases, rule),
        suspensions=_others(policy.suspensions, rule),
        blackouts=_others(policy.blackouts, rule),
        exceptions=tuple(
            (who, replace(one, breaks=_short(one.breaks, rule)))
            for who, one in _others(policy.exceptions, rule)
        ),
        breaks={
            who: replace(
                one,
                breaks=_short(one.breaks, rule),
                personal={each: _short(theirs, rule) for each, theirs in one.personal.items()},
            )
            for who, one in policy.breaks.items()
            if one.rule != rule
        },
    )


def _others[T: _Ruled](pairs: _Pairs[T], rule: Rule) -> _Pairs[T]:
    return tuple((who, one) for who, one in pairs if one.rule != rule)


def _short(breaks: tuple[Break, ...], rule: Rule) -> tuple[Break, ...]:
    return tuple(one for one in breaks if one.rule != rule)
