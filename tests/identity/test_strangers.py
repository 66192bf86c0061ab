"""A computer at which somebody else has just signed in is nobody's for a while."""

from datetime import UTC, datetime, timedelta

import pytest

from breaktime.core.signin import Strength
from breaktime.identity import Claim, Doubt, Finding, Sighting
from breaktime.identity import strangers as module
from breaktime.identity.strangers import HELD, Strangers

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HERE, THERE = "10.0.0.1", "10.0.0.2"
BY_TABLE = Finding(Claim("ada", "addresses", strength=Strength.ADDRESS))


def signed_in(person, **more):
    return Finding(Claim(person, "negotiate", strength=Strength.KERBEROS), **more)


def at(client, minutes=0):
    return Sighting(client, at=NOON + timedelta(minutes=minutes))


ROWS = {
    "nobody was there": [],
    "the same person": [(signed_in("ada"), at(HERE))],
    "somebody at another computer": [(signed_in("bob"), at(THERE))],
    "somebody behind a proxy": [(signed_in("bob", fronted=True), at(HERE))],
    "nobody for certain": [(Finding(None), at(HERE))],
    "somebody, long ago": [(signed_in("bob"), at(HERE, -30))],
}
OTHERS = {
    "somebody else": [(signed_in("bob"), at(HERE))],
    "somebody else before the person": [
        (signed_in("bob"), at(HERE, -9)),
        (signed_in("ada"), at(HERE)),
    ],
    "somebody else, a while ago": [(signed_in("bob"), at(HERE, -29))],
    "somebody else, by a clock that went back": [(signed_in("bob"), at(HERE, 5))],
}


def played(story):
    strangers = Strangers()
    for found, sighting in story:
        assert strangers.look(found, sighting) == found  # who signs in is known anyway
    return strangers


@pytest.mark.parametrize("row", ROWS)
def test_the_table_counts(row):
    assert played(ROWS[row]).look(BY_TABLE, at(HERE)) == BY_TABLE


@pytest.mark.parametrize("row", OTHERS)
def test_the_table_does_not_count(row):
    found = played(OTHERS[row]).look(BY_TABLE, at(HERE))

    assert (found.claim, found.doubts) == (None, (Doubt.DISAGREE,))


def test_it_counts_again_after_a_while():
    strangers = played(OTHERS["somebody else"])

    assert strangers.look(BY_TABLE, Sighting(HERE, at=NOON + HELD)) == BY_TABLE


def test_what_is_remembered_is_bounded(monkeypatch):
    monkeypatch.setattr(module, "REMEMBERED", 3)
    monkeypatch.setattr(module, "PEOPLE", 2)
    story = [(signed_in(f"p{n}"), at(f"10.0.0.{n // 4 % 5}")) for n in range(40)]

    strangers = played(story)

    assert [len(people) for people in strangers._seen.values()] == [2, 2, 2]
