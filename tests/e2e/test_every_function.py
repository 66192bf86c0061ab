"""
Whatever function fails on the way of a request: a closed site hears nothing, others are served.

The functions are found by looking on while requests are answered; see `support.walk`.
"""

import socket
import ssl
from contextlib import suppress

import bcrypt
import pytest

from support.clients import Http2, connect, exchange, tls
from support.debian import free_port
from support.gateway import BY_ADDRESS, BY_PASSWORD, UNKNOWN, running
from support.origin import UNHEARD
from support.walk import Remote
from support.wire import upgrade

pytestmark = pytest.mark.e2e

SOCIAL, INNOCENT = "www.facebook.com", "www.example.org"
PASSWORD = "Proxy-Authorization: Basic Yi5ncmVlbjpzZWNyZXQ=\r\n"  # b.green:secret
LOST = (OSError, ssl.SSLError, ValueError, IndexError, EOFError)
"""How a client finds its connection ended, at whatever it was doing."""

HANG_SECONDS = 0.2
"""How long a client waits for an answer that does not come."""


def get(host, path="/", more=""):
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n".encode()


def in_clear(gateway, source="127.0.20.5", more="", request=None):
    with socket.create_connection(gateway.proxy, 30, source_address=(source, 0)) as sock:
        return exchange(sock, request or get(SOCIAL, f"http://{SOCIAL}/", more))


def secure(gateway, host=SOCIAL, sni=SOCIAL, *, alpn=(), **more):
    return tls(gateway, connect(gateway, f"{host}:443", **more), sni, alpn=alpn)


def a_page(gateway):
    with secure(gateway) as sock:
        return exchange(sock, get(SOCIAL))


def a_page_in_clear(gateway):
    return in_clear(gateway)


def a_page_for_a_stranger(gateway):
    return in_clear(gateway, UNKNOWN)


def a_page_with_a_password(gateway):
    return in_clear(gateway, UNKNOWN, PASSWORD)


def a_page_in_http2(gateway):
    with secure(gateway, alpn=("h2",)) as sock:
        return Http2(sock).ask(SOCIAL, "/")


def an_upload(gateway):
    with secure(gateway) as sock:
        more = "Content-Length: 10\r\n"
        return exchange(sock, get(SOCIAL, "/", more).replace(b"GET", b"POST") + b"0123456789")


def a_websocket(gateway):
    with secure(gateway) as sock:
        return exchange(sock, upgrade(SOCIAL))


def under_another_name(gateway):
    with secure(gateway, host=INNOCENT) as sock:
        return exchange(sock, get(INNOCENT))


def by_socks(gateway):
    with socket.create_connection(gateway.ports[1], 30, source_address=("127.0.20.5", 0)) as sock:
        sock.sendall(b"\x05\x01\x00")
        assert sock.recv(2) == b"\x05\x00"
        name = SOCIAL.encode()
        sock.sendall(b"\x05\x01\x00\x03" + bytes([len(name)]) + name + b"\x01\xbb")
        assert sock.recv(10)[:2] == b"\x05\x00"
        with tls(gateway, sock, SOCIAL) as inside:
            return exchange(inside, get(SOCIAL))


CLOSED = (
    a_page,
    a_page_in_clear,
    a_page_for_a_stranger,
    a_page_with_a_password,
    a_page_in_http2,
    an_upload,
    a_websocket,
    under_another_name,
    by_socks,
)


@pytest.fixture(scope="module")
def gateway(origin, tmp_path_factory):
    folder = tmp_path_factory.mktemp("gateway")
    hashed = bcrypt.hashpw(b"secret", bcrypt.gensalt(5)).decode()
    (folder / "htpasswd").write_text(f"b.green:{hashed}\n")
    with running(
        folder,
        origin,
        module="support.walked_gateway",
        identity=f"{BY_ADDRESS}\n{BY_PASSWORD}",
        listen=(
            f"'127.0.0.1:{free_port()}'",
            f"{{address: '127.0.0.1:{free_port()}', kind: socks5}}",
        ),
    ) as gateway:
        yield gateway


@pytest.fixture(scope="module")
def walk(gateway):
    remote = Remote(gateway.folder / "walk")
    remote.ask("idle")
    yield remote
    remote.close()


def called(walk, story):
    """Return what a story calls, and which of it can hang."""
    walk.ask("record")
    story()
    return walk.ask("recorded")


def noted(gateway):
    return len(gateway.told()), len(gateway.lines())


def serves_others(gateway):
    request = get(INNOCENT, f"http://{INNOCENT}/")
    return in_clear(gateway, request=request).status == 200


@pytest.mark.parametrize("story", CLOSED, ids=lambda story: story.__name__)
def test_a_closed_site_hears_nothing_whatever_fails(gateway, origin, walk, story):
    found = called(walk, lambda: story(gateway))
    found |= called(walk, lambda: story(gateway))
    wrong = []
    for name in found:
        origin.reset()
        before = noted(gateway)
        walk.ask("fail", name, False)
        with suppress(*LOST):
            story(gateway)
        hits = walk.ask("mend")
        if not hits:
            continue
        if origin.seen.heard != UNHEARD:
            wrong.append(f"{name}: the site has heard {origin.seen.heard}")
        if noted(gateway) == before:
            wrong.append(f"{name}: neither log nor record tells of it")
        if not serves_others(gateway):
            wrong.append(f"{name}: others are not served afterwards")
    assert not wrong, "\n".join(wrong)
