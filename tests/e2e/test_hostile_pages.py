"""Whatever an address or a header holds: the page that a browser shows says what it always says."""

import re

import pytest

from support.office import HOME

pytestmark = pytest.mark.e2e

FB = "https://www.facebook.com"
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "jaVasCript:/*-/*`/*\\`/*'/*\"/**/(/* */oNcliCk=alert() )//</stYle/--!><sVg/oNloAd=alert()//>",
    "{{ 7 * 7 }}",
    "https://evil.example/",
]
LANGUAGES = ["<script>alert(1)</script>", "cy;q=<b>", 'en"><svg onload=alert(1)>', "*;q=x, ../../x"]


@pytest.fixture(scope="module")
def plain(office):
    """What the page says to somebody who does nothing strange."""
    office.next_monday()
    with office.tab() as tab:
        tab.go(f"{FB}/")
        return said(tab)


def said(tab):
    """Return text and elements of a page without the number of the decision."""
    text = re.sub(r"d-[0-9a-z]{10}", "", tab.text)
    tags = tab.run("[...document.querySelectorAll('*')].map(one => one.localName)", act=False)
    links = tab.run("[...document.links].map(one => one.href)", act=False)
    return text, tags, [one for one in links if "#" not in one]


@pytest.mark.parametrize("text", HOSTILE)
def test_an_address_changes_nothing_on_the_page(office, plain, text):
    with office.tab() as tab:
        tab.watch()
        for address in (f"{FB}/{text}", f"{FB}/?q={text}", f"{FB}/?next={text}#{text}"):
            tab.go(address)
            assert said(tab) == plain
        assert tab.console() == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_changes_nothing_but_the_language(office, plain, language):
    with office.tab() as tab:
        tab.watch()
        tab.say_languages(language)
        tab.go(f"{FB}/")
        text, tags, links = said(tab)
        assert "alert" not in text
        assert sorted(tags) == sorted(plain[1])
        assert {one.partition("?")[0] for one in links} == {
            one.partition("?")[0] for one in plain[2]
        }
        assert tab.console() == []


@pytest.mark.parametrize("text", HOSTILE)
def test_an_address_of_the_portal_leads_nowhere_and_shows_nothing_of_itself(office, text):
    with office.tab() as tab:
        tab.watch()
        for address in (f"{HOME}/{text}", f"{HOME}/?lang={text}", f"{HOME}/?done={text}"):
            tab.go(address)
            assert tab.address.startswith(f"{HOME}/")
            assert tab.run("document.querySelectorAll('main script, svg, img').length") == 0
            assert "alert" not in tab.text
            assert "49" not in tab.text
        assert tab.console() == []
