"""From a refused page to a case that opens it: one person's day, in a real browser."""

import re

import pytest

from support.office import BOSS, HOME, STAFF

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

YOUTUBE = "https://www.youtube.com"
X = "https://x.com/"

# The person watches a film: it plays, and its bytes come piece by piece.
PLAYING = """new Promise(done => {
    const film = document.querySelector('video');
    window.over = new Promise(cut => film.addEventListener('error', () => cut(film.error.code)));
    film.play();
    const look = () => film.currentTime > 0.2 ? done('playing') : setTimeout(look, 50);
    look();
})"""
NETWORK = 2  # MEDIA_ERR_NETWORK


def test_a_day_with_a_break_and_with_a_business_case(office):
    office.next_monday()
    with office.tab() as tab:
        a_break(office, tab)
        a_request(office, tab, office.days_on(18))
    with office.tab(BOSS) as tab:
        an_approval(office, tab)
    with office.tab() as tab:
        tab.go(X)
        assert "is not open" not in tab.text
        office.gateway.await_line("visit-business")
        everything_is_there(office, tab)


def a_break(office, tab):
    ended = [line["event"]["action"] for line in office.gateway.lines()].count("break-ended")
    office.clock("10:20:00")
    tab.go(f"{YOUTUBE}/watch")
    told = "When you can start your break\nToday at 11:30\nIn 1 hour and 10 minutes."
    assert told in re.sub(r"\n+", "\n", tab.text)
    office.clock("12:00:00")
    tab.go(f"{YOUTUBE}/watch")
    assert "YouTube is not open: your break has not started" in tab.text
    office.take(tab, "1-refused")
    tab.click(f'a[href="{HOME}/"]')
    office.take(tab, "2-my-breaks")
    tab.click('form[action="/break/start"] button')
    assert tab.run("document.getElementById('left').textContent") == "45 minutes left"
    office.take(tab, "3-countdown")

    tab.go(f"{YOUTUBE}/watch")
    assert tab.text.startswith("www.youtube.com GET /watch")
    tab.go(f"{YOUTUBE}/film")
    assert tab.run(PLAYING) == "playing"
    office.take(tab, "4-film")

    office.clock("12:45:02")
    assert tab.run("window.over") == NETWORK
    office.gateway.await_line("connection-cut")
    office.gateway.await_line("break-ended", ended + 1)
    tab.go(f"{YOUTUBE}/watch")
    assert "YouTube is not open" in tab.text
    office.take(tab, "5-after-the-break")


def a_request(office, tab, until):
    tab.go(X)
    tab.click(f'a[href="{HOME}/cases"]')
    tab.run("document.getElementById('platform').value = 'x'")
    tab.run("document.getElementById('purpose').value = 'To answer residents.'")
    tab.run(f"document.getElementById('until').value = '{until}'")
    tab.click("form[action='/cases/request'] button")
    assert "Nothing has opened yet." in tab.text
    office.take(tab, "6-asked")
    tab.go(X)
    assert "X is not open" in tab.text
    tab.go(f"{HOME}/requests")  # they decide nothing
    assert "This page is not for you" in tab.text


def an_approval(office, tab):
    gateway = office.gateway
    loads = [line["event"]["action"] for line in gateway.lines()].count("config-loaded")
    tab.go(f"{HOME}/requests")
    assert f"{STAFF} asks for X" in tab.text
    assert "For: To answer residents." in tab.text
    office.take(tab, "7-to-decide")
    tab.click("button[value=approve]")
    assert "The site is open for them now." in tab.text
    gateway.await_line("config-loaded", loads + 1)


def everything_is_there(office, tab):
    tab.go(f"{HOME}/records")
    for sentence in (
        "YouTube was refused",
        "A break was started",
        "YouTube was open",
        "A connection to YouTube was ended",
        "A break ended",
        "You asked for a business case for X",
        "Your business case for X was approved",
        f"By {BOSS}.",
        "X was open for your work",
    ):
        assert sentence in tab.text, sentence
    office.take(tab, "8-records")
    tab.go(f"{HOME}/cases")
    assert f"approved by {BOSS}" in tab.text
    office.take(tab, "9-cases")
