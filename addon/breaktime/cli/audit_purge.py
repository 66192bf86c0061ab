"""`breaktime audit purge`: delete records whose time is over, on somebody's authority."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from breaktime.cli.options import CONFIG, load_or_exit, now, plain

if TYPE_CHECKING:
    from breaktime.audit.opening import Opened
    from breaktime.config import Loaded

LONGEST = 100
"""Characters of a name."""


@click.command(short_help="Delete records whose time is over, by hand.")
@CONFIG
@click.option(
    "--by", required=True, metavar="NAME", help="On whose authority; it stands in the record."
)
def purge(config: Path, by: str) -> None:
    """
    Delete the records whose time is over by `records.keep` of FILE, packed files too.

    A running gateway does so by itself, once an hour. By hand it is done where no gateway runs any
    more, or after the lengths were changed. It is recorded and sealed like each purge, with the
    name of whoever ordered it; what is held for a case, or disputed, stays.

    \b
    Example:
      runuser -u breaktime -- breaktime audit purge -c config.yaml --by head.of.it

    \b
    Exit status: 0 done, also where there was nothing to delete; 1 not done, and why; 2 not
    understood.
    """
    from breaktime.audit.opening import open_log

    if not by.strip() or len(by) > LONGEST or not by.isprintable():
        raise click.UsageError(f"--by: write a name of {LONGEST} characters at most")
    loaded = load_or_exit(config)
    records, name = loaded.settings.records, loaded.settings.gateway.name
    _refuse_other_accounts(records.directory)
    try:
        opened = open_log(records.directory, name, records.seal_keys, tell=lambda *_: None)
    except BlockingIOError:
        _stop("a gateway writes to this log, and deletes by itself: ask it, or stop it first")
    except OSError as problem:
        _stop(_reason(problem))
    try:
        if not opened.sealed:
            _stop(f"it could not be sealed who has deleted what: {opened.problem}")
        count = _purge(loaded, opened, by.strip())
    except OSError as problem:
        _stop(_reason(problem))
    finally:
        opened.recorder.close()
    noun = "file" if count == 1 else "files"
    click.echo(f"records were deleted from {count} {noun}" if count else "no record is due")


def _purge(loaded: "Loaded", opened: "Opened", by: str) -> int:
    """Delete what is due; return from how many files."""
    from breaktime.audit.purge import Purger

    records, recorder, at = loaded.settings.records, opened.recorder, now()
    recorder.begin(at)
    purger = Purger(records.directory, loaded.settings.gateway.name, by=by)
    count = 0
    for path in list(purger.files(records.keep, at, records.held(at.date()))):
        ready = purger.prepare(path, records.keep, at, loaded.policy.fingerprint)
        if ready is None:
            continue
        if not (recorder.put(ready.record) and recorder.seal(at)):
            ready.give_up()
            _stop("the record of it cannot be written")
        ready.carry_out()
        click.echo(f"{plain(path.name)}: {ready.record.message}")
        count += 1
    return count


def _refuse_other_accounts(directory: Path) -> None:
    """Leave no file behind that the gateway cannot write to."""
    if directory.is_dir() and directory.stat().st_uid != os.geteuid():
        _stop(f"{directory} belongs to another account: run this as that one")


def _stop(why: str) -> NoReturn:
    click.echo(f"nothing more is deleted: {plain(why)}", err=True)
    sys.exit(1)


def _reason(problem: OSError) -> str:
    return (problem.strerror or str(problem) or "the log cannot be used").lower()
