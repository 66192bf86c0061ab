"""What a client was let to lately, for minutes, and for so many clients."""

import pytest

from breaktime.core.request import Opened
from breaktime.mitm import opened as module
from breaktime.mitm.opened import OpenDocuments
from support.asking import CALL, FRAME, asking
from support.policy import LUNCH, state_in

OWN = "www.facebook.com/ExampleshireCouncil"
HELPER = "www.facebook.com/api/graphql/"
HERE = "https://www.facebook.com/ExampleshireCouncil/photos"


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    return state_in(tmp_path_factory.mktemp("state")).now


@pytest.fixture
def documents():
    return OpenDocuments()


def go(documents, ask):
    """Do as the gateway does with one request; give the reason."""
    ask = documents.recall(ask)
    decision = ask.decide()
    if decision.verdict == "allow":
        documents.remember(ask, decision)
    return decision.reason


def test_a_page_brings_along_what_it_is_made_of(state, documents):
    assert go(documents, asking(state, HELPER, CALL, HERE)) == "outside_breaks"
    assert go(documents, asking(state, OWN)) == "own_page"
    assert go(documents, asking(state, HELPER, CALL, HERE)) == "own_page_helper"


@pytest.mark.parametrize("other", [{"person": "d.smith"}, {"client": "10.0.0.6"}, {"person": None}])
def test_it_brings_along_nothing_for_somebody_else(state, documents, other):
    go(documents, asking(state, OWN))

    assert go(documents, asking(state, HELPER, CALL, HERE, **other)) in {
        "outside_breaks",
        "identity_unknown",
    }


def test_it_counts_as_open_for_minutes_and_longer_while_it_fetches(state, documents):
    go(documents, asking(state, OWN))

    for minutes in (9, 18, 27):
        ask = asking(state, HELPER, CALL, HERE, minutes=minutes)
        assert go(documents, ask) == "own_page_helper"
    assert go(documents, asking(state, HELPER, CALL, HERE, minutes=37)) == "outside_breaks"


def test_pictures_alone_do_not_keep_it_open(state, documents):
    """Where only the origin is told, nobody knows which page they belong to."""
    picture = (
        "scontent.xx.fbcdn.net/1.jpg",
        "image/no-cors/cross-site",
        "https://www.facebook.com/",
    )
    go(documents, asking(state, OWN))

    assert go(documents, asking(state, *picture, minutes=9)) == "own_page_helper"
    assert go(documents, asking(state, *picture, minutes=11)) == "outside_breaks"


def test_what_a_break_has_opened_is_not_kept_open(state, documents):
    page = "https://www.facebook.com/someone"
    assert go(documents, asking(state, "www.facebook.com/someone", at=LUNCH)) == "break_fixed"
    documents.remember(ask := asking(state, "www.facebook.com/someone", at=LUNCH), ask.decide())

    assert (
        documents.recall(asking(state, HELPER, CALL, page, at=LUNCH)).seen.request.opened == set()
    )


def test_a_frame_of_another_site_is_a_document_too(state, documents):
    frame = asking(state, "www.facebook.com/plugins/page.php", FRAME, "https://news.example/")
    assert go(documents, frame) == "embed"

    player = "https://www.facebook.com/plugins/page.php"
    call = asking(state, "www.facebook.com/ajax/bz", CALL, player)
    assert documents.recall(call).seen.request.opened == {Opened("facebook", role="embed")}
    assert go(documents, call) == "embed"
    assert go(documents, asking(state, HELPER, CALL, player)) == "outside_breaks"


def test_memory_is_bounded_and_the_oldest_are_forgotten(state, documents, monkeypatch):
    monkeypatch.setattr(module, "CLIENTS", 3)
    monkeypatch.setattr(module, "DOCUMENTS", 1)
    for number in range(5):
        go(documents, asking(state, OWN, client=f"10.0.0.{number}"))

    helped = [
        go(documents, asking(state, HELPER, CALL, HERE, client=f"10.0.0.{number}"))
        for number in range(5)
    ]
    assert helped == ["outside_breaks"] * 2 + ["own_page_helper"] * 3
    frame = asking(
        state,
        "www.facebook.com/plugins/page.php",
        FRAME,
        "https://news.example/",
        client="10.0.0.4",
    )
    go(documents, frame)
    assert go(documents, asking(state, HELPER, CALL, HERE, client="10.0.0.4")) == "outside_breaks"
