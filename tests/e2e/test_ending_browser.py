"""A real browser at the end of a break: what was open before it says so when it is asked again."""

import pytest

from support.office import BOSS

pytestmark = pytest.mark.e2e

FB = "https://www.facebook.com/"
OPEN, CLOSED = "www.facebook.com GET / 0", "Facebook is not open now"


@pytest.fixture
def tab(office):
    """A page that a break has opened; the connection that it came by is kept."""
    office.next_monday()
    office.clock("13:59:00")
    with office.tab(BOSS) as tab:
        tab.go(FB)
        assert OPEN in tab.text
        yield tab


def test_in_the_grace_a_page_is_refused_on_the_connection_that_is_still_there(office, tab):
    office.clock("14:00:00.500")
    tab.lead("location.reload()")
    assert CLOSED in tab.text


def test_afterwards_the_browser_comes_again_by_itself(office, tab):
    told = office.gateway.told().count("connections have ended")
    office.clock("14:00:01")
    office.gateway.await_told("connections have ended", told + 1)
    tab.lead("location.reload()")
    assert CLOSED in tab.text


def test_a_page_that_asks_by_itself_is_told_and_shows_nothing_new(office, tab):
    """What the site's own scripts ask for in an open tab is refused as well."""
    office.clock("14:00:00.500")
    asked = "fetch('/more').then(answer => answer.status)"
    assert tab.run(asked) == 403
    told = office.gateway.told().count("connections have ended")
    office.clock("14:00:01")
    office.gateway.await_told("connections have ended", told + 1)
    assert tab.run(asked) == 403


def test_a_film_that_runs_ends(office, tab):
    tab.lead("location.href = '/film'")
    tab.run("new Promise(done => document.querySelector('video').addEventListener("
            "'timeupdate', () => done(1), {once: true}))")  # fmt: skip
    told = office.gateway.told().count("connections have ended")
    ended = (
        "new Promise(done => { const film = document.querySelector('video');"
        " for (const event of ['error', 'stalled', 'ended', 'waiting'])"
        " film.addEventListener(event, () => done(1), {once: true}) })"
    )
    office.clock("14:00:01")
    office.gateway.await_told("connections have ended", told + 1)
    assert tab.run(ended) == 1
    tab.lead("location.reload()")
    assert CLOSED in tab.text
