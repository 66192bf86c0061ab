# ruff: noqa: E501  a row of a table is one line
"""
The right answer for every kind of refused request, over sockets and in a real browser.

Source: the table of what each kind of request can use; `pages/asked.py` tells them apart.
"""

import http.client
import json

import pytest

from support.browser import browsing
from support.office import key

pytestmark = pytest.mark.e2e

STAFF = "127.0.20.5"
HOST = "www.facebook.com"
HTML = "text/html; charset=utf-8"
SVG = "image/svg+xml"
NEVER = ("set-cookie", "strict-transport-security", "location", "access-control-allow-origin")

# fmt: off
ROWS = {
    # name:            (method, headers,                                                     status, type, what the body has)
    "page":            ("GET", {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}, 403, HTML, b"<h1>Facebook is not open now</h1>"),
    "page of old":     ("GET", {"Accept": "text/html,*/*;q=0.8"},                            403, HTML, b"<h1>Facebook is not open now</h1>"),
    "head":            ("HEAD", {"Accept": "text/html"},                                     403, HTML, b""),
    "form":            ("POST", {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}, 403, HTML, b"What you typed was not sent."),
    "frame":           ("GET", {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Mode": "navigate"},   403, HTML, b"Facebook is not open here at the moment."),
    "embed":           ("GET", {"Sec-Fetch-Dest": "embed", "Sec-Fetch-Mode": "navigate"},    403, HTML, b"Facebook is not open here at the moment."),
    "object":          ("GET", {"Sec-Fetch-Dest": "object", "Sec-Fetch-Mode": "navigate"},   403, HTML, b"Facebook is not open here at the moment."),
    "fetch":           ("GET", {"Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "cors"},        403, "application/problem+json", b'"status": 403'),
    "json":            ("GET", {"Accept": "application/json"},                               403, "application/problem+json", b'"status": 403'),
    "preflight":       ("OPTIONS", {"Origin": "https://x.example", "Access-Control-Request-Method": "PUT"}, 403, None, b""),
    "image":           ("GET", {"Sec-Fetch-Dest": "image", "Sec-Fetch-Mode": "no-cors"},     403, SVG, b"<svg "),
    "script":          ("GET", {"Sec-Fetch-Dest": "script", "Sec-Fetch-Mode": "no-cors"},    403, "text/javascript", b""),
    "style":           ("GET", {"Sec-Fetch-Dest": "style", "Sec-Fetch-Mode": "no-cors"},     403, "text/css", b""),
    "font":            ("GET", {"Sec-Fetch-Dest": "font", "Sec-Fetch-Mode": "cors"},         403, "font/woff2", b""),
    "worker":          ("GET", {"Sec-Fetch-Dest": "worker", "Sec-Fetch-Mode": "same-origin"}, 403, "text/javascript", b""),
    "audio":           ("GET", {"Sec-Fetch-Dest": "audio", "Sec-Fetch-Mode": "no-cors"},     403, "audio/mpeg", b""),
    "video":           ("GET", {"Sec-Fetch-Dest": "video", "Sec-Fetch-Mode": "no-cors"},     403, "video/mp4", b""),
    "track":           ("GET", {"Sec-Fetch-Dest": "track", "Sec-Fetch-Mode": "cors"},        403, "text/vtt", b""),
    "manifest":        ("GET", {"Sec-Fetch-Dest": "manifest", "Sec-Fetch-Mode": "cors"},     403, "application/manifest+json", b""),
    "beacon":          ("POST", {"Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "no-cors"},    403, None, b""),
    "report":          ("POST", {"Sec-Fetch-Dest": "report", "Sec-Fetch-Mode": "no-cors"},   403, None, b""),
    "WebSocket":       ("GET", {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "x3JJHMbDL1EzLkh9GBhXDw=="}, 403, "text/plain; charset=utf-8", b"Refused."),
    "gRPC":            ("POST", {"Content-Type": "application/grpc"},                        200, "application/grpc", b""),
    "ahead":           ("GET", {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate", "Sec-Purpose": "prefetch"}, 503, None, b""),
}
# fmt: on
EMPTY = {name for name, row in ROWS.items() if row[4] == b""}
TOLD_TO_A_PROGRAM = {"fetch", "json", "WebSocket"}


@pytest.fixture(scope="module")
def morning(gateway):
    gateway.clock("09:30:00")
    return gateway


@pytest.mark.parametrize("name", ROWS)
def test_each_request_gets_what_it_can_use(morning, origin, name):
    method, headers, status, kind, has = ROWS[name]
    connection = http.client.HTTPConnection(*morning.proxy, timeout=60, source_address=(STAFF, 0))
    try:
        body = b"a=b" if method == "POST" else None
        connection.request(method, f"http://{HOST}/feed?q=secret", body, headers)
        answer = connection.getresponse()
        sent = answer.read()
    finally:
        connection.close()

    assert (answer.status, answer.headers["Content-Type"]) == (status, kind)
    assert has in sent
    assert not sent or name not in EMPTY
    for header, value in (
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ):
        assert answer.headers[header] == value
    assert not [one for one in NEVER if answer.headers[one] is not None]
    assert b"secret" not in sent
    if kind == HTML and name in {"page", "page of old", "form", "head"}:
        assert int(answer.headers["Retry-After"]) == 2.5 * 3600
        assert answer.headers["X-Frame-Options"] == "DENY"
    else:
        assert answer.headers["Retry-After"] is None
    if name == "gRPC":
        assert answer.headers["Grpc-Status"] == "7"
    if name in TOLD_TO_A_PROGRAM:
        assert b"a.jones" not in sent
        assert b"12:00" not in sent
    assert origin.seen.requests == []


# Each element waits until its load has come to an end, one way or the other.
LOAD = """(async site => {
    const done = (one, ...names) => new Promise(go => {
        for (const name of [...names, 'error']) one.addEventListener(name, () => go(1)); });
    const add = (tag, values, ...names) => {
        const one = Object.assign(document.createElement(tag), values);
        const end = done(one, 'load', ...names);
        document.body.append(one);
        return end; };
    const track = document.createElement('video');
    track.crossOrigin = 'anonymous';
    const of = Object.assign(document.createElement('track'), {src: site + 'track', default: true});
    track.append(of);
    document.body.append(track);
    const read = done(of, 'load');
    of.track.mode = 'showing';
    const socket = new WebSocket(site.replace('https', 'wss') + 'socket');
    await Promise.all([
        add('img', {src: site + 'image'}),
        add('script', {src: site + 'script'}),
        add('link', {rel: 'stylesheet', href: site + 'style'}),
        add('iframe', {src: site + 'frame'}),
        add('object', {data: site + 'object', type: 'text/html'}),
        add('audio', {src: site + 'audio', preload: 'auto'}, 'loadeddata'),
        add('video', {src: site + 'video', preload: 'auto'}, 'loadeddata'),
        new FontFace('x', `url(${site}font)`).load().catch(() => 1),
        fetch(site + 'fetch').catch(() => 1),
        fetch(site + 'preflight', {method: 'PUT'}).catch(() => 1),
        fetch(site + 'opaque', {mode: 'no-cors'}).catch(() => 1),
        done(socket, 'open', 'close'),
        read,
    ]);
    navigator.sendBeacon(site + 'beacon', 'x');
    return window.readable = (() => {
        try { return document.querySelector('iframe').contentDocument && 'readable' }
        catch (hidden) { return 'hidden' } })();
})"""

SEEN = {
    "image": SVG,
    "script": "text/javascript",
    "style": "text/css",
    "frame": HTML,
    "object": HTML,
    "audio": "audio/mpeg",
    "video": "video/mp4",
    "track": "text/vtt",
    "font": "font/woff2",
    "fetch": "application/problem+json",
    "preflight": "",
    "opaque": "",
}


def test_a_real_browser_gets_what_each_part_of_a_page_can_use(morning, tmp_path):
    site = f"https://{HOST}/"
    with browsing(tmp_path, morning.url, key(morning)) as browser, browser.tab() as tab:
        tab.go("http://www.example.org/")
        tab.watch()
        tab.run(f"{LOAD}({json.dumps(site)})")
        told = tab.console()
        answers = answers_of(tab, site)
    assert {name: answers.get(name) for name in SEEN} == {
        name: (403, kind) for name, kind in SEEN.items()
    }
    assert {status for status, _ in answers.values()} == {403}
    assert not [one for one in told if "CORS" not in one and "WebSocket" not in one], told


def answers_of(tab, site):
    """Return status and type of each answer, also of those that the page may not see."""
    asked = {
        each["requestId"]: each["request"]["url"].removeprefix(site)
        for each in tab._kept("Network.requestWillBeSent")
        if each["request"]["url"].startswith(site)
    }
    found = {}
    for each in tab._kept("Network.responseReceivedExtraInfo"):
        headers = {name.lower(): value for name, value in each["headers"].items()}
        if each["requestId"] in asked:
            kind = headers.get("content-type", "")
            found[asked[each["requestId"]]] = (each["statusCode"], kind)
    return found
