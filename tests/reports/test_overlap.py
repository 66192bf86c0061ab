"""What is shown of teams that share people tells nothing of fewer than five, by no difference."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breaktime.reports.figures import FEWEST, Counts, Group
from breaktime.reports.overlap import overlapping


def groups(parts):
    """Return parts of so many people each, and nobody in two of them."""
    begin, made = 0, []
    for names, size in parts:
        made.append((names, group(size, begin=begin)))
        begin += size
    return made


def group(count, *, begin=0):
    people = {f"p{number}" for number in range(begin, begin + count)}
    return Group("", people, Counts(visits=100 * count + begin))


# fmt: off
SHOWN = [
    ("teams of five and more",
     [(("a",), 5), (("b",), 6)],                     {"a", "b"},      None),
    ("one is too small: the smallest other goes with it",
     [(("a",), 9), (("b",), 6), (("c",), 2)],        {"a"},           8),
    ("small ones that are five together",
     [(("a",), 9), (("b",), 3), (("c",), 2)],        {"a"},           5),
    ("one within another, but for one person",
     [(("all", "most"), 5), (("all",), 1)],          {"all"},         None),
    ("one within another, but for five",
     [(("all", "half"), 5), (("all",), 5)],          {"all", "half"}, None),
    ("everybody but one person",
     [(("a",), 6), (("none",), 1)],                  set(),           7),
    ("two that leave one person of a third",
     [(("a", "c"), 5), (("b", "c"), 5), (("c",), 1)], {"c", "a"},     None),
    ("nobody",
     [],                                             set(),           None),
]
# fmt: on


@pytest.mark.parametrize(
    ("parts", "names", "rest"), [r[1:] for r in SHOWN], ids=[r[0] for r in SHOWN]
)
def test_what_is_shown(parts, names, rest):
    made = overlapping("team", groups(parts))
    assert {row.name for row in made.rows} == names
    assert (made.rest and made.rest.people) == rest


def test_who_is_in_two_teams_counts_in_both():
    made = overlapping("team", [(("a", "b"), group(5)), (("a",), group(5, begin=5))])
    by_name = {row.name: row for row in made.rows}
    assert (by_name["a"].people, by_name["b"].people) == (10, 5)
    assert by_name["a"].counts.visits == 1005
    assert by_name["b"].counts.visits == 500


def echelon(rows):
    """Solve equations with fractions, the plain way."""
    rows = [[Fraction(value) for value in row] for row in rows]
    done = []
    for place in range(len(rows[0])):
        pivot = next((row for row in rows if row[place]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        pivot = [value / pivot[place] for value in pivot]
        rows = [[v - row[place] * p for v, p in zip(row, pivot, strict=True)] for row in rows]
        done = [[v - row[place] * p for v, p in zip(row, pivot, strict=True)] for row in done]
        done.append(pivot)
    return done


TEAMS = (
    st.lists(st.sampled_from("abcd"), min_size=1, max_size=3, unique=True).map(sorted).map(tuple)
)
SIZES = st.integers(1, 9)


@given(st.dictionaries(TEAMS, SIZES, min_size=1, max_size=6))
def test_nobody_can_work_out_what_fewer_than_five_did(sizes):
    parts = groups(sorted(sizes.items()))
    made = overlapping("team", parts)
    assert all(row.people >= FEWEST for row in made.rows)
    assert made.rest is None or made.rest.people >= FEWEST
    if sum(sizes.values()) < FEWEST:  # nothing is shown of so few
        return
    shown = {row.name for row in made.rows}
    known = [[1] * len(parts), *([int(name in names) for names, _ in parts] for name in shown)]
    if made.rest is not None:
        known.append([int(not set(names) <= shown) for names, _ in parts])
    # Whatever can be worked out of one part alone, or of two, is about five people or more.
    for one in range(len(parts)):
        for other in range(one, len(parts)):
            few = {one, other}
            if sum(len(parts[place][1].people) for place in few) >= FEWEST:
                continue
            order = [place for place in range(len(parts)) if place not in few] + sorted(few)
            found = echelon([[row[place] for place in order] for row in known])
            alone = [row for row in found if not any(row[: len(order) - len(few)])]
            assert not alone, (parts[one][0], parts[other][0])
