"""A millisecond before a break ends, the moment it ends, and a millisecond after."""

import pytest

from support.clients import Http2, connect, curl, exchange, tls
from support.origin import UNHEARD
from support.wire import GOODBYE, pump, read_frame, text_frame, upgrade

pytestmark = pytest.mark.e2e

SOCIAL = "www.facebook.com"


def get(host, path="/"):
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()


def sealed(gateway, **how):
    return tls(gateway, connect(gateway, f"{SOCIAL}:443"), SOCIAL, **how)


@pytest.mark.parametrize(
    ("wall", "status"),
    [
        ("11:59:59.999", 403), ("12:00:00.000", 200), ("12:00:00.001", 200),
        ("13:59:59.999", 200), ("14:00:00.000", 403), ("14:00:00.001", 403),
    ],
)  # fmt: skip
def test_a_request_is_judged_by_the_moment_it_comes(gateway, origin, wall, status):
    gateway.clock(wall)

    assert curl(gateway, f"https://{SOCIAL}/").status == status
    assert curl(gateway, f"http://{SOCIAL}/").status == status
    with sealed(gateway, alpn=("h2",)) as sock:
        assert Http2(sock).ask(SOCIAL, "/").status == status
    with sealed(gateway) as sock:
        assert exchange(sock, upgrade(SOCIAL)).status == (101 if status == 200 else 403)
    assert (origin.seen.heard == UNHEARD) is (status == 403)


@pytest.mark.parametrize(
    ("begun", "later", "status"),
    [
        ("13:00:00", "13:59:59.999", 200),
        ("13:00:00", "14:00:00.000", 403),
        ("13:59:59.999", "14:00:00.001", 403),
        ("14:00:59.999", "14:01:00.000", 403),
    ],
)
def test_another_request_on_the_same_connection_too(gateway, begun, later, status):
    with sealed(gateway) as sock, sealed(gateway, alpn=("h2",)) as other:
        http2 = Http2(other)
        gateway.clock(begun)
        exchange(sock, get(SOCIAL))
        http2.ask(SOCIAL, "/")
        gateway.clock(later)

        assert http2.ask(SOCIAL, "/later").status in {status, 0 if status == 403 else 200}
        assert exchange(sock, get(SOCIAL, "/later")).status in {status, 0 if status == 403 else 200}


def test_what_has_begun_goes_on_to_the_last_moment_of_the_grace(gateway):
    gateway.clock("13:59:59.999")
    with sealed(gateway) as sock:
        assert exchange(sock, upgrade(SOCIAL)).status == 101
        for wall in ("14:00:00.000", "14:00:59.999"):
            gateway.clock(wall)
            sock.sendall(text_frame(b"still"))
            assert read_frame(sock) == b"still"
        gateway.clock("14:01:00.000")
        sock.settimeout(60)
        assert pump(sock) == GOODBYE


def test_nothing_begins_in_the_grace(gateway, origin):
    gateway.clock("14:00:00.000")
    body = b"POST / HTTP/1.1\r\nHost: www.facebook.com\r\nContent-Length: 5\r\n\r\nhello"
    with sealed(gateway) as sock:
        assert exchange(sock, body).status == 403
    assert origin.seen.heard == UNHEARD
