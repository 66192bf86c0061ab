"""Is a public key read, and nothing else taken for one?"""

import pytest

from breaktime.config.text_keys import public_key


def test_a_public_key():
    assert public_key("ed25519:" + 43 * "A" + "=") == bytes(32)


@pytest.mark.parametrize(
    "text",
    [
        "", "ed25519:", 43 * "A" + "=", "ed25519:AAAA", "ed25519:" + 42 * "A" + "==",
        "ED25519:" + 43 * "A" + "=", "x ed25519:" + 43 * "A" + "=", "ed25519:" + 44 * "é",
        "ed25519:" + 43 * "A" + "= ",
    ],
)  # fmt: skip
def test_what_is_no_public_key(text):
    with pytest.raises(ValueError, match=r"must be a public key, found .*; copy the line"):
        public_key(text)
