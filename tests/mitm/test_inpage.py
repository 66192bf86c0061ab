"""A page that changes its address without a navigation; and what only looks like one."""

import pytest

from breaktime.core.visit import Evidence
from breaktime.mitm import inpage as module
from breaktime.mitm.inpage import InPage
from support.asking import CALL, FRAME, asking
from support.policy import LUNCH, MORNING, state_in

SITE = "www.facebook.com"
API = f"{SITE}/api/graphql/"


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    return state_in(tmp_path_factory.mktemp("state")).now


@pytest.fixture
def go(state):
    in_page = InPage()

    def goes(address, fetch="document/navigate/none", referer="", at=LUNCH, **who):
        ask = asking(state, address, fetch, referer and f"https://{referer}", at=at, **who)
        return in_page.moved(ask, ask.decide())

    return goes


def test_a_call_from_a_new_address_tells_of_a_new_page(go):
    assert go(f"{SITE}/") is None
    assert go(API, CALL, f"{SITE}/") is None

    page = go(API, CALL, f"{SITE}/groups/gardeners?token=secret")

    assert page.seen.evidence is Evidence.IN_PAGE_NAVIGATION
    assert (page.seen.path, page.seen.removed) == ("/groups/gardeners", ("query",))
    assert page.decide().reason == "break_fixed"
    assert go(API, CALL, f"{SITE}/groups/gardeners") is None
    assert go(API, CALL, f"{SITE}/") is None


def test_what_names_a_page_in_the_query_makes_another_page(go):
    go(f"{SITE}/profile.php?id=1")

    assert go(API, CALL, f"{SITE}/profile.php?id=1&x=2") is None
    assert go(API, CALL, f"{SITE}/profile.php?id=2") is not None


# fmt: off
NOT_MOVED = [
    ("a worker's own calls",           (API, CALL, f"{SITE}/worker.js")),
    ("a page of another host",         (API, "empty/cors/same-site", "business.facebook.com/x")),
    ("another site",                   (API, "empty/cors/cross-site", "news.example/x")),
    ("a picture of the page",          (API, "image/no-cors/same-origin", f"{SITE}/x")),
    ("nobody told",                    (API, CALL, "")),
]
# fmt: on


@pytest.mark.parametrize("call", [row[1] for row in NOT_MOVED], ids=[row[0] for row in NOT_MOVED])
def test_what_only_looks_like_it(go, call):
    go(f"{SITE}/")

    assert go(*call) is None


def test_a_tab_that_was_open_before_says_nothing(go):
    """After a restart nobody knows whether the page is new."""
    assert go(API, CALL, f"{SITE}/groups/gardeners") is None
    assert go(API, CALL, f"{SITE}/someone") is None
    go(f"{SITE}/")
    assert go(API, CALL, f"{SITE}/groups/gardeners") is None
    assert go(API, CALL, f"{SITE}/somebody-else") is not None


def test_a_refused_page_is_known_and_not_counted(go):
    go(f"{SITE}/")

    assert go(API, CALL, f"{SITE}/someone", at=MORNING) is None
    assert go(API, CALL, f"{SITE}/someone") is None


def test_a_frame_of_another_site_is_no_page(go):
    go(f"{SITE}/")
    go(f"{SITE}/plugins/page.php", FRAME, "news.example/")

    assert go(API, CALL, f"{SITE}/plugins/page.php") is None


def test_people_are_told_apart_and_computers_where_nobody_is_known(go):
    go(f"{SITE}/")

    assert go(API, CALL, f"{SITE}/someone", person="d.smith") is None
    assert go(API, CALL, f"{SITE}/someone", person=None) is None
    assert go(API, CALL, f"{SITE}/someone", client="10.0.0.9") is not None  # at another computer


def test_memory_is_bounded(go, monkeypatch):
    monkeypatch.setattr(module, "PEOPLE", 2)
    monkeypatch.setattr(module, "ADDRESSES", 2)
    for who in ("one", "two", "three"):
        go(f"{SITE}/", person=who)
    assert go(API, CALL, f"{SITE}/a", person="one") is None
    assert go(API, CALL, f"{SITE}/a", person="three") is not None
    assert go(API, CALL, f"{SITE}/b", person="three") is not None
    assert go(API, CALL, f"{SITE}/c", person="three") is None  # the page gone to is forgotten


def test_memory_is_bounded_in_all(go, monkeypatch):
    """Ten thousand people with hundreds of addresses each would take half of a small machine."""
    monkeypatch.setattr(module, "IN_ALL", 6)
    go(f"{SITE}/", person="one")
    for number in range(5):
        go(f"{SITE}/{number}", person="two")
    assert go(API, CALL, f"{SITE}/a", person="one") is not None
    go(f"{SITE}/5", person="three")  # the seventh and eighth: "two" has done nothing for longest

    assert go(API, CALL, f"{SITE}/a", person="two") is None
    assert go(API, CALL, f"{SITE}/b", person="one") is not None
    assert go(API, CALL, f"{SITE}/b", person="three") is not None
