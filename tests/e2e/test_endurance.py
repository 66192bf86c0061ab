"""Of connections that have ended nothing is left: no task, no flow, no descriptor."""

import time
from pathlib import Path

import pytest

from support.clients import connect, exchange, tls
from support.gateway import running
from support.walk import Remote
from support.wire import read_frame, text_frame, upgrade

pytestmark = pytest.mark.e2e

SOCIAL, INNOCENT = "www.facebook.com", "www.example.org"
MANY = 8
WAIT = 60


@pytest.fixture(scope="module")
def gateway(origin, tmp_path_factory):
    folder = tmp_path_factory.mktemp("gateway")
    with running(folder, origin, module="support.walked_gateway") as gateway:
        gateway.clock("12:30:00")
        yield gateway


@pytest.fixture(scope="module")
def remote(gateway):
    remote = Remote(gateway.folder / "walk")
    yield remote
    remote.close()


def open_all_kinds(gateway):
    """Open tunnels of every kind at the same time; return their sockets."""
    socks = []
    for _ in range(MANY):
        for host, request in (
            (INNOCENT, f"GET / HTTP/1.1\r\nHost: {INNOCENT}\r\n\r\n".encode()),
            (SOCIAL, f"GET / HTTP/1.1\r\nHost: {SOCIAL}\r\n\r\n".encode()),
            (SOCIAL, upgrade(SOCIAL)),
        ):
            sock = tls(gateway, connect(gateway, f"{host}:443"), host)
            assert exchange(sock, request).status in {101, 200}
            socks.append(sock)
    return socks


def state(gateway, remote):
    files = sum(1 for _ in Path(f"/proc/{gateway.process.pid}/fd").iterdir())
    return remote.ask("alive") | {"descriptors": files}


def test_of_tunnels_that_have_ended_nothing_is_left(gateway, remote):
    for sock in open_all_kinds(gateway):  # the first time, things are made that stay
        sock.close()
    before = settled(gateway, remote, {"connections": 0})
    socks = open_all_kinds(gateway)
    assert remote.ask("alive")["connections"] >= 3 * MANY
    for sock in socks:
        sock.close()

    left = settled(gateway, remote, before)

    assert all(left[name] <= before[name] for name in before), (before, left)


def test_of_messages_that_have_gone_by_nothing_is_left_while_a_websocket_lives(gateway, remote):
    with tls(gateway, connect(gateway, f"{SOCIAL}:443"), SOCIAL) as sock:
        assert exchange(sock, upgrade(SOCIAL)).status == 101
        for number in range(MANY * MANY):
            text = f"message {number}".encode()
            sock.sendall(text_frame(text))
            assert read_frame(sock) == text

        alive = remote.ask("alive")

    assert alive["messages"] == 0
    assert alive["connections"] >= 1


def settled(gateway, remote, wanted):
    """Wait until no more is left than that; what is left after a minute stays."""
    until = time.monotonic() + WAIT
    while True:
        left = state(gateway, remote)
        if all(left[name] <= wanted[name] for name in wanted) or time.monotonic() > until:
            return left
        time.sleep(0.2)
