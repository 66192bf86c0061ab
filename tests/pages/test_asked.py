# ruff: noqa: E501  a row of a table is one line
"""Every kind of request is told from the others."""

import pytest

from breaktime.core.visit import Fetch
from breaktime.pages.asked import Asked, is_told_to_a_script, kind_of, resource_type

HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
IMAGES = "image/avif,image/webp,*/*;q=0.8"

# fmt: off
ROWS = [
    # what the row shows                     method     dest              mode          accept                        more                      kind
    ("a page by its address",                "GET",     "document",       "navigate",   HTML,                         {},                       "document"),
    ("a form is sent",                       "POST",    "document",       "navigate",   HTML,                         {},                       "document"),
    ("only the headers of a page",           "HEAD",    "document",       "navigate",   HTML,                         {},                       "document"),
    ("a service worker fetches a page",      "GET",     "empty",          "navigate",   HTML,                         {},                       "document"),
    ("a frame",                              "GET",     "iframe",         "navigate",   HTML,                         {},                       "frame"),
    ("an old frame",                         "GET",     "frame",          "navigate",   HTML,                         {},                       "frame"),
    ("an embed",                             "GET",     "embed",          "navigate",   HTML,                         {},                       "frame"),
    ("an object",                            "GET",     "object",         "navigate",   HTML,                         {},                       "frame"),
    ("a fenced frame",                       "GET",     "fencedframe",    "navigate",   HTML,                         {},                       "frame"),
    ("fetch",                                "GET",     "empty",          "cors",       "*/*",                        {},                       "problem"),
    ("fetch of the site's own",              "POST",    "empty",          "same-origin", "application/json",          {},                       "problem"),
    ("fetch that asks for HTML",             "GET",     "empty",          "cors",       HTML,                         {},                       "problem"),
    ("a destination of the future",          "GET",     "hologram",       "no-cors",    "*/*",                        {},                       "problem"),
    ("a beacon",                             "POST",    "empty",          "no-cors",    "*/*",                        {},                       "beacon"),
    ("a report",                             "POST",    "report",         "no-cors",    "*/*",                        {},                       "beacon"),
    ("a preflight",                          "OPTIONS", "empty",          "cors",       "*/*",                        {"preflight": True},      "preflight"),
    ("an image",                             "GET",     "image",          "no-cors",    IMAGES,                       {},                       "image"),
    ("a script",                             "GET",     "script",         "no-cors",    "*/*",                        {},                       "resource"),
    ("a worker",                             "GET",     "worker",         "same-origin", "*/*",                       {},                       "resource"),
    ("a service worker",                     "GET",     "serviceworker",  "same-origin", "*/*",                       {},                       "resource"),
    ("a style sheet",                        "GET",     "style",          "no-cors",    "text/css,*/*;q=0.1",         {},                       "resource"),
    ("a font",                               "GET",     "font",           "cors",       "*/*",                        {},                       "resource"),
    ("a film",                               "GET",     "video",          "no-cors",    "*/*",                        {},                       "resource"),
    ("a song",                               "GET",     "audio",          "no-cors",    "*/*",                        {},                       "resource"),
    ("subtitles",                            "GET",     "track",          "cors",       "*/*",                        {},                       "resource"),
    ("a manifest",                           "GET",     "manifest",       "cors",       "*/*",                        {},                       "resource"),
    ("a WebSocket",                          "GET",     "websocket",      "websocket",  "",                           {"upgrade": "websocket"}, "websocket"),
    ("a WebSocket without metadata",         "GET",     "",               "",           "",                           {"upgrade": "websocket"}, "websocket"),
    ("a WebSocket, told by its mode",        "GET",     "empty",          "websocket",  "",                           {},                       "websocket"),
    ("a WebSocket, told by its destination", "GET",     "websocket",      "",           "",                           {},                       "websocket"),
    ("gRPC",                                 "POST",    "",               "",           "*/*",                        {"grpc": True},           "grpc"),
    ("gRPC of a page",                       "POST",    "empty",          "cors",       "*/*",                        {"grpc": True},           "grpc"),
    ("a tunnel",                             "CONNECT", "",               "",           "",                           {},                       "tunnel"),

    ("an old browser",                       "GET",     "",               "",           HTML,                         {},                       "document"),
    ("an old browser sends a form",          "POST",    "",               "",           HTML,                         {},                       "document"),
    ("only a mode",                          "GET",     "",               "navigate",   "",                           {},                       "document"),
    ("XHTML",                                "GET",     "",               "",           "application/xhtml+xml",      {},                       "document"),
    ("a terminal",                           "GET",     "",               "",           "*/*",                        {},                       "document"),
    ("a terminal, only headers",             "HEAD",    "",               "",           "*/*",                        {},                       "document"),
    ("a client that says nothing",           "GET",     "",               "",           "",                           {},                       "document"),
    ("an app",                               "GET",     "",               "",           "application/json",           {},                       "problem"),
    ("an app with a type of its own",        "GET",     "",               "",           "application/vnd.x+json;v=2", {},                       "problem"),
    ("an app sends something",               "POST",    "",               "",           "*/*",                        {},                       "problem"),
    ("a method that is no page's",           "DELETE",  "",               "",           HTML,                         {},                       "problem"),
    ("HTML is the one thing refused",        "POST",    "",               "",           "text/html;q=0, */*",         {},                       "problem"),
    ("HTML is refused at length",            "POST",    "",               "",           "text/html; q=0.000",         {},                       "problem"),
    ("HTML is liked a little",               "POST",    "",               "",           "text/html;q=0.1",            {},                       "document"),
    ("capitals",                             "GET",     "",               "",           "Application/JSON",           {},                       "problem"),
    ("an image for an old browser",          "GET",     "",               "",           IMAGES,                       {},                       "image"),
    ("a style sheet for an old browser",     "GET",     "",               "",           "text/css,*/*;q=0.1",         {},                       "resource"),
    ("nonsense",                             "GET",     "",               "",           ";;,,=;q",                    {},                       "document"),
]
# fmt: on


@pytest.mark.parametrize("row", [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_the_kind_of_answer(row):
    method, dest, mode, accept, more, kind = row

    assert kind_of(Asked(method, Fetch(dest, mode), accept, **more)) == kind


@pytest.mark.parametrize(
    ("dest", "accept", "expected"),
    [
        ("script", "*/*", "text/javascript"),
        ("sharedworker", "*/*", "text/javascript"),
        ("style", "*/*", "text/css"),
        ("font", "*/*", "font/woff2"),
        ("video", "*/*", "video/mp4"),
        ("audio", "*/*", "audio/mpeg"),
        ("track", "*/*", "text/vtt"),
        ("manifest", "*/*", "application/manifest+json"),
        ("xslt", "*/*", "application/xslt+xml"),
        ("", "text/css,*/*;q=0.1", "text/css"),
    ],
)
def test_an_empty_answer_has_the_type_that_was_asked_for(dest, accept, expected):
    assert resource_type(Asked("GET", Fetch(dest), accept)) == expected


def test_a_page_that_a_service_worker_fetches_is_told_to_the_site():
    assert is_told_to_a_script(Asked("GET", Fetch("empty", "navigate")))
    assert not is_told_to_a_script(Asked("GET", Fetch("document", "navigate")))
    assert not is_told_to_a_script(Asked("GET"))
