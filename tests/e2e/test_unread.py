"""
Who does not take what was asked for: the other end is not read on, and what waits is bounded.

How much the gateway holds of it is measured by `bench/unread.py`; most of what was taken here is
in buffers of the kernel, which are megabytes.
"""

import time
from contextlib import suppress
from dataclasses import dataclass, replace

import pytest

from support.crowd import Manner, Proxy, certified, connect, contexts, h2_requests
from support.debian import free_port
from support.gateway import running

pytestmark = pytest.mark.e2e

SOCIAL, INNOCENT, RAW = "www.facebook.com", "www.example.org", "tunnels.example.org"
SIZE = 1 << 30
MOST = 64 << 20
"""Bytes: far more than the buffers of the kernel between two ends hold, far less than is sent."""

QUIET = 1
"""Seconds after which nothing more is taken; of a machine that stops for longer, less is asked."""

PIECE = 16_384
DATA_OF_FIRST_STREAM = PIECE.to_bytes(3) + b"\0\0" + (1).to_bytes(4)


@dataclass(frozen=True)
class Way:
    """
    How a client comes to a site.

    Fields:
        host: the site.
        port: of the tunnel.
        alpn: what is offered inside.
        secure: the proxy itself is asked by TLS.
        opened: in a break, what is controlled is opened by the gateway.
    """

    host: str = SOCIAL
    port: int = 443
    alpn: tuple[str, ...] = ()
    secure: bool = False
    opened: bool = True


WAYS = {
    "opened": Way(),
    "opened, HTTP/2": Way(alpn=("h2",)),
    "relayed": Way(INNOCENT),
    "raw": Way(RAW, 80),
    "TLS to the proxy, opened": Way(secure=True),
    "TLS to the proxy, opened, HTTP/2": Way(alpn=("h2",), secure=True),
    "TLS to the proxy, relayed": Way(INNOCENT, secure=True),
    "unopened": Way(opened=False),
}


class Proxies:
    """Gateways that let clients in with TLS and without, opening what is controlled or not."""

    def __init__(self, origin, folder, *, opening):
        self.trust = certified(folder)
        self.port = free_port()
        tls = f"{{listen: 127.0.0.1:{self.port}, certificate: proxy.pem, key: proxy-key.pem}}"
        settings = f"  tls: {tls}\n  decrypt_during_breaks: {str(opening).lower()}"
        self.running = running(folder, origin, gateway=settings, wall="12:30:00")

    def enter(self, way):
        """Open a tunnel."""
        gateway = self.gateway
        proxy = Proxy(gateway.proxy, contexts(gateway))
        if way.secure:
            proxy = replace(proxy, address=("127.0.0.1", self.port), tls=self.trust)
        raw = way.port == 80
        return connect(proxy, "127.0.20.5", Manner(way.alpn, raw=raw, target=(way.host, way.port)))


@pytest.fixture(scope="module")
def proxies(origin, tmp_path_factory):
    made = {}
    for opening in (True, False):
        made[opening] = Proxies(origin, tmp_path_factory.mktemp("gateway"), opening=opening)
    with made[True].running as one, made[False].running as other:
        made[True].gateway, made[False].gateway = one, other
        yield made


@pytest.fixture(params=WAYS.values(), ids=WAYS)
def way(request):
    return request.param


@pytest.fixture
def client(proxies, way):
    client = proxies[way.opened].enter(way)
    with client.sock:
        yield client


def ask(way, method, path, body=0):
    """Return the head of a request."""
    if way.alpn:
        return h2_requests(way.host, (path,), method=method, ends=not body)
    length = f"Content-Length: {body}\r\n" if body else ""
    return f"{method} {path} HTTP/1.1\r\nHost: {way.host}\r\n{length}\r\n".encode()


def test_a_site_is_not_read_on_while_nobody_takes_what_it_sends(origin, way, client):
    client.say(ask(way, "GET", f"/big/{SIZE}"))

    assert 0 < at_rest(lambda: origin.seen.sent) < MOST


def test_a_client_is_not_read_on_while_the_site_does_not_take_what_it_sends(way, client):
    client.say(ask(way, "POST", "/deaf", SIZE))
    piece = b"x" * PIECE if not way.alpn else DATA_OF_FIRST_STREAM + b"x" * PIECE

    client.say(piece)
    sent = PIECE
    client.sock.settimeout(QUIET)
    with suppress(TimeoutError):
        while sent < MOST:
            client.say(piece)
            sent += PIECE

    assert sent < MOST


def at_rest(count) -> int:
    """Wait until a number that grows does not, or has come too far; it begins within a minute."""
    seen, until = 0, time.monotonic() + 60
    while seen < MOST and time.monotonic() < until:
        time.sleep(0.05)
        if count() != seen:
            seen, until = count(), time.monotonic() + QUIET
    return seen
