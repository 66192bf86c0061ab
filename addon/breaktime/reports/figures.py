"""
Figures of a report, and what is too small to be shown.

Laws of this file:

1. No row is about fewer than five people, nor can one be worked out from the others: what is too
   small is put together, and where that is too small as well, the smallest row goes with it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Self

FEWEST = 5
"""The smallest group that is shown, in people."""


class Counts(NamedTuple):
    """
    What happened, in numbers.

    Fields:
        visits: pages that a person went to and was let to, as told by the browser.
        refusals: pages that a person went to and was refused, likewise.
        other: refusals of what an open page or a program asked for by itself.
        unlisted: refusals that were too many for a line each.
        low, high: minutes with activity of all people together, at least and at most.
    """

    visits: int = 0
    refusals: int = 0
    other: int = 0
    unlisted: int = 0
    low: int = 0
    high: int = 0

    def plus(self, other: "Counts") -> "Counts":
        """Add up."""
        return Counts(*(a + b for a, b in zip(self, other, strict=True)))


@dataclass(slots=True)
class Group:
    """What some people did, few or many."""

    name: str
    people: set[str] = field(default_factory=set)
    counts: Counts = field(default_factory=Counts)

    def take(self, other: Self) -> None:
        """Take another group in."""
        self.people |= other.people
        self.counts = self.counts.plus(other.counts)


class Row(NamedTuple):
    """One row that may be shown: at least five people."""

    name: str
    people: int
    counts: Counts


@dataclass(frozen=True, slots=True)
class Breakdown:
    """
    All that happened, by one thing.

    Fields:
        name: `team`, `platform`, `hour` or `context`.
        rows: in the order of their names.
        rest: what is too small, together; None where there is no such, or too little of it.
        small: how many groups are not shown by themselves.
    """

    name: str
    rows: tuple[Row, ...]
    rest: Row | None = None
    small: int = 0


class Nameless(NamedTuple):
    """
    What was only counted, in hours in which it was five people or more; who it was nobody knows.

    Fields:
        platform, context: what, and in which context.
        visits, refusals: as of `Counts`.
    """

    platform: str
    context: str
    visits: int
    refusals: int


@dataclass(frozen=True, slots=True)
class Report:
    """
    What the log says of a stretch of time.

    Fields:
        made: UTC instant.
        zone: whose hours.
        selection: which records, in words.
        total: everybody; None where these are fewer than five.
        breakdowns: the same by team, platform, hour and context.
        unreadable: lines that are no records.
        nameless: what was only counted; in none of the other figures.
        few: how many counts of an hour are not shown: fewer than five people.
        changed: files of the log whose kept columns somebody has changed; they were not used.
    """

    made: datetime
    zone: str
    selection: str
    total: Row | None
    breakdowns: tuple[Breakdown, ...]
    unreadable: int
    nameless: tuple[Nameless, ...] = ()
    few: int = 0
    changed: tuple[str, ...] = ()

    @property
    def in_breaks(self) -> int | None:
        """Visits in breaks; None where so few people had any that it is not shown."""
        for one in self.breakdowns:
            if one.name == "context":
                shown = {row.name: row.counts.visits for row in one.rows}
                return shown.get("break", None if one.small else 0)
        return None


def breakdown(name: str, groups: Iterable[Group]) -> Breakdown:
    """Put together what is too small to be shown."""
    by_size = sorted(groups, key=lambda group: (len(group.people), group.name))
    shown = [group for group in by_size if len(group.people) >= FEWEST]
    small = by_size[: len(by_size) - len(shown)]
    rest = Group("")
    for group in small:
        rest.take(group)
    while shown and small and len(rest.people) < FEWEST:
        rest.take(shown[0])
        small.append(shown.pop(0))
    return Breakdown(
        name,
        tuple(sorted(row_of(group) for group in shown)),
        row_of(rest) if len(rest.people) >= FEWEST else None,
        len(small),
    )


def total(group: Group) -> Row | None:
    """Return what everybody did, None where these are fewer than five."""
    return row_of(group) if len(group.people) >= FEWEST else None


def row_of(group: Group) -> Row:
    """Return what is shown of a group."""
    return Row(group.name, len(group.people), group.counts)
