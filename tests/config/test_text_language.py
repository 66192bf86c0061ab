"""The tag of a language."""

import pytest

from breaktime.config.text_language import language


@pytest.mark.parametrize("tag", ["en", "cy", "kab"])
def test_a_language_has_two_or_three_letters(tag):
    assert language(tag) == tag


@pytest.mark.parametrize("tag", ["", "EN", "en-GB", "e", "../x", "engl"])
def test_nothing_else_names_one(tag):
    with pytest.raises(ValueError, match="names no language"):
        language(tag)
