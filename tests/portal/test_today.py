"""Does somebody see what is open, what can be started, and when the next break is?"""

from datetime import timedelta

import pytest

from calendars import utc
from support.portal import ADA, BEN, Portal


def at(portal, text):
    portal.now = utc(f"2026-11-23 {text}")
    return portal


def start(portal, who=ADA):
    return portal.post("/break/start", who, **{"break": "break:own"})


def test_a_break_that_can_be_started(portal):
    page = portal.get().text
    assert "You can start “own” now. It can be 45 minutes long." in page
    assert "own: 45 minutes left, in 2 more parts, until 14:30." in page
    assert "Monday 23 November" in page
    assert "11:30 to 14:30: one that you start yourself" in page


def test_a_break_is_started_counted_and_stopped(portal):
    reply = start(portal)
    assert (reply.status, reply.headers["location"]) == (303, "/?done=started")
    assert portal.changed == [ADA]

    at(portal, "12:00:30")
    page = portal.get("/?done=started").text
    assert '<p class="done" role="status">Your break has started.</p>' in page
    assert 'role="timer" data-seconds="2670"' in page
    assert "45 minutes left" in page
    assert "Start a break" not in page

    at(portal, "12:10")
    assert portal.post("/break/stop").headers["location"] == "/?done=stopped"
    assert "35 minutes left, in 1 more part" in portal.get().text
    assert "data-seconds" not in portal.get().text


def test_nobody_starts_a_break_for_somebody_else(portal):
    start(portal)
    assert "45 minutes left, in 2 more parts" in portal.get("/", BEN).text


def test_why_a_break_does_not_start(portal):
    start(portal)
    again = start(portal)
    assert again.status == 422
    assert "The break did not start: a break is on already." in again.text
    assert "No break is on that could be stopped." in portal.post("/break/stop", BEN).text

    at(portal, "15:00")
    assert "no break can be started now" in start(portal, BEN).text


def test_a_break_that_is_not_theirs_is_no_break(portal):
    assert portal.post("/break/start", "l.law", **{"break": "break:own"}).status == 400
    assert portal.post("/break/start", **{"break": "break:lunch"}).status == 400


def test_a_used_break_says_so(portal):
    start(portal)
    at(portal, "13:00")
    portal.ledger.tick(portal.now)
    assert "used" in start(portal).text
    page = portal.get().text
    assert "Start a break" not in page
    assert "The next break starts tomorrow, Tuesday 24 November, at 11:30" in page


def test_a_fixed_break_for_some_sites(portal):
    page = portal.get("/", "l.law").text
    assert "Open for you now: YouTube." in page
    assert "It ends today at 13:00, in 1 hour." in page
    assert "12:00 to 13:00: for YouTube" in page
    assert "X (formerly Twitter), under the business case BC-1" in page or "BC-1" in page


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("union.rep", "Nothing is blocked for you, and nothing is recorded."),
        ("s.topped", "Personal use of social media on this network is paused for you."),
    ],
)
def test_who_stands_apart_is_told_so(portal, who, said):
    assert said in portal.get("/", who).text


def test_before_the_break_it_says_when(portal):
    at(portal, "09:00")
    page = portal.get("/", "l.law").text
    assert "Nothing is open for you now." in page
    assert "The next break starts today at 12:00, in 3 hours." in page


def test_texts_to_count_down_are_there_for_every_minute(portal):
    start(portal)
    portal.now += timedelta(minutes=43)
    page = portal.get().text
    assert "&#34;1 minute left&#34;, &#34;2 minutes left&#34;" in page
    assert "&#34;Your break has ended.&#34;, " in page


def test_while_nothing_is_refused_every_page_says_so(tmp_path):
    portal = Portal(tmp_path)
    try:
        assert "Nothing is closed yet." not in portal.get().text
        portal.config.write_text(portal.config.read_text() + "mode: observe\n")
        portal.reload()
        for path in ("/", "/records", "/cases", "/nowhere"):
            assert "Nothing is closed yet." in portal.get(path).text
        assert "Nid oes dim ar gau eto." in portal.get("/?lang=cy").text
    finally:
        portal.close()
