"""No text, wherever it comes from, becomes more than text on a page."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breaktime.core.decide import Reason
from breaktime.core.visit import Fetch
from breaktime.pages import Asked, Contact, PageSettings, answer
from refused import NAVIGATION, SETTINGS, Reader, header, refusal

HOSTILE = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</title><svg onload=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "'><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    '" autofocus onfocus="alert(1)',
    "` onmouseover=alert(1) `",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    'https://evil.example/"onclick=alert(1)',
    "https://evil.example/'onclick='alert(1)",
    "<!--<img src='--><img src=x onerror=alert(1)//'>",
    "<svg/onload=alert(1)>",
    "<a href=javascript:alert(1)>x",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "{decision}{0}{person.__class__}",
    "%s%n%00",
    "\x00<b>",
    "\u202egnirts",
    "\u2028<script>",
    "jaVasCript:/*-/*`/*\\`/*'/*\"/**/(/* */oNcliCk=alert() )//%0D%0A%0d%0a//</stYle/</titLe/",
    "</teXtarEa/</scRipt/--!>\\x3csVg/<sVg/oNloAd=alert()//>\\x3e",
]

FRAME = Asked("GET", Fetch("iframe", "navigate"))
TEXTS_OF_A_REFUSAL = ("decision", "organisation", "platform", "rule", "person")


def poisoned(field, text):
    """Return a refusal and settings with one hostile text in one place."""
    if field in TEXTS_OF_A_REFUSAL:
        return refusal(**{field: f"break:{text}" if field == "rule" else text}), SETTINGS
    if field in {one.name for one in fields(Contact)}:
        return refusal(), replace(SETTINGS, contact=replace(SETTINGS.contact, **{field: text}))
    return refusal(), replace(SETTINGS, **{field: text})


FIELDS = [
    *TEXTS_OF_A_REFUSAL,
    *(field.name for field in fields(Contact)),
    *(
        field.name
        for field in fields(PageSettings)
        if field.name in {"policy", "questions", "portal"}
    ),
]


def assert_harmless(page):
    """Compare the elements with those of a page that nobody has tampered with."""
    plain = Reader(answer(refusal(), NAVIGATION, SETTINGS).body.decode())
    assert set(page.tags) <= set(plain.tags)
    assert {name for name, _ in page.attributes} <= {name for name, _ in plain.attributes}
    for link in page.links():
        assert link.lower().startswith(("https://", "http://", "tel:", "mailto:"))


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(field, text):
    refused, settings = poisoned(field, text)

    page = Reader(answer(refused, NAVIGATION, settings).body.decode())

    assert_harmless(page)
    links = field in {"policy", "questions", "portal"}
    hidden = field == "rule" and text.endswith("]")
    assert (text in page.text) is not (links or hidden)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    "asked", [Asked("GET", Fetch("iframe", "navigate")), Asked("POST", grpc=True)]
)
def test_hostile_text_stays_text_in_other_answers(text, asked):
    page = answer(refusal(platform=text, person=text, organisation=text), asked, SETTINGS)

    assert set(Reader(page.body.decode()).tags) <= {
        "html", "head", "meta", "title", "style", "body", "main", "p",
    }  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_a_language_that_nobody_speaks_is_not_repeated(text):
    asked = replace(NAVIGATION, accept_language=text)

    page = answer(refusal(), asked, SETTINGS)

    assert header(page, "Content-Language") == "en"
    assert text not in page.body.decode()


@given(st.sampled_from(FIELDS), st.text(), st.sampled_from(Reason))
def test_any_text_stays_text(field, text, reason):
    refused, settings = poisoned(field, text)

    page = answer(replace(refused, reason=reason), NAVIGATION, settings)

    assert_harmless(Reader(page.body.decode("utf-8", "strict")))


def test_what_is_not_unicode_is_no_reason_to_fail():
    """A name that came in as broken bytes holds lone surrogates, which UTF-8 cannot carry."""
    page = answer(refusal(person="r.\udce9hughes"), NAVIGATION, SETTINGS)

    assert "r.?hughes" in page.body.decode()
