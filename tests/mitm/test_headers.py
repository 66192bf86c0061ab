"""Headers are found as mitmproxy finds them, in every spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mitmproxy import http
from mitmproxy.coretypes import multidict

from breaktime.mitm import headers as ours

MISSING = object()
NAMES = st.sampled_from(["a", "A", "ab", "aB", "b-c", "B-C", "é", "É", "x\udcff", "absent", ""])
NAMES_AS_BYTES = NAMES.map(lambda name: name.encode("utf-8", "surrogateescape"))
VALUES = st.binary(max_size=6)
FIELDS = st.lists(st.tuples(NAMES_AS_BYTES, VALUES), max_size=8)


class Theirs(http.Headers):
    """Headers as mitmproxy finds them, whatever was done to its own class."""

    def get_all(self, name):
        wanted = name.encode("utf-8", "surrogateescape") if isinstance(name, str) else name
        found = multidict._MultiDict.get_all(self, wanted)
        return [value.decode("utf-8", "surrogateescape") for value in found]

    get = multidict._MultiDict.get
    __contains__ = multidict._MultiDict.__contains__


@given(FIELDS, NAMES | NAMES_AS_BYTES)
def test_what_is_found_is_what_mitmproxy_finds(fields, name):
    theirs, found = Theirs(fields), http.Headers(fields)

    assert ours.get_all(found, name) == theirs.get_all(name)
    assert ours.get(found, name, MISSING) == theirs.get(name, MISSING)
    assert ours.contains(found, name) == (name in theirs)


def test_mitmproxy_finds_headers_by_three_functions_of_this_shape():
    """What is put in the place of them takes what they take."""
    given = http.Headers([(b"Host", b"a"), (b"host", b"b")])

    assert given.get_all("HOST") == ours.get_all(given, "HOST") == ["a", "b"]
    assert given.get("HOST") == ours.get(given, "HOST") == "a, b"
    assert given["HOST"] == "a, b"
    assert given.get("none") is None
    assert ours.get(given, "none", 1) == given.get("none", 1) == 1
    assert "HOST" in given
    assert not ours.contains(given, 5)


def test_all_headers_are_found_so_once_it_is_said(monkeypatch):
    for name in ours._QUICK:
        monkeypatch.setattr(http.Headers, name, getattr(http.Headers, name))
    ours.find_quickly()
    ours.find_quickly()

    given = http.Headers([(b"Via", b"1.1 a")])
    assert (given["via"], given.get("VIA"), "via" in given) == ("1.1 a", "1.1 a", True)
    with pytest.raises(KeyError):
        given["host"]
    assert http.Headers.get_all is ours.get_all
