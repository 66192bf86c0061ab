"""No figure is about fewer than five people, alone or by what is left over."""

from hypothesis import given
from hypothesis import strategies as st

from breaktime.reports.figures import FEWEST, Counts, Group, breakdown, total

PEOPLE = st.sets(st.sampled_from([f"p{number}" for number in range(12)]), min_size=1)


def group(name, people):
    return Group(name, set(people), Counts(visits=len(people)))


def few(count, offset=0):
    return {f"p{number + offset}" for number in range(count)}


@given(st.lists(PEOPLE, max_size=6))
def test_what_is_shown_and_what_is_left_over_is_about_five_people_at_least(groups):
    made = breakdown("team", [group(f"t{i}", each) for i, each in enumerate(groups)])
    assert all(row.people >= FEWEST for row in made.rows)
    assert made.small + len(made.rows) == len(groups)
    hidden = set().union(*(groups[i] for i in range(len(groups)) if f"t{i}" not in names(made)))
    if made.rest is not None:
        assert made.rest.people == len(hidden) >= FEWEST
    else:
        assert not hidden or not made.rows


def names(made):
    return {row.name for row in made.rows}


def test_a_small_team_takes_the_smallest_other_with_it():
    groups = [group("big", few(9)), group("six", few(6)), group("two", few(2, 20))]
    made = breakdown("team", groups)
    assert names(made) == {"big"}
    assert (made.rest.people, made.rest.counts.visits, made.small) == (8, 8, 2)


def test_small_teams_that_are_many_people_together_are_shown_together():
    made = breakdown("team", [group("a", few(3)), group("b", few(3, 10)), group("c", few(5))])
    assert (names(made), made.rest.people, made.small) == ({"c"}, 6, 2)


def test_fewer_than_five_have_no_total():
    assert total(group("", few(4))) is None
    assert total(group("", few(5))).counts.visits == 5
