"""Every verdict and every reason, as people meet them: the answer, its id, and the record."""

import pytest

from support.clients import BROWSER, Http2, as_browser, connect, curl, exchange, issuer, tls
from support.gateway import LIBRARY, PEOPLE, UNKNOWN
from support.origin import ISSUER, UNHEARD

pytestmark = pytest.mark.e2e

CONTRACT = (
    "@timestamp",
    "ecs.version",
    "event.id",
    "event.action",
    "event.outcome",
    "event.reason",
    "user.name",
    "url.domain",
    "url.path",
    "rule.id",
    "rule.ruleset",
    "breaktime.context",
    "breaktime.verdict",
    "breaktime.decision.id",
)

# fmt: off
ROWS = {
    "before the break": ("a.jones", "2026-11-23", "11:59:59", "www.facebook.com/", 403, "outside_breaks", "outside-break", "visit-blocked"),  # noqa: E501  a table
    "the break begins": ("a.jones", "2026-11-23", "12:00:00", "www.facebook.com/", 200, "break_fixed", "break", "visit-allowed"),  # noqa: E501  a table
    "the break's last second": ("a.jones", "2026-11-23", "13:59:59", "www.facebook.com/", 200, "break_fixed", "break", "visit-allowed"),  # noqa: E501  a table
    "the break has ended": ("a.jones", "2026-11-23", "14:00:00", "www.facebook.com/", 403, "outside_breaks", "outside-break", "visit-blocked"),  # noqa: E501  a table
    "a weekend": ("a.jones", "2026-11-22", "12:30:00", "www.facebook.com/", 403, "outside_breaks", "outside-break", "visit-blocked"),  # noqa: E501  a table
    "a dated exception": ("a.jones", "2026-12-24", "16:00:00", "www.facebook.com/", 200, "break_exception", "break", "visit-allowed"),  # noqa: E501  a table
    "after the exception": ("a.jones", "2026-12-24", "17:00:00", "www.facebook.com/", 403, "outside_breaks", "outside-break", "visit-blocked"),  # noqa: E501  a table
    "a blackout": ("phones", "2026-11-23", "12:45:00", "www.facebook.com/", 403, "blackout", "outside-break", "visit-blocked"),  # noqa: E501  a table
    "before the blackout": ("phones", "2026-11-23", "12:15:00", "www.facebook.com/", 200, "break_fixed", "break", "visit-allowed"),  # noqa: E501  a table
    "a suspension": ("d.smith", "2026-11-23", "12:15:00", "www.facebook.com/", 403, "suspended", "outside-break", "visit-blocked"),  # noqa: E501  a table
    "a suspended person's own page": ("d.smith", "2026-11-23", "09:15:00", "www.facebook.com/ExampleshireCouncil", 200, "own_page", "own-page", "visit-own-page"),  # noqa: E501  a table
    "a business case": ("c.lee", "2026-11-23", "15:00:00", "x.com/home", 200, "business_case", "business-case", "visit-business"),  # noqa: E501  a table
    "another platform": ("c.lee", "2026-11-23", "15:00:00", "www.facebook.com/", 403, "outside_breaks", "outside-break", "visit-blocked"),  # noqa: E501  a table
    "an own page": ("a.jones", "2026-11-23", "09:00:00", "www.facebook.com/ExampleshireCouncil/posts/1", 200, "own_page", "own-page", "visit-own-page"),  # noqa: E501  a table
    "a page beside it": ("a.jones", "2026-11-23", "09:00:00", "www.facebook.com/ExampleshireCouncilFans", 403, "outside_breaks", "outside-break", "visit-blocked"),  # noqa: E501  a table
    "a night shift at noon": ("night", "2026-11-23", "12:30:00", "www.facebook.com/", 403, "outside_breaks", "outside-break", "visit-blocked"),  # noqa: E501  a table
    "a night shift at night": ("night", "2026-11-23", "22:15:00", "www.facebook.com/", 200, "break_fixed", "break", "visit-allowed"),  # noqa: E501  a table
    "nobody known": (None, "2026-11-23", "12:30:00", "www.facebook.com/", 403, "identity_unknown", "unscheduled", "visit-blocked"),  # noqa: E501  a table
}
# fmt: on


