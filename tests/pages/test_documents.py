"""
What people read.

The pages in `golden/` are what five refused people see. After a change that is meant, write them
anew with `BREAKTIME_GOLDEN=write pytest tests/pages/test_documents.py`, and read the difference.
"""

import base64
import hashlib
import os
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from breaktime.core.decide import Reason
from breaktime.core.visit import Fetch
from breaktime.pages import Asked, Contact, PageSettings, answer
from breaktime.pages.documents import render_block, render_line
from breaktime.pages.texts import BLOCKING, TEXTS
from calendars import utc
from refused import NAVIGATION, SETTINGS, Reader, header, refusal

GOLDEN = Path(__file__).parent / "golden"
ENGLISH = TEXTS["en"]
FORM = Asked("POST", Fetch("document", "navigate"))
FRAME = Asked("GET", Fetch("iframe", "navigate"))
FIRST_WINDOW_BYTES = 14 * 1024

WELSH = replace(NAVIGATION, accept_language="cy,en;q=0.5")
PORTAL = replace(SETTINGS, portal="https://breaks.exampleshire.example", languages=("en", "cy"))
NOT_STARTED = refusal(
    Reason.BREAK_AVAILABLE_NOT_STARTED,
    opens_at=None,
    rule="break:own-choice",
    sitting=timedelta(minutes=45),
    start_by=utc("2026-11-23 14:25"),
)

PAGES = {
    "outside-breaks": (refusal(), NAVIGATION),
    "break-not-started": (NOT_STARTED, NAVIGATION),
    "break-not-started-portal": (NOT_STARTED, NAVIGATION, PORTAL),
    "outside-breaks-cy": (refusal(), WELSH, PORTAL),
    "break-not-started-cy": (NOT_STARTED, WELSH, PORTAL),
    "identity-unknown-cy": (
        refusal(Reason.IDENTITY_UNKNOWN, platform=None, opens_at=None, rule=None, person=None),
        WELSH,
        PORTAL,
    ),
    "suspended-form": (
        refusal(
            Reason.SUSPENDED,
            platform="Instagram",
            opens_at=None,
            rule="suspension:HR-2026-0098",
            person="d.smith",
        ),
        FORM,
    ),
    "identity-unknown": (
        refusal(Reason.IDENTITY_UNKNOWN, platform="TikTok", opens_at=None, rule=None, person=None),
        NAVIGATION,
    ),
    "name-mismatch": (
        refusal(Reason.NAME_MISMATCH, platform=None, opens_at=None, rule=None),
        NAVIGATION,
    ),
}


def shown(name):
    refused, asked, *settings = PAGES[name]
    return answer(refused, asked, *(settings or [SETTINGS]))


def read(refused, asked=NAVIGATION, settings=SETTINGS):
    return Reader(answer(refused, asked, settings).body.decode())


@pytest.mark.parametrize("name", PAGES)
def test_a_typical_page_is_what_it_was(name):
    page = shown(name)
    path = GOLDEN / f"{name}.html"
    if os.environ.get("BREAKTIME_GOLDEN") == "write":
        path.write_bytes(page.body)

    assert page.body.decode() == path.read_text("utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_into_the_first_window_of_a_connection(name):
    page = shown(name)

    assert len(page.body) + sum(len(a) + len(b) + 4 for a, b in page.headers) < FIRST_WINDOW_BYTES


@pytest.mark.parametrize("asked", [NAVIGATION, FORM, FRAME], ids=["page", "form", "frame"])
def test_the_policy_holds_the_hash_of_the_style_that_is_sent(asked):
    page = answer(refusal(), asked, SETTINGS)

    style = re.search(rb"<style>(.*?)</style>", page.body, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style).digest()).decode()
    policy = header(page, "Content-Security-Policy")
    assert f"style-src 'sha256-{digest}'" in policy
    for part in ("default-src 'none'", "base-uri 'none'", "form-action 'none'", "sandbox "):
        assert part in policy


@pytest.mark.parametrize("name", PAGES)
def test_a_page_loads_nothing_and_runs_nothing(name):
    page = read(*PAGES[name])

    assert not set(page.tags) & {"script", "img", "link", "iframe", "form", "base", "object"}
    assert not {key for key, _ in page.attributes} & {"src", "style", "action", "srcset", "ping"}
    assert not [key for key, _ in page.attributes if key.startswith("on")]
    assert b"url(" not in shown(name).body
    assert b"http-equiv" not in shown(name).body


