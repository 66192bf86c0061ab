"""Is a form taken only from somebody to whom it was given, and not for ever?"""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breaktime.portal.tokens import LASTS, is_good, issue, key_from
from support.portal import NOON

KEY = key_from(b"secret")


def test_a_token_is_good_for_its_person_for_a_time():
    token = issue(KEY, "ada", NOON)

    assert is_good(KEY, "ada", NOON, token)
    assert is_good(KEY, "ada", NOON + LASTS - timedelta(seconds=1), token)
    assert not is_good(KEY, "ada", NOON + LASTS + timedelta(seconds=1), token)
    assert not is_good(KEY, "ada", NOON - timedelta(minutes=2), token)
    assert not is_good(KEY, "bob", NOON, token)
    assert not is_good(key_from(b"other"), "ada", NOON, token)


def test_the_time_in_a_token_cannot_be_changed():
    stamp, _, code = issue(KEY, "ada", NOON).partition(".")
    later = f"{int(stamp, 16) + 60:x}.{code}"
    assert not is_good(KEY, "ada", NOON, later)


@pytest.mark.parametrize("token", ["", ".", "x.y", "0." + "0" * 64, "\u0661.x", "f" * 200])
def test_what_is_no_token_is_not_good(token):
    assert not is_good(KEY, "ada", NOON, token)


@given(st.text())
def test_nobody_guesses_one(token):
    assert not is_good(KEY, "ada", NOON, token)
