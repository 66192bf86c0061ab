"""`breaktime audit`: make the keys of a sealed log, verify it, and prove single records of it."""

import json
import os
import sys
from collections.abc import Container, Iterable, Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from breaktime.cli.audit_peer import peer
from breaktime.cli.audit_purge import purge
from breaktime.cli.options import CONFIG, load_or_exit, plain
from breaktime.cli.selecting import Place, note, selection_of, words_for

if TYPE_CHECKING:
    from breaktime.audit.anchor import Anchor
    from breaktime.audit.findings import Report
    from breaktime.audit.statement import Statement

ANCHOR = "seal.anchor"
"""Name of the file beside the keys that holds the public anchor."""

_CONFIG = click.option(
    "--config",
    "-c",
    type=click.Path(path_type=Path, readable=False),
    metavar="FILE",
    help="Read the folder, and the anchor of this machine, from this configuration.",
)
_ANCHORS = click.option(
    "--anchor",
    "-a",
    "anchors",
    multiple=True,
    metavar="FILE",
    help="A file with the anchor that `init` printed. As often as the log was begun.",
)


@click.group(short_help="Seal the records, verify them, and prove single ones.")
def audit() -> None:
    """
    Seal the records, verify them, and prove single ones.

    \b
    Examples:
      breaktime audit init -c config.yaml          once, before the gateway starts
      breaktime audit verify -c config.yaml        is it what was written?
      breaktime audit prove LOG -a anchor.txt --person a.jones > proof.json
      breaktime audit check proof.json -a anchor.txt
    """


@audit.command(short_help="Make the keys that records are sealed with.")
@CONFIG
def init(config: Path) -> None:
    """
    Make the keys that records are sealed with, and print the anchor.

    The anchor is public. Print it, and keep it with somebody who has no power over the gateway:
    who has it can tell whether a log is the one that was begun here. Keys that are there are left
    alone; they are the only ones that the log can go on with.

    \b
    Exit status: 0 made; 1 not made, and why; 2 the command line was not understood.
    """
    from breaktime.audit.anchor import Anchor
    from breaktime.audit.keys import NAME, KeyFile

    settings = load_or_exit(config).settings
    records = settings.records
    folder = records.seal_keys
    try:
        keys = KeyFile.create(folder, settings.gateway.name)
        now = keys.now
        keys.close()
        anchor = Anchor(now.origin, now.epoch, now.public)
        (folder / ANCHOR).write_text(f"{anchor}\n", encoding="ascii")
        _give(records.directory, (folder, folder / NAME, folder / ANCHOR))
    except FileExistsError:
        click.echo(f"there are keys in {folder} already; they are left as they are", err=True)
        sys.exit(1)
    except OSError as problem:
        click.echo(f"the keys cannot be kept in {folder}: {_reason(problem)}", err=True)
        sys.exit(1)
    click.echo(str(anchor))
    click.echo(
        f"The keys are in {folder}. Keep the line above where nobody has power over this gateway;\n"
        "leave the folder out of backups. Records are sealed from the next start on.",
        err=True,
    )


