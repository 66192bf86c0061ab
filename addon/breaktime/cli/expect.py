"""`breaktime test`: does the configuration do what was meant?"""

import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click

from breaktime.cli.options import plain
from breaktime.core.signin import SignInNames

if TYPE_CHECKING:
    from breaktime.cli.explain import Answer
    from breaktime.config.expectations import Row
    from breaktime.core.policy import Policy


@click.command(name="test", short_help="Compare the answers with what you expect.")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE..."
)
def expect(files: tuple[Path, ...]) -> None:
    """
    Ask the questions of each FILE, and compare the answers with those that it expects.

    Write down what must hold, and run it after each change of the configuration. The same
    function answers that judges real requests. A row that gets the right verdict for another
    reason, or by another rule, fails too.

    \b
    Such a file:
      config: config.yaml
      expect:
        - {who: a.jones, url: facebook.com, at: 2026-11-23 12:30, verdict: allow, because: lunch}
        - {who: a.jones, url: facebook.com, at: 2026-11-23 14:00, verdict: block,
           reason: outside_breaks}

    \b
    A row may have:
      who      sign-in name; nobody known if left out
      url      the address
      at       on the person's own clock, or with an offset or Z
      from_ip  address of the client, which tells the place; may be left out
      groups   directory groups of the person, for teams whose members the directory holds
      verdict  pass, allow or block
      reason   such as break_fixed; any if left out
      because  a rule, or several, which must be among the causes; any if left out

    \b
    Example:
      breaktime test expect.yaml

    Exit status 0: all as expected. 1: something is not, or a file has problems.
    """
    from breaktime.config.problems import counted

    failures = rows = 0
    for file in files:
        found, asked = failures_of(file)
        for failure in found:
            click.echo(plain(failure))
        failures += len(found)
        rows += asked
    if failures:
        click.echo(f"{counted(failures, 'failure')} in {counted(rows, 'expectation')}")
    else:
        click.echo(f"{counted(rows, 'expectation')}, all met")
    sys.exit(1 if failures else 0)


def failures_of(file: Path) -> tuple[list[str], int]:
    """
    Return what is not as a file expects it, and how many rows it has.

    A file that cannot be read, or whose configuration cannot be used, is a failure with a line
    for each problem.
    """
    from breaktime.config import ConfigError
    from breaktime.config.expectations import read

    try:
        expected = read(file, str(file))
        policy, names = _policy(expected.config)
    except ConfigError as error:
        return [str(problem) for problem in error.problems], 0
    found = [
        f"{spot.file}:{spot.line}: {failure}"
        for row, spot in expected.rows
        if (failure := failure_of(policy, row, names))
    ]
    return found, len(expected.rows)


def failure_of(policy: "Policy", row: "Row", names: SignInNames) -> str | None:
    """Say how the answer differs from what a row expects; None if it does not."""
    from breaktime.cli.explain import Question, QuestionError, ask

    try:
        answer = ask(policy, Question(row.who, row.url, row.at, row.from_ip, row.groups), names)
    except QuestionError as problem:
        return str(problem)
    wrong = list(_differences(row, answer))
    if not wrong:
        return None
    who = row.who or "nobody known"
    return f"{who}, {row.url}, {row.at}: expected {', '.join(wrong)}; found {_told(answer)}"


def _differences(row: "Row", answer: "Answer") -> Iterator[str]:
    decision = answer.decision
    if row.verdict is not decision.verdict:
        yield f"{row.verdict}"
    if row.reason not in {None, decision.reason}:
        yield f"{row.reason}"
    causes = [rule.id for rule in decision.because]
    missing = [cause for cause in row.causes if not _is_among(cause, causes)]
    if missing:
        yield f"because of {', '.join(missing)}"


def _is_among(cause: str, causes: Sequence[str]) -> bool:
    """Compare with and without the kind of the rule: `lunch` is `break:lunch`."""
    return any(cause in {one, one.partition(":")[2]} for one in causes)


def _told(answer: "Answer") -> str:
    decision = answer.decision
    rules = ", ".join(str(rule) for rule in decision.because)
    return f"{decision.verdict} ({decision.reason})" + (f" because of {rules}" if rules else "")


@cache
def _policy(config: Path) -> tuple["Policy", SignInNames]:
    from breaktime.config import load

    loaded = load(config)
    return loaded.policy, SignInNames(loaded.settings.domains)
