"""Did somebody go to a page? Every combination of what browsers say that matters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breaktime.core import visit
from breaktime.core.visit import VISITS, Evidence, Fetch, grade, source_of


def read(text):
    """Read what a browser says, for example ``document/navigate/none ?1 prefetch``."""
    parts, *rest = text.split()
    dest, mode, site = ("" if part == "-" else part for part in parts.split("/"))
    return Fetch(dest, mode, site, "?1" in rest, next((one for one in rest if one != "?1"), ""))


# fmt: off
GRADES = [
    #    what the row shows              destination/mode/site, user, purpose   method, page, from
    (Evidence.USER_NAVIGATION, [
        ("a link is clicked",               "document/navigate/same-origin ?1",       "GET html"),
        ("an address is typed",             "document/navigate/none ?1",              "GET html"),
        ("a form is sent",                  "document/navigate/same-site ?1",         "POST html"),
        ("a link on another site",          "document/navigate/cross-site ?1",        "GET html"),
        ("no mode is told",                 "document/-/none ?1",                     "GET html"),
    ]),
    (Evidence.NAVIGATION, [
        ("a redirect",                      "document/navigate/cross-site",           "GET html"),
        ("a script goes elsewhere",         "document/navigate/same-origin",          "GET html"),
        ("a session is restored",           "document/navigate/none",                 "GET html"),
    ]),
    (Evidence.BACKGROUND, [
        ("a picture of the page",           "image/no-cors/same-site",                "GET"),
        ("a picture of the page's network", "image/no-cors/cross-site",               "GET ours"),
        ("a service worker",                "serviceworker/same-origin/same-origin",  "GET"),
        ("a websocket",                     "websocket/websocket/same-origin",        "GET"),
        ("only the mode is told",           "-/websocket/-",                          "GET"),
        ("an old browser's picture",        "-/-/-",                                  "GET ours"),
        ("an old browser's message",        "-/-/-",                                  "PUT ours"),
    ]),
    (Evidence.SPECULATIVE, [
        ("fetched ahead",                   "document/navigate/none ?1 prefetch",     "GET html"),
        ("rendered ahead",                  "document/navigate/- prefetch;prerender", "GET html"),
        ("a script fetched ahead",          "script/no-cors/same-origin prefetch",    "GET"),
        ("an old browser fetches ahead",    "-/-/- prefetch",                         "GET html"),
    ]),
    (Evidence.EMBEDDED, [
        ("a frame",                         "iframe/navigate/cross-site",             "GET html"),
        ("a frame that is clicked in",      "iframe/navigate/same-origin ?1",         "GET html"),
        ("an old frame",                    "frame/navigate/same-origin",             "GET html"),
        ("a fenced frame",                  "fencedframe/navigate/cross-site",        "GET html"),
        ("an embedded player",              "embed/no-cors/cross-site",               "GET"),
        ("an object",                       "object/no-cors/same-site",               "GET"),
        ("a like button's script",          "script/no-cors/cross-site",              "GET"),
        ("a tracking pixel",                "image/no-cors/cross-site",               "GET"),
        ("a beacon from another site",      "empty/no-cors/cross-site",               "POST"),
        ("a websocket of a widget",         "websocket/websocket/cross-site",         "GET"),
        ("a button of a page of another",   "script/no-cors/cross-site",              "GET theirs"),
        ("a frame in a page of ours",       "iframe/navigate/cross-site",             "GET ours"),
        ("only the site is told",           "-/-/cross-site",                         "GET html"),
        ("an old browser's like button",    "-/-/-",                                  "GET theirs"),
    ]),
    (Evidence.IN_PAGE, [
        ("a feed goes on",                  "empty/cors/same-origin",                 "GET"),
        ("a message is sent",               "empty/cors/same-site",                   "POST"),
        ("a film comes piece by piece",     "empty/cors/cross-site",                  "GET ours"),
        ("a preflight of the page",         "empty/cors/same-site",                   "OPTIONS"),
    ]),
    (Evidence.INFERRED, [
        ("a service worker fetches a page", "empty/navigate/same-origin",             "GET html"),
        ("a document, but no navigation",   "document/no-cors/same-origin",           "GET html"),
        ("the first with Fetch Metadata",   "-/navigate/none ?1",                     "GET html"),
        ("an old browser follows a link",   "-/-/-",                                  "GET html theirs"),  # noqa: E501,
        ("an old browser stays",            "-/-/-",                                  "GET html ours"),  # noqa: E501
        ("an old browser asks for a page",  "-/-/-",                                  "GET html"),
        ("an old browser looks",            "-/-/-",                                  "HEAD html"),
        ("an old browser sends a form",     "-/-/-",                                  "POST html"),
    ]),
    (Evidence.APP, [
        ("a preflight",                     "-/-/-",                                "OPTIONS html"),
        ("an app",                          "-/-/-",                                  "GET"),
    ]),
    (Evidence.NAME_ONLY, [
        ("a connection",                    "-/-/-",                                  "-"),
    ]),
]
# fmt: on
GRADE_ROWS = [(*row, evidence) for evidence, rows in GRADES for row in rows]


@pytest.mark.parametrize(
    ("says", "asks", "evidence"), [r[1:] for r in GRADE_ROWS], ids=[r[0] for r in GRADE_ROWS]
)
def test_grade(says, asks, evidence):
    method, *more = asks.split()
    controlled = {"ours": True, "theirs": False}.get(more[-1] if more else "")

    found = grade(read(says), method.strip("-"), accepts_html="html" in more, controlled=controlled)

    assert found is evidence


def test_every_grade_has_a_row_but_the_one_that_takes_two_requests():
    assert {evidence for evidence, _ in GRADES} == set(Evidence) - {Evidence.IN_PAGE_NAVIGATION}


def test_only_navigations_are_visits():
    """What a page does by itself is never counted against a person."""
    navigations = {each for each in Evidence if each.value.endswith("navigation")}
    assert navigations == VISITS


@given(
    st.builds(
        Fetch,
        dest=st.sampled_from(["", "document", "empty", "image", "iframe", "anything"]),
        mode=st.sampled_from(["", "navigate", "cors", "no-cors", "websocket"]),
        site=st.sampled_from(["", "none", "same-origin", "same-site", "cross-site"]),
        user=st.booleans(),
        purpose=st.sampled_from(["", "prefetch", "prefetch;prerender"]),
    ),
    st.sampled_from(["GET", "POST", "OPTIONS"]),
    st.booleans(),
    st.sampled_from([None, True, False]),
)
def test_nothing_is_a_visit_but_a_document_that_is_gone_to(fetch, method, html, controlled):
    visit = grade(fetch, method, accepts_html=html, controlled=controlled) in VISITS

    assert not visit or (fetch.dest == "document" and not fetch.ahead)


# fmt: off
SOURCES = [
    # Referer                                   Origin                     name, path
    ("",                                        "",                        None, "/"),
    ("https://www.facebook.com/Shire?x=1",      "",                        "www.facebook.com", "/Shire"),  # noqa: E501
    ("https://www.facebook.com/",               "",                        "www.facebook.com", "/"),
    ("",                                        "https://News.example",    "news.example", "/"),
    ("https://news.example/a",                  "https://news.example",    "news.example", "/a"),
    ("https://news.example/a",                  "https://x.com",           None, "/"),
    ("https://news.example/a",                  "null",                    "news.example", "/a"),
    ("",                                        "null",                    None, "/"),
    ("about:blank",                             "https://x.com",           "x.com", "/"),
    ("android-app://com.example.mail/",         "",                        "com.example.mail", "/"),
    ("%%%",                                     "",                        None, "/"),
]
# fmt: on


@pytest.mark.parametrize(("referer", "origin", "name", "path"), SOURCES)
def test_where_a_request_comes_from(referer, origin, name, path):
    source = source_of(referer, origin)

    assert (source.name, source.path) == (name, path)
    assert source.query == ("?" in referer)


@given(st.text(), st.text())
def test_any_header_has_an_answer(referer, origin):
    assert source_of(referer, origin).path


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("https://x.com/page", 1),
        ("https://x.com/?key=secret", 0),
        ("https://x.com/" + "a" * 600, 0),
    ],
    ids=["a page", "with a query", "a long one"],
)
def test_no_address_is_kept_that_may_hold_a_secret_or_is_long(text, kept):
    visit._kept.cache_clear()

    assert source_of(text, "").name == source_of("", text).name == "x.com"
    assert visit._kept.cache_info().currsize == kept
