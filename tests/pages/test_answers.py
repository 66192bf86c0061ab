# ruff: noqa: E501  a row of a table is one line
"""Each request gets an answer that its client can use, and that tells no program too much."""

import json
from dataclasses import replace

import pytest

from breaktime.core.decide import Reason
from breaktime.core.visit import Fetch
from breaktime.pages import Asked, PageKind, answer
from calendars import utc
from refused import NAVIGATION, SETTINGS, header, refusal

HTML, TEXT = "text/html; charset=utf-8", "text/plain; charset=utf-8"
PROBLEM = "application/problem+json"

# fmt: off
ROWS = [
    # what the row shows            asked                                                                 status  content type                 body
    ("navigation",                  NAVIGATION,                                                           403,    HTML,                        "When it opens"),
    ("navigation by POST",          replace(NAVIGATION, method="POST"),                                   403,    HTML,                        "What you typed was not sent."),
    ("navigation by HEAD",          replace(NAVIGATION, method="HEAD"),                                   403,    HTML,                        ""),
    ("a client without metadata",   Asked("GET", accept="*/*"),                                           403,    HTML,                        "When it opens"),
    ("a service worker's page",     Asked("GET", Fetch("empty", "navigate")),                             403,    HTML,                        "hold the Shift key"),
    ("iframe",                      Asked("GET", Fetch("iframe", "navigate")),                            403,    HTML,                        "is not open here"),
    ("embed",                       Asked("GET", Fetch("embed", "navigate")),                             403,    HTML,                        "is not open here"),
    ("object",                      Asked("GET", Fetch("object", "navigate")),                            403,    HTML,                        "is not open here"),
    ("fetch",                       Asked("GET", Fetch("empty", "cors")),                                 403,    PROBLEM,                     "about:blank"),
    ("fetch by HEAD",               Asked("HEAD", Fetch("empty", "cors")),                                403,    PROBLEM,                     ""),
    ("an app",                      Asked("POST", accept="application/json"),                             403,    PROBLEM,                     "about:blank"),
    ("preflight",                   Asked("OPTIONS", Fetch("empty", "cors"), preflight=True),             403,    None,                        ""),
    ("image",                       Asked("GET", Fetch("image", "no-cors")),                              403,    "image/svg+xml",             "<svg"),
    ("script",                      Asked("GET", Fetch("script", "no-cors")),                             403,    "text/javascript",           ""),
    ("worker",                      Asked("GET", Fetch("worker", "same-origin")),                         403,    "text/javascript",           ""),
    ("service worker",              Asked("GET", Fetch("serviceworker", "same-origin")),                  403,    "text/javascript",           ""),
    ("style",                       Asked("GET", Fetch("style", "no-cors")),                              403,    "text/css",                  ""),
    ("font",                        Asked("GET", Fetch("font", "cors")),                                  403,    "font/woff2",                ""),
    ("audio",                       Asked("GET", Fetch("audio", "no-cors")),                              403,    "audio/mpeg",                ""),
    ("video",                       Asked("GET", Fetch("video", "no-cors")),                              403,    "video/mp4",                 ""),
    ("track",                       Asked("GET", Fetch("track", "cors")),                                 403,    "text/vtt",                  ""),
    ("manifest",                    Asked("GET", Fetch("manifest", "cors")),                              403,    "application/manifest+json", ""),
    ("old style sheet",             Asked("GET", accept="text/css,*/*;q=0.1"),                            403,    "text/css",                  ""),
    ("beacon",                      Asked("POST", Fetch("empty", "no-cors")),                             403,    None,                        ""),
    ("report",                      Asked("POST", Fetch("report", "no-cors")),                            403,    None,                        ""),
    ("WebSocket",                   Asked("GET", upgrade="websocket"),                                    403,    TEXT,                        "Refused. Reference: 0193"),
    ("gRPC",                        Asked("POST", grpc=True),                                             200,    "application/grpc",          ""),
    ("tunnel",                      Asked("CONNECT"),                                                     403,    TEXT,                        "It opens today at 12:00, in 1 hour and 40 minutes."),
]
# fmt: on

