"""`breaktime check`: is the configuration right?"""

import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from breaktime.cli.options import a_date, now

if TYPE_CHECKING:
    from breaktime.config import Loaded


@click.command(short_help="Check a configuration and say what is wrong with it, and where.")
@click.argument("file", type=click.Path(path_type=Path, readable=False), metavar="FILE")
@click.option(
    "--today",
    callback=a_date,
    metavar="DATE",
    help="Look for what ends soon from this day, such as 2026-11-23. Left out: today.",
)
def check(file: Path, today: date | None) -> None:
    """
    Check the configuration FILE and everything it includes.

    Each problem is one line:  file:line:column: where: what is wrong; what to write

    Nothing is started and nothing is changed. Exit status 0 means that the gateway would accept
    the file; what is only doubtful is shown on stderr as a warning: a business case that ends soon,
    a break that no clock shows on the day the clocks go forward, a break of many hours.

    \b
    Example:
      breaktime check /etc/breaktime/config.yaml
    """
    from breaktime.config import ConfigError, load, report
    from breaktime.config.opening import check_providers

    try:
        loaded = load(file, today or now().date())
    except ConfigError as error:
        click.echo(report(error.problems))
        sys.exit(1)
    problems, warnings = check_providers(loaded)
    for warning in (*loaded.warnings, *warnings):
        click.echo(f"warning: {warning}", err=True)
    if (told := _told(loaded, now())) is not None:
        click.echo(told)
    click.echo(report(problems))
    sys.exit(1 if problems else 0)


def _told(loaded: "Loaded", at: datetime) -> str | None:
    """Say how many concerns there are, and never about whom."""
    from breaktime.config.problems import counted

    by_person = loaded.settings.records.looking.concerns
    concerns = [one for many in by_person.values() for one in many]
    if not concerns:
        return None
    running = sum(one.runs(at) for one in concerns)
    return f"{counted(len(concerns), 'concern')}, {running} of them in force"
