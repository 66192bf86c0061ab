"""Keytabs: which services they are for, and what is none."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breaktime.identity.keytab import Service, read_keytab


def text(value):
    return len(value).to_bytes(2) + value.encode()


def entry(realm, *parts):
    body = len(parts).to_bytes(2) + text(realm) + b"".join(map(text, parts)) + bytes(20)
    return len(body).to_bytes(4) + body


HTTP = entry("EXAMPLE.ORG", "HTTP", "proxy.example.org")
HOLE = (-5).to_bytes(4, signed=True) + b"gone!"


def test_services_are_read_and_holes_are_passed_over():
    found = read_keytab("k", b"\x05\x02" + HTTP + HOLE + entry("R", "host", "a") + HTTP)

    assert found == {
        Service(("HTTP", "proxy.example.org"), "EXAMPLE.ORG"),
        Service(("host", "a"), "R"),
    }


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "k: is no keytab (format 5.2)"),
        (b"\x05\x01" + HTTP, "k: is no keytab (format 5.2)"),
        (b"\x05\x02" + HTTP[:-1], "k: is cut off"),
        (b"\x05\x02\x00\x00\x00\x04\x00\x01\xff\xff", "k: is damaged"),
    ],
)
def test_what_is_none_is_told(content, what):
    with pytest.raises(ValueError, match=r"^k: ") as refused:
        read_keytab("k", content)
    assert str(refused.value) == what


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content):
    with suppress(ValueError):
        read_keytab("k", b"\x05\x02" + content)
