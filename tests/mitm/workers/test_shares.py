"""Whose connections go where."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from breaktime.mitm.workers.shares import worker_for

CREWS = st.sets(st.integers(0, 63), min_size=2, max_size=8)


@given(st.text(), CREWS)
def test_somebody_always_goes_to_the_same_worker_in_whatever_order_they_stand(key, crew):
    assert worker_for(key, sorted(crew)) == worker_for(key, sorted(crew, reverse=True))


@given(st.text(), CREWS, st.data())
def test_when_a_worker_goes_nobody_moves_but_its_own_people(key, crew, data):
    gone = data.draw(st.sampled_from(sorted(crew)))
    before = worker_for(key, crew)

    after = worker_for(key, crew - {gone})

    assert before in {after, gone}


def test_people_are_spread_evenly():
    crew = range(4)

    counts = Counter(worker_for(f"person {number}", crew) for number in range(4000))

    assert all(800 < counts[each] < 1200 for each in crew)
