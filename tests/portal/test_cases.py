"""Does a request reach the queue, open nothing, and say what is wrong with it?"""

import pytest

from support.portal import ADA, BEN, CONFIG, MEG

GOOD = {"platform": "facebook", "purpose": "Answer\r\nquestions", "until": "2026-12-18"}


def test_a_request_is_kept_recorded_and_opens_nothing(portal):
    reply = portal.post("/cases/request", **GOOD)
    assert (reply.status, reply.headers["location"]) == (303, "/cases?done=asked")
    (kept,) = portal.ledger.requests.of(ADA)
    assert (kept.platform, kept.purpose, kept.teams) == (
        "facebook",
        "Answer questions",
        ("finance",),
    )
    page = portal.get("/cases?done=asked").text
    assert "Nothing has opened yet." in page
    assert "Facebook, until 18 December 2026: waiting for an answer" in page
    assert "You asked for a business case for Facebook" in portal.get("/records").text
    assert not list(portal.folder.glob("cases.d/*"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"platform": "tiktok"}, "Choose a site from the list."),
        ({"platform": ""}, "Choose a site from the list."),
        ({"purpose": " "}, "Say what you need it for"),
        ({"until": "2026-11-22"}, "Choose a day from today on"),
        ({"until": "2027-11-25"}, "Choose a day from today on"),
        ({"until": "tomorrow"}, "Choose a day from today on"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_written_stays(portal, change, said):
    reply = portal.post("/cases/request", **{**GOOD, **change})
    assert reply.status == 422
    assert said in reply.text
    assert "<title>There is a problem:" in reply.text
    if "purpose" not in change:
        assert "questions</textarea>" in reply.text
    assert portal.ledger.requests.of(ADA) == ()


def test_who_has_no_manager_is_told_whom_to_ask(portal):
    page = portal.get("/cases", "s.topped")
    assert "Ask your manager, or HR Advice." in page.text
    assert "<select" not in page.text
    assert portal.post("/cases/request", "s.topped", **GOOD).status == 422


def test_a_manager_needs_another_manager(portal):
    """Meg and Ada manage finance, so each may ask the other."""
    assert portal.post("/cases/request", MEG, **GOOD).status == 303


def test_nobody_fills_the_queue(portal):
    replies = [portal.post("/cases/request", **GOOD).status for _ in range(6)]
    assert replies == [303] * 5 + [422]


def test_cases_and_their_ends_are_shown(portal):
    page = portal.get("/cases", "l.law").text
    assert "under the business case BC-1, until 31 December 2026" in page


def test_a_request_that_cannot_be_recorded_is_none(portal):
    portal.writable = False

    page = portal.post("/cases/request", BEN, **GOOD)

    assert page.status == 422
    assert "This could not be recorded, so nothing was done." in page.text
    assert ">Answer\nquestions</textarea>" in page.text
    assert portal.ledger.requests.of(BEN) == ()


@pytest.mark.parametrize(
    "page", ["facebook.com", "https://www.youtube.com/@council", "council.example/x", "x y", "/me"]
)
def test_what_is_no_page_of_the_site_is_said(portal, page):
    answer = portal.post("/cases/request", BEN, **GOOD, page=page)
    assert answer.status == 422
    assert "This is not the address of one page of" in answer.text
    assert portal.ledger.requests.of(BEN) == ()


def test_ways_past_the_gateway_are_no_business_of_a_manager(portal):
    """Whoever has a resolver of their own is never seen again; only IT may open that."""
    portal.config.write_text(CONFIG.replace("x, youtube]}", "x, youtube, dns-over-https]}", 1))
    portal.reload()

    assert "dns-over-https" not in portal.get("/cases").text
    reply = portal.post("/cases/request", **{**GOOD, "platform": "dns-over-https"})
    assert reply.status == 422
    assert "Choose a site from the list." in reply.text
    assert portal.ledger.requests.of(ADA) == ()
