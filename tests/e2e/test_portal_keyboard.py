"""Each task of the portal without a mouse: a real Chromium, and the keys Tab, Space and Enter."""

import pytest

from support.office import BOSS, DESK, HOME, STAFF

pytestmark = pytest.mark.e2e

FAR = 80
FOCUS = "document.activeElement"


def reach(tab, selector):
    """Press Tab until the focus is on something, and look whether one sees it there."""
    for _ in range(FAR):
        tab.press("Tab")
        if tab.run(f"{FOCUS}.matches({selector!r})", act=False):
            outline = tab.run(f"getComputedStyle({FOCUS}).outlineStyle", act=False)
            assert outline != "none", f"nobody sees where the focus is: {selector}"
            return
    raise AssertionError(f"not to be reached: {selector}")


def date(tab, text):
    """Type a date into its three fields, in the order of this browser's language."""
    year, month, day = text.split("-")
    for key in f"{month}{day}{year}":
        tab.press(key)
    assert tab.run(f"{FOCUS}.value", act=False) == text


@pytest.fixture(scope="module")
def noon(office):
    office.next_monday()
    return office


def test_to_skip_to_the_main_part(noon):
    with noon.tab() as tab:
        tab.go(f"{HOME}/")
        reach(tab, ".skip")
        tab.press("Enter")
        assert tab.run(f"{FOCUS}.id", act=False) == "main"


def test_to_read_in_another_language(noon):
    with noon.tab() as tab:
        tab.go(f"{HOME}/cases")
        reach(tab, ".langs a, [hreflang=cy]")
        tab.leave_by("Enter")
        assert "Achosion busnes" in tab.text
        reach(tab, "a[href='/records?lang=cy']")
        tab.leave_by("Enter")
        assert "Beth sydd wedi" in tab.text


def test_to_look_at_another_day(noon):
    with noon.tab() as tab:
        tab.go(f"{HOME}/records")
        reach(tab, "#day")
        date(tab, noon.day.isoformat())
        reach(tab, "form[action='/records'] button")
        tab.leave_by("Enter")
        assert tab.address == f"{HOME}/records?day={noon.day.isoformat()}"


def test_to_start_and_to_stop_a_break(noon):
    with noon.tab() as tab:
        tab.go("https://www.facebook.com/")
        reach(tab, f"a[href='{HOME}/']")
        tab.leave_by("Enter")
        reach(tab, "form[action='/break/start'] button")
        tab.leave_by("Space")
        assert "Your break has started." in tab.text
        reach(tab, "form[action='/break/stop'] button")
        tab.leave_by("Enter")
        assert "Your break has stopped." in tab.text


@pytest.mark.parametrize(
    ("button", "said"),
    [("approve", "The request is approved."), ("decline", "The request is declined.")],
)
def test_to_ask_for_a_case_and_to_decide(noon, button, said):
    with noon.tab() as tab:
        tab.go(f"{HOME}/cases")
        reach(tab, "#platform")
        tab.press("r")
        assert tab.run(f"{FOCUS}.value", act=False).startswith("r")
        reach(tab, "#purpose")
        tab.type(f"To be {button}d.")
        reach(tab, "#until")
        date(tab, noon.days_on(11))
        reach(tab, "form[action='/cases/request'] button")
        tab.leave_by("Enter")
        assert "Your request was sent." in tab.text
    with noon.tab(BOSS) as tab:
        tab.go(f"{HOME}/requests")
        reach(tab, f"button[value={button}]")
        tab.leave_by("Space")
        assert said in tab.text


def test_to_dispute_a_record(noon):
    with noon.tab() as tab:
        tab.go("https://www.instagram.com/")
        tab.go(f"{HOME}/records")
        reach(tab, "summary")
        tab.press("Enter")
        reach(tab, "textarea")
        tab.type("It was not me.")
        reach(tab, "form[action='/records/dispute'] button")
        tab.leave_by("Enter")
        assert "Your note: It was not me." in tab.text


def test_to_give_an_allowance_anew(noon):
    with noon.tab(DESK) as tab:
        tab.go(f"{HOME}/helpdesk")
        reach(tab, "#person")
        tab.type(STAFF)
        tab.leave_by("Enter")
        reach(tab, "form[action='/helpdesk/reset'] button")
        tab.leave_by("Space")
        assert "The allowance of today was given anew." in tab.text
