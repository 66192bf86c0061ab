"""Answers that need no refusal."""

import re

import pytest

from breaktime.pages import PageKind, challenge, fault_page, malformed_page, port_page
from refused import Reader, header

ALL = [fault_page(), malformed_page(), port_page(), challenge("Exampleshire Council")]


def test_a_fault_of_ours_is_told_as_one():
    page = fault_page()

    assert (page.status, page.kind) == (503, PageKind.FAULT)
    assert header(page, "Retry-After") == "60"
    assert "Nothing you did is the cause." in page.body.decode()


def test_the_fault_page_is_made_once_so_that_nothing_is_left_to_fail():
    assert fault_page() is fault_page()


def test_whoever_has_to_sign_in_is_asked_and_told():
    page = challenge("Exampleshire Council")

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
    assert header(challenge(realm), "Proxy-Authenticate") == (
        f'Basic realm={quoted}, charset="UTF-8"'
    )


def test_a_question_for_the_same_realm_is_the_same_answer():
    assert challenge("x") is challenge("x")


@pytest.mark.parametrize(("page", "status"), [(malformed_page(), 400), (port_page(), 403)])
def test_a_notice_is_one_line_of_text(page, status):
    assert (page.status, page.kind) == (status, PageKind.NOTICE)
    assert re.fullmatch(rb"[^\n<]+\n", page.body)


@pytest.mark.parametrize("page", ALL, ids=lambda page: page.kind)
def test_a_notice_is_not_kept_and_its_length_is_right(page):
    assert header(page, "Cache-Control") == "no-store"
    assert header(page, "Content-Length") == str(len(page.body))


@pytest.mark.parametrize("page", [fault_page(), challenge("x")], ids=lambda page: page.kind)
def test_a_notice_in_html_can_be_heard_and_loads_nothing(page):
    read = Reader(page.body.decode())

    assert read.tags.count("main") == read.tags.count("h1") == 1
    assert dict(read.attributes)["lang"] == header(page, "Content-Language") == "en"
    assert not set(read.tags) & {"script", "img", "link", "iframe"}
    assert header(page, "X-Frame-Options") == "DENY"
