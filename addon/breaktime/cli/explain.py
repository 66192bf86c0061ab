"""`breaktime explain`: what would happen, and why?"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from breaktime.cli.options import (
    CONFIG,
    FORMAT,
    GROUP,
    YEARS,
    group_problem,
    load_or_exit,
    now,
    plain,
)
from breaktime.core.signin import SignInNames

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from breaktime.core.decide import Decision
    from breaktime.core.flexible import Chance
    from breaktime.core.policy import Policy
    from breaktime.core.request import Request


class QuestionError(ValueError):
    """A question that cannot be asked; the text says what to write instead."""


@dataclass(frozen=True, slots=True)
class Question:
    """
    One question, as it was typed.

    Fields:
        who: id of a person, or None for somebody who is not known.
        url: address of a page.
        at: instant in ISO 8601; without an offset it is the person's own wall clock.
        from_ip: address of the client, or None.
        groups: directory groups of the person.
    """

    who: str | None
    url: str
    at: str
    from_ip: str | None = None
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the policy says, with the request and the instant that were meant."""

    request: "Request"
    decision: "Decision"
    at: datetime
    local: datetime


@click.command(short_help="Say what would happen to somebody's request, and why.")
@CONFIG
@click.option("--who", metavar="PERSON", help="Id of the person. Left out: nobody known.")
@click.option("--url", metavar="ADDRESS", help="For example https://www.facebook.com/SomePage.")
@click.option(
    "--at",
    metavar="TIME",
    help="For example '2026-11-23 12:30', on the person's own clock, the first time where the "
    "clocks go back; with an offset or Z, exactly that instant. Left out: now.",
)
@click.option("--from-ip", metavar="ADDRESS", help="Address of the client, which tells the place.")
@GROUP
@click.option(
    "--questions",
    type=click.File("rb"),
    metavar="FILE",
    help="Many questions, as JSON lines with who, url, at and optionally from_ip and groups; "
    "- for stdin.",
)
@FORMAT
@click.option("--chain", is_flag=True, help="In JSON, every question with its answer as well.")
def explain(
    config: Path,
    who: str | None,
    url: str | None,
    at: str | None,
    from_ip: str | None,
    groups: tuple[str, ...],
    questions: BinaryIO | None,
    form: str,
    *,
    chain: bool,
) -> None:
    """
    Say what would happen to a request, why, when that changes, and what would change it.

    It is the same function that judges real requests, so what it says is what will happen. The
    questions stand in the order in which they are asked, with file and line of every rule; the
    change at the end has been tried.

    \b
    Example:
      breaktime explain -c config.yaml --who a.jones --url facebook.com --at '2026-11-23 12:30'

    With --questions there is one JSON object for each line, in order; blank lines are passed
    over. A line that is no question gets {"line": ..., "problem": ...}, and the exit status is 1
    then.

    \b
    Example:
      echo '{"who": "a.jones", "url": "facebook.com", "at": "2026-11-23T12:30Z"}' |
        breaktime explain -c config.yaml --questions -
    """
    if (questions is None) == (url is None):
        raise click.UsageError("give either --url or --questions")
    if questions is not None and (groups or not who == at == from_ip is None):
        raise click.UsageError("with --questions, who, when and from where stand in the questions")
    if chain and form != "json" and questions is None:
        raise click.UsageError("--chain is for --format json; people read the chain anyway")
    loaded = load_or_exit(config)
    policy, names = loaded.policy, SignInNames(loaded.settings.domains)
    if questions is not None:
        sys.exit(answer_lines(policy, questions, names, chain=chain))
    question = Question(who, url or "", at or now().isoformat(), from_ip, groups)
    try:
        answer = ask(policy, question, names)
    except QuestionError as problem:
        raise click.UsageError(plain(str(problem))) from problem
    if form == "json":
        click.echo(json.dumps(as_object(policy, answer, chain=chain)))
    else:
        from breaktime.cli.telling import told_detail

        in_breaks = loaded.settings.gateway.opens_in_breaks
        for line in as_text(policy, question, answer, opened_in_breaks=in_breaks):
            click.echo(line)
        for line in told_detail(loaded.settings.records.looking, answer.decision, answer.at):
            click.echo(line)