@audit.command(short_help="Is the log what was written?")
@click.argument("log", type=click.Path(path_type=Path, readable=False), required=False)
@_CONFIG
@_ANCHORS
@click.option(
    "--witness",
    "-w",
    "witnesses",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file of what a witness saw: its own, or what journalctl or a syslog server shows.",
)
@click.option(
    "--live", is_flag=True, help="A gateway writes to it: its last lines may be unsealed."
)
def verify(
    log: Path | None,
    config: Path | None,
    anchors: tuple[str, ...],
    witnesses: tuple[Path, ...],
    *,
    live: bool,
) -> None:
    """
    Tell whether the log in LOG, a folder or a file, is what the gateway wrote.

    \b
    Exit status, the worst of what was found:
      0 OK         every line is the one that was written
      3 PURGED     the same, but for records that were deleted as a sealed record says
      1            it could not be verified, and why
      2            the command line was not understood
      4 UNSEALED   lines that no checkpoint is over; nothing is known of them
      5 GAP        numbers that were never written
      6 TRUNCATED  the end is missing, or the beginning
      7 FORKED     there are two histories
      8 TAMPERED   lines were changed, added, taken out or moved
    """
    from breaktime.audit.findings import Status
    from breaktime.audit.noted import PLACE, Held
    from breaktime.audit.raw import log_files, raw_lines
    from breaktime.audit.verify import Verifier

    place, given = _place(log, config, anchors)
    seen = _seen(witnesses, {anchor.origin for anchor in given})
    try:
        verifier = Verifier(given, seen, live=live)
        held = Held()
        for path in log_files(place):
            for raw in raw_lines(path):
                verifier.take(raw.file, raw.number, raw.line, whole=raw.whole)
                held.take(raw.line)
        # A copy may be of the log alone; where it was written, the notes have to be there.
        beside = config is not None or (place / PLACE).exists()
        gone = held.missing(place) if beside else 0
    except OSError as problem:
        click.echo(f"the log in {place} cannot be read: {_reason(problem)}", err=True)
        sys.exit(1)
    report = verifier.finish()
    if gone:
        noun = "note is" if gone == 1 else "notes are"
        text = f"{gone} {noun} not what was sealed of who has read the log"
        report.add(Status.TAMPERED, (PLACE, 1), text)
    _tell(report, seen, live=live)
    sys.exit(report.worst)


def _tell(report: "Report", seen: "set[Statement]", *, live: bool) -> None:
    """Say what was found."""
    from breaktime.audit.findings import Status

    for finding in report.findings:
        click.echo(plain(str(finding)))
    if report.more:
        click.echo(f"... and {report.more} more findings")
    fine = report.worst in {Status.OK, Status.PURGED}
    word = report.worst.name if fine else f"NOT OK ({report.worst.name})"
    click.echo(f"{word}: {report.sealed} records under {report.checkpoints} checkpoints are proved")
    if report.purged:
        click.echo(f"{report.purged} of them are deleted, as sealed records say")
    if seen:
        last = max(each.epoch for each in seen)
        click.echo(f"witnesses saw {len(seen)} checkpoints of this log, the last one {last}")
    if live and report.tail:
        click.echo(f"the last {report.tail} are not sealed yet")
    if report.head is not None:
        click.echo(f"last checkpoint: {report.head}")
        click.echo(f"to go on from:   {report.anchor}")


@audit.command(short_help="Prove single records, without showing others.")
@click.argument("log", type=click.Path(path_type=Path, readable=False), required=False)
@_CONFIG
@_ANCHORS
@click.option("--person", help="The records of this person.")
@click.option("--record", "records", multiple=True, metavar="ID", help="The one with this id.")
def prove(
    log: Path | None,
    config: Path | None,
    anchors: tuple[str, ...],
    person: str | None,
    records: tuple[str, ...],
) -> None:
    """
    Write a proof of single records of LOG, a folder or a file, to standard output.

    It shows the records of one person, or those with an id: the number of the record, or what
    stands on the block page. `breaktime audit check` needs the proof and the anchor, and nothing
    of the log. Verify the log first: what is not sealed as it should be proves nothing. Whose
    records were read is noted first where a gateway writes to LOG; with --config a person is also
    found by pseudonym, for whoever may read the keys.

    \b
    Exit status: 0 written; 1 there is no such sealed record; 2 not understood.
    """
    from breaktime.audit.own import is_of
    from breaktime.audit.proof import prove as proof_of
    from breaktime.audit.raw import log_files, raw_lines

    if not person and not records:
        raise click.UsageError("say which records: --person NAME or --record ID")
    place, given = _place(log, config, anchors)
    whole = Place(place, ZoneInfo("UTC"), None if config is None else load_or_exit(config))
    names = _names(whole, person)
    if place.is_dir():
        chosen = [f"person {person}"] if person else []
        chosen += [f"record {each}" for each in records]
        note(whole, "prove", ", ".join(chosen), names[0] if names else None)

    def wanted(record: Mapping[str, Any]) -> bool:
        ids = str(_at(record, "event", "sequence")), _at(record, "breaktime", "decision", "id")
        return is_of(record, names) or any(each in records for each in ids)

    try:
        lines = chain.from_iterable(map(raw_lines, log_files(place)))
        proof = proof_of(lines, given[0], wanted)
    except OSError as problem:
        click.echo(f"the log in {place} cannot be read: {_reason(problem)}", err=True)
        sys.exit(1)
    if not proof["records"]:
        click.echo("there is no such record under a checkpoint", err=True)
        sys.exit(1)
    click.echo(json.dumps(proof))


