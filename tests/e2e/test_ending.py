"""What a break or a case has opened ends with it, a grace later; everything else goes on."""

import subprocess
from contextlib import suppress

import pytest

from support.clients import Http2, connect, curl, exchange, tls
from support.gateway import LIBRARY, PEOPLE, POLLS
from support.wire import GOODBYE, pump, read_frame, text_frame, upgrade

pytestmark = pytest.mark.e2e

SOCIAL = "www.facebook.com"
INNOCENT = "www.example.org"
OWN = "/ExampleshireCouncil"


def get(host, path="/"):
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()


def secure(gateway, host, *, source="127.0.20.5", alpn=()):
    return tls(gateway, connect(gateway, f"{host}:443", source=source), host, alpn=alpn)


def events(gateway):
    sock = secure(gateway, SOCIAL)
    sock.sendall(get(SOCIAL, "/events"))
    seen = b""
    while b"data: 1\n\n" not in seen:
        seen += sock.recv(65536)
    return sock


def events_in_http2(gateway):
    sock = secure(gateway, SOCIAL, alpn=("h2",))
    assert Http2(sock).ask(SOCIAL, "/").status == 200
    return sock


def websocket(gateway, **who):
    sock = secure(gateway, SOCIAL, **who)
    assert exchange(sock, upgrade(SOCIAL)).status == 101
    sock.sendall(text_frame(b"hello"))
    assert read_frame(sock) == b"hello"
    return sock


def idle(gateway):
    sock = secure(gateway, SOCIAL)
    assert exchange(sock, get(SOCIAL)).status == 200
    return sock


def idle_in_clear(gateway):
    sock = connect(gateway, f"{SOCIAL}:80")
    assert exchange(sock, get(SOCIAL)).status == 200
    return sock


def stuck(gateway):
    """Begin a download and do not read it."""
    sock = secure(gateway, SOCIAL)
    sock.sendall(get(SOCIAL, "/big/50000000"))
    assert sock.recv(1)
    return sock


def cuts(gateway):
    return [line for line in gateway.lines() if line["event"]["action"] == "connection-cut"]


def await_cuts(gateway, count):
    gateway.await_line("connection-cut", count)
    return cuts(gateway)


def await_request(gateway, origin):
    for _ in range(POLLS):
        if origin.seen.hosts:
            return
        with suppress(subprocess.TimeoutExpired):
            gateway.process.wait(0.05)
    raise AssertionError("nothing has reached the origin")


KINDS = [events, events_in_http2, websocket, idle, idle_in_clear, stuck]


def still_works(sock, host, path="/"):
    return exchange(sock, get(host, path)).status == 200


def test_all_that_a_break_has_opened_ends_and_nothing_else(gateway, origin):
    gateway.clock("13:30:00")
    leased = {kind.__name__: kind(gateway) for kind in KINDS}
    relayed, own = secure(gateway, INNOCENT), secure(gateway, SOCIAL)
    case = secure(gateway, "x.com", source="127.0.20.6")
    exempt = secure(gateway, SOCIAL, source=LIBRARY)
    others = [
        (relayed, INNOCENT, "/"),
        (own, SOCIAL, OWN),
        (case, "x.com", "/"),
        (exempt, SOCIAL, "/"),
    ]
    assert all(still_works(*other) for other in others)

    gateway.clock("14:00:59")  # in the grace: what has begun goes on
    websocket_ = leased["websocket"]
    websocket_.sendall(text_frame(b"still"))
    assert read_frame(websocket_) == b"still"
    assert curl(gateway, f"https://{SOCIAL}/").status == 403
    gateway.clock("14:01:00")

    gateway.await_told("connections have ended")
    for sock in leased.values():
        sock.settimeout(60)
        pump(sock)  # ends, or the timeout fails the test
        sock.close()
    assert all(still_works(*other) for other in others)
    for sock, *_ in others:
        sock.close()


def test_a_websocket_is_told_why_it_ends_and_the_log_that_it_did(gateway):
    gateway.clock("13:30:00")
    with websocket(gateway) as sock:
        count = len(cuts(gateway))
        gateway.clock("14:01:00")
        sock.settimeout(60)
        assert pump(sock) == GOODBYE
    cut = await_cuts(gateway, count + 1)[-1]
    assert (cut["user"]["name"], cut["url"]["domain"]) == ("a.jones", SOCIAL)
    assert cut["event"]["reason"] == "outside_breaks"
    assert cut["url"]["path"] is None


