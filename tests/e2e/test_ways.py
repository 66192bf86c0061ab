"""The other ways to the gateway: as a SOCKS server, and behind a balancer."""

import json
import socket
import subprocess

import bcrypt
import pytest

from support.clients import as_browser, read_reply, tls
from support.debian import free_port
from support.gateway import BY_ADDRESS, BY_PASSWORD, running
from support.origin import UNHEARD
from support.wire import pump

pytestmark = pytest.mark.e2e

SOCIAL, INNOCENT = "www.facebook.com", "www.example.org"
LISTEN = (
    "'127.0.0.1:{}'",
    "{{address: '127.0.0.1:{}', kind: socks5}}",
    "{{address: '127.0.0.1:{}', proxy_protocol_from: [127.0.0.9]}}",
)


@pytest.fixture(scope="module")
def gateway(origin, tmp_path_factory):
    folder = tmp_path_factory.mktemp("gateway")
    hashed = bcrypt.hashpw(b"password", bcrypt.gensalt(5)).decode()
    (folder / "htpasswd").write_text(f"p.word:{hashed}\n")
    both = f"{BY_PASSWORD}\n{BY_ADDRESS}"
    listen = tuple(port.format(free_port()) for port in LISTEN)
    with running(folder, origin, listen=listen, identity=both) as gateway:
        yield gateway


@pytest.fixture
def socks(gateway, tmp_path):
    """A function that asks with curl by SOCKS: status and body."""
    host, port = gateway.ports[1]
    trust = tmp_path / "trust.pem"
    trust.write_bytes(gateway.ca.read_bytes() + gateway.origin.ca.read_bytes())

    def socks(url, *arguments, user="", source="127.0.99.9", scheme="socks5h"):
        at = f"{user}@{host}" if user else host
        command = ["curl", "--silent", "--max-time", "15", "--interface", source]
        command += ["--proxy", f"{scheme}://{at}:{port}", "--noproxy", "", "--cacert", str(trust)]
        command += ["--write-out", "\n%{json}", *as_browser(), *arguments, url]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        body, _, facts = done.stdout.rpartition("\n")
        return json.loads(facts)["response_code"], body, json.loads(facts)["exitcode"]

    return socks


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_by_socks_what_is_none_of_our_business_passes(socks, origin, gateway, scheme):
    count = len(gateway.visits())
    status, body, _ = socks(f"{scheme}://{INNOCENT}/page")
    assert (status, body) == (200, f"{INNOCENT} GET /page 0\n")
    assert len(gateway.visits()) == count


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_by_socks_a_social_site_is_closed_outside_a_break(socks, origin, gateway, scheme):
    gateway.clock("09:00:00")
    status, body, _ = socks(f"{scheme}://{SOCIAL}/", source="127.0.20.5")
    assert status == 403
    assert "Facebook" in body
    assert origin.seen.heard == UNHEARD


@pytest.mark.parametrize(
    ("user", "source", "who"),
    [
        ("p.word:password", "127.0.99.9", "p.word"),
        ("p.word:wrong", "127.0.99.9", None),
        ("", "127.0.99.9", None),
        ("", "127.0.20.5", "a.jones"),
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_by_socks_a_break_is_for_whom_password_or_address_names(
    socks, gateway, user, source, who, scheme
):
    gateway.clock("12:30:00")
    count = len(gateway.visits())
    status, _, _ = socks(f"{scheme}://{SOCIAL}/{source}", user=user, source=source)
    assert status == (403 if who is None else 200)
    (line,) = gateway.visits()[count:]
    assert line.get("user", {}).get("name") == who


def test_by_socks_a_client_that_resolves_names_itself_is_judged_by_what_it_says_in_tls(
    socks, gateway, origin
):
    gateway.clock("09:00:00")
    status, _, _ = socks(
        f"https://{SOCIAL}/", "--resolve", f"{SOCIAL}:443:127.0.40.1", scheme="socks5"
    )
    assert status == 403
    assert origin.seen.heard == UNHEARD


def announced(gateway, client, *, source="127.0.0.9"):
    """Connect as the balancer does, and say whose the connection is."""
    sock = socket.create_connection(gateway.ports[2], 60, source_address=(source, 0))
    ends = socket.inet_aton(client) + socket.inet_aton("192.0.2.1") + bytes((4, 1, 31, 144))
    sock.sendall(b"\r\n\r\n\0\r\nQUIT\n\x21\x11" + len(ends).to_bytes(2) + ends)
    return sock


@pytest.mark.parametrize(
    ("client", "status", "who"), [("127.0.20.6", 200, "c.lee"), ("10.9.9.9", 407, None)]
)
def test_behind_a_balancer_the_announced_client_counts(gateway, client, status, who):
    gateway.clock("15:00:00")  # open for c.lee only, who has a business case
    count = len(gateway.visits())
    with announced(gateway, client) as sock:
        sock.sendall(b"CONNECT x.com:443 HTTP/1.1\r\n\r\n")
        answer = read_reply(sock)
        if who is not None:
            browser = "\r\n".join(as_browser()[1::2])
            with tls(gateway, sock, "x.com") as secure:
                secure.sendall(f"GET / HTTP/1.1\r\nHost: x.com\r\n{browser}\r\n\r\n".encode())
                answer = read_reply(secure)
            (line,) = gateway.visits()[count:]
            assert line["user"]["name"] == who
    assert answer.status == status


def test_behind_a_balancer_a_place_is_that_of_the_announced_client(gateway, origin):
    gateway.clock("09:00:00")
    with announced(gateway, "127.0.60.7") as sock:  # a library, which is exempt
        sock.sendall(f"CONNECT {SOCIAL}:443 HTTP/1.1\r\n\r\n".encode())
        assert read_reply(sock).status == 200
        with tls(gateway, sock, SOCIAL) as secure:
            secure.sendall(f"GET / HTTP/1.1\r\nHost: {SOCIAL}\r\n\r\n".encode())
            assert read_reply(secure).status == 200
    assert origin.seen.hellos == [SOCIAL]


def test_behind_a_balancer_nobody_comes_unannounced_and_nobody_else_announces(gateway):
    with announced(gateway, "127.0.60.7", source="127.0.20.5") as sock:
        assert pump(sock) == b""
    assert "no-balancer" in gateway.await_told("no-balancer")
    at = socket.create_connection(gateway.ports[2], 60, source_address=("127.0.0.9", 0))
    with at as sock:
        sock.sendall(f"CONNECT {SOCIAL}:443 HTTP/1.1\r\n\r\n".encode())
        assert pump(sock) == b""
    assert "unannounced" in gateway.await_told("unannounced")
