"""`decrypt_during_breaks: false`: in a break nothing is opened, and the break ends all the same."""

import pytest

from support.clients import Http2, connect, curl, exchange, issuer, tls
from support.gateway import LIBRARY, PEOPLE, running
from support.origin import ISSUER
from support.wire import pump, read_frame, text_frame, upgrade

pytestmark = pytest.mark.e2e

SOCIAL, SISTER, CDN = "www.facebook.com", "www.instagram.com", "static.xx.fbcdn.net"
OWN = "/ExampleshireCouncil"
PRESS = "127.0.20.10"
PRESS_BREAK = """
teams:
  election:
    members: [press]
    breaks: [{days: Mon-Fri, at: 15:00-15:30, platforms: [facebook]}]
"""


@pytest.fixture(scope="module")
def gateway(origin, tmp_path_factory):
    with running(
        tmp_path_factory.mktemp("gateway"),
        origin,
        extra=PRESS_BREAK,
        gateway="  decrypt_during_breaks: false",
        people={**PEOPLE, "press": PRESS},
    ) as gateway:
        yield gateway


def get(host, path="/"):
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()


def secure(gateway, host, *, source="127.0.20.5", alpn=()):
    return tls(gateway, connect(gateway, f"{host}:443", source=source), host, alpn=alpn)


def is_opened(sock):
    return issuer(sock) != ISSUER


def of(gateway, action):
    return [line for line in gateway.lines() if line["event"]["action"] == action]


def ended(sock):
    sock.settimeout(60)
    return pump(sock)


def test_in_a_break_the_origin_is_spoken_to_and_the_record_has_no_page(gateway, origin):
    gateway.clock("12:30:00")
    before = len(gateway.visits())
    with secure(gateway, SOCIAL) as sock:
        assert not is_opened(sock)
        assert exchange(sock, get(SOCIAL, "/someone?secret=1")).status == 200
        assert exchange(sock, get(SOCIAL, "/another")).status == 200

    (line,) = gateway.visits()[before:]
    assert (line["event"]["action"], line["event"]["code"]) == ("connection-passed", "BT1021I")
    assert (line["user"]["name"], line["url"]["domain"]) == ("a.jones", SOCIAL)
    assert (line["url"]["path"], line.get("http")) == (None, None)
    assert line["breaktime"]["context"] == "break"
    assert line["breaktime"]["visit"] == {"evidence": "tls_name_only", "counted": False}
    assert line["breaktime"]["changes_at"] == "2026-11-23T14:00:00.000000Z"
    assert "someone" not in str(gateway.lines())
    assert "someone" not in gateway.told()


def test_outside_the_breaks_it_is_opened_for_the_page_that_says_no(gateway, origin):
    gateway.clock("11:00:00")
    before = len(gateway.visits())
    with secure(gateway, SOCIAL) as sock:
        assert is_opened(sock)
        assert exchange(sock, get(SOCIAL)).status == 403
        assert exchange(sock, get(SOCIAL, OWN)).status == 200
    assert origin.seen.hosts == [SOCIAL]

    blocked, own = gateway.visits()[before:]
    assert blocked["event"]["action"] == "visit-blocked"
    assert (own["event"]["action"], own["url"]["path"]) == ("visit-own-page", OWN)


def test_it_ends_a_grace_after_the_break_and_then_is_opened(gateway):
    gateway.clock("13:59:00")
    with secure(gateway, SOCIAL) as social, secure(gateway, "www.example.org") as innocent:
        assert exchange(social, upgrade(SOCIAL)).status == 101
        gateway.clock("14:00:59")
        social.sendall(text_frame(b"still"))
        assert read_frame(social) == b"still"
        count = len(of(gateway, "connection-cut"))
        gateway.clock("14:01:00")
        assert ended(social) == b""
        assert exchange(innocent, get("www.example.org")).status == 200
    cut = gateway.await_line("connection-cut", count + 1)
    assert (cut["event"]["reason"], cut["url"]["domain"]) == ("outside_breaks", SOCIAL)
    assert cut["breaktime"]["visit"]["evidence"] == "tls_name_only"
    with secure(gateway, SOCIAL) as sock:
        assert is_opened(sock)
        assert exchange(sock, get(SOCIAL)).status == 403


