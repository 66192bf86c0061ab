"""`breaktime check`: is the configuration right?"""

import sys
from pathlib import Path

import click


@click.command(short_help="Check a configuration and say what is wrong with it, and where.")
@click.argument("file", type=click.Path(path_type=Path, readable=False), metavar="FILE")
def check(file: Path) -> None:
    """
    Check the configuration FILE and everything it includes.

    Each problem is one line:  file:line:column: where: what is wrong; what to write

    Nothing is started and nothing is changed. Exit status 0 means that the gateway would accept
    the file; what is only doubtful is shown on stderr as a warning.

    \b
    Example:
      breaktime check /etc/breaktime/config.yaml
    """
    from breaktime.config import ConfigError, load, report
    from breaktime.config.opening import check_providers

    try:
        loaded = load(file)
    except ConfigError as error:
        click.echo(report(error.problems))
        sys.exit(1)
    problems, warnings = check_providers(loaded)
    for warning in (*loaded.warnings, *warnings):
        click.echo(f"warning: {warning}", err=True)
    click.echo(report(problems))
    sys.exit(1 if problems else 0)
