"""Answers that need no refusal."""

import re

import pytest

from breaktime.pages import LAST_RESORT, Notices, PageKind, PageSettings
from refused import Reader, header

ENGLISH = Notices.of(PageSettings())
WELSH_FIRST = Notices.of(PageSettings(languages=("cy", "en")))
PAGES = [
    ENGLISH.fault(),
    WELSH_FIRST.fault(),
    ENGLISH.challenge("Exampleshire Council"),
    WELSH_FIRST.challenge("Exampleshire Council"),
]
ALL = [*PAGES, ENGLISH.malformed, WELSH_FIRST.malformed, ENGLISH.port, WELSH_FIRST.port]


def test_a_fault_of_ours_is_told_as_one():
    page = ENGLISH.fault()

    assert (page.status, page.kind) == (503, PageKind.FAULT)
    assert header(page, "Retry-After") == "60"
    assert "Nothing you did is the cause." in page.body.decode()


def test_the_fault_page_is_made_once_so_that_nothing_is_left_to_fail():
    assert LAST_RESORT.fault("cy") is LAST_RESORT.fault("cy")


def test_whoever_has_to_sign_in_is_asked_and_told():
    page = ENGLISH.challenge("Exampleshire Council")

    assert (page.status, page.kind) == (407, PageKind.SIGN_IN)
    assert header(page, "Proxy-Authenticate") == (
        'Basic realm="Exampleshire Council", charset="UTF-8"'
    )
    assert "Sign in to the network" in page.body.decode()


@pytest.mark.parametrize(
    ("realm", "quoted"),
    [
        ("", '""'),
        ('the "gateway"', '"the \\"gateway\\""'),
        ("back\\slash", '"back\\\\slash"'),
        ("Gwynedd Caf\u00e9", '"Gwynedd Caf?"'),
        ("a\r\nSet-Cookie: x", '"a??Set-Cookie: x"'),
        ("\x7f\x00", '"??"'),
    ],
)
def test_a_realm_cannot_leave_its_header(realm, quoted):
    assert header(ENGLISH.challenge(realm), "Proxy-Authenticate") == (
        f'Basic realm={quoted}, charset="UTF-8"'
    )


@pytest.mark.parametrize(
    ("notices", "accept", "first"),
    [
        (WELSH_FIRST, "", "cy"),
        (WELSH_FIRST, "en-GB,en;q=0.9", "en"),
        (WELSH_FIRST, "de", "cy"),
        (LAST_RESORT, "", "en"),
        (LAST_RESORT, "cy", "cy"),
        (ENGLISH, "cy", "en"),
    ],
)
def test_every_language_is_on_the_page_and_the_readers_own_comes_first(notices, accept, first):
    for page in (notices.fault(accept), notices.challenge("x", ("Basic",), accept)):
        text = page.body.decode()
        assert f'<html lang="{first}">' in text
        both = notices is not ENGLISH
        assert ("Mae rhywbeth o" in text or "Mewngofnodwch" in text) == both
        assert "Something is wrong" in text or "Sign in to the network" in text


@pytest.mark.parametrize(
    ("notices", "lines"), [(ENGLISH, 1), (WELSH_FIRST, 2)], ids=["English", "both"]
)
def test_a_notice_is_a_line_of_text_in_each_language(notices, lines):
    for page, status in ((notices.malformed, 400), (notices.port, 403)):
        assert (page.status, page.kind) == (status, PageKind.NOTICE)
        assert re.fullmatch(rb"([^\n<]+\n){%d}" % lines, page.body)


@pytest.mark.parametrize("page", ALL, ids=lambda page: page.kind)
def test_a_notice_is_not_kept_and_its_length_is_right(page):
    assert header(page, "Cache-Control") == "no-store"
    assert header(page, "Content-Length") == str(len(page.body))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.kind)
def test_a_notice_in_html_can_be_heard_and_loads_nothing(page):
    read = Reader(page.body.decode())

    assert read.tags.count("main") == read.tags.count("h1") == 1
    assert dict(read.attributes)["lang"] in header(page, "Content-Language")
    assert not set(read.tags) & {"script", "img", "link", "iframe"}
    assert header(page, "X-Frame-Options") == "DENY"