def test_what_was_opened_before_the_break_is_not_looked_into_any_more(gateway, origin):
    gateway.clock("11:59:00")
    with secure(gateway, SOCIAL) as one, secure(gateway, SOCIAL, alpn=("h2",)) as other:
        http2 = Http2(other)
        assert exchange(one, get(SOCIAL, OWN)).status == 200
        assert http2.ask(SOCIAL, OWN).status == 200
        gateway.clock("12:00:00")
        before, origin.seen.requests = len(gateway.visits()), []
        assert exchange(one, get(SOCIAL, "/someone")).status == 0
        assert http2.ask(SOCIAL, "/someone").status == 0
        assert ended(other) is not None
    assert gateway.visits()[before:] == []
    assert origin.seen.hosts == []
    assert curl(gateway, f"https://{SOCIAL}/someone").status == 200


def test_a_break_for_some_platforms_is_opened(gateway):
    gateway.clock("15:10:00")
    before = len(gateway.visits())
    with secure(gateway, SOCIAL, source=PRESS) as sock:
        assert is_opened(sock)
        assert exchange(sock, get(SOCIAL)).status == 200
        assert exchange(sock, get(SISTER)).status == 403
    assert [line["event"]["action"] for line in gateway.visits()[before:]] == [
        "visit-allowed",
        "visit-blocked",
    ]


def test_a_business_case_is_opened_outside_the_breaks(gateway):
    gateway.clock("11:00:00")
    with secure(gateway, "x.com", source=PEOPLE["c.lee"]) as sock:
        assert is_opened(sock)
        assert exchange(sock, get("x.com", "/press")).status == 200


@pytest.mark.parametrize("source", [PEOPLE["d.smith"], PEOPLE["night"], "127.0.99.9"])
def test_whoever_has_no_break_is_opened(gateway, source):
    gateway.clock("12:30:00")
    with secure(gateway, SOCIAL, source=source) as sock:
        assert is_opened(sock)
        assert exchange(sock, get(SOCIAL)).status == 403


def test_what_other_sites_load_and_exempt_people_leave_no_record(gateway):
    gateway.clock("12:30:00")
    before = len(gateway.visits())
    for host, source in ((CDN, PEOPLE["a.jones"]), (SOCIAL, LIBRARY)):
        with secure(gateway, host, source=source) as sock:
            assert not is_opened(sock)
    assert gateway.visits()[before:] == []


def test_names_that_disagree_are_opened_and_refused(gateway, origin):
    gateway.clock("12:30:00")
    with tls(gateway, connect(gateway, "www.example.org:443"), SOCIAL) as sock:
        assert is_opened(sock)
        assert exchange(sock, get(SOCIAL)).status == 403
    assert origin.seen.hosts == []


def reloaded(gateway):
    count = len(of(gateway, "config-loaded"))
    gateway.hang_up()
    gateway.await_line("config-loaded", count + 1)


def test_a_suspension_and_other_tables_of_people_end_it_at_once(gateway):
    gateway.clock("12:30:00")
    config, table = gateway.folder / "config.yaml", gateway.folder / "people.csv"
    written, people = config.read_text(), table.read_text()
    reasons = []
    for file, text in (
        (config, written.replace("{person: d.smith}", "{person: a.jones}")),
        (table, people.replace("a.jones", "somebody.else")),
    ):
        count = len(of(gateway, "connection-cut"))
        with secure(gateway, SOCIAL) as sock:
            assert exchange(sock, upgrade(SOCIAL)).status == 101
            before = file.read_text()
            file.write_text(text)
            reloaded(gateway)
            assert ended(sock) == b""
        cut = gateway.await_line("connection-cut", count + 1)
        reasons.append((cut["user"]["name"], cut["event"]["reason"]))
        file.write_text(before)
        reloaded(gateway)
    assert reasons == [("a.jones", "suspended"), ("a.jones", "identity_unknown")]