def ask(policy: "Policy", question: Question, names: SignInNames) -> Answer:
    """
    Put one question to the policy.

    Args:
        policy: what is asked.
        question: what was typed.
        names: which names are one person, as for those who sign in.

    Raises:
        QuestionError: if person, address or time cannot be read, or no team names a group.
    """
    from breaktime.config.problems import quoted
    from breaktime.core.decide import decide
    from breaktime.core.names import query_parameters, repeated_parameters, split_address
    from breaktime.core.request import Request

    address = split_address(question.url)
    if address.host is None:
        raise QuestionError(f"{quoted(question.url)} is no address; write for example x.com/page")
    if question.from_ip is not None and not _is_ip(question.from_ip):
        raise QuestionError(
            f"{quoted(question.from_ip)} is no IP address of a client; write for example 10.20.0.7"
        )
    wrong = group_problem(policy, question.groups)
    if wrong is not None:
        raise QuestionError(wrong)
    who = (question.who or "").strip()
    person = names.person(who) if who else None
    if who and person is None:
        raise QuestionError(f"{quoted(who)} can be read in two ways; nobody is known by it")
    request = Request(
        names=(address.host,),
        path=address.path,
        parameters=query_parameters(address.query),
        repeated=repeated_parameters(address.query),
        person=person,
        groups=question.groups,
        client=question.from_ip,
        method="GET",
    )
    zone = policy.standing(request.person, request.groups, request.client).zone
    at = _instant(question.at, zone)
    return Answer(request, decide(policy, request, at), at, at.astimezone(zone))


def as_object(policy: "Policy", answer: Answer, *, chain: bool = False) -> dict[str, object]:
    """Return an answer as the object that other programs read, with the chain if asked for."""
    from breaktime.core.chain import chain as ask_all

    decision = answer.decision
    found: dict[str, object] = {
        "verdict": decision.verdict,
        "reason": decision.reason,
        "context": decision.context,
        "person": decision.person,
        "platform": decision.platform,
        "because": [rule.id for rule in decision.because],
        "changes_at": _utc(decision.changes_at),
        "policy": policy.fingerprint,
    }
    if chain:
        found["chain"] = [
            {
                "question": step.question,
                "outcome": step.outcome,
                "verdict": step.verdict,
                "reason": step.reason,
                "rules": [{"id": one.id, "file": one.file, "line": one.line} for one in step.rules],
            }
            for step in ask_all(policy, answer.request, answer.at)
        ]
    return found


def as_text(
    policy: "Policy", question: Question, answer: Answer, *, opened_in_breaks: bool = True
) -> Iterator[str]:
    """Say an answer in plain words; connections may or may not be opened in breaks."""
    from breaktime.cli.telling import told_chain, told_edit
    from breaktime.core.chain import chain
    from breaktime.core.decide import opens_at
    from breaktime.core.edit import edit
    from breaktime.core.record import message_of

    decision = answer.decision
    yield f"{message_of(decision)}"
    yield f"  who      {plain(decision.person or 'nobody known')}"
    if decision.place:
        yield f"  place    {decision.place}"
    yield f"  address  {plain(question.url)} ({decision.platform or 'not controlled'})"
    yield f"  at       {_clock(answer.at, answer.local)}"
    yield f"  verdict  {decision.verdict} ({decision.reason}, {decision.context})"
    for index, rule in enumerate(decision.because):
        yield f"  {'because' if index == 0 else '':8} {plain(str(rule))}"
    if not opened_in_breaks and passes_unopened(policy, answer):
        yield "  record   over https: a site and a time, no page; the connection is not opened"
    if decision.chance is not None:
        yield f"  start    {plain(_start(decision.chance))}"
    if decision.changes_at is not None:
        yield f"  until    {_clock(decision.changes_at, answer.local)}"
    opens = opens_at(policy, answer.request, decision) if decision.verdict == "block" else None
    if opens is not None and opens != decision.changes_at:
        yield f"  opens    {_clock(opens, answer.local)}"
    yield from told_chain(chain(policy, answer.request, answer.at), decision)
    yield from told_edit(edit(policy, answer.request, answer.at), decision)
    yield f"  policy   {policy.fingerprint[:12]}"


