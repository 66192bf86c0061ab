"""Words in the place of names: who can make them, who cannot, and for how long."""

import os
import stat
from datetime import UTC, datetime, timedelta

import pytest

from breaktime.audit import pseudonyms as module
from breaktime.audit.pseudonyms import Pseudonyms, keys_of, pseudonym, whose, words_of
from records import LOADED, VISIT

NOVEMBER = datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 1, tzinfo=UTC)
BARE = VISIT._replace(at=NOVEMBER, raised=None, pseudonym=None)


@pytest.fixture
def keys(tmp_path):
    return tmp_path / "keys"


@pytest.fixture
def hide(keys):
    return Pseudonyms(keys).hide


def test_a_known_word():
    """HMAC-SHA256 of `a` under 32 zeros, by another program: openssl dgst -mac HMAC."""
    assert pseudonym(b"\0" * 32, "a") == "syk2sxkkgnqrrrbvxhgv"


def test_the_word_takes_the_place_of_the_name_and_of_nothing_else(hide):
    found = hide(BARE)
    assert found.person is None
    assert len(found.pseudonym) == 20
    assert found._replace(person=BARE.person, pseudonym=None) == BARE


def test_one_person_has_one_word_a_month_and_no_two_have_one(hide):
    word = hide(BARE).pseudonym
    assert hide(BARE._replace(at=NOVEMBER - timedelta(days=20))).pseudonym == word
    assert hide(BARE._replace(at=DECEMBER)).pseudonym != word
    assert hide(BARE).pseudonym == word
    assert hide(BARE._replace(person="b.patel")).pseudonym != word


def test_another_gateway_with_the_same_keys_makes_the_same_words(keys, hide):
    assert Pseudonyms(keys).hide(BARE) == hide(BARE)


def test_a_concern_keeps_the_name_and_nobody_needs_no_word(hide):
    named = BARE._replace(raised=VISIT.raised)
    assert hide(named) is named
    assert hide(LOADED) is LOADED


def test_whoever_approves_something_stands_there_by_name(hide):
    assert hide(BARE).by == BARE.by


def test_keys_are_for_the_gateway_and_one_group(keys, hide):
    old = os.umask(0)
    try:
        hide(BARE)
    finally:
        os.umask(old)
    (file,) = keys.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert stat.S_IMODE(keys.stat().st_mode) == 0o750
    assert len(file.read_bytes()) == 32


def test_a_log_without_its_keys_tells_nobody(keys, hide, tmp_path):
    word = hide(BARE).pseudonym
    people = ["a.jones", BARE.person, "b.patel"]
    assert whose(keys, word, people) == BARE.person
    assert whose(keys, word, ["a.jones"]) is None
    other = tmp_path / "other"
    Pseudonyms(other).hide(BARE)
    assert whose(other, word, people) is None


def test_the_words_of_one_person(keys, hide):
    words = {hide(BARE).pseudonym, hide(BARE._replace(at=DECEMBER)).pseudonym}
    assert words_of(keys, BARE.person) == words
    assert words_of(keys / "nowhere", BARE.person) == frozenset()


def test_keys_go_with_the_last_record_of_their_month(keys, hide):
    hide(BARE)
    hide(BARE._replace(at=DECEMBER))
    (keys / "README").write_text("not a key")
    longest = timedelta(days=400)
    end = datetime(2026, 12, 1, tzinfo=UTC) + longest + timedelta(days=1)
    assert Pseudonyms(keys).forget(end - timedelta(seconds=1), longest) == []
    assert Pseudonyms(keys).forget(end, longest) == ["2026-11"]
    assert list(keys_of(keys)) == ["2026-12"]


def test_a_key_that_is_none_makes_no_word(keys, hide):
    keys.joinpath("2026-11.key").write_bytes(b"short")
    with pytest.raises(OSError, match="is no key"):
        hide(BARE)
    with pytest.raises(OSError, match="is no key"):
        keys_of(keys)


def test_two_who_make_a_key_at_once_have_the_same(keys, monkeypatch):
    first, second = Pseudonyms(keys), Pseudonyms(keys)
    whole = module._whole
    told = []

    def late(path):
        if not told:
            told.append(second.hide(BARE).pseudonym)
            raise FileNotFoundError(path)
        return whole(path)

    def once(path):
        monkeypatch.setattr(module, "_whole", whole)
        return late(path)

    monkeypatch.setattr(module, "_whole", once)
    assert [first.hide(BARE).pseudonym] == told
    assert [each.name for each in keys.iterdir()] == ["2026-11.key"]
