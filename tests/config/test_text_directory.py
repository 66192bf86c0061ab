"""Servers and attributes of a directory, as they are written."""

import pytest

from breaktime.config.text_directory import attribute, server
from breaktime.identity import Address


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("ldaps://dc1.example.org", Address("dc1.example.org", 636, tls=True)),
        ("ldaps://DC1.example.org/", Address("dc1.example.org", 636, tls=True)),
        ("ldap://dc1.example.org", Address("dc1.example.org", 389, tls=False)),
        ("ldap://[2001:db8::1]:3389", Address("2001:db8::1", 3389, tls=False)),
    ],
)
def test_server(written, address):
    assert server(written) == address


@pytest.mark.parametrize(
    "written",
    [
        "",
        "dc1",
        "http://dc1",
        "ldaps://",
        "ldaps://a:x",
        "ldaps://u@a",
        "ldap://a/dc=x",
        "ldap://[",
    ],
)
def test_what_is_no_server(written):
    with pytest.raises(ValueError, match=r"write for example `ldaps://dc1.example.org`"):
        server(written)


@pytest.mark.parametrize("written", ["uid", "sAMAccountName", "x-1"])
def test_attribute(written):
    assert attribute(written) == written


@pytest.mark.parametrize("written", ["-a", "1a", "a)(b=*", "a b", "ü", "a;binary"])
def test_what_is_no_attribute(written):
    with pytest.raises(ValueError, match="must be the name of an attribute"):
        attribute(written)
