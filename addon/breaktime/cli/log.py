"""`breaktime log`: read the audit log, and follow it."""

import json
import select
import sys
import time
from pathlib import Path

import click

from breaktime.cli.options import FORMAT, load_or_exit, nobody_reads

POLL_SECONDS = 0.3


@click.command(short_help="Show the audit log, and follow it.")
@click.argument("directory", type=click.Path(path_type=Path, readable=False), required=False)
@click.option(
    "--config",
    "-c",
    type=click.Path(path_type=Path, readable=False),
    metavar="FILE",
    help="Read the directory from this configuration.",
)
@click.option("--follow", "-f", is_flag=True, help="Go on, as records come. Ctrl-C ends it.")
@click.option(
    "--last", "-n", default=20, show_default=True, help="How many records to begin with; -1: all."
)
@FORMAT
def log(directory: Path | None, config: Path | None, *, follow: bool, last: int, form: str) -> None:
    """
    Show the last records of the audit log in DIRECTORY, or in that of --config.

    What stands in a record came from outside: whatever is not plain printable text is shown as
    an escape, so that no record can command a terminal.

    \b
    Examples:
      breaktime log --config /etc/breaktime/config.yaml --follow
      breaktime log /var/log/breaktime --last -1 --format json
    """
    if (directory is None) == (config is None):
        raise click.UsageError("give either DIRECTORY or --config FILE")
    if directory is None and config is not None:
        directory = load_or_exit(config).settings.records.directory
    if directory is None or not directory.is_dir():
        raise click.UsageError(f"there is no directory {directory}")
    try:
        _show(directory, last, form, follow=follow)
    except KeyboardInterrupt:
        pass
    except BrokenPipeError:
        nobody_reads()
    except OSError as problem:
        reason = (problem.strerror or "it cannot be read").lower()
        click.echo(f"the log in {directory} cannot be read: {reason}", err=True)
        sys.exit(1)


def _show(directory: Path, last: int, form: str, *, follow: bool) -> None:
    from breaktime.audit import Unreadable, render_line
    from breaktime.audit import follow as records

    for record in records(directory, last=last, wait=_wait if follow else None):
        if isinstance(record, Unreadable):
            click.echo(f"{record.file!a}: a line is no record", err=True)
        elif form == "json":
            click.echo(json.dumps(record))
        else:
            click.echo(render_line(record))


def _wait() -> bool:
    """Wait for more records; False if nobody reads what we write any more."""
    sys.stdout.flush()
    try:
        reader = select.poll()
        reader.register(sys.stdout, 0)  # nothing but hang-ups and faults, which are always told
        events = reader.poll(POLL_SECONDS * 1000)
    except (OSError, ValueError):  # not everything can be asked
        events = [(0, select.POLLNVAL)]
    if not events:
        return True
    if events[0][1] & (select.POLLERR | select.POLLHUP):
        return False
    time.sleep(POLL_SECONDS)
    return True
