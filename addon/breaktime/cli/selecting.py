"""What the verbs that read the log share: which log, which records, and who reads."""

import os
import pwd
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from breaktime import __version__
from breaktime.cli.options import YEARS, load_or_exit, now, plain

if TYPE_CHECKING:
    from breaktime.audit.selection import Selection
    from breaktime.config import Loaded

_NO_LOGIN = 0xFFFFFFFF

_VERDICTS = ("allow", "block")
_CONTEXTS = ("break", "outside-break", "business-case", "own-page", "grace", "unscheduled")

DIRECTORY = click.argument(
    "directory", type=click.Path(path_type=Path, readable=False), required=False
)
CONFIG_OF_LOG = click.option(
    "--config",
    "-c",
    type=click.Path(path_type=Path, readable=False),
    metavar="FILE",
    help="Read the directory, and the time zone of dates, from this configuration.",
)
SINCE = click.option(
    "--since",
    metavar="TIME",
    help="From this day or time on, such as 2026-11-23 or 2026-11-23T12:00.",
)
UNTIL = click.option("--until", metavar="TIME", help="Up to and with this day, or up to this time.")


_PEOPLE = (
    click.option("--person", "people", multiple=True, metavar="NAME", help="Of this person."),
    click.option(
        "--verdict",
        "verdicts",
        multiple=True,
        type=click.Choice(_VERDICTS),
        help="With this answer.",
    ),
)
_GROUPS = (
    click.option("--team", "teams", multiple=True, metavar="TEAM", help="Of this team."),
    click.option(
        "--platform", "platforms", multiple=True, metavar="ID", help="About this platform."
    ),
    click.option(
        "--context",
        "contexts",
        multiple=True,
        type=click.Choice(_CONTEXTS),
        help="In a break, outside, and so on.",
    ),
    SINCE,
    UNTIL,
)


def selecting(verb: Callable[..., Any]) -> Callable[..., Any]:
    """Give a verb the options that choose records."""
    for option in reversed((*_PEOPLE, *_GROUPS)):
        verb = option(verb)
    return verb


def choosing_groups(verb: Callable[..., Any]) -> Callable[..., Any]:
    """Give a verb the options that choose records, but not those of single people."""
    for option in reversed(_GROUPS):
        verb = option(verb)
    return verb


@dataclass(frozen=True, slots=True)
class Place:
    """
    A log to read.

    Fields:
        directory: where its files are.
        zone: whose clock dates and times are meant by.
        loaded: the configuration it was found by, if any.
    """

    directory: Path
    zone: ZoneInfo
    loaded: "Loaded | None"


def place_of(directory: Path | None, config: Path | None) -> Place:
    """Find the log, or end with status 2; with status 1 for problems of the configuration."""
    if (directory is None) == (config is None):
        raise click.UsageError("give either DIRECTORY or --config FILE")
    loaded = None if config is None else load_or_exit(config)
    zone = ZoneInfo("UTC")
    if loaded is not None:
        directory, zone = loaded.settings.records.directory, loaded.policy.zone
    if directory is None or not directory.is_dir():
        raise click.UsageError(f"there is no directory {plain(str(directory))}")
    return Place(directory, zone, loaded)


def instant(text: str | None, option: str, zone: ZoneInfo, *, end: bool = False) -> datetime | None:
    """
    Read a day or a time as an option gives it.

    Args:
        text: such as `2026-11-23`, `2026-11-23T12:00` or `2026-11-23T12:00Z`.
        option: its name.
        zone: whose clock is meant where the text does not say.
        end: a day means its end.

    Raises:
        click.UsageError: it is neither.
    """
    from breaktime.config.problems import quoted
    from breaktime.core.wall import day_edges

    if text is None:
        return None
    try:
        if len(text) == len("2026-11-23"):
            day = date.fromisoformat(text)
            if day.year in YEARS:
                return day_edges(zone, day)[end]
        found = datetime.fromisoformat(text)
        if found.year in YEARS:
            return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except ValueError:
        pass
    raise click.UsageError(
        f"{option}: {quoted(text)} is neither a day nor a time;"
        " write for example 2026-11-23 or 2026-11-23T12:00"
    )


def selection_of(place: Place, **chosen: Any) -> "Selection":
    """Put together what the options chose."""
    from breaktime.audit.selection import Selection

    if people := chosen.get("people"):
        chosen["people"] = tuple(_person(place, written) for written in people)
    chosen["since"] = instant(chosen.get("since"), "--since", place.zone)
    chosen["until"] = instant(chosen.get("until"), "--until", place.zone, end=True)
    since, until = chosen["since"], chosen["until"]
    if since is not None and until is not None and until <= since:
        raise click.UsageError("--until is not after --since; nothing lies between them")
    return Selection(**chosen)


def _person(place: Place, written: str) -> str:
    """Return the spelling in which records have somebody, whatever somebody else writes."""
    from breaktime.core.signin import SignInNames

    domains = frozenset[str]() if place.loaded is None else place.loaded.settings.domains
    return SignInNames(domains).person(written) or written


def words_for(place: Place, person: str) -> frozenset[str]:
    """Return the pseudonyms of somebody, as far as whoever asks may read the keys."""
    from breaktime.audit.pseudonyms import words_of

    if place.loaded is None:
        return frozenset()
    records = place.loaded.settings.records
    try:
        return words_of(records.pseudonym_keys, person)
    except OSError as problem:
        reason = (problem.strerror or str(problem)).lower()
        click.echo(
            f"the keys of pseudonyms in {records.pseudonym_keys} cannot be read: {reason};"
            " only records with the name itself are found",
            err=True,
        )
        return frozenset()


def with_words(place: Place, selection: "Selection") -> "Selection":
    """Let a person stand for their pseudonyms too."""
    words = [word for person in selection.people for word in words_for(place, person)]
    return replace(selection, people=(*selection.people, *words)) if words else selection


def note(place: Place, verb: str, selection: object, person: str | None = None) -> None:
    """Note who reads what, where a gateway writes to the log; end with status 1 if impossible."""
    from breaktime.audit.readings import FOLDER, Reading, is_live, note_reading

    if not is_live(place.directory):
        return
    try:
        reading = Reading(now(), reader(), verb, str(selection), person, __version__)
        note_reading(place.directory, reading)
    except OSError as problem:
        reason = (problem.strerror or str(problem)).lower()
        click.echo(
            f"nothing is shown, because it cannot be noted in {place.directory / FOLDER}"
            f" who reads: {reason}",
            err=True,
        )
        sys.exit(1)


def reader() -> str:
    """
    Return the account that logged in to this machine, also behind `sudo` and `su`.

    Where there was no log-in, as in a container, it is the account that runs this.
    """
    number = os.getuid()
    try:
        logged_in = int(Path("/proc/self/loginuid").read_text())
        number = number if logged_in == _NO_LOGIN else logged_in
    except (OSError, ValueError):
        pass
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"uid {number}"
