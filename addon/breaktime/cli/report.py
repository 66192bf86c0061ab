"""`breaktime report`: visits and refusals of many, and of nobody in particular."""

import sys
from pathlib import Path

import click

from breaktime.cli.options import now, plain
from breaktime.cli.selecting import (
    CONFIG_OF_LOG,
    DIRECTORY,
    choosing_groups,
    note,
    place_of,
    selection_of,
)


@click.command(short_help="Count visits and refusals by team, platform, hour and context.")
@DIRECTORY
@CONFIG_OF_LOG
@choosing_groups
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "html", "csv"]),
    default="text",
    show_default=True,
    help="For a terminal, as a page, or for spreadsheets.",
)
@click.option("--from-lines", is_flag=True, help="Read every line, and nothing that was kept.")
def report(
    directory: Path | None,
    config: Path | None,
    *,
    form: str,
    from_lines: bool,
    **chosen: object,
) -> None:
    """
    Count what the audit log in DIRECTORY, or in that of --config, says.

    Visits and refusals by team, platform, hour and context; which part was in a break; and
    minutes with activity, at least and at most, which are never time spent. No figure is about
    fewer than five people. Hours and days are those of the organisation with --config, and UTC
    without.

    What is read of files that are finished is kept in the folder `columns` beside them, so that
    the next report is quick. It is used where nobody has changed it, and says so where somebody
    has.

    \b
    Examples:
      breaktime report -c config.yaml --since 2026-11-01 --until 2026-11-30
      breaktime report -c config.yaml --team finance --format html > finance.html
    """
    from breaktime.reports import forms, query
    from breaktime.reports.known import Known

    place = place_of(directory, config)
    selection = selection_of(place, **chosen)
    note(place, "report", selection)
    try:
        known = None if from_lines else Known.open()
        found = query.report(place.directory, selection, place.zone, now(), known)
    except OSError as problem:
        reason = (problem.strerror or "it cannot be read").lower()
        click.echo(f"the log in {place.directory} cannot be read: {reason}", err=True)
        sys.exit(1)
    for name in found.changed:
        told = f"what was kept of {plain(name)} was changed by somebody, and is not used"
        click.echo(told, err=True)
    if form == "html":
        click.echo(forms.as_page(found))
    else:
        click.echo("\n".join((forms.as_table if form == "csv" else forms.as_text)(found)))
