"""The header of a proxy in front: believed from its address only, in one reading only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from breaktime.core.signin import SignInNames, Strength
from breaktime.identity import Claim, Doubt, HeaderConfig, Sighting, Surroundings

FRONT, OTHER = "10.0.0.5", "10.0.0.6"
NAME = "x-user"


def opened(tmp_path, *front):
    config = HeaderConfig.model_validate(
        {"kind": "header", "name": "X-User", "from": list(front) or [FRONT, "2001:db8::/64"]}
    )
    return config.open(Surroundings(tmp_path, SignInNames(frozenset({"example"}))))


ROWS = {
    "somebody": (FRONT, [(NAME, "A.Jones")], "a.jones"),
    "with a domain": (FRONT, [(NAME, "EXAMPLE\\a.jones")], "a.jones"),
    "on a dual-stack socket": (f"::ffff:{FRONT}", [(NAME, "a.jones")], "a.jones"),
    "of a network": ("2001:db8::7", [(NAME, "a.jones")], "a.jones"),
    "in UTF-8": (FRONT, [(NAME, "siân".encode().decode("latin-1"))], "siân"),
    "not in UTF-8": (FRONT, [(NAME, "si\xe2n")], Doubt.HEADER),
    "from elsewhere": (OTHER, [(NAME, "a.jones")], Doubt.UNTRUSTED_HEADER),
    "from elsewhere, otherwise spelt": (OTHER, [("x_user", "a.jones")], Doubt.UNTRUSTED_HEADER),
    "from nowhere": ("", [(NAME, "a.jones")], Doubt.UNTRUSTED_HEADER),
    "nothing, from elsewhere": (OTHER, [("host", "a")], None),
    "nothing": (FRONT, [("host", "a")], Doubt.HEADER_MISSING),
    "nobody": (FRONT, [(NAME, "-")], Doubt.HEADER_MISSING),
    "empty": (FRONT, [(NAME, "")], Doubt.HEADER_MISSING),
    "twice": (FRONT, [(NAME, "a.jones"), (NAME, "a.jones")], Doubt.HEADER),
    "in two spellings": (FRONT, [(NAME, "a.jones"), ("x_user", "b")], Doubt.HEADER),
    "otherwise spelt": (FRONT, [("x_user", "a.jones")], Doubt.HEADER),
    "two names": (FRONT, [(NAME, "a.jones, b.king")], Doubt.HEADER),
    "two scripts": (FRONT, [(NAME, "\u0430.jones".encode().decode("latin-1"))], Doubt.HEADER),
}


@pytest.mark.parametrize("row", ROWS)
def test_header(tmp_path, row):
    client, headers, expected = ROWS[row]
    found = opened(tmp_path).identify(Sighting(client, headers=tuple(headers)))

    if isinstance(expected, str) and not isinstance(expected, Doubt):
        expected = Claim(expected, "header", strength=Strength.HEADER)
    assert found == expected


@given(
    st.sampled_from([FRONT, OTHER, "x"]), st.lists(st.tuples(st.just(NAME), st.text()), max_size=3)
)
def test_only_the_front_makes_anybody_known(tmp_path_factory, client, headers):
    found = opened(None).identify(Sighting(client, headers=tuple(headers)))

    assert not isinstance(found, Claim) or (client == FRONT and len(headers) == 1)


@pytest.mark.parametrize(
    "name",
    ["", "Host", "Proxy-Authorization", "X_User", "X User", "X-Forwarded-For", "Größe", "-x"],
)
def test_a_name_that_is_none_is_refused(name):
    with pytest.raises(ValidationError, match="must be the name of a header of its own"):
        HeaderConfig.model_validate({"kind": "header", "name": name, "from": [FRONT]})


@pytest.mark.parametrize("front", [[], ["proxy.example.org"], ["10.0.0.5/16"]])
def test_addresses_that_are_none_are_refused(front):
    with pytest.raises(ValidationError):
        HeaderConfig.model_validate({"kind": "header", "name": "X-User", "from": front})


def test_a_whole_network_of_fronts_is_doubtful(tmp_path):
    assert opened(tmp_path).warnings[0].startswith("`2001:db8::/64` holds 256 addresses and more")
    assert opened(tmp_path, FRONT).warnings == ()
