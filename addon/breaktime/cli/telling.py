"""An answer in plain words: the chain of questions, and the edit that would alter it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from breaktime.cli.options import plain
from breaktime.core.chain import Outcome, Question, Step
from breaktime.core.decide import Decision, Reason, Verdict
from breaktime.core.edit import Act, Edit

if TYPE_CHECKING:
    from datetime import datetime

    from breaktime.core.detail import Looking
    from breaktime.core.rule import Rule

DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
FEW: Final = 3
"""So many rules are named that do not decide; the rest is counted."""

_ASKED: Final = {
    Question.CONTROLLED: "controlled?",
    Question.EXEMPT: "exempt?",
    Question.NAMES: "names agree?",
    Question.OWN_PAGE: "own page?",
    Question.BUSINESS_CASE: "business case?",
    Question.OTHER_SITE: "of another site?",
    Question.WHO: "who is it?",
    Question.RECORDS: "records?",
    Question.SUSPENSION: "suspended?",
    Question.BLACKOUT: "blackout?",
    Question.EXCEPTION: "dated exception?",
    Question.PERSON: "breaks: person",
    Question.TEAM: "breaks: teams",
    Question.PLACE: "breaks: place",
    Question.EVERYONE: "breaks: everyone",
}
_NOTHING: Final = {
    Question.CONTROLLED: "yes: it is {platform}",
    Question.EXEMPT: "no",
    Question.NAMES: "yes",
    Question.OWN_PAGE: "no",
    Question.BUSINESS_CASE: "no: there is none for them",
    Question.OTHER_SITE: "no",
    Question.WHO: "{person}",
    Question.RECORDS: "taken to be writable",
    Question.SUSPENSION: "no",
    Question.BLACKOUT: "no: there is none for them",
    Question.EXCEPTION: "no: there is none for them",
    Question.PERSON: "no breaks of their own",
    Question.TEAM: "no team gives breaks",
    Question.PLACE: "no place gives breaks",
    Question.EVERYONE: "there are no breaks for everyone",
}
_GOES_ON: Final = {
    Question.BUSINESS_CASE: "no: not for this, or not on this date",
    Question.SUSPENSION: "no: not on this date",
    Question.BLACKOUT: "no: not now",
    Question.EXCEPTION: "no: none that gives or takes anything now",
}
_DECIDES: Final = {
    Question.CONTROLLED: "no: none of our business, so it passes unseen",
    Question.EXEMPT: "yes, so it is allowed, unrecorded",
    Question.NAMES: "no, so it is blocked",
    Question.OWN_PAGE: "yes, so it is allowed",
    Question.BUSINESS_CASE: "yes, so it is allowed",
    Question.OTHER_SITE: "yes, a log-in or a part of it, so it is allowed",
    Question.WHO: "nobody known, so it is blocked",
    Question.RECORDS: "cannot be written, so it is blocked",
    Question.SUSPENSION: "yes, so it is blocked",
    Question.BLACKOUT: "yes, so it is blocked",
}
_NAMED: Final = {
    "exempt": "the exemption of",
    "own-page": "the own page",
    "business-case": "the business case",
    "suspension": "the suspension",
    "blackout": "the blackout number",
    "exception": "the exception of",
}
_THEN: Final = {
    Reason.NOT_CONTROLLED: "not controlled",
    Reason.EXEMPT: "allowed, exempt",
    Reason.OWN_PAGE: "allowed as an own page",
    Reason.BUSINESS_CASE: "allowed by a business case",
    Reason.EMBED: "allowed as a part of another site",
    Reason.LOGIN: "allowed, to log in to another site",
    Reason.ALWAYS_CLOSED: "blocked, no break opens it",
    Reason.IDENTITY_UNKNOWN: "blocked, nobody known",
    Reason.SUSPENDED: "blocked, suspended",
    Reason.BLACKOUT: "blocked by a blackout",
    Reason.BREAK_FIXED: "allowed in a break",
    Reason.BREAK_EXCEPTION: "allowed in a break of a dated exception",
    Reason.BREAK_FLEXIBLE: "allowed in a break that was started",
    Reason.BREAK_AVAILABLE_NOT_STARTED: "blocked until a break is started",
    Reason.BUDGET_USED: "blocked, the break is used",
    Reason.OUTSIDE_BREAKS: "blocked, outside the breaks",
}


def told_chain(steps: tuple[Step, ...], decision: Decision) -> Iterator[str]:
    """Say what became of each question, one line each; those not asked share the last line."""
    yield "  why, question by question; the first answer counts"
    unasked = [step.question for step in steps if step.outcome is Outcome.NOT_ASKED]
    for number, step in enumerate(steps, 1):
        if step.outcome is Outcome.NOT_ASKED:
            continue
        mark = "=>" if step.outcome is Outcome.DECIDES else "  "
        yield f"    {mark} {number:2} {_ASKED[step.question]:16}  {plain(_told(step, decision))}"
        yield from (f"{'':28}{plain(str(rule))}" for rule in step.rules[:FEW])
        if len(step.rules) > FEW:
            yield f"{'':28}and {len(step.rules) - FEW} more"
    if unasked:
        first, last = (_ASKED[each].strip("?") for each in (unasked[0], unasked[-1]))
        words = first if first == last else f"{first} to {last}"
        yield f"       {len(steps) - len(unasked) + 1:2} and on: not asked any more ({words})"


def _told(step: Step, decision: Decision) -> str:
    if step.outcome is Outcome.NOTHING:
        return _NOTHING[step.question].format(platform=decision.platform, person=decision.person)
    if step.outcome is Outcome.GOES_ON:
        return _GOES_ON.get(step.question, "nothing open now, and what comes below still counts")
    if step.reason is Reason.ALWAYS_CLOSED:
        return "no, and no break opens it, so it is blocked"
    if step.question in _DECIDES:
        return _DECIDES[step.question]
    if step.verdict is Verdict.ALLOW:
        return "in a break, so it is allowed"
    if step.reason is Reason.BREAK_AVAILABLE_NOT_STARTED:
        return "a break that can be started and was not, so it is blocked"
    if step.reason is Reason.OUTSIDE_BREAKS:
        return "no break now, so it is blocked"
    return f"{str(step.reason).replace('_', ' ')}, so it is blocked"


def told_edit(found: Edit | None, decision: Decision) -> Iterator[str]:
    """Say which one change would alter the answer, and to what."""
    if found is None:
        yield f"  change   {_otherwise(decision)}"
        return
    yield f"  change   {plain(_to_do(found, decision))}"
    yield f"           then it is {_THEN.get(found.decision.reason, found.decision.reason)}"


def _to_do(found: Edit, decision: Decision) -> str:
    person = decision.person
    start, end = (f"{each // 60:02}:{each % 60:02}" for each in found.span)
    if found.act is Act.REMOVE:
        return f"take out {_name(found.rule)} at {_place(found.rule)}"
    if found.act is Act.ADD_WEEKLY:
        one = f"{{days: {DAYS[found.day.weekday()]}, at: {start}-{end}}}"
        if found.rule.file:
            return f"add {one} to the breaks of {person} at {_place(found.rule)}"
        return f"under `people`, give {person}:  breaks: {{add: [{one}]}}"
    one = f"{{at: {start}-{end}}}"
    if found.rule.file:
        return f"add {one} to the exception at {_place(found.rule)}"
    return (
        f"under `exceptions`, add:  "
        f"{{dates: {found.day}, for: {{person: {person}}}, breaks: {{add: [{one}]}}}}"
    )


def _name(rule: "Rule") -> str:
    kind, _, name = rule.id.partition(":")
    if kind == "break":
        return f"the break {name}, for all who have it,"
    if kind == "shift":
        return f"this break of the shift {name.partition('[')[0]}"
    return f"{_NAMED.get(kind, f'the breaks of {kind}')} {name.replace(':', ' ')}".rstrip()


def _place(rule: "Rule") -> str:
    return f"{rule.file}:{rule.line}" if rule.file else rule.id


def _otherwise(decision: Decision) -> str:
    """Say what to do where no rule has the answer in hand."""
    if decision.reason is Reason.NOT_CONTROLLED:
        return "to control it, name its platform under `controlled`; `breaktime match` knows which"
    if decision.reason is Reason.IDENTITY_UNKNOWN:
        return "no rule opens it to somebody unknown; `identity` says how people are recognised"
    if decision.reason is Reason.ALWAYS_CLOSED:
        return f"breaks never open {decision.platform}; a business case for it does"
    return "no single rule has it in hand"


def told_detail(looking: "Looking", decision: Decision, at: "datetime") -> Iterator[str]:
    """Say that more of it is recorded than of other people, and why."""
    detail, concern = looking.of(decision, at)
    if concern is not None:
        yield f"  records  the {detail}, because of case {plain(concern.case)}"
