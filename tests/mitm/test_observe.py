"""What a flow says, under all the names it goes by."""

import pytest
from mitmproxy import http
from mitmproxy.test import tflow, tutils

from breaktime.core.platforms import Platform, Role
from breaktime.core.visit import Evidence
from breaktime.core.what import Catalogue
from breaktime.mitm.observe import Tunnel, _texts, body_of, observe

BOOK = Platform("book", "Book", "social-network", domains={"book.example": Role.WEB})
CATALOGUE = Catalogue([BOOK])


def flow_of(path="/", headers=(), **parts):
    request = tutils.treq(
        host="connected.example", authority=b"", path=path.encode(), content=b"", headers=headers
    )
    for name, value in parts.items():
        setattr(request, name, value)
    return tflow.tflow(req=request)


def tunnel_of(**parts):
    return Tunnel("id", "10.0.0.1", **parts)


def seen_of(headers=(), tunnel=None, path="/", **parts):
    pairs = tuple((name.encode(), value.encode()) for name, value in headers)
    return observe(flow_of(path, pairs, **parts), tunnel or tunnel_of(), CATALOGUE)


def test_every_name_is_collected_once_and_in_one_spelling():
    tunnel = tunnel_of(host="TUNNEL.example.", sni="sni.example", address="157.240.1.1")

    seen = seen_of([("host", "Host.Example:443")], tunnel, authority="authority.example")

    assert set(seen.request.names) >= {
        "connected.example", "authority.example", "host.example", "tunnel.example", "sni.example",
        "157.240.1.1",
    }  # fmt: skip
    assert len(set(seen.request.names)) == len(seen.request.names)
    assert seen.wellformed


@pytest.mark.parametrize(
    "headers",
    [
        [("host", "a.example"), ("host", "a.example")],
        [("host", "a.example, b.example")],
        [("host", "a b")],
        [("host", "a.example"), ("x", "b\r\n c: d")],
        [("host", "a.example"), ("x", "b\x00")],
    ],
)
def test_what_can_be_read_in_two_ways_is_not_wellformed(headers):
    assert not seen_of(headers).wellformed


def test_the_query_is_parameters_and_nothing_to_write_down():
    seen = seen_of([("host", "a.example")], path="/profile.php?id=1&id=2&x=3")

    assert (seen.path, seen.removed) == ("/profile.php", ("query",))
    assert dict(seen.request.parameters) == {"x": "3"}


def test_what_the_browser_says_grades_the_evidence():
    headers = [
        ("host", "a.example"),
        ("sec-fetch-dest", "document"),
        ("sec-fetch-mode", "navigate"),
    ]

    assert seen_of(headers).evidence is Evidence.NAVIGATION
    assert seen_of([*headers, ("sec-fetch-user", "?1")]).evidence is Evidence.USER_NAVIGATION


@pytest.mark.parametrize("header", ["sec-purpose", "purpose", "x-purpose", "x-moz"])
@pytest.mark.parametrize("value", ["prefetch", "prefetch;prerender", "Prefetch"])
def test_what_is_fetched_ahead_says_so_in_many_ways(header, value):
    seen = seen_of([("host", "a.example"), ("sec-fetch-dest", "document"), (header, value)])

    assert seen.evidence is Evidence.SPECULATIVE


def test_whose_page_a_request_comes_from_makes_the_difference():
    told = [
        ("sec-fetch-dest", "empty"),
        ("sec-fetch-mode", "cors"),
        ("sec-fetch-site", "cross-site"),
    ]
    headers = [("host", "a.example"), *told]

    assert (
        seen_of([*headers, ("referer", "https://www.book.example/")]).evidence is Evidence.IN_PAGE
    )
    assert seen_of([*headers, ("referer", "https://news.example/")]).evidence is Evidence.EMBEDDED
    assert seen_of([*headers, ("origin", "https://book.example")]).evidence is Evidence.IN_PAGE
    assert seen_of(headers).evidence is Evidence.EMBEDDED


def test_credentials_count_only_where_the_proxy_itself_is_asked():
    headers = [("host", "a.example"), ("proxy-authorization", "Basic c2VjcmV0")]

    assert seen_of(headers).credentials == "Basic c2VjcmV0"
    assert seen_of(headers, tunnel_of(host="a.example")).credentials is None
    assert "c2VjcmV0" not in repr(seen_of(headers))


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([], 0),
        ([("content-length", "7")], 7),
        ([("content-length", "seven")], None),
        ([("content-length", "\u0667")], None),
        ([("transfer-encoding", "chunked")], None),
    ],
)
def test_a_body_is_as_long_as_the_headers_say(headers, expected):
    request = tutils.treq(content=b"", headers=())
    for name, value in headers:
        request.headers[name] = value

    assert body_of(request) == expected


def test_headers_are_read_as_mitmproxy_reads_them():
    pairs = [("Accept", "text/plain"), ("ACCEPT", "text/html"), ("Accept-Language", "cy")]

    seen = seen_of([("host", "a.example"), *pairs])

    assert seen.asked.accept == flow_of(headers=_raw(pairs)).request.headers["accept"]
    assert seen.asked.accept_language == "cy"


def _raw(pairs):
    return tuple((name.encode(), value.encode()) for name, value in pairs)


def test_headers_are_read_in_any_spelling_and_only_those_that_are_looked_at():
    given = [
        (b"SEC-fetch-DEST", b"document"),
        (b"Cookie", b"private"),
        (b"Host", b"a"),
        (b"host", b"b"),
    ]

    assert _texts(http.Headers(given)) == (
        {"sec-fetch-dest": "document", "host": "a, b"},
        ["a", "b"],
    )