@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_heard(name):
    """Its language, one main part, one heading of the first rank, and no rank left out."""
    page = read(*PAGES[name])

    assert page.attributes[0] == ("lang", "cy" if name.endswith("-cy") else "en")
    for tag in ("header", "main", "footer", "h1", "title"):
        assert page.tags.count(tag) == 1
    ranks = [tag for tag in page.tags if re.fullmatch(r"h\d", tag)]
    assert set(ranks) in ({"h1", "h2"}, {"h1", "h2", "h3"})
    assert sorted(set(ranks), key=ranks.index) == sorted(set(ranks))


@pytest.mark.parametrize(
    ("languages", "accept", "order"),
    [
        (("en", "cy"), "", "en, cy"),
        (("cy", "en"), "", "cy, en"),  # Welsh first, where the council says so
        (("cy", "en"), "en-GB,en;q=0.9", "en, cy"),
        (("en", "cy"), "cy", "cy, en"),
        (("en", "cy"), "fr", "en, cy"),
        (("cy", "en"), "fr", "cy, en"),
        (("en",), "cy", "en"),
    ],
)
def test_a_page_is_in_each_language_of_the_organisation(languages, accept, order):
    settings = replace(PORTAL, languages=languages)
    page = answer(NOT_STARTED, replace(NAVIGATION, accept_language=accept), settings)

    assert dict(page.headers)["Content-Language"] == order
    first, *others = order.split(", ")
    html = page.body.decode()
    assert f'<html lang="{first}">' in html
    for one in others:
        assert f'<a href="#{one}" lang="{one}" hreflang="{one}">' in html
        assert f'id="{one}" lang="{one}"' in html
    titles = {
        "en": "Facebook is not open: your break has not started",
        "cy": TEXTS["cy"].reasons[NOT_STARTED.reason].title.format(site="Facebook"),
    }
    places = [html.index(f"{titles[one]}</h") for one in (first, *others)]
    assert places == sorted(places)
    assert len(page.body) <= FIRST_WINDOW_BYTES


def test_the_page_says_which_site_why_when_what_to_do_and_what_is_recorded():
    text = " ".join(read(refusal()).text.split())

    for sentence in (
        "Facebook is not open now",
        "Exampleshire Council opens social media during breaks.",
        "When it opens Today at 12:00 In 1 hour and 40 minutes.",
        "Your next break is called “lunch”.",
        "Ask your manager for a business case.",
        "That you were refused Facebook, when, your team and place of work, and the address",
        "of the page without search words or anything you typed.",
        "The network knows you as r.hughes.",
        "HR Advice Phone: 01632 960001 Email: hr@exampleshire.example Mon-Fri 08:30-17:00",
        "Reference: 0193a1b2-7c44-7d10-9a77-2f60c1a4be55",
        "This page was made at 10:20 on Monday 23 November 2026.",
        "Times are on the clock of Europe/London.",
    ):
        assert sentence in text


@pytest.mark.parametrize("reason", BLOCKING)
def test_every_reason_has_a_page_with_and_without_an_opening(reason):
    known, unknown = refusal(reason), refusal(reason, opens_at=None)

    assert "Today at 12:00" in read(known).text
    assert "What you can do" in read(unknown).text
    assert "{" not in read(known).text + read(unknown).text


def test_a_reason_that_refuses_nobody_is_shown_as_a_fault_of_ours():
    assert "something is wrong on our side" in read(refusal(Reason.BREAK_FIXED)).text


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("break:lunch", "Your next break is called “lunch”."),
        ("break:everyone[1]", None),
        ("business-case:BC-2026-014", "It opens under the business case “BC-2026-014”."),
        ("suspension:HR-1", "The pause is written down as “HR-1”."),
        ("suspension:1", None),
        ("blackout:1", None),
        ("team:finance", None),
        ("everyone", None),
        (None, None),
    ],
)
def test_a_rule_is_named_if_people_know_its_name(rule, sentence):
    text = read(refusal(rule=rule)).text

    assert re.findall("[^.\n]*“.*”.", text) == ([sentence] if sentence else [])


