"""What is kept of answers, and how it goes."""

import pickle

import pytest

from breaktime.core import kept
from breaktime.core.kept import Kept, Remembered


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(Kept, "most", 3)
    monkeypatch.setattr(kept, "FEW", 2)


def test_what_was_asked_first_goes_first():
    answers = Kept[int, str]()
    for number in range(5):
        assert answers.keep(number, str(number)) == str(number)

    assert list(answers) == [2, 3, 4]


@pytest.mark.parametrize(("most", "left"), [(0, [1, 2]), (1, [2]), (2, []), (3, [])])
def test_the_oldest_are_dropped(most, left):
    answers = Kept({1: "a", 2: "b"})

    answers.drop(most)

    assert list(answers) == left


def test_answers_stay_behind_when_their_owner_is_pickled():
    answers = Kept({1: "a"})

    assert pickle.loads(pickle.dumps([answers, answers])) == [{}, {}]
    assert type(pickle.loads(pickle.dumps(answers))) is Kept


def test_a_function_is_asked_once_for_each_arguments():
    asked = []

    @Remembered
    def double(number, unit):
        asked.append(number)
        return f"{2 * number}{unit}"

    assert [double(number, "m") for number in (1, 2, 1)] == ["2m", "4m", "2m"]
    assert asked == [1, 2]
    double.kept.drop(1)
    assert double(1, "m") == "2m"
    assert asked == [1, 2, 1]
    double(3, "m")
    assert list(double.kept) == [(1, "m"), (3, "m")]
