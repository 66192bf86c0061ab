"""A real gateway is watched on its socket, and names nobody there."""

import re
import socket

import pytest

from support.clients import curl
from support.gateway import PEOPLE, running

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def gateway(origin, tmp_path_factory):
    folder = tmp_path_factory.mktemp("gateway")
    with running(folder, origin, gateway="  metrics: {socket: metrics.sock}") as gateway:
        yield gateway


def ask(gateway, path):
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(20)
        sock.connect(str(gateway.folder / "metrics.sock"))
        sock.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        answer = b""
        while piece := sock.recv(65536):
            answer += piece
    head, _, body = answer.decode().partition("\r\n\r\n")
    return int(head.split()[1]), body


def value(text, metric):
    found = re.search(rf"^{re.escape(metric)} (\S+)$", text, re.MULTILINE)
    return 0.0 if found is None else float(found[1])


def test_what_is_decided_is_counted_and_nobody_is_named(gateway):
    gateway.clock("11:00")
    blocked = 'breaktime_decisions_total{reason="outside_breaks",verdict="block"}'
    before = value(ask(gateway, "/metrics")[1], blocked)
    source = PEOPLE["a.jones"]
    assert curl(gateway, "https://www.facebook.com/", source=source).status == 403

    status, text = ask(gateway, "/metrics")

    assert status == 200
    assert value(text, blocked) == before + 1, text
    assert value(text, "breaktime_decision_seconds_count") >= 1
    assert value(text, "breaktime_records_writable") == 1
    assert value(text, "breaktime_ledger_usable") == 1
    assert value(text, "breaktime_policy_age_seconds") >= 0
    for secret in ("a.jones", source, "facebook", "town-hall", "testbook"):
        assert secret not in text


def test_it_is_alive_and_ready(gateway):
    assert ask(gateway, "/health") == (200, "alive\n")
    assert ask(gateway, "/ready") == (200, "ready\n")


def test_a_reload_is_counted(gateway):
    taken = 'breaktime_reloads_total{result="taken"}'
    before = value(ask(gateway, "/metrics")[1], taken)
    gateway.hang_up()
    gateway.await_line("config-loaded")

    assert value(ask(gateway, "/metrics")[1], taken) == before + 1