@audit.command(short_help="Check a proof that somebody else made.")
@click.argument("proof", type=click.File("rb"))
@_ANCHORS
def check(proof: Iterable[bytes], anchors: tuple[str, ...]) -> None:
    """
    Check PROOF, and show the records that it proves.

    \b
    Exit status: 0 they are in the log of the anchor, as shown; 8 that is not proved; 1 PROOF or the
    anchor cannot be read.
    """
    from breaktime.audit.proof import ProofError
    from breaktime.audit.proof import check as checked

    given = _read_anchors(anchors)
    try:
        shown = checked(json.loads(b"".join(proof)), given[0])
    except (ProofError, ValueError, RecursionError) as problem:
        what = problem if isinstance(problem, ProofError) else "what is in the file is no proof"
        click.echo(f"NOT PROVED: {plain(str(what))}", err=True)
        sys.exit(8)
    for line in shown.records:
        click.echo(plain(line))
    noun = "record is" if len(shown.records) == 1 else "records are"
    click.echo(f"PROVED: {len(shown.records)} {noun} in the log {shown.origin}", err=True)


audit.add_command(purge)
audit.add_command(peer)


def _place(
    log: Path | None, config: Path | None, anchors: tuple[str, ...]
) -> tuple[Path, "list[Anchor]"]:
    """Return where the log is, and the anchors it is judged by."""
    if (log is None) == (config is None):
        raise click.UsageError("give either LOG or --config FILE")
    if config is not None:
        records = load_or_exit(config).settings.records
        log = records.directory
        anchors = anchors or (str(records.seal_keys / ANCHOR),)
    assert log is not None
    return log, _read_anchors(anchors)


def _read_anchors(anchors: tuple[str, ...]) -> "list[Anchor]":
    from breaktime.audit.anchor import read_anchors

    if not anchors:
        raise click.UsageError("give the anchor that `breaktime audit init` printed: --anchor FILE")
    found: list[Anchor] = []
    for name in anchors:
        try:
            here = read_anchors(Path(name).read_text(encoding="utf-8", errors="replace"))
        except OSError as problem:
            click.echo(f"the anchor in {name} cannot be read: {_reason(problem)}", err=True)
            sys.exit(1)
        if not here:
            click.echo(f"there is no anchor in {name}: a line with `breaktime-anchor`", err=True)
            sys.exit(1)
        found += here
    return found


def _seen(witnesses: Iterable[Path], origins: Container[str]) -> "set[Statement]":
    """Return what witnesses saw of a log; one that saw nothing of it would only seem to agree."""
    from breaktime.audit.statement import read_statements

    found: set[Statement] = set()
    for path in witnesses:
        try:
            with path.open("rb") as file:
                lines = iter(lambda file=file: file.readline(1 << 16), b"")  # type: ignore[misc]
                here = {each for each in read_statements(lines) if each.origin in origins}
        except OSError as problem:
            click.echo(f"the witness in {path} cannot be read: {_reason(problem)}", err=True)
            sys.exit(1)
        if not here:
            what = "a line with `breaktime-seal`, and the origin of the anchor"
            click.echo(f"there is nothing about this log in {plain(str(path))}: {what}", err=True)
            sys.exit(1)
        found |= here
    return found


def _names(place: Place, person: str | None) -> tuple[str, ...]:
    """Return what stands in the records of a person: the name, and pseudonyms after it."""
    if person is None:
        return ()
    (name,) = selection_of(place, people=(person,)).people
    return (name, *words_for(place, name))


def _give(like: Path, paths: Iterable[Path]) -> None:
    """Give what root has made to whoever the records belong to."""
    if os.geteuid() == 0 and like.is_dir():
        owner = like.stat()
        for path in paths:
            os.chown(path, owner.st_uid, owner.st_gid)


def _at(record: Mapping[str, Any], *keys: str) -> Any:
    found: Any = record
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _reason(problem: OSError) -> str:
    return (problem.strerror or str(problem) or "it cannot be read").lower()
