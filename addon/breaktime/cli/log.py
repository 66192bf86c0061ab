"""`breaktime log`: read the audit log, and follow it."""

import json
import select
import sys
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

import click

from breaktime.cli.options import nobody_reads
from breaktime.cli.selecting import (
    CONFIG_OF_LOG,
    DIRECTORY,
    Place,
    note,
    place_of,
    selecting,
    selection_of,
    with_words,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from breaktime.audit.reading import Line
    from breaktime.audit.selection import Selection

POLL_SECONDS = 0.3


@click.command(short_help="Show the audit log, and follow it.")
@DIRECTORY
@CONFIG_OF_LOG
@click.option("--follow", "-f", is_flag=True, help="Go on, as records come. Ctrl-C ends it.")
@click.option(
    "--last", "-n", default=20, show_default=True, help="How many records to begin with; -1: all."
)
@selecting
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "csv"]),
    default="text",
    show_default=True,
    help="For people, for programs, or for spreadsheets.",
)
def log(
    directory: Path | None,
    config: Path | None,
    *,
    follow: bool,
    last: int,
    form: str,
    **chosen: object,
) -> None:
    """
    Show the last records of the audit log in DIRECTORY, or in that of --config.

    What stands in a record came from outside: whatever is not plain printable text is shown as
    an escape, so that no record can command a terminal, and no cell of a table is a formula.
    Options that choose records can be given several times: any of the values will do. Times are
    those of the organisation with --config, and UTC without.

    Where a gateway writes to the log, it is noted who reads it: in the folder `readings`.

    \b
    Examples:
      breaktime log --config /etc/breaktime/config.yaml --follow
      breaktime log -c config.yaml --team finance --verdict block --since 2026-11-23
      breaktime log /var/log/breaktime --last -1 --format json
    """
    place = place_of(directory, config)
    selection = selection_of(place, **chosen)
    note(place, "log", selection)
    selection = with_words(place, selection)
    try:
        _show(place, selection, last, form, follow=follow)
    except KeyboardInterrupt:
        pass
    except BrokenPipeError:
        nobody_reads()
    except OSError as problem:
        reason = (problem.strerror or "it cannot be read").lower()
        click.echo(f"the log in {place.directory} cannot be read: {reason}", err=True)
        sys.exit(1)


def _show(place: Place, selection: "Selection", last: int, form: str, *, follow: bool) -> None:
    """Show the last records of those that are asked for, and then those that come."""
    from breaktime.audit import Unreadable, render_line
    from breaktime.audit import follow as records
    from breaktime.audit.table import HEADINGS, row, row_of

    forms: dict[str, Callable[[Line], str]] = {
        "text": render_line,
        "json": json.dumps,
        "csv": row_of,
    }
    if form == "csv":
        click.echo(row(HEADINGS))
    held: deque[Line] | None = None
    if last >= 0 and not selection.is_everything:
        held = deque(maxlen=last)  # how far back the last ones stand only the end of the log tells

    def at_the_end() -> bool:
        nonlocal held
        for record in held or ():
            click.echo(forms[form](record))
        held = None
        return follow and _wait()

    found = records(
        place.directory,
        last=last if held is None else -1,
        wait=at_the_end,
        since=selection.first_day,
    )
    for record in found:
        if isinstance(record, Unreadable):
            click.echo(f"{record.file!a}: a line is no record", err=True)
        elif not selection.has(record):
            continue
        elif held is not None:
            held.append(record)
        else:
            click.echo(forms[form](record))


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
