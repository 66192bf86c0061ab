"""`breaktime export`: everything about one person, for that person."""

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from breaktime.cli.audit import ANCHOR
from breaktime.cli.options import now, plain
from breaktime.cli.selecting import (
    CONFIG_OF_LOG,
    DIRECTORY,
    SINCE,
    UNTIL,
    Place,
    note,
    place_of,
    selection_of,
    words_for,
)

if TYPE_CHECKING:
    from breaktime.audit.anchor import Anchor
    from breaktime.pages.texts import Texts
    from breaktime.reports.subject import Subject


@click.command(short_help="Hand out everything that is recorded about one person.")
@DIRECTORY
@CONFIG_OF_LOG
@click.option("--subject", "person", required=True, metavar="PERSON", help="Whom it is about.")
@SINCE
@UNTIL
@click.option(
    "--language", type=click.Choice(["en", "cy"]), default="en", show_default=True, help="Of words."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["html", "json"]),
    default="html",
    show_default=True,
    help="To read and print, or for programs and proofs.",
)
@click.option(
    "--bundle",
    type=click.Path(path_type=Path, readable=False),
    metavar="FOLDER",
    help="Write it into a new folder instead, with all that it takes to check it.",
)
def export(
    directory: Path | None,
    config: Path | None,
    person: str,
    since: str | None,
    until: str | None,
    language: str,
    form: str,
    bundle: Path | None,
) -> None:
    """
    Hand out everything that DIRECTORY, or the log of --config, says about one person.

    All records of the person with words for them, business cases and breaks that the person
    started, and nothing of anybody else. With --config, and where the records are sealed, the form
    `json` holds a proof that they stand in the log: `breaktime audit check` takes its `proof`.
    For a hearing, --bundle writes both forms, the proof, the anchor, a program that checks it
    without breaktime, and a README.

    \b
    Example:
      breaktime export -c config.yaml --subject a.jones > a.jones.html

    Exit status 0: written. 1: there is no record of the person, or the log cannot be read.
    """
    from breaktime.pages.texts import read_texts
    from breaktime.reports import subject

    place = place_of(directory, config)
    chosen = selection_of(place, people=(person,), since=since, until=until)
    (person,) = chosen.people
    note(place, "export", chosen, person)
    words = words_for(place, person)
    texts = read_texts(language)
    policy = None if place.loaded is None else place.loaded.policy
    try:
        found = subject.subject_of(place.directory, chosen, now(), policy, words)
        if found.records:
            found = replace(found, proof=_proof(place, found, words))
    except OSError as problem:
        reason = (problem.strerror or "it cannot be read").lower()
        click.echo(f"the log in {place.directory} cannot be read: {reason}", err=True)
        sys.exit(1)
    if not found.records:
        click.echo(f"there is no record of {plain(person)}", err=True)
        sys.exit(1)
    if bundle is not None:
        _write(bundle, found, texts, place)
    elif form == "json":
        click.echo(json.dumps(subject.as_object(found, texts), indent=1))
    else:
        click.echo(subject.as_page(found, texts))


def _write(folder: Path, found: "Subject", texts: "Texts", place: Place) -> None:
    """Write a bundle, or say why not."""
    from breaktime.reports.bundle import UnsealedError, write_bundle

    anchor = _anchor(place)
    try:
        names = write_bundle(folder, found, texts, str(anchor))
    except UnsealedError:
        why = "not all of the records are sealed; give --config, and wait a minute for the seal"
        click.echo(f"nothing is written: {why}", err=True)
        sys.exit(1)
    except OSError as problem:
        reason = (problem.strerror or "it cannot be written").lower()
        click.echo(f"the bundle cannot be written to {plain(str(folder))}: {reason}", err=True)
        sys.exit(1)
    click.echo(f"{plain(str(folder))}: {', '.join(names)}")


def _anchor(place: Place) -> "Anchor | None":
    """Return the anchor of the log, where it is at hand."""
    from breaktime.audit.anchor import read_anchors

    if place.loaded is None:
        return None
    path = place.loaded.settings.records.seal_keys / ANCHOR
    if not path.is_file():
        return None
    anchors = read_anchors(path.read_text(encoding="utf-8", errors="replace"))
    return anchors[0] if anchors else None


def _proof(place: Place, found: "Subject", words: frozenset[str]) -> Mapping[str, Any] | None:
    """Prove the records, where the log is sealed and its anchor is at hand."""
    from breaktime.audit.own import is_of
    from breaktime.audit.proof import prove
    from breaktime.audit.raw import log_files, raw_lines

    anchor = _anchor(place)
    if anchor is None:
        return None
    numbers = {record["event"]["sequence"] for record in found.records}

    def wanted(record: Mapping[str, Any]) -> bool:
        event = record.get("event")
        return (
            is_of(record, (found.person, *words))
            and isinstance(event, dict)
            and event.get("sequence") in numbers
        )

    lines = chain.from_iterable(map(raw_lines, log_files(place.directory)))
    return prove(lines, anchor, wanted)
