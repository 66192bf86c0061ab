"""What a request says is read in one way only, or the request is not well-formed."""

import pytest
from mitmproxy.test import tflow, tutils

from breaktime.core.what import Catalogue
from breaktime.mitm import observe as observing
from breaktime.mitm.observe import Tunnel, observe

SITE = "www.facebook.com"


def seen(method=b"GET", scheme=b"https", path=b"/", hosts=(SITE,), authority=b""):
    fields = tuple((b"host", host.encode()) for host in hosts)
    request = tutils.treq(
        method=method,
        scheme=scheme,
        path=path,
        http_version=b"HTTP/2.0",
        headers=fields,
        host=SITE,
        authority=authority,
    )
    tunnel = Tunnel("c", "127.0.20.5", host=SITE, sni=SITE)
    return observe(tflow.tflow(req=request), tunnel, Catalogue([]))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        (b"GET", b"/"),
        (b"GET", b"/a/b;c?d=e&f=%20#g"),
        (b"GET", b"/caf\xc3\xa9"),
        (b"M-SEARCH", b"/"),
        (b"A" * 32, b"/"),
        (b"OPTIONS", b"/"),
        (b"OPTIONS", b"*"),
    ],
)
@pytest.mark.parametrize("scheme", [b"http", b"https"])
def test_a_request_of_one_line_is_wellformed(method, path, scheme):
    assert seen(method, scheme, path).wellformed


@pytest.mark.parametrize(
    "method",
    [
        b"",
        b"get",
        b"Get",
        b"GET ",
        b" GET",
        b"GET\t/groups/x",
        b"GET /groups/x",
        b"GET http://www.facebook.com/groups/x HTTP/1.1\r\nX:",
        b"GET\r\n",
        b"GET\n",
        b"G\x00T",
        b"GET/",
        b"-GET",
        b"G3T",
        b"\xc3\x89T",
        b"A" * 33,
    ],
)
def test_a_method_that_is_no_word_is_not_wellformed(method):
    assert not seen(method).wellformed


@pytest.mark.parametrize("scheme", [b"", b"HTTPS", b"ftp", b"https ", b"https://x/ HTTP/1.1\r\n"])
def test_a_scheme_of_another_kind_is_not_wellformed(scheme):
    assert not seen(scheme=scheme).wellformed


@pytest.mark.parametrize(
    "path",
    [
        b"",
        b"x",
        b"*",
        b"?x",
        b"http://www.facebook.com/",
        b"/a b",
        b"/ HTTP/1.1",
        b"/a\tb",
        b"/a\r\nX: y",
        b"/a\n",
        b"/\x00",
        b"/\x7f",
        b" /",
        b"/a ",
    ],
)
def test_a_path_that_is_not_one_word_is_not_wellformed(path):
    assert not seen(path=path).wellformed


def test_a_star_with_more_is_no_path_of_options():
    assert not seen(b"OPTIONS", path=b"*/x").wellformed


def test_of_several_hosts_none_is_read(monkeypatch):
    read = []
    monkeypatch.setattr(observing, "normal_name", read.append)

    found = seen(hosts=["a.example", "b.example"])

    assert not found.wellformed
    assert (found.request.names, found.domain, read) == ((), None, [])


@pytest.mark.parametrize("text", [b"x\r\nX: y@", b"x\n@", b"\x00@"])
def test_an_authority_that_holds_another_header_is_not_wellformed(text):
    assert not seen(authority=text + SITE.encode()).wellformed