def passes_unopened(policy: "Policy", answer: Answer) -> bool:
    """Tell whether a connection for such a request is not opened, where breaks are not."""
    from breaktime.core.request import Request
    from breaktime.core.unopened import unopened

    asked = answer.request
    connection = Request(asked.names, person=asked.person, groups=asked.groups, client=asked.client)
    controlled = answer.decision.platform is not None
    return controlled and unopened(policy, connection, answer.at).passes


def _start(chance: "Chance") -> str:
    name = chance.offer.id.removeprefix("break:")
    minutes = round(chance.left / timedelta(minutes=1))
    return f"{name} can be started by hand: {minutes} min at most, if none of it is used yet"


def answer_lines(
    policy: "Policy", questions: BinaryIO, names: SignInNames, *, chain: bool = False
) -> int:
    """
    Answer JSON lines in order; a line that is no question gets an answer that says so.

    Returns:
        The exit status: 1 if there was such a line.
    """
    status = 0
    for number, line in enumerate(questions, 1):
        text = line.decode("utf-8", "surrogateescape").removeprefix("\ufeff")  # editors' first mark
        if not text.strip():
            continue
        try:
            answer = as_object(policy, ask(policy, read_question(text), names), chain=chain)
        except QuestionError as problem:
            answer = {"line": number, "problem": str(problem)}
            status = 1
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()  # who asks may wait for the answer before asking on
    return status


def read_question(line: str) -> Question:
    """
    Read one JSON line.

    Raises:
        QuestionError: if it is no question.
    """
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        row = None
    if not isinstance(row, dict):
        raise QuestionError('not a question; write {"who": "...", "url": "...", "at": "..."}')
    values: dict[str, str | None] = {}
    for key in ("who", "url", "at", "from_ip"):
        value = row.get(key)
        if value is not None and not isinstance(value, str):
            raise QuestionError(f"`{key}` must be text")
        values[key] = value
    if not values["url"] or not values["at"]:
        raise QuestionError("`url` and `at` are needed")
    groups = row.get("groups") or []
    if not isinstance(groups, list) or not all(isinstance(one, str) for one in groups):
        raise QuestionError("`groups` must be a list of texts")
    return Question(values["who"], values["url"], values["at"], values["from_ip"], tuple(groups))


def _is_ip(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _instant(text: str, zone: "ZoneInfo") -> datetime:
    from breaktime.config.problems import quoted
    from breaktime.core.wall import instants

    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise QuestionError(
            f"{quoted(text)} is no time; write for example 2026-11-23T12:30"
        ) from None
    if at.year not in YEARS:
        raise QuestionError(f"{quoted(text)} is not between {YEARS[0]} and {YEARS[-1]}")
    if at.tzinfo is not None:
        return at.astimezone(UTC)
    found = instants(zone, at)
    if not found:
        raise QuestionError(
            f"{quoted(text)} is on no clock in {zone.key}: the clocks go forward then"
        )
    return found[0]


def _clock(at: datetime, like: datetime) -> str:
    """Return an instant on the person's own clock, and in UTC."""
    local = at.replace(microsecond=0).astimezone(like.tzinfo)
    return f"{local:%A %-d %B %Y, %H:%M:%S} ({local.tzname()}) = {_utc(local.astimezone(UTC))}"


def _utc(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")
