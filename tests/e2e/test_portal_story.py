"""From a refused page to a case that opens it: one person's day, in a real browser."""

import pytest

from support.office import BOSS, HOME, STAFF

pytestmark = pytest.mark.e2e

YOUTUBE = "https://www.youtube.com"
X = "https://x.com/"

# A page of the site plays a video: it reads a stream that never ends, until somebody ends it.
PLAY = f"""(async () => {{
    const answer = await fetch('{YOUTUBE}/events');
    const reader = answer.body.getReader();
    const first = await reader.read();
    window.played = new TextDecoder().decode(first.value);
    window.over = (async () => {{
        try {{ while (!(await reader.read()).done); return 'ended'; }}
        catch (problem) {{ return 'cut'; }}
    }})();
    return window.played;
}})()"""


def test_a_day_with_a_break_and_with_a_business_case(office):
    office.next_monday()
    with office.tab() as tab:
        a_break(office, tab)
        a_request(tab, office.days_on(18))
    with office.tab(BOSS) as tab:
        an_approval(office.gateway, tab)
    with office.tab() as tab:
        tab.go(X)
        assert "is not open" not in tab.text
        office.gateway.await_line("visit-business")
        everything_is_there(tab)


def a_break(office, tab):
    ended = [line["event"]["action"] for line in office.gateway.lines()].count("break-ended")
    tab.go(f"{YOUTUBE}/watch")
    assert "YouTube is not open: your break has not started" in tab.text
    tab.click(f'a[href="{HOME}/"]')
    tab.click('form[action="/break/start"] button')
    assert tab.run("document.getElementById('left').textContent") == "45 minutes left"

    tab.go(f"{YOUTUBE}/watch")
    assert tab.text.startswith("www.youtube.com GET /watch")
    assert tab.run(PLAY) == "data: 1\n\n"

    office.clock("12:45:02")
    assert tab.run("window.over") in {"cut", "ended"}
    office.gateway.await_line("connection-cut")
    office.gateway.await_line("break-ended", ended + 1)
    tab.go(f"{YOUTUBE}/watch")
    assert "YouTube is not open" in tab.text


def a_request(tab, until):
    tab.go(X)
    tab.click(f'a[href="{HOME}/cases"]')
    tab.run("document.getElementById('platform').value = 'x'")
    tab.run("document.getElementById('purpose').value = 'To answer residents.'")
    tab.run(f"document.getElementById('until').value = '{until}'")
    tab.click("form[action='/cases/request'] button")
    assert "Nothing has opened yet." in tab.text
    tab.go(X)
    assert "X is not open" in tab.text
    tab.go(f"{HOME}/requests")  # they decide nothing
    assert "This page is not for you" in tab.text


def an_approval(gateway, tab):
    loads = [line["event"]["action"] for line in gateway.lines()].count("config-loaded")
    tab.go(f"{HOME}/requests")
    assert f"{STAFF} asks for X" in tab.text
    assert "For: To answer residents." in tab.text
    tab.click("button[value=approve]")
    assert "The site is open for them now." in tab.text
    gateway.await_line("config-loaded", loads + 1)


def everything_is_there(tab):
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
    tab.go(f"{HOME}/cases")
    assert f"approved by {BOSS}" in tab.text