def test_the_time_is_that_of_the_person():
    page = read(refusal(zone=ZoneInfo("Europe/Warsaw")))

    assert "Today at 13:00" in page.text
    assert ("datetime", "2026-11-23T12:00:00Z") in page.attributes


def test_links_are_those_of_the_settings():
    assert read(refusal()).links() == [
        "https://intranet.exampleshire.example/social-media-policy",
        "https://intranet.exampleshire.example/social-media-faq",
        "tel:01632960001",
        "mailto:hr@exampleshire.example",
    ]


def test_without_settings_there_is_no_link_and_no_help():
    page = read(refusal(Reason.FILTER_ERROR, opens_at=None), settings=PageSettings())

    assert page.links() == []
    assert "Help" not in page.text
    assert "If it goes on, tell your manager." in page.text


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//evil", "x"])
def test_only_web_addresses_become_links(address):
    assert read(refusal(), settings=PageSettings(policy=address)).links() == []


@pytest.mark.parametrize(
    ("contact", "links"),
    [
        (Contact(phone="+44 (0)1632 960001"), ["tel:+4401632960001"]),
        (Contact(phone="ask reception"), []),
        (Contact(email="a+b@council.example"), ["mailto:a+b@council.example"]),
        (Contact(email="a@b?bcc=everybody"), []),
        (Contact(email="a&b@council.example"), ["mailto:a%26b@council.example"]),
        (Contact(email="a@b\nc"), []),
        (Contact(email="at the desk"), []),
    ],
)
def test_phone_and_email_become_links_where_they_are_one(contact, links):
    assert read(refusal(), settings=PageSettings(contact)).links() == links


def test_one_line_says_it_all_at_a_terminal():
    assert render_line(refusal(opens_at=None, platform=None), ENGLISH) == (
        b"This site is not open now. Reference: 0193a1b2-7c44-7d10-9a77-2f60c1a4be55\n"
    )


def test_a_page_without_a_record_gives_no_reference():
    """An id that stands in no log sends people to look for what is not there."""
    page = " ".join(read(refusal(decision=None)).text.split())
    line = render_line(refusal(decision=None, opens_at=None), ENGLISH)

    assert "eference" not in page
    assert "If this looks wrong to you, say so. HR Advice" in page
    assert line == b"Facebook is not open now.\n"


def test_a_break_on_another_day_is_told_with_its_date():
    text = read(refusal(opens_at=utc("2026-11-24 12:00"))).text

    assert "Tomorrow, Tuesday 24 November, at 12:00" in text
    assert "In 1 day and 2 hours." in text


def test_what_a_script_reads_is_the_same_for_everybody():
    pages = {
        render_block(one, SETTINGS, (ENGLISH,), told_to_a_script=True)
        for one in (
            refusal(),
            refusal(Reason.SUSPENDED, person="d.smith", rule="suspension:1"),
            refusal(Reason.IDENTITY_UNKNOWN, person=None, opens_at=None, rule=None),
        )
    }

    assert len(pages) == 1


def test_the_way_to_the_portal_is_shown_where_there_is_one():
    page = read(NOT_STARTED, settings=PORTAL)
    home = "https://breaks.exampleshire.example"
    links = {value for name, value in page.attributes if name == "href"}
    assert {f"{home}/", f"{home}/cases", f"{home}/records"} <= links
    assert "Start your break" in page.text
    assert "start it for you" not in page.text
    assert not [
        value for name, value in read(NOT_STARTED).attributes if name == "href" and home in value
    ]


@pytest.mark.parametrize(
    "refused", [refusal(), refusal(Reason.BREAK_AVAILABLE_NOT_STARTED, person=None)]
)
def test_nobody_is_told_to_start_what_they_cannot_start(refused):
    assert "Start your break" not in read(refused, settings=PORTAL).text


def test_a_language_that_the_organisation_does_not_have_is_not_spoken():
    assert read(refusal(), WELSH).text == read(refusal()).text


def test_a_copy_is_called_a_copy():
    text = answer(refusal(copy=True), NAVIGATION, SETTINGS).body

    assert b"a translator, a cache or an archive" in text
    assert (
        b"a translator, a cache or an archive" not in answer(refusal(), NAVIGATION, SETTINGS).body
    )
