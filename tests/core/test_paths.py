"""One form of a path: what is compared with pages is what is written down."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breaktime.core.paths import PATH_BYTES, fits, plain_segments, sanitise_path
from breaktime.core.platforms import PageShape, Platform, Role
from tricks import TRICKS

QUERY = ("query",)
LONG = ("long",)

# fmt: off
PATHS = [
    ("nothing",                       "",                      "/",                 ()),
    ("the root",                      "/",                     "/",                 ()),
    ("a page",                        "/a/b",                  "/a/b",              ()),
    ("a folder",                      "/a/b/",                 "/a/b/",             ()),
    ("no slash at the beginning",     "a",                     "/a",                ()),
    ("a query",                       "/a?token=1",            "/a",                QUERY),
    ("a fragment",                    "/a#x?y",                "/a",                QUERY),
    ("path parameters",               "/a;session=1/b",        "/a",                QUERY),
    ("only a query",                  "?a",                    "/",                 QUERY),
    ("double slashes",                "//a///b//",             "/a/b/",             ()),
    ("dot segments",                  "/a/./b/../c",           "/a/c",              ()),
    ("above the root",                "/../../a",              "/a",                ()),
    ("escaped dots",                  "/a/%2e%2E/b",           "/b",                ()),
    ("escaped twice stays as it is",  "/a/%252e",              "/a/%252e",          ()),
    ("a dot at the end",              "/a/.",                  "/a",                ()),
    ("letters of elsewhere",          "/\u00e4",               "/%C3%A4",           ()),
    ("emoji",                         "/\U0001f600",           "/%F0%9F%98%80",     ()),
    ("controls and spaces",           "/a b\r\n\x1b\x7f",      "/a%20b%0D%0A%1B%7F", ()),
    ("quotes, brackets, backslashes", '/"\\<>',                "/%22%5C%3C%3E",     ()),
    ("bytes that are no UTF-8",       "/\udcff\udc80",         "/%FF%80",           ()),
    ("a lone surrogate",              "/\ud800",               "/%ED%A0%80",        ()),
    ("long",                          "/" + "a" * 600,         "/" + "a" * 511,     LONG),
    ("cut in an escape",              "/" + "a" * 509 + "\u00e4", "/" + "a" * 509,  LONG),
    ("cut after a percent sign",      "/" + "a" * 510 + "\x01x", "/" + "a" * 510,   LONG),
    ("cut to a dot",                  "/" + "a" * 509 + "/.b", "/" + "a" * 509 + "/", LONG),
    ("long, with a query",            "/" + "a" * 600 + "?b",  "/" + "a" * 511,    (*QUERY, *LONG)),
]
# fmt: on


@pytest.mark.parametrize(
    ("path", "clean", "removed"), [r[1:] for r in PATHS], ids=[r[0] for r in PATHS]
)
def test_sanitise_path(path, clean, removed):
    assert sanitise_path(path) == (clean, removed)


PIECES = st.sampled_from(
    ["/", ".", "..", "%2e", "%2E", "%", "%2", "a", "\u00e4", "\ud800", "\udcff", "?", "#", ";", " "]
)
ANYTHING = st.one_of(
    st.text(st.characters(codec=None)),
    st.binary().map(lambda raw: raw.decode("utf-8", "surrogateescape")),
    st.lists(PIECES).map("".join),
    st.builds(
        lambda fill, end: "/" + "a" * fill + end,
        st.integers(480, 530),
        st.lists(PIECES).map("".join),
    ),
)


@given(ANYTHING)
def test_every_path_becomes_harmless(path):
    """Whatever comes in: printable, bounded, without query, and with nowhere to go up to."""
    clean, removed = sanitise_path(path)

    assert re.fullmatch(r"/[\x21\x23-\x3a=@-\[\]-\x7e]*", clean)
    assert len(clean) <= PATH_BYTES
    assert not {"..", "."} & set(clean.split("/"))
    assert ("query" in removed) is bool(re.search("[?#;]", path))


@given(ANYTHING)
def test_doing_it_twice_is_doing_it_once(path):
    clean, _ = sanitise_path(path)

    assert sanitise_path(clean) == (clean, ())


@given(st.text("abc/", max_size=20), st.sampled_from("?#;"), st.text("XYZ?#;", max_size=20))
def test_nothing_of_a_query_stays(path, mark, query):
    assert not set(sanitise_path(path + mark + query)[0]) & set("XYZ")


# fmt: off
PLAIN = [
    ("/",                     ()),
    ("/a/b",                  ("a", "b")),
    ("/a/b/",                 ("a", "b")),
    ("/a?b/../c#d",           ("a",)),
    ("/%61",                  ("a",)),
    ("/a%2Eb/c.d/..e",        ("a.b", "c.d", "..e")),
    ("/caf%C3%A9/\u00e4",     ("caf\u00e9", "\u00e4")),
    ("/a%20b",                ("a b",)),
    ("/%22%3C",               ('"<',)),
    ("/@a:~b,c=d&e+f",        ("@a:~b,c=d&e+f",)),
    ("/" + "a" * 511,         ("a" * 511,)),
    ("/" + "a" * 512,         None),
    ("/" + "\u00e4" * 86,     None),  # the record would cut it
    ("/" + "../" * 20_000,    None),
    ("",                      None),
    ("a",                     None),
    ("*",                     None),
]
# fmt: on


@pytest.mark.parametrize(("path", "segments"), PLAIN)
def test_a_plain_path_has_decoded_segments(path, segments):
    assert plain_segments(path) == segments


@given(st.text("ab.~_-/", max_size=20).map("/{}".format))
def test_a_path_with_nothing_to_reduce_has_the_segments_that_reducing_it_gives(path):
    # What follows has to be reduced, and changes nothing about the segments.
    assert plain_segments(path) == plain_segments(f"{path}?reduced")


@pytest.mark.parametrize("trick", TRICKS)
def test_a_path_that_can_be_read_in_two_ways_names_no_page(trick):
    site = Platform("a", "A", "forum", shapes=(PageShape("/{page}"), PageShape("/groups/{page}")))

    assert site.page_of("/ours", {}) == "ours"
    assert site.page_of("/ours/groups/x", {}) == "ours"
    assert plain_segments(f"/ours{trick}groups/x") is None
    assert site.page_of(f"/ours{trick}groups/x", {}) is None
    assert site.page_of(f"/groups{trick}ours", {}) is None
    assert site.page_of(f"{trick}ours/groups/x", {}) is None


SITE = Platform(
    "a",
    "A",
    "forum",
    shapes=(PageShape("/pages/*/{page}", "/{page}"), PageShape("/@{page}"), PageShape("/{page}")),
    reserved=frozenset({"pages"}),
    ignore=".",
    parameters={"/watch": ("v",)},
)
ENDS = st.sampled_from(["", "/", "/x", "?a/../b", *TRICKS])
NEAR_PAGES = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["/Ours", "/@\u00e4", "/pages/a b/O.urs", "/%4fURS", "/watch", "/%C3%84", "/"]),
    ENDS,
    st.sampled_from(["", "/y", "ours", "%C3%A4", "a" * 500]),
    ENDS,
)


@given(ANYTHING | NEAR_PAGES)
def test_the_page_that_is_opened_is_the_page_that_is_written(path):
    page = SITE.page_of(path, {"v": "1"})
    clean, removed = sanitise_path(path)

    if page is not None:
        assert SITE.page_of(clean, {"v": "1"}) == page
        assert "long" not in removed


def test_a_page_of_one_server_is_not_its_namesake_on_another():
    here = dict.fromkeys(("one.example", "two.example"), Role.WEB)
    site = Platform("a", "A", "fediverse", domains=here, shapes=SITE.shapes, by_server=True)

    assert site.page_of("/@ours", {}, "one.example") == "one.example/@ours"
    assert site.page_of("/@ours/5", {}, "www.one.example") == "one.example/@ours"
    assert site.page_of("/@ours", {}, "two.example") == "two.example/@ours"
    assert site.page_of("/@ours", {}, "else.example") == "else.example/@ours"
    assert site.page_of("/", {}, "one.example") is None


def test_what_is_escaped_is_bounded_before_it_is_escaped():
    """However long a path is, no more of it is worked on than is written."""
    clean, removed = sanitise_path("/" + "\u00e4" * 60_000)

    assert (clean, removed) == ("/" + "%C3%A4" * 85, LONG)


# fmt: off
FITS = [
    ("/api/graphql",   "/api/graphql",       True),
    ("/api/graphql",   "/api/graphql/",      True),
    ("/api/graphql",   "/api/graphql/x",     False),
    ("/api/graphql",   "/api/graphqlx",      False),
    ("/api/graphql",   "/api",               False),
    ("/ajax/*",        "/ajax/a",            True),
    ("/ajax/*",        "/ajax/a/b/c",        True),
    ("/ajax/*",        "/ajax",              False),
    ("/ajax/*",        "/ajaxy/a",           False),
    ("/v*/dialog",     "/v19.0/dialog",      True),
    ("/v*/dialog",     "/v/dialog",          True),
    ("/v*/dialog",     "/w19.0/dialog",      False),
    ("/v*/*",          "/v1/x",              True),
    ("/ab*ba",         "/aba",               False),
    ("/a*b*c",         "/aXbYc",             True),
    ("/a*b*c",         "/acb",               False),
    ("/a*b*b*c",       "/aXbYc",             False),
    ("/a**c",          "/ac",                True),
    ("/*/x",           "/anything/x",        True),
    ("/x",             "/",                  False),
]
# fmt: on


@pytest.mark.parametrize(("pattern", "path", "expected"), FITS)
def test_whole_segments_fit_a_pattern(pattern, path, expected):
    assert fits(pattern, plain_segments(path)) is expected
