"""What disturbs one competitor disturbs them all, and cancels."""

import os

import pytest

from lab.contest import Results, Slice, cpu_of, there_and_back
from lab.traffic import Done


def noted(pieces):
    results = Results()
    for who, rounds in pieces.items():
        for round_, each in enumerate(rounds):
            results.add("row", who, round_, Slice(each, median=each))
    return results


def test_a_round_in_which_everything_is_slow_makes_no_difference():
    results = noted({"ours": [1.0, 10.0, 1.0], "theirs": [2.0, 20.0, 2.0]})
    assert results.ratio("row", "ours", "theirs") == (0.5, 0.5, 0.5)


def test_the_middle_of_the_rounds_is_told_with_the_least_and_the_greatest():
    results = noted({"ours": [1.0, 3.0, 2.0], "theirs": [1.0, 1.0, 1.0]})
    assert results.ratio("row", "ours", "theirs") == (2.0, 1.0, 3.0)
    assert results.each("row", "ours") == 2.0
    assert results.waited("row", "ours") == 2000.0


def test_only_rounds_of_both_are_compared():
    results = noted({"ours": [1.0, 9.0], "theirs": [2.0]})
    assert results.ratio("row", "ours", "theirs") == (0.5, 0.5, 0.5)
    assert results.has("row", "theirs")
    assert not results.has("row", "nobody")


def test_all_take_turns_there_and_back():
    turns = []
    results = Results()

    def piece(who):
        turns.append(who)
        return Slice(1.0)

    there_and_back(results, "row", 0, {who: lambda who=who: piece(who) for who in "abc"})

    assert turns == list("abccba")
    assert len(results.slices["row", "a"][0]) == 2


def test_work_that_was_not_done_is_no_result():
    done = Done(count=2, late=[0.25, 0.5])

    piece = cpu_of(os.getpid(), lambda: done, 2)
    assert piece.each >= 0
    assert piece.median == 0.5
    with pytest.raises(AssertionError, match="2 answers of 3"):
        cpu_of(os.getpid(), lambda: done, 3)
