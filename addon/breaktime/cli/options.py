"""What several verbs share: options, and how problems are shown."""

import io
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from breaktime.config import Loaded, Problem
    from breaktime.core.policy import Policy

CONFIG = click.option(
    "--config",
    "-c",
    "config",
    type=click.Path(path_type=Path, readable=False),
    required=True,
    metavar="FILE",
    help="The configuration, for example /etc/breaktime/config.yaml.",
)

GROUP = click.option(
    "--group",
    "groups",
    multiple=True,
    metavar="GROUP",
    help="Directory group of the person, for teams whose members the directory holds; may be "
    "repeated.",
)

YEARS = range(1990, 2100)
"""The years of which calendars are asked."""

FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people, or for programs.",
)


def a_date(_context: click.Context, _option: click.Parameter, text: str | None) -> date | None:
    """Read a date as an option gives it."""
    from breaktime.config.problems import quoted

    if text is None:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    if found.year not in YEARS:
        raise click.BadParameter(f"{quoted(text)} is no date; write for example 2026-11-23")
    return found


def group_problem(policy: "Policy", groups: "Sequence[str]") -> str | None:
    """Say which of some directory groups no team names; None if there is none such."""
    from breaktime.config.problems import quoted, suggestion

    known = policy.directory.groups
    for group in groups:
        if group not in known:
            hint = suggestion(group, known)
            return f"no team has the directory group {quoted(group)}{f'; {hint}' if hint else ''}"
    return None


def now() -> datetime:
    """Return the instant it is now, in UTC."""
    return datetime.now(UTC)  # noqa: TID251  the one place of the command line


def plain(text: str) -> str:
    """Return text that may come from anywhere as a terminal may see it: escapes are shown."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def write_anything() -> None:
    """Let letters that a terminal cannot show be shown as escapes, instead of ending the verb."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def nobody_reads() -> None:
    """Let what is still to be written vanish: whoever read our output has enough of it."""
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def load_or_exit(path: Path) -> "Loaded":
    """Load a configuration, or show its problems on stderr and end with status 1."""
    from breaktime.config import ConfigError, load

    try:
        return load(path)
    except ConfigError as error:
        stop_with(error.problems)


def stop_with(problems: "Sequence[Problem]") -> NoReturn:
    """Show problems on stderr and end with status 1."""
    from breaktime.config import report

    click.echo(report(problems), err=True)
    sys.exit(1)
