"""Can somebody who reads as well as a twelve-year-old read it?"""

import re

import pytest

from breaktime.pages.texts import TEXTS

ENGLISH = TEXTS["en"]
GRADE = 8
FILLED = {"minutes": "5 minutes", "organisation": "the council", "help": "the help desk"}


def grade(text):
    """Return the Flesch-Kincaid grade; syllables are counted by their vowels."""
    sentences = [one for one in re.split(r"[.:;!?]\s|\n", text + " ") if re.search(r"\w", one)]
    words = re.findall("[A-Za-z\u2019]+", text)
    return (
        0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
    )


def syllables(word):
    found = len(re.findall(r"[aeiouy]+", word.lower()))
    silent = word.lower().endswith("e") and not word.lower().endswith(("le", "ee"))
    return max(1, found - silent)


def sentences(value):
    if isinstance(value, str):
        filled = re.sub(r"\{(\w+)\}", lambda place: FILLED.get(place[1].lower(), "Ada"), value)
        yield filled if filled.endswith((".", "?", ":")) else f"{filled}."
    else:
        for each in value.values() if hasattr(value, "values") else value:
            yield from sentences(each)


@pytest.mark.parametrize("section", ["page", "portal", "notice", "answers"])
def test_a_page_is_easy_to_read(section):
    assert grade("\n".join(sentences(getattr(ENGLISH, section)))) <= GRADE


@pytest.mark.parametrize("reason", ENGLISH.reasons)
def test_a_reason_is_easy_to_read(reason):
    one = ENGLISH.reasons[reason]
    text = "\n".join(sentences([one.title, one.why, one.next, one.record]))
    assert grade(text) <= GRADE


def test_what_a_script_may_read_is_easy_to_read():
    one = ENGLISH.told_to_a_script
    assert grade("\n".join(sentences([one.title, one.why, one.next, one.record]))) <= GRADE


def test_hard_words_are_seen():
    assert grade("The aforementioned organisational authorisation necessitates documentation.") > 15
