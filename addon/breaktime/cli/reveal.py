"""`breaktime reveal`: two people find out whose a pseudonym is."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from breaktime.cli.options import CONFIG, load_or_exit, now, plain
from breaktime.cli.selecting import reader

if TYPE_CHECKING:
    from breaktime.config import Loaded

PAUSE = 0.1
"""Seconds between two looks."""

TRIES = 600
"""So often it is looked whether the gateway has taken the note in."""

HOURS = 72
"""How long the first of two waits for the second."""


@click.command(short_help="Find out, with somebody else, whose a pseudonym is.")
@CONFIG
@click.option("--case", required=True, metavar="CASE", help="Reference of the file at HR.")
@click.option("--hash", "word", required=True, metavar="WORD", help="`user.hash` of a record.")
@click.option(
    "--people",
    type=click.File("r", encoding="utf-8"),
    metavar="FILE",
    help="More sign-in names to try, one a line; those of the configuration are tried anyway.",
)
def reveal(config: Path, case: str, word: str, people: TextIO | None) -> None:
    """
    Find out whose a pseudonym is. It takes two people, with accounts of their own.

    The first one runs this, and it is noted that they ask. The second one runs the same within 72
    hours: it is noted who both are, and only then the name is shown. Both have to be able to read
    the keys of the pseudonyms, and nobody else should be.

    \b
    Example:
      breaktime reveal -c config.yaml --case HR-2026-0143 --hash pbx4t7mzq2hd6wkr5n3a

    Exit status 0: revealed. 1: it could not be noted or read, or it is nobody's of those tried.
    3: noted; the second one is missing.
    """
    from breaktime.audit.pseudonyms import FORM

    word = word.strip().lower()
    if FORM.fullmatch(word) is None:
        raise click.UsageError("--hash: not a pseudonym; copy the 20 letters of `user.hash`")
    loaded = load_or_exit(config)
    try:
        first = _other(loaded, case, word)
        if first is None:
            _note(loaded, case, word, None)
            click.echo(f"noted. Somebody else has to run the same within {HOURS} hours.")
            sys.exit(3)
        end = _note(loaded, case, word, first)
        _await_seal(loaded.settings.records.directory, end)
        found = _whose(loaded, word, [] if people is None else [*people])
    except OSError as problem:
        reason = (problem.strerror or str(problem)).lower()
        click.echo(f"nothing is shown: {reason}", err=True)
        sys.exit(1)
    if found is None:
        click.echo(f"{plain(word)} is nobody's of those that were tried", err=True)
        sys.exit(1)
    click.echo(plain(found))


def _other(loaded: "Loaded", case: str, word: str) -> str | None:
    """Return who else has asked for the same lately, None where nobody has."""
    from datetime import timedelta

    from breaktime.audit.readings import asked

    since = now() - timedelta(hours=HOURS)
    others = asked(loaded.settings.records.directory, case, word, since) - {reader()}
    return min(others, default=None)


def _await_seal(directory: Path, end: int) -> None:
    """
    Wait until a gateway that runs has taken the note into the log that it seals.

    Raises:
        OSError: it has not.
    """
    from breaktime.audit.noted import taken
    from breaktime.audit.readings import is_running

    for _ in range(TRIES):
        if not is_running(directory) or taken(directory).offset >= end:
            return
        time.sleep(PAUSE)
    raise OSError("the gateway has not taken in the note of it; try again")


def _note(loaded: "Loaded", case: str, word: str, first: str | None) -> int:
    from breaktime import __version__
    from breaktime.audit.readings import Reveal, note_reveal

    note = Reveal(now(), reader(), case, word, first, __version__)
    return note_reveal(loaded.settings.records.directory, note)


def _whose(loaded: "Loaded", word: str, lines: list[str]) -> str | None:
    """Try everybody whom the configuration names, and more."""
    from breaktime.audit.pseudonyms import whose
    from breaktime.core.signin import SignInNames

    names = SignInNames(loaded.settings.domains)
    more = [person for line in lines if (person := names.person(line.strip()))]
    policy = loaded.policy
    dated = (*policy.cases, *policy.suspensions, *policy.exceptions, *policy.blackouts)
    subjects = [who for who, _ in dated] + [one.subject for one in policy.exemptions]
    named = [who.id for who in (*subjects, *policy.breaks) if who.kind == "person"]
    people = dict.fromkeys([*policy.directory.people, *named, *more])
    return whose(loaded.settings.records.pseudonym_keys, word, people)
