"""Is somebody whom a file names anybody who could ever sign in?"""

import pytest

from breaktime.config.named import problem_of
from breaktime.core.signin import SignInNames

NAMES = SignInNames(frozenset({"example", "example.org"}))


@pytest.mark.parametrize("name", ["a.jones", "A.Jones", "a.jones@partner.example", "partner\\a"])
def test_who_could_sign_in_has_no_problem(name):
    assert problem_of(name, NAMES) is None


@pytest.mark.parametrize("name", ["EXAMPLE\\A.Jones", "a.jones@Example.Org"])
def test_a_name_with_our_own_domain_is_nobodys(name):
    assert problem_of(name, NAMES).endswith("; write `a.jones`")


@pytest.mark.parametrize(
    "name", ["a@b@c", "example\\a@example.org", "\N{CYRILLIC SMALL LETTER A}dmin", "@", ""]
)
def test_a_name_of_two_readings_is_nobodys(name):
    assert problem_of(name, NAMES).endswith("nobody is known by it")