def test_what_a_websocket_carries_is_in_the_session(gateway):
    """Eleven bytes there and seven back for each word: frames, as they are."""

    def ended():
        lines = [line for line in gateway.lines() if line["event"]["action"] == "session-end"]
        return [line for line in lines if line["user"]["name"] == "night"]

    gateway.clock("22:10:00")
    with websocket(gateway, source=PEOPLE["night"]) as sock:
        for _ in range(3):
            sock.sendall(text_frame(b"hello"))
            assert read_frame(sock) == b"hello"
        gateway.clock("22:30:10")
        for _ in range(POLLS):
            if ended():
                break
            with suppress(subprocess.TimeoutExpired):
                gateway.process.wait(0.05)

    (line,) = ended()
    assert line["event"]["reason"] == "break_ended"
    assert (line["source"]["bytes"], line["destination"]["bytes"]) == (44, 28)
    assert line["breaktime"]["session"]["requests"] == 1


def test_a_stream_of_http2_ends_alone_where_others_go_on(gateway):
    gateway.clock("13:30:00")
    with secure(gateway, SOCIAL, alpn=("h2",)) as sock:
        sock.settimeout(60)
        http2 = Http2(sock)
        social, own = http2.begin(SOCIAL, "/events"), http2.begin(SOCIAL, f"{OWN}/events")
        http2.await_data({social, own})
        count = len(cuts(gateway))
        gateway.clock("14:01:00")
        assert http2.await_reset() == {social}
        assert http2.ask(SOCIAL, OWN).status == 200
        assert len(await_cuts(gateway, count + 1)) == count + 1


def test_an_upload_ends_with_the_break(gateway, origin):
    gateway.clock("13:30:00")
    with secure(gateway, SOCIAL) as sock:
        sock.sendall(f"POST / HTTP/1.1\r\nHost: {SOCIAL}\r\nContent-Length: 1000\r\n\r\nx".encode())
        count = len(cuts(gateway))
        await_request(gateway, origin)
        gateway.clock("14:01:00")
        sock.settimeout(60)
        assert pump(sock) == b""
    await_cuts(gateway, count + 1)


def test_an_idle_connection_ends_without_a_record(gateway):
    gateway.clock("13:30:00")
    with idle(gateway) as sock:
        count = len(cuts(gateway))
        gateway.clock("14:01:00")
        sock.settimeout(60)
        assert pump(sock) == b""
        assert len(cuts(gateway)) == count


def test_a_lease_is_renewed_by_what_is_decided_last(gateway):
    gateway.clock("13:30:00")
    with idle(gateway) as sock:
        gateway.clock("14:00:30")
        assert exchange(sock, get(SOCIAL)).status == 403
        told = gateway.told().count("connections have ended")
        gateway.clock("14:01:30")
        gateway.await_told("connections have ended", told + 1)
        assert pump(sock) == b""


def test_a_business_case_ends_with_its_last_day(gateway):
    gateway.clock("15:00:00", "2027-12-31")
    with secure(gateway, "x.com", source="127.0.20.6") as sock:
        assert exchange(sock, upgrade("x.com")).status == 101
        told = gateway.told().count("connections have ended")
        gateway.clock("00:01:00", "2028-01-01")
        gateway.await_told("connections have ended", told + 1)
        sock.settimeout(60)
        assert pump(sock) == GOODBYE


@pytest.mark.parametrize(
    ("wall", "ends"),
    [
        ("13:54:59", None),
        ("13:55:00", "2026-11-23T14:00:00Z"),
        ("13:59:59", "2026-11-23T14:00:00Z"),
    ],
)
@pytest.mark.parametrize("version", ["--http1.1", "--http2"])
def test_shortly_before_the_end_answers_say_when_it_is(gateway, wall, ends, version):
    gateway.clock(wall)

    reply = curl(gateway, f"https://{SOCIAL}/", version)

    assert (reply.status, reply.headers.get("breaktime-ends")) == (200, ends)


def test_own_pages_and_refusals_say_nothing_of_an_end(gateway):
    gateway.clock("13:59:00")
    assert "breaktime-ends" not in curl(gateway, f"https://{SOCIAL}{OWN}").headers
    gateway.clock("14:00:00")
    assert "breaktime-ends" not in curl(gateway, f"https://{SOCIAL}/").headers


def test_the_end_holds_at_the_very_second_for_new_requests(gateway):
    for wall, status in (("13:59:59.999", 200), ("14:00:00.000", 403), ("14:00:00.001", 403)):
        gateway.clock(wall)
        assert curl(gateway, f"https://{SOCIAL}/").status == status
