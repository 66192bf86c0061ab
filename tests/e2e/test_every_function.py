"""
Whatever function fails on the way of a request: a closed site hears nothing, others are served.

The functions are found by looking on while requests are answered; see `support.walk`.
"""

import socket
import ssl
import threading
import time
from contextlib import suppress

import bcrypt
import pytest

from support import clients
from support.clients import Http2, connect, exchange, tls
from support.debian import free_port
from support.gateway import BY_ADDRESS, BY_PASSWORD, POLLS, UNKNOWN, running
from support.origin import UNHEARD
from support.walk import Remote
from support.wire import upgrade

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

SOCIAL, INNOCENT = "www.facebook.com", "www.example.org"
PASSWORD = "Proxy-Authorization: Basic Yi5ncmVlbjpzZWNyZXQ=\r\n"  # b.green:secret
LOST = (OSError, ssl.SSLError, ValueError, IndexError, EOFError)
"""How a client finds its connection ended, at whatever it was doing."""

PATIENCE = 3
"""Seconds that a client waits for an answer that does not come; it is not measured."""

THE_LOOP = "door/lookout.py:_Lookout.select:"
"""Where the loop itself fails the gateway ends, as `test_every_task` has it, and serves nobody."""


def get(host, path="/", more=""):
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n".encode()


def in_clear(gateway, source="127.0.20.5", more="", request=None):
    with socket.create_connection(
        gateway.proxy, clients.TIMEOUT, source_address=(source, 0)
    ) as sock:
        return exchange(sock, request or get(SOCIAL, f"http://{SOCIAL}/", more))


def secure(gateway, host=SOCIAL, sni=SOCIAL, *, alpn=(), **more):
    sock = connect(gateway, f"{host}:443", **more)
    try:
        return tls(gateway, sock, sni, alpn=alpn)
    except LOST:
        sock.close()
        raise


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


def expect(sock, size):
    if sock.recv(size)[:2] != b"\x05\x00":
        raise ConnectionError


def by_socks(gateway):
    with socket.create_connection(
        gateway.ports[1], clients.TIMEOUT, source_address=("127.0.20.5", 0)
    ) as sock:
        sock.sendall(b"\x05\x01\x00")
        expect(sock, 2)
        name = SOCIAL.encode()
        sock.sendall(b"\x05\x01\x00\x03" + bytes([len(name)]) + name + b"\x01\xbb")
        expect(sock, 10)
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


def called(walk, gateway, story):
    """Return what a story calls each time, and whether it can hang."""
    story(gateway)  # the first time, more is called than ever again
    walk.ask("record")
    story(gateway)
    names = walk.ask("recorded")
    return {name: waits for name, waits in names.items() if not name.startswith(THE_LOOP)}


def by_this_first(walk, gateway, story):
    """Return what this story calls and none of those before it."""
    before = {
        name for other in CLOSED[: CLOSED.index(story)] for name in called(walk, gateway, other)
    }
    found = called(walk, gateway, story)
    return {name: waits for name, waits in found.items() if name not in before}


def noted(gateway):
    return len(gateway.told()), len(gateway.lines())


def told_of(gateway, before):
    """Wait until log or records have more than before; they may come after the answer."""
    for _ in range(POLLS):
        if noted(gateway) != before:
            return True
        time.sleep(0.05)
    return False


def serves_others(gateway):
    request = get(INNOCENT, f"http://{INNOCENT}/")
    try:
        return in_clear(gateway, request=request).status == 200
    except LOST:
        return False


@pytest.mark.parametrize("fault", ["fault", "system"])
@pytest.mark.parametrize("story", CLOSED, ids=lambda story: story.__name__)
def test_a_closed_site_hears_nothing_whatever_raises(
    gateway, origin, walk, story, fault, monkeypatch
):
    """
    Also where it is the system that says no, for which there are ways of their own.

    Of a system that says no nobody need be told: that is also how a client leaves.
    """
    wrong, failed = [], 0
    for name in by_this_first(walk, gateway, story):
        origin.reset()
        before = noted(gateway)
        walk.ask("fail", name, fault)
        with monkeypatch.context() as patched:
            patched.setattr(clients, "TIMEOUT", PATIENCE)
            reply = quietly(story, gateway)
        hits = walk.ask("mend")
        if not hits:
            continue  # it is not called every time
        failed += 1
        if origin.seen.heard != UNHEARD:
            wrong.append(f"{name}: the site has heard {origin.seen.heard}")
        if reply is not None and reply.status in {101, 200}:
            wrong.append(f"{name}: the client was let to it")
        if fault == "fault" and not told_of(gateway, before):
            wrong.append(f"{name}: neither log nor record tells of it")
        if not serves_others(gateway):
            wrong.append(f"{name}: others are not served afterwards")
    assert not wrong, "\n".join(wrong)
    assert failed or story is not a_page


@pytest.mark.parametrize("story", [a_page, a_page_in_clear], ids=lambda s: s.__name__)
def test_a_closed_site_hears_nothing_and_nobody_waits_whatever_hangs(gateway, origin, walk, story):
    wrong, hung = [], 0
    waiting = [name for name, waits in by_this_first(walk, gateway, story).items() if waits]
    for name in waiting:
        origin.reset()
        walk.ask("hang", name)
        client = threading.Thread(target=quietly, args=(story, gateway))
        client.start()
        while client.is_alive() and not walk.ask("how_often"):
            client.join(0.01)
        hung += walk.ask("how_often") > 0
        if origin.seen.heard != UNHEARD:
            wrong.append(f"{name}: the site has heard {origin.seen.heard}")
        if not serves_others(gateway):
            wrong.append(f"{name}: others wait")
        walk.ask("mend")
        client.join(60)
        if client.is_alive():
            wrong.append(f"{name}: the client still waits")
    assert not wrong, "\n".join(wrong)
    assert hung


def quietly(story, gateway):
    with suppress(*LOST):
        return story(gateway)
    return None


def test_afterwards_it_is_the_gateway_it_was(gateway, origin):
    assert a_page(gateway).status == 403
    assert serves_others(gateway)
