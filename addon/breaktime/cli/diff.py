"""`breaktime diff`: who gains and who loses what, when one configuration replaces another."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from breaktime.cli.options import FORMAT, a_date, now, plain

if TYPE_CHECKING:
    from breaktime.core.breaks import Profile
    from breaktime.core.compare import Change
    from breaktime.core.policy import Policy, Standing

DAY: Final = timedelta(days=1)
SOMEBODY: Final = "\N{BULLET} somebody whom no file names"
"""A person without rules of their own: no sign-in name has this spelling."""


class Asked(NamedTuple):
    """
    Somebody to compare the calendars of.

    Fields:
        group: whom they stand for, in words.
        person: their id, or `SOMEBODY` for all that the group means.
        groups: directory groups that they are in.
        client: where they ask from.
    """

    group: str
    person: str
    groups: tuple[str, ...] = ()
    client: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """
    One difference of time, for all who share it.

    Fields:
        group: whom it is about, in words.
        people: their ids; empty where the group says it all.
        platforms: names of the platforms it is about; empty for all.
        change: minutes and rules, of all the weeks together.
        exempt: whether they were, and will be, neither blocked nor recorded.
    """

    group: str
    people: tuple[str, ...]
    platforms: tuple[str, ...]
    change: "Change"
    exempt: tuple[bool, bool]


@dataclass(frozen=True, slots=True)
class Listed:
    """What one list of rules had and will have; what is in both is left out."""

    name: str
    gone: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """
    All that differs between two configurations.

    Fields:
        since: first day that is compared.
        weeks: how many weeks.
        lists: platforms, own pages, business cases and exemptions.
        rows: time, by group.
        platforms: ids of the platforms that both control.
    """

    since: date
    weeks: int
    lists: tuple[Listed, ...]
    rows: tuple[Row, ...] = field(default=())
    platforms: tuple[str, ...] = ()


@click.command(short_help="Say who gains and who loses what between two configurations.")
@click.argument("old", type=click.Path(path_type=Path), metavar="OLD")
@click.argument("new", type=click.Path(path_type=Path), metavar="NEW")
@click.option(
    "--weeks",
    type=click.IntRange(1, 52),
    default=4,
    show_default=True,
    metavar="N",
    help="How many weeks to compare.",
)
@click.option(
    "--from",
    "since",
    callback=a_date,
    metavar="DATE",
    help="First day, such as 2026-11-23. Left out: today.",
)
@FORMAT
def diff(old: Path, new: Path, weeks: int, since: date | None, form: str) -> None:
    """
    Compare the configuration OLD with NEW: who gains and who loses what.

    Time is counted in minutes a week, on average over the weeks to come, by team, for people
    outside the teams, and by place. People for whom the same holds are told of together. What is
    controlled, own pages, business cases and exemptions are compared as well.

    \b
    Example:
      breaktime diff /etc/breaktime/config.yaml config.new.yaml

    Exit status 0: the same for everybody in these weeks. 1: something differs. 2: the command
    line was not understood, or a configuration has problems.
    """
    from breaktime.cli import diff_forms
    from breaktime.config import ConfigError, load, report

    try:
        policies = load(old).policy, load(new).policy
    except ConfigError as error:
        click.echo(report(error.problems), err=True)
        sys.exit(2)
    first = since or now().astimezone(policies[1].zone).date()
    found = difference(*policies, first, weeks)
    if form == "json":
        click.echo(json.dumps(diff_forms.as_object(found), indent=2))
    else:
        click.echo("\n".join(map(plain, diff_forms.as_text(found))))
    sys.exit(1 if found.lists or found.rows else 0)


def difference(old: "Policy", new: "Policy", since: date, weeks: int) -> Difference:
    """Compare two policies over some weeks."""
    from breaktime.core.wall import day_edges

    begin = day_edges(new.zone, since)[0]
    end = day_edges(new.zone, since + 7 * weeks * DAY)[0]
    comparer = _Comparer(old, new, begin, end)
    together: dict[_Key, list[str]] = {}
    for one in _everybody(old, new):
        for platforms, change, exempt in comparer.of(one):
            if change.gains or change.loses or exempt[0] != exempt[1]:
                key = (one.group, platforms, change, exempt)
                together.setdefault(key, []).append(one.person)
    rows = (
        Row(
            group,
            tuple(sorted(who for who in people if who != SOMEBODY)),
            platforms,
            change,
            exempt,
        )
        for (group, platforms, change, exempt), people in together.items()
    )
    lists = tuple(one for one in _lists(old, new) if one.gone or one.new)
    return Difference(since, weeks, lists, tuple(rows), comparer.platforms)


type _Key = tuple[str, tuple[str, ...], Change, tuple[bool, bool]]


class _Comparer:
    """Compares people; those who have the same rules before and after are compared once."""

    def __init__(self, old: "Policy", new: "Policy", begin: datetime, end: datetime) -> None:
        self._policies = old, new
        self._range = begin, end
        both = set(old.catalogue.platforms) & set(new.catalogue.platforms)
        self.platforms = tuple(sorted(both))
        self._known: dict[tuple[object, ...], list[tuple[tuple[str, ...], Change]]] = {}

    def of(self, one: Asked) -> Iterator[tuple[tuple[str, ...], "Change", tuple[bool, bool]]]:
        standings = [
            policy.standing(one.person, one.groups, one.client) for policy in self._policies
        ]
        before, after = (_calendar(each) for each in standings)
        exempt = standings[0].exempt is not None, standings[1].exempt is not None
        key = tuple(each if each is None else each.shared for each in (before, after))
        if key not in self._known:
            self._known[key] = list(self._compare(before, after))
        for platforms, change in self._known[key]:
            yield platforms, change, exempt

    def _compare(
        self, before: "Profile | None", after: "Profile | None"
    ) -> Iterator[tuple[tuple[str, ...], "Change"]]:
        from breaktime.core.compare import compare

        if not any(each is not None and each.limited for each in (before, after)):
            if self.platforms:
                yield (), compare(before, after, *self._range)
            return
        found: dict[Change, list[str]] = {}
        for platform in self.platforms:
            change = compare(before, after, *self._range, platform)
            found.setdefault(change, []).append(platform)
        for change, platforms in found.items():
            yield (tuple(platforms) if len(found) > 1 else ()), change


def _calendar(standing: "Standing") -> "Profile | None":
    return standing.profile if standing.exempt is None else None


def _everybody(old: "Policy", new: "Policy") -> Iterator[Asked]:
    """Name everybody whom a file names, and one for each team, place and for all others."""
    for person in sorted({*_named(old), *_named(new)}):
        before, after = (each.directory.person(person).teams for each in (old, new))
        group = _teams(after)
        if before != after and person in old.directory.people:
            group = f"from {_teams(before)} to {_teams(after)}".replace("people in no", "no")
        yield Asked(group, person)
    for group in sorted({*old.directory.groups, *new.directory.groups}):
        teams = (*new.directory.groups.get(group, ()), *old.directory.groups.get(group, ()))
        named = _teams(tuple(dict.fromkeys(teams)))
        yield Asked(f"{named} (directory group {group})", SOMEBODY, (group,))
    for place, client in _places(old, new):
        yield Asked(f"at {place}: people without breaks of their own", SOMEBODY, (), client)
    yield Asked("everybody else", SOMEBODY)


def _named(policy: "Policy") -> Iterator[str]:
    """Name everybody whom a file names anywhere."""
    from breaktime.core.policy import SubjectKind

    yield from policy.directory.people
    subjects = [one.subject for one in policy.exemptions]
    for rules in (policy.exceptions, policy.blackouts, policy.suspensions):
        subjects += [who for who, _ in rules]
    yield from (who.id for who in subjects if who.kind is SubjectKind.PERSON)


def _teams(teams: Sequence[str]) -> str:
    if not teams:
        return "people in no team"
    return ("team " if len(teams) == 1 else "teams ") + " and ".join(teams)


def _places(old: "Policy", new: "Policy") -> Iterator[tuple[str, str]]:
    """Return each place with an address of which it is the place."""
    known: dict[str, str | None] = {}
    for policy in (old, new):
        for place in policy.directory.places:
            ends = (each for network in place.networks for each in (network[0], network[-1]))
            own = (str(each) for each in ends if policy.directory.place(str(each)) == place.id)
            known[place.id] = next(own, None) or known.get(place.id)
    for name, client in sorted(known.items()):
        if client is not None:
            yield name, client


def _lists(old: "Policy", new: "Policy") -> Iterator[Listed]:
    yield _listed("controlled", *(policy.catalogue.platforms for policy in (old, new)))
    pages = (
        [f"{platform}/{page}" for platform, known in policy.own_pages.items() for page in known]
        for policy in (old, new)
    )
    yield _listed("own pages", *pages)
    yield _listed("business cases", *(_cases(policy) for policy in (old, new)))
    exempt = (
        [f"{one.subject.kind} {one.subject.id}" for one in policy.exemptions]
        for policy in (old, new)
    )
    yield _listed("exempt", *exempt)


def _listed(name: str, old: Iterable[str], new: Iterable[str]) -> Listed:
    before, after = set(old), set(new)
    return Listed(name, tuple(sorted(before - after)), tuple(sorted(after - before)))


def _cases(policy: "Policy") -> Iterator[str]:
    for who, case in policy.cases:
        what = [*sorted(case.platforms), *sorted("/".join(each) for each in case.pages)]
        since = "" if case.since == date.min else f"from {case.since} "
        name = case.rule.id.partition(":")[2]
        whom = f"{who.kind} {who.id}".rstrip()
        yield f"{name} for {whom}: {', '.join(what)}; {since}until {case.until}"
