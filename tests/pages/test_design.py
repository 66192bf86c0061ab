"""A design is the same as another that holds the same."""

from breaktime.pages.design import OURS, Design


def test_two_designs_with_the_same_in_them_are_one():
    assert Design() == OURS
    assert hash(Design(style="a")) == hash(Design(style="a"))


def test_any_difference_makes_another():
    assert Design(style="a") != OURS
    assert Design(templates={"block.html": "x"}) != OURS
    assert Design(texts={}) != OURS
    assert OURS != "ours"
