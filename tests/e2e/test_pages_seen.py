"""Every page that people see, as they have set up their screen: nothing stands in anybody's way."""

import pytest

from breaktime.pages import Notices, PageSettings
from support.axe import violations
from support.office import BOSS, DESK, HOME, STAFF

pytestmark = pytest.mark.e2e

FB = "https://www.facebook.com/"
SCREENS = {
    "light": {"prefers_color_scheme": "light"},
    "dark": {"prefers_color_scheme": "dark"},
    "narrow": {"width": 320},
    "forced colours": {"forced_colors": "active", "prefers_color_scheme": "dark"},
}
PAGES = [
    (STAFF, FB),
    (STAFF, f"{HOME}/"),
    (STAFF, f"{HOME}/records"),
    (STAFF, f"{HOME}/cases"),
    (STAFF, f"{HOME}/policy"),
    (STAFF, f"{HOME}/notice"),
    (STAFF, f"{HOME}/accessibility"),
    (STAFF, f"{HOME}/nowhere"),
    (STAFF, f"{HOME}/requests"),  # not for them
    (BOSS, f"{HOME}/requests"),
    (BOSS, f"{HOME}/?lang=cy"),
    (BOSS, f"{HOME}/requests?lang=cy"),
    (STAFF, f"{HOME}/records?lang=cy"),
    (STAFF, f"{HOME}/cases?lang=cy"),
    (STAFF, f"{HOME}/notice?lang=cy"),
    (STAFF, f"{HOME}/questions"),
    (STAFF, f"{HOME}/advice"),
    (DESK, f"{HOME}/helpdesk"),
]


@pytest.fixture(scope="module")
def busy(office):
    """An office in which there is something on each page: records, and a request."""
    office.next_monday()
    with office.tab() as tab:
        tab.go(FB)
        tab.go(f"{HOME}/cases")
        ask(tab, "x", "To answer people who write to us.", office.days_on(11))
    return office


def ask(tab, platform, purpose, until):
    tab.run(f"document.getElementById('platform').value = '{platform}'")
    tab.run(f"document.getElementById('purpose').value = '{purpose}'")
    tab.run(f"document.getElementById('until').value = '{until}'")
    tab.click("form[action='/cases/request'] button")
    assert tab.address == f"{HOME}/cases?done=asked"


def on_every_screen(tab):
    """Say what is wrong with the page of a tab, on which screen."""
    for name, screen in SCREENS.items():
        tab.look(**screen)
        yield from (f"{name}: {each}" for each in violations(tab))
        too_wide = tab.run("document.documentElement.scrollWidth > innerWidth", act=False)
        if too_wide:
            yield f"{name}: wider than the window"


@pytest.mark.parametrize(("person", "address"), PAGES)
def test_a_page_stands_in_nobodys_way(busy, person, address):
    with busy.tab(person) as tab:
        tab.watch()
        tab.go(address)
        assert tab.requests() == [address]
        assert tab.console() == []
        if address == FB:  # in its sandbox nothing may run, axe neither
            tab.show("<!doctype html>" + tab.run("document.documentElement.outerHTML", act=False))
        assert list(on_every_screen(tab)) == []


NOTICES = Notices.of(PageSettings(languages=("en", "cy")))


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("name", ["fault", "challenge"])
def test_what_needs_no_refusal_stands_in_nobodys_way(office, name, language):
    page = NOTICES.fault(language)
    if name == "challenge":
        page = NOTICES.challenge("Exampleshire Council", ("Basic",), language)
    with office.tab() as tab:
        tab.show(page.body.decode())
        assert list(on_every_screen(tab)) == []


def test_the_answers_of_the_help_desk_stand_in_nobodys_way(busy):
    with busy.tab(DESK) as tab:
        tab.go(f"{HOME}/helpdesk")
        tab.run(f"document.getElementById('person').value = '{STAFF}'")
        tab.click("form[action='/helpdesk/look'] button")
        assert list(on_every_screen(tab)) == []
        tab.click("form[action='/helpdesk/reset'] button")
        assert "The allowance of today was given anew." in tab.text
        assert list(on_every_screen(tab)) == []


def test_what_is_wrong_with_a_form_stands_in_nobodys_way(busy):
    with busy.tab() as tab:
        tab.go(f"{HOME}/cases?lang=cy")
        tab.run("document.querySelector('main form').noValidate = true")
        tab.click("form[action='/cases/request'] button")
        assert "Dewiswch wefan" in tab.text
        assert list(on_every_screen(tab)) == []
