"""Who is asking, and from which place."""

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breaktime.core.signin import canonical
from breaktime.core.who import Directory, Person, Place
from office import PEOPLE, PLACES

DIRECTORY = Directory(PEOPLE, {"GG-Comms": ("comms", "press"), "GG-Office": ("office",)}, PLACES)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("r.hughes", "r.hughes"),
        ("R.Hughes", "r.hughes"),
        ("  r.hughes\n", "r.hughes"),
        ("\uff52.\uff48ughes", "r.hughes"),  # full width
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("Gro\u00df\u0301", "gros\u015b"),  # folding leaves something to compose
        ("", ""),
    ],
)
def test_one_person_has_one_spelling(written, expected):
    assert canonical(written) == expected


@given(st.text())
def test_the_one_spelling_is_spelled_like_itself(text):
    assert canonical(canonical(text)) == canonical(text)


@pytest.mark.parametrize(
    ("who", "groups", "teams"),
    [
        ("ada", (), ("office",)),
        ("ada", ("GG-Comms",), ("comms", "office", "press")),
        ("ada", ("GG-Office",), ("office",)),
        ("ada", ("GG-Nobody",), ("office",)),
        ("zoe", (), ()),
        ("zoe", ("GG-Comms", "GG-Office"), ("comms", "office", "press")),
        ("zoe", ("GG-Office", "GG-Comms"), ("comms", "office", "press")),
    ],
)
def test_a_person_is_in_the_teams_of_the_file_and_of_the_directory(who, groups, teams):
    assert DIRECTORY.person(who, groups) == Person(who, teams)


@pytest.mark.parametrize(
    ("client", "place"),
    [
        ("10.20.1.1", "town-hall"),
        ("10.30.255.255", "depot"),
        ("10.31.0.0", None),
        ("2001:db8:20::1", "town-hall"),
        ("2001:db8:21::1", None),
        ("::ffff:10.20.1.1", "town-hall"),
        ("fe80::1%eth0", None),
        ("not an address", None),
        ("", None),
        (None, None),
    ],
)
def test_a_client_is_in_the_place_whose_network_holds_it(client, place):
    assert DIRECTORY.place(client) == place


def test_the_longest_network_counts_in_any_order():
    wide = Place("wide", (ip_network("10.0.0.0/8"),))
    narrow = Place("narrow", (ip_network("10.20.0.0/16"),))

    for places in ((wide, narrow), (narrow, wide)):
        assert Directory(places=places).place("10.20.1.1") == "narrow"
        assert Directory(places=places).place("10.21.1.1") == "wide"


@given(st.text())
def test_any_text_is_in_some_place_or_none(client):
    assert DIRECTORY.place(client) in {None, "town-hall", "depot", "library"}
