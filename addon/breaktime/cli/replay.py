"""`breaktime replay`: would the same be answered again, and what would another policy answer?"""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from breaktime.cli.options import load_or_exit, plain
from breaktime.cli.selecting import (
    CONFIG_OF_LOG,
    DIRECTORY,
    Place,
    note,
    place_of,
    selecting,
    selection_of,
)

if TYPE_CHECKING:
    from breaktime.audit.reading import Line
    from breaktime.audit.selection import Selection
    from breaktime.core.policy import Policy
    from breaktime.reports.replay import Answer, Facts, Missing

SHOWN = 20
"""How many differences are shown one by one."""


@dataclass(slots=True)
class _Found:
    """
    What came of it.

    Fields:
        same, differs: records whose answer is the one that was written, or another.
        missing: records that cannot be replayed, by why.
        lines: the first that differ, in words.
        changed: people whose answer another policy would have changed: (team, from, to).
        by: how many records, likewise.
    """

    same: int = 0
    differs: int = 0
    missing: "Counter[Missing]" = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)
    changed: dict[tuple[str, str, str], set[str]] = field(default_factory=dict)
    by: Counter[tuple[str, str, str]] = field(default_factory=Counter)


@click.command(short_help="Decide what was recorded once more, also by another policy.")
@DIRECTORY
@CONFIG_OF_LOG
@click.option(
    "--policy",
    "candidate",
    type=click.Path(path_type=Path, readable=False),
    metavar="FILE",
    help="Say what this configuration would have answered, by team.",
)
@selecting
def replay(
    directory: Path | None, config: Path | None, candidate: Path | None, **chosen: object
) -> None:
    """
    Decide the records of DIRECTORY, or of --config, once more, each by the policy of its time.

    The gateway archives each policy when it comes into force. A record whose facts are not all
    written down cannot be replayed; it is said how many, and why. With --policy, nothing is said
    of teams of which fewer than five people would have had another answer.

    \b
    Examples:
      breaktime replay -c config.yaml --since 2026-11-23
      breaktime replay -c config.yaml --policy config.new.yaml

    Exit status 0: every answer is the one that was written. 1: some are not, or none could be
    decided. 2: the command line was not understood.
    """
    place = place_of(directory, config)
    selection = selection_of(place, **chosen)
    other = None if candidate is None else load_or_exit(candidate).policy
    note(place, "replay", selection)
    try:
        found = _replay(place, selection, other)
    except OSError as problem:
        reason = (problem.strerror or "it cannot be read").lower()
        click.echo(f"the log in {place.directory} cannot be read: {reason}", err=True)
        sys.exit(1)
    for line in _told(found):
        click.echo(plain(line))
    if other is not None:
        for line in _changes(found):
            click.echo(plain(line))
    sys.exit(1 if found.differs or (found.missing and not found.same) else 0)


def _replay(place: Place, selection: "Selection", other: "Policy | None") -> _Found:
    from breaktime.audit import Unreadable, follow
    from breaktime.config.archive import FOLDER, ArchiveError, policy_of
    from breaktime.reports.replay import Missing, answered, asked, facts_of, is_judged

    found = _Found()
    known: dict[str, Policy | None] = {}
    for record in follow(place.directory, last=-1, since=selection.first_day):
        if isinstance(record, Unreadable) or not is_judged(record) or not selection.has(record):
            continue
        facts = facts_of(record)
        if isinstance(facts, Missing):
            found.missing[facts] += 1
            continue
        name = str(_ruleset(record))
        if name not in known:
            try:
                known[name] = policy_of(place.directory / FOLDER, name)
            except ArchiveError as problem:
                click.echo(f"policy {plain(name[:12])}: {problem}", err=True)
                known[name] = None
        policy = known[name]
        request = Missing.POLICY if policy is None else asked(policy, facts)
        if policy is None or isinstance(request, Missing):
            found.missing[Missing.POLICY if policy is None else Missing(str(request))] += 1
            continue
        answer = answered(policy, request, facts.at)
        if isinstance(answer, Missing):
            found.missing[answer] += 1
            continue
        _compare(found, record, facts, answer)
        if other is not None:
            _note_change(found, facts, answered(other, request, facts.at))
    return found


def _ruleset(record: "Line") -> str:
    from breaktime.audit.reading import value_at

    return str(value_at(record, "rule.ruleset")).removeprefix("sha256:")


def _compare(found: _Found, record: "Line", facts: "Facts", answer: "Answer") -> None:
    from breaktime.audit.reading import value_at

    if answer == facts.answer:
        found.same += 1
        return
    found.differs += 1
    if len(found.lines) < SHOWN:
        number = value_at(record, "event.sequence")
        found.lines.append(
            f"record {number} of {facts.at:%Y-%m-%d %H:%M:%S}: {' '.join(facts.answer)} was"
            f" written, now it is {' '.join(answer)}"
        )


def _note_change(found: _Found, facts: "Facts", answer: "Answer | Missing") -> None:
    from breaktime.reports.replay import Missing

    then = "depends on the ledger" if isinstance(answer, Missing) else answer.verdict
    if then == facts.answer.verdict:
        return
    for team in facts.teams or ("in no team",):
        key = (team, facts.answer.verdict, then)
        found.changed.setdefault(key, set()).add(facts.request.person or f"at {facts.place}")
        found.by[key] += 1


def _told(found: _Found) -> Iterator[str]:
    yield from found.lines
    if found.differs > len(found.lines):
        yield f"... and {found.differs - len(found.lines)} more"
    yield f"{found.same} answers are those that were written, {found.differs} are not"
    for why, count in sorted(found.missing.items()):
        noun = "record" if count == 1 else "records"
        yield f"{count} {noun} cannot be replayed: {why}"


def _changes(found: _Found) -> Iterator[str]:
    from breaktime.reports.figures import FEWEST

    hidden = 0
    for key, people in sorted(found.changed.items()):
        team, before, after = key
        if len(people) < FEWEST:
            hidden += 1
            continue
        yield f"{team}: {found.by[key]} answers of {len(people)} people: {before} -> {after}"
    if hidden:
        yield f"{hidden} more changes are about fewer than {FEWEST} people each"
    if not found.changed:
        yield "the other policy would have answered the same"