ANY_REQUEST = pytest.mark.parametrize(
    "asked", [row[1] for row in ROWS], ids=[row[0] for row in ROWS]
)
FOR_PEOPLE = {"navigation", "navigation by POST", "navigation by HEAD", "a client without metadata"}
FOR_PROGRAMS = pytest.mark.parametrize(
    "asked",
    [row[1] for row in ROWS if row[0] not in FOR_PEOPLE | {"tunnel"}],
    ids=[row[0] for row in ROWS if row[0] not in FOR_PEOPLE | {"tunnel"}],
)


@pytest.mark.parametrize("row", [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_status_type_and_body(row):
    asked, status, content_type, body = row

    page = answer(refusal(), asked, SETTINGS)

    assert (page.status, header(page, "Content-Type")) == (status, content_type)
    assert body in page.body.decode()
    assert bool(body) is bool(page.body)


@ANY_REQUEST
def test_the_headers_of_every_answer(asked):
    page = answer(refusal(), asked, SETTINGS)

    assert header(page, "Cache-Control") == "no-store"
    assert header(page, "X-Content-Type-Options") == "nosniff"
    assert header(page, "Referrer-Policy") == "no-referrer"
    assert header(page, "Cross-Origin-Resource-Policy") == "same-origin"
    if asked.method != "HEAD":
        assert header(page, "Content-Length") == str(len(page.body))


@ANY_REQUEST
def test_nothing_is_left_behind_in_the_name_of_the_site(asked):
    names = {name.lower() for name, _ in answer(refusal(), asked, SETTINGS).headers}

    assert not names & {"set-cookie", "strict-transport-security", "location", "alt-svc", "refresh"}
    assert not any(name.startswith("access-control-") for name in names)


@ANY_REQUEST
def test_headers_are_plain_ascii_without_line_ends(asked):
    hostile = refusal(platform="Fóo\r\nX: 1", person="\r\nX: 1", decision="\r\nX: 1")

    for name, value in answer(hostile, asked, SETTINGS).headers:
        assert name.isascii()
        assert value.isascii()
        assert value.isprintable()


@FOR_PROGRAMS
@pytest.mark.parametrize("reason", [Reason.OUTSIDE_BREAKS, Reason.SUSPENDED])
def test_programs_of_the_site_do_not_learn_who_is_refused_nor_why_nor_until_when(asked, reason):
    page = answer(refusal(reason), asked, SETTINGS)

    sent = page.body.decode() + str(page.headers)
    for secret in ("r.hughes", "12:00", "lunch", "Retry-After", "paused", "during breaks"):
        assert secret not in sent


def test_what_programs_read_is_the_same_for_every_reason():
    asked = Asked("GET", Fetch("empty", "cors"))

    assert len({answer(refusal(reason), asked, SETTINGS) for reason in Reason}) == 1


def test_a_problem_is_what_rfc_9457_says():
    page = answer(refusal(), Asked("GET", Fetch("empty", "cors")), SETTINGS)

    assert json.loads(page.body) == {
        "type": "about:blank",
        "title": "Forbidden",
        "status": 403,
        "decision": "0193a1b2-7c44-7d10-9a77-2f60c1a4be55",
    }


@pytest.mark.parametrize("asked", [row[1] for row in ROWS])
def test_no_answer_gives_a_reference_where_there_is_no_record(asked):
    page = answer(refusal(decision=None), asked, SETTINGS)

    for word in (b"Reference", b"the reference", b'"decision"'):
        assert word not in page.body


def test_grpc_is_answered_by_headers_only():
    page = answer(refusal(), Asked("POST", grpc=True), SETTINGS)

    assert (header(page, "Grpc-Status"), page.body) == ("7", b"")


@pytest.mark.parametrize("accept", ["*/*", "application/json", "image/png"])
def test_head_is_told_the_length_that_get_would_have(accept):
    get = answer(refusal(), Asked("GET", accept=accept), SETTINGS)
    head = answer(refusal(), Asked("HEAD", accept=accept), SETTINGS)

    assert head.headers == get.headers
    assert (head.body, head.status) == (b"", get.status)


@pytest.mark.parametrize(
    ("opens_at", "seconds"),
    [
        ("2026-11-23 12:00:00", "6000"),
        ("2026-11-23 10:20:01", "1"),
        ("2026-11-23 10:20:00.000001", "1"),  # never a moment too early
        ("2026-11-23 10:20:00", None),
        ("2026-11-23 10:00:00", None),
        (None, None),
    ],
)
def test_retry_after_is_the_seconds_until_it_opens(opens_at, seconds):
    page = answer(refusal(opens_at=opens_at and utc(opens_at)), NAVIGATION, SETTINGS)

    assert header(page, "Retry-After") == seconds


def test_a_page_may_not_be_framed_and_a_frame_may():
    page = answer(refusal(), NAVIGATION, SETTINGS)
    frame = answer(refusal(), Asked("GET", Fetch("iframe", "navigate")), SETTINGS)

    assert header(page, "X-Frame-Options") == "DENY"
    assert "frame-ancestors 'none'" in header(page, "Content-Security-Policy")
    assert header(frame, "X-Frame-Options") is None
    assert "frame-ancestors *" in header(frame, "Content-Security-Policy")


@pytest.mark.parametrize("accept_language", ["", "en-GB,en;q=0.9", "cy", "xx;q=nonsense", "*"])
def test_the_language_of_a_page_is_named(accept_language):
    page = answer(refusal(), replace(NAVIGATION, accept_language=accept_language), SETTINGS)

    assert header(page, "Content-Language") == "en"
    assert '<html lang="en">' in page.body.decode()


def test_every_kind_of_answer_has_a_row():
    kinds = {answer(refusal(), row[1], SETTINGS).kind for row in ROWS}

    others = {PageKind.FAULT, PageKind.NOTICE, PageKind.SIGN_IN}
    others |= {PageKind.AHEAD, PageKind.PLACEHOLDER}
    assert kinds == set(PageKind) - others


@pytest.mark.parametrize("reason", [Reason.SPECULATIVE, Reason.OUTSIDE_BREAKS])
@pytest.mark.parametrize("dest", ["document", "iframe", "empty", "script"])
def test_what_is_fetched_ahead_is_not_there_yet(dest, reason):
    """No status that a browser keeps, and nothing to show."""
    asked = Asked("GET", Fetch(dest, "navigate", purpose="prefetch;prerender"))

    page = answer(refusal(reason), asked, SETTINGS)

    assert (page.status, page.kind, page.body) == (503, PageKind.AHEAD, b"")
    assert ("Cache-Control", "no-store") in page.headers


# fmt: off
STAND_INS = [
    # what asks   status  type                         it is
    ("iframe",    200,    "text/html; charset=utf-8",  b"Content from Facebook belongs here."),
    ("object",    200,    "text/html; charset=utf-8",  b"It is shown during breaks."),
    ("image",     200,    "image/svg+xml",             b"<svg"),
    ("script",    200,    "text/javascript",           b""),
    ("style",     200,    "text/css",                  b""),
    ("empty",     403,    "application/problem+json",  b"Forbidden"),
]
# fmt: on


@pytest.mark.parametrize(("dest", "status", "kind", "holds"), STAND_INS)
def test_something_neutral_stands_in_for_a_part_of_another_site(dest, status, kind, holds):
    stands_in = replace(refusal(), placeholder=True)

    page = answer(stands_in, Asked("GET", Fetch(dest, "cors", "cross-site")), SETTINGS)
    headers = dict(page.headers)

    assert (page.status, headers["Content-Type"]) == (status, kind)
    assert holds in page.body
    assert b"r.hughes" not in page.body
    assert b"d-7k3mq9x2vd" not in page.body or status == 403
    loadable = dest not in {"iframe", "object", "empty"}
    assert (headers["Cross-Origin-Resource-Policy"] == "cross-origin") is loadable
