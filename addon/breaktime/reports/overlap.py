"""
Figures of teams that share people, and of which no difference is about fewer than five.

Who is in two teams counts in both. Where one team lies within another, the difference of their
rows is a figure as well, and may be about one person; so is what is left of everybody without some
of the teams. So rows are looked at as equations: the unknowns are what people in exactly the same
teams did, each row is a sum of these, and whatever can be worked out is a sum of rows with factors.

Laws of this file:

1. Whatever can be worked out from the rows of a breakdown and from the total is about everybody in
   exactly the same teams somewhere, five people or more; but for one sum at most, of such as are
   fewer, which is about five people or more together.
2. What is left over is counted once, whoever is in several of these teams.
"""

from collections.abc import Iterable, Mapping, Sequence

from breaktime.reports.figures import FEWEST, Breakdown, Group, row_of

_PRIME = (1 << 61) - 1
"""Sums are made modulo this, which is exact enough: to be wrong takes one chance in 2^61."""


def overlapping(name: str, parts: Iterable[tuple[tuple[str, ...], Group]]) -> Breakdown:
    """
    Break down by groups of which somebody may be in several.

    Args:
        name: of the breakdown.
        parts: the names of groups, and what those did who are in exactly these.
    """
    parts = list(parts)
    groups: dict[str, Group] = {}
    for names, part in parts:
        for each in names:
            groups.setdefault(each, Group(each)).take(part)
    by_size = sorted(groups.values(), key=lambda group: (-len(group.people), group.name))
    shown = [group for group in by_size if len(group.people) >= FEWEST]
    while True:
        known = frozenset(group.name for group in shown)
        rest = Group("")
        for names, part in parts:
            if not known.issuperset(names):
                rest.take(part)
        if len(rest.people) >= FEWEST and _is_safe(known, parts, rest=True):
            break
        if not shown or _is_safe(known, parts, rest=False):
            rest = Group("")
            break
        shown.pop()
    return Breakdown(
        name,
        tuple(sorted(row_of(group) for group in shown)),
        row_of(rest) if rest.people else None,
        len(groups) - len(shown),
    )


def _is_safe(
    shown: frozenset[str], parts: Sequence[tuple[tuple[str, ...], Group]], *, rest: bool
) -> bool:
    """Tell whether nothing about fewer than five can be worked out from the rows and the total."""
    order = sorted(parts, key=lambda part: -len(part[1].people))
    large = sum(len(part.people) >= FEWEST for _, part in order)
    rows = [[1] * len(order)]
    rows += [[int(each in names) for names, _ in order] for each in sorted(shown)]
    if rest:
        rows.append([int(not shown.issuperset(names)) for names, _ in order])
    solved: dict[int, list[int]] = {}
    few: list[list[int]] = []
    for row in rows:
        left = _reduced(row, solved)
        first = next((place for place, value in enumerate(left) if value), len(order))
        if first < len(order):
            solved[first] = left
        if large <= first < len(order):
            few.append(left)
    people = [order[place][1].people for row in few for place, value in enumerate(row) if value]
    return not few or (len(few) == 1 and len(set[str]().union(*people)) >= FEWEST)


def _reduced(row: Sequence[int], solved: Mapping[int, Sequence[int]]) -> list[int]:
    """
    Take from a row what is known, and scale what is left to begin with 1.

    Args:
        row: factors, the large parts first.
        solved: rows that begin with 1, by the place where they do.
    """
    left = list(row)
    for place in range(len(left)):
        if not left[place]:
            continue
        known = solved.get(place)
        if known is None:
            scale = pow(left[place], -1, _PRIME)
            return [value * scale % _PRIME for value in left]
        factor = left[place]
        left = [(value - factor * other) % _PRIME for value, other in zip(left, known, strict=True)]
    return left
