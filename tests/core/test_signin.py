"""One person has one id, however the name is written; in doubt there is none."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from breaktime.core.signin import LONGEST_NAME, SignInNames, _is_plain, canonical

NAMES = SignInNames(frozenset({"example", "example.org"}))

# fmt: off
ROWS = {
    "plain":                        ("a.jones", "a.jones"),
    "capitals":                     ("A.Jones", "a.jones"),
    "a domain of Windows":          (r"EXAMPLE\A.Jones", "a.jones"),
    "a realm":                      ("A.Jones@EXAMPLE.ORG", "a.jones"),
    "wide letters":                 ("\uff21.\uff2aones", "a.jones"),
    "blanks around it":             (" a.jones ", "a.jones"),
    "another domain of Windows":    (r"PARTNER\a.jones", r"partner\a.jones"),
    "another realm":                ("a.jones@partner.example", "a.jones@partner.example"),
    "accents":                      ("Siân", "siân"),
    "Welsh, decomposed":            ("Sia\u0302n", "siân"),
    "Greek, final sigma":           ("ΝΊΚΟΣ", "νίκοσ"),
    "two domains":                  (r"EXAMPLE\a.jones@example.org", None),
    "twice the same":               (r"EXAMPLE\EXAMPLE\a", None),
    "two at signs":                 ("a@b@example.org", None),
    "only a domain":                ("@example.org", None),
    "only a domain of Windows":     ("EXAMPLE\\", None),
    "nothing":                      ("", None),
    "blanks":                       ("  ", None),
    "a blank before the realm":     ("a.jones @example.org", None),
    "a Cyrillic letter":            ("\u0430.jones", None),
    "a Greek letter":               ("a.j\u03bfnes", None),
    "Cyrillic only":                ("\u0430\u0441\u0435", "\u0430\u0441\u0435"),
    "a letter that becomes two":    ("straße", None),
    "an invisible character":       ("a\u200d.jones", None),
    "text that turns round":        ("\u202ea.jones", None),
    "a line end":                   ("a.jones\nb.king", None),
    "NUL":                          ("a.jones\x00", None),
    "long":                         ("a" * (LONGEST_NAME + 1), None),
}
# fmt: on


@pytest.mark.parametrize("row", ROWS)
def test_a_name_stands_for_one_person_or_nobody(row):
    written, person = ROWS[row]

    assert NAMES.person(written) == person


def test_without_domains_names_stay_whole():
    assert SignInNames().person("A.Jones@Example.org") == "a.jones@example.org"
    assert SignInNames().person(r"EXAMPLE\x") == r"example\x"


USERS = st.from_regex(r"[a-z][a-z0-9.-]{0,20}", fullmatch=True)
CASES = st.sampled_from([str.upper, str.lower, str.title])


@given(USERS, CASES, st.sampled_from(["{}", "EXAMPLE\\{}", "{}@example.org", "{}@Example.ORG"]))
def test_every_spelling_is_the_same_person(user, case, form):
    assert NAMES.person(form.format(case(user))) == user


@given(st.text(max_size=40))
@example("ß@example.org")
def test_an_id_is_canonical_and_stands_for_itself(name):
    person = NAMES.person(name)

    if person is not None:
        assert person == canonical(person)
        assert NAMES.person(person) == person or "@" in person or "\\" in person
        assert person.isprintable()


@given(USERS, USERS)
def test_two_people_are_never_one(one, other):
    if one != other:
        assert NAMES.person(one) != NAMES.person(f"{other}@example.org")
        assert NAMES.person(one) != NAMES.person(f"{one}@partner.example")


@pytest.mark.parametrize("name", ["@ada", "ada@", "\\ada", "ada\\"])
def test_a_name_with_half_a_domain_is_nobodys(name):
    assert not _is_plain(name)
