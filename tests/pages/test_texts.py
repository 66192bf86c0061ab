"""Every reason for which somebody is refused has its sentences, in every language."""

import re
from dataclasses import fields

import pytest

from breaktime.core.decide import Reason, Verdict, decide
from breaktime.pages.texts import (
    BLOCKING,
    LANGUAGES,
    TEXTS,
    Sentences,
    choose_language,
    read_texts,
    shipped,
)
from calendars import utc
from office import OFFICE, ask

ALLOWING = {
    Reason.NOT_CONTROLLED,
    Reason.EXEMPT,
    Reason.OWN_PAGE,
    Reason.OWN_PAGE_HELPER,
    Reason.BUSINESS_CASE,
    Reason.BUSINESS_CASE_HELPER,
    Reason.EMBED,
    Reason.LOGIN,
    Reason.BREAK_FIXED,
    Reason.BREAK_FLEXIBLE,
    Reason.BREAK_EXCEPTION,
}
BLAME = re.compile(
    r"\b(denied|forbidden|violat\w*|prohibit\w*|illegal|unauthori\w*|error)\b", re.IGNORECASE
)
ALL = [
    (texts.language, reason, texts.reasons[reason])
    for texts in TEXTS.values()
    for reason in BLOCKING
]


def every_sentence(texts):
    for one in (*texts.reasons.values(), texts.told_to_a_script):
        yield from (getattr(one, field.name) for field in fields(Sentences))
    yield from texts.page.values()


def test_every_reason_either_refuses_or_allows():
    """A new reason has to be put on one side or the other."""
    assert set(BLOCKING) | ALLOWING == set(Reason) - {Reason.SPECULATIVE}
    assert not set(BLOCKING) & ALLOWING


@pytest.mark.parametrize("texts", TEXTS.values(), ids=TEXTS)
def test_every_language_has_sentences_for_every_reason_that_refuses(texts):
    assert set(texts.reasons) == set(BLOCKING)


@pytest.mark.parametrize(("language", "reason", "sentences"), ALL)
def test_title_why_next_and_record_are_said(language, reason, sentences):
    assert all((sentences.title, sentences.why, sentences.next, sentences.record))
    assert "{site}" in sentences.title.lower()


@pytest.mark.parametrize("texts", TEXTS.values(), ids=TEXTS)
def test_no_sentence_blames_anybody_or_speaks_of_machines(texts):
    for sentence in every_sentence(texts):
        assert not BLAME.search(sentence)


@pytest.mark.parametrize("texts", TEXTS.values(), ids=TEXTS)
def test_sentences_are_short(texts):
    for one in texts.reasons.values():
        for sentence in re.split(r"(?<=[.:]) ", f"{one.why} {one.next}"):
            assert len(sentence.split()) <= 22, sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_names_its_own_language(language):
    assert read_texts(language).language == language


@pytest.mark.parametrize(
    ("header", "known", "chosen"),
    [
        ("", "en cy", "en"),
        ("cy", "en cy", "cy"),
        ("cy-GB", "en cy", "cy"),
        ("CY", "en cy", "cy"),
        ("en-GB,en;q=0.9,cy;q=0.8", "en cy", "en"),
        ("cy;q=0.9,en;q=0.8", "en cy", "cy"),
        ("cy;q=0.5,en;q=0.5", "en cy", "en"),
        ("cy;q=0.5,en;q=0.5", "cy en", "cy"),
        ("en;q=0,cy;q=0.1", "en cy", "cy"),
        ("en;q=0", "en", "en"),
        ("de,fr;q=0.9", "en cy", "en"),
        ("*", "en cy", "en"),
        ("de,*;q=0.5", "cy en", "cy"),
        ("en;q=0.2,*;q=0.5", "en cy", "cy"),
        ("cy;q=two", "en cy", "en"),
        ("cy;q=7", "en cy", "en"),
        ("cy;q=nan", "en cy", "en"),
        ("cy;level=1;q=0.9", "en cy", "cy"),
        ("cy;level=1", "en cy", "cy"),
        ("en;q=0.3,en-GB;q=0.9,cy;q=0.5", "en cy", "en"),
        ("," * 5000 + "cy", "en cy", "en"),
        ("<script>alert(1)</script>", "en cy", "en"),
    ],
)
def test_the_language_that_a_client_likes_best(header, known, chosen):
    assert choose_language(header, known.split()) == chosen


def test_the_policy_refuses_for_these_reasons_only():
    at = utc("2026-11-23 10:00")
    for who in (None, "ada", "bob", "cy", "dan", "eve"):
        decision = decide(OFFICE, ask(who, "facebook.com"), at)
        assert (decision.verdict is Verdict.BLOCK) is (decision.reason in BLOCKING)


def said(value, path=()):
    """Give every sentence of a file with the keys that lead to it."""
    if isinstance(value, dict):
        keys = ["other"] if "other" in value else value  # the forms of numbers are its own
        for key in keys:
            yield from said(value[key], (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from said(each, (*path, index))
    else:
        yield path, value


@pytest.mark.parametrize("section", ["page", "portal", "notice", "rules", "answers", "reasons"])
@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_language_says_as_much_as_the_first(language, section):
    """The same sentences, each with the same places to fill in, capitals aside."""
    first, other = (dict(said(shipped(one)[section])) for one in (LANGUAGES[0], language))
    assert set(first) == set(other)
    for path, sentence in first.items():
        assert places(sentence) == places(other[path]), path


def places(sentence):
    return {one.lower() for one in re.findall(r"\{(\w+)\}", sentence)}