def dig(line, dotted):
    for key in dotted.split("."):
        line = line[key]
    return line


def ask(gateway, way, source, address):
    """Ask for an address one way, as a person who goes to a page."""
    host, _, path = address.partition("/")
    if way == "https":
        return curl(gateway, f"https://{address}", "--http1.1", *as_browser(), source=source)
    if way == "h2":
        return curl(gateway, f"https://{address}", "--http2", *as_browser(), source=source)
    if way == "http":
        return curl(gateway, f"http://{address}", *as_browser(), source=source)
    if way == "websocket":
        with tls(gateway, connect(gateway, f"{host}:443", source=source), host) as sock:
            return exchange(sock, upgrade(host, "/" + path))
    with tls(gateway, connect(gateway, f"{host}:443", source=source), host, alpn=("h2",)) as sock:
        assert sock.selected_alpn_protocol() == "h2"
        headers = tuple((name.lower(), value) for name, value in BROWSER.items())
        return Http2(sock).ask(host, "/" + path, headers)


def upgrade(host, path):
    return (
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    ).encode()


@pytest.mark.parametrize("way", ["https", "h2", "http", "websocket", "h2-client"])
@pytest.mark.parametrize("row", ROWS)
def test_each_verdict_is_answered_and_recorded(gateway, origin, row, way):
    who, day, wall, address, status, reason, context, action = ROWS[row]
    gateway.clock(wall, day)
    before = len(gateway.visits())

    reply = ask(gateway, way, PEOPLE.get(who, UNKNOWN), address)

    if way == "websocket" and status == 200:
        status = 101
    assert reply.status == status
    if way == "h2":
        assert reply.version == "2"
    (line,) = gateway.visits()[before:]
    assert (line["event"]["reason"], line["breaktime"]["context"]) == (reason, context)
    assert line["event"]["action"] == action
    assert line["event"]["outcome"] == "success"
    assert line["breaktime"]["verdict"] == ("block" if status == 403 else "allow")
    assert line["user"]["name"] == who
    assert line["url"]["domain"] == address.partition("/")[0]
    assert line["url"]["path"] == "/" + address.partition("/")[2]
    assert line["rule"]["ruleset"].startswith("sha256:")
    for key in CONTRACT:
        dig(line, key)
    if status == 403:
        assert line["breaktime"]["decision"]["id"].encode() in reply.body
        assert origin.seen.contacts == 0
    else:
        assert origin.seen.hosts == [address.partition("/")[0]]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_an_exempt_place_is_neither_blocked_nor_recorded(gateway, origin, scheme):
    gateway.clock("09:00:00")
    before = len(gateway.lines())

    reply = curl(gateway, f"{scheme}://www.facebook.com/", *as_browser(), source=LIBRARY)

    assert reply.status == 200
    assert origin.seen.hosts == ["www.facebook.com"]
    assert len(gateway.lines()) == before


@pytest.mark.parametrize(
    ("source", "host"),
    [(LIBRARY, "www.facebook.com"), (PEOPLE["a.jones"], "www.example.org")],
)
def test_what_is_not_judged_shows_the_certificate_of_the_origin(gateway, source, host):
    with tls(gateway, connect(gateway, f"{host}:443", source=source), host) as sock:
        assert issuer(sock) == ISSUER


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_what_is_not_controlled_passes_without_a_record(gateway, origin, scheme):
    gateway.clock("09:00:00")
    before = len(gateway.lines())

    for source in (PEOPLE["a.jones"], UNKNOWN):
        assert curl(gateway, f"{scheme}://www.example.org/page", source=source).status == 200

    assert origin.seen.hosts == ["www.example.org"] * 2
    assert len(gateway.lines()) == before


def test_a_refused_site_is_not_even_contacted(gateway, origin):
    gateway.clock("09:00:00")

    for way in ("https", "h2", "http", "websocket", "h2-client"):
        assert ask(gateway, way, PEOPLE["a.jones"], "www.facebook.com/").status == 403

    assert origin.seen.contacts == 0
    assert origin.seen.heard == UNHEARD
