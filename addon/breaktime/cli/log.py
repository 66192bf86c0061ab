"""`breaktime log`: read the audit log, and follow it."""

import json
import sys
import time
from pathlib import Path

import click

from breaktime.cli.options import FORMAT, load_or_exit

POLL_SECONDS = 0.3


@click.command(short_help="Show the audit log, and follow it.")
@click.argument("directory", type=click.Path(path_type=Path), required=False)
@click.option(
    "--config",
    "-c",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Read the directory from this configuration.",
)
@click.option("--follow", "-f", is_flag=True, help="Go on, as records come.")
@click.option("--last", "-n", default=20, show_default=True, help="How many records to begin with.")
@FORMAT
def log(directory: Path | None, config: Path | None, *, follow: bool, last: int, form: str) -> None:
    """
    Show the last records of the audit log in DIRECTORY, or in that of --config.

    What stands in a record came from outside: in the text form everything that is not plain
    printable text is shown as an escape, so that no record can command a terminal.
    """
    from breaktime.audit import Unreadable, render_line
    from breaktime.audit import follow as records

    if (directory is None) == (config is None):
        raise click.UsageError("give either DIRECTORY or --config FILE")
    if directory is None and config is not None:
        directory = load_or_exit(config).settings.records.directory
    if directory is None or not directory.is_dir():
        raise click.UsageError(f"there is no directory {directory}")
    for record in records(directory, last=last, wait=_wait if follow else None):
        if isinstance(record, Unreadable):
            click.echo(f"{record.file}: a line cannot be read", err=True)
        elif form == "json":
            click.echo(json.dumps(record))
        else:
            click.echo(render_line(record))


def _wait() -> bool:
    """Wait for more records; Ctrl-C or a closed pipe ends it."""
    sys.stdout.flush()
    try:
        time.sleep(POLL_SECONDS)
    except KeyboardInterrupt:
        return False
    return True
