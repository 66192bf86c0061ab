"""Clients that know of no proxy, in a network of their own, whose firewall sends them here."""

import socket
import subprocess

import pytest

from support.clients import as_browser, tls
from support.debian import require, serving
from support.gateway import ROOT, running
from support.namespaces import CLIENT, CLIENT_V6, GATEWAY, networks
from support.origin import ISSUER, UNHEARD, CountingOrigin
from support.wire import pump

pytestmark = pytest.mark.e2e

SOCIAL, INNOCENT = "www.facebook.com", "www.example.org"
ANYWHERE, ANYWHERE_V6 = "198.51.100.7", "2001:db8::7"
TESTBOOK_ADDRESS = "203.0.113.7"  # in the catalogue of the tests
ENTRANCES = (
    "{address: '0.0.0.0:8443', kind: transparent}",
    "{address: '[::]:8443', kind: transparent}",
    "{address: '127.0.0.1:8444', kind: transparent, proxy_protocol_from: [127.0.0.1]}",
)
BALANCED = "10.77.0.6"  # a client that the firewall sends to the balancer
TO_THE_BALANCER = f"""
table ip balanced {{
  chain prerouting {{
    type nat hook prerouting priority dstnat - 1;
    ip saddr {BALANCED} tcp dport {{ 80, 443 }} redirect to :7443
  }}
}}
"""
HAPROXY = ROOT / "deploy" / "haproxy" / "transparent.cfg"


@pytest.fixture(scope="module")
def net():
    with networks() as net:
        yield net


@pytest.fixture(scope="module")
def origin(net, tmp_path_factory):
    with net.inside(net.gateway), CountingOrigin(tmp_path_factory.mktemp("origin")) as origin:
        yield origin


@pytest.fixture(scope="module")
def gateway(net, origin, tmp_path_factory):
    folder = tmp_path_factory.mktemp("gateway")
    with net.inside(net.gateway):
        found = running(
            folder, origin, listen=ENTRANCES, people={"at.home": CLIENT, "at.work": BALANCED}
        )
        gateway = found.__enter__()
    try:
        yield gateway
    finally:
        found.__exit__(None, None, None)


@pytest.fixture(scope="module")
def balancer(net, gateway, tmp_path_factory):
    """A real HAProxy by the example of the project, with one gateway at another port."""
    folder = tmp_path_factory.mktemp("haproxy")
    text = HAPROXY.read_text().replace(":8443", ":7443").replace("20000", "200")
    text = text.replace("10.0.0.11", "127.0.0.1").replace(
        "    server second", "    # server second"
    )
    (folder / "haproxy.cfg").write_text(text)
    command = [require("haproxy", "haproxy"), "-db", "-f", str(folder / "haproxy.cfg")]
    net.ip("addr", "add", f"{BALANCED}/24", "dev", "gateway", netns=net.clients)
    with net.inside(net.gateway):
        subprocess.run(
            [require("nft", "nftables"), "-f", "-"], input=TO_THE_BALANCER, text=True, check=True
        )
        running_one = serving(command, 7443, folder)
        process = running_one.__enter__()
    try:
        yield process
    finally:
        running_one.__exit__(None, None, None)


@pytest.fixture
def ask(net, gateway, tmp_path):
    """A function that asks for an address with curl: status, body, and who signed what it saw."""
    trust = tmp_path / "trust.pem"
    trust.write_bytes(gateway.ca.read_bytes() + gateway.origin.ca.read_bytes())

    def ask(url, *arguments, at=ANYWHERE):
        where = f"[{at}]" if ":" in at else at
        command = ["curl", "--silent", "--max-time", "15", "--cacert", str(trust)]
        command += ["--connect-to", f"::{where}:", "--write-out", "\n%{response_code}"]
        with net.inside(net.clients):
            done = subprocess.run(
                [*command, *arguments, url], capture_output=True, text=True, check=False
            )
        body, _, status = done.stdout.rpartition("\n")
        return int(status), body

    return ask


@pytest.fixture
def dial(net, gateway):
    """A function that connects from the network of the clients."""

    def dial(port, at=ANYWHERE):
        with net.inside(net.clients):
            return socket.create_connection((at, port), 60)

    return dial


@pytest.mark.parametrize("at", [ANYWHERE, ANYWHERE_V6])
def test_what_is_none_of_our_business_goes_on_to_where_it_was_going(ask, gateway, origin, at):
    lines = len(gateway.visits())
    status, body = ask(f"https://{INNOCENT}/page", "--cacert", str(origin.ca), at=at)
    assert (status, body) == (200, f"{INNOCENT} GET /page 0\n")
    assert ask(f"http://{INNOCENT}/page", at=at)[0] == 200
    assert origin.seen.hellos == [INNOCENT]
    assert len(gateway.visits()) == lines


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("at", [ANYWHERE, ANYWHERE_V6])
def test_a_social_site_is_closed_outside_a_break(ask, gateway, origin, scheme, at):
    gateway.clock("09:00:00")
    status, body = ask(f"{scheme}://{SOCIAL}/", "-H", "Accept: text/html", at=at)
    assert status == 403
    assert "Facebook" in body
    assert origin.seen.heard == UNHEARD


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_break_opens_it_for_whom_the_address_names(ask, gateway, scheme):
    gateway.clock("12:30:00")
    count = len(gateway.visits())
    assert ask(f"{scheme}://{SOCIAL}/", *as_browser())[0] == 200
    assert ask(f"{scheme}://{SOCIAL}/", *as_browser(), at=ANYWHERE_V6)[0] == 403
    allowed, refused = gateway.visits()[count:]
    assert (allowed["user"]["name"], allowed["url"]["domain"]) == ("at.home", SOCIAL)
    assert (refused["source"]["ip"], refused["event"]["reason"]) == (CLIENT_V6, "identity_unknown")


def test_nobody_is_asked_for_a_password(ask, gateway):
    gateway.clock("09:00:00")
    assert ask(f"http://{SOCIAL}/", at=ANYWHERE_V6)[0] == 403


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_an_innocent_name_does_not_open_a_social_address(ask, gateway, origin, scheme):
    gateway.clock("09:00:00")
    assert ask(f"{scheme}://{INNOCENT}/", at=TESTBOOK_ADDRESS)[0] == 403
    assert origin.seen.heard == UNHEARD


def test_a_name_that_is_left_in_peace_is_reached_where_it_really_is(ask, origin):
    assert ask("https://www.gov.uk/", "--cacert", str(origin.ca), at=TESTBOOK_ADDRESS)[0] == 200
    assert origin.seen.hellos == ["www.gov.uk"]


def test_a_greeting_without_a_name_is_judged_by_its_address(dial, gateway, origin):
    with tls(gateway, dial(443), None) as sock:
        issued = dict(pair for group in sock.getpeercert()["issuer"] for pair in group)
        assert issued["organizationName"] == ISSUER


@pytest.mark.parametrize(
    "said", [b"SSH-2.0-x\r\n", b"get / HTTP/1.1\nHost: www.facebook.com\n\n", b"\x80\0\x01"]
)
@pytest.mark.parametrize("port", [80, 443])
def test_what_is_neither_tls_nor_http_has_no_name_and_no_way(dial, origin, said, port):
    with dial(port) as sock:
        sock.sendall(said)
        assert pump(sock) == b""
    assert origin.seen.heard == UNHEARD


def test_whoever_connects_to_the_port_itself_is_turned_away(dial, gateway):
    with dial(8443, at=GATEWAY) as sock:
        sock.sendall(b"CONNECT www.example.org:443 HTTP/1.1\r\n\r\n")
        assert pump(sock) == b""
    assert "not-sent-here" in gateway.await_told("not-sent-here")


def test_other_ports_are_not_ours(dial):
    with pytest.raises(OSError, match=r"."):
        dial(22).close()


def test_a_break_that_ends_ends_what_it_has_opened(dial, gateway):
    gateway.clock("13:30:00")
    with tls(gateway, dial(443), SOCIAL) as sock:
        sock.sendall(f"GET /events HTTP/1.1\r\nHost: {SOCIAL}\r\n\r\n".encode())
        seen = b""
        while b"data: 1\n\n" not in seen:
            seen += sock.recv(65536)
        gateway.clock("14:01:00")
        sock.settimeout(60)
        pump(sock)


def by_the_balancer(ask, url, *arguments):
    return ask(url, *arguments, "--interface", BALANCED)


@pytest.mark.usefixtures("balancer")
def test_by_a_balancer_what_is_none_of_our_business_goes_on_to_where_it_was_going(
    ask, gateway, origin
):
    lines = len(gateway.visits())
    status, body = by_the_balancer(ask, f"https://{INNOCENT}/page", "--cacert", str(origin.ca))
    assert (status, body) == (200, f"{INNOCENT} GET /page 0\n")
    assert by_the_balancer(ask, f"http://{INNOCENT}/page")[0] == 200
    assert len(gateway.visits()) == lines


@pytest.mark.usefixtures("balancer")
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_by_a_balancer_a_break_is_for_the_client_that_it_announces(ask, gateway, origin, scheme):
    gateway.clock("09:00:00")
    assert by_the_balancer(ask, f"{scheme}://{SOCIAL}/")[0] == 403
    assert ask(f"{scheme}://{INNOCENT}/", "--interface", BALANCED, at=TESTBOOK_ADDRESS)[0] == 403
    assert origin.seen.heard == UNHEARD
    gateway.clock("12:30:00")
    count = len(gateway.visits())
    assert by_the_balancer(ask, f"{scheme}://{SOCIAL}/", *as_browser())[0] == 200
    assert gateway.visits()[count]["user"]["name"] == "at.work"


@pytest.mark.usefixtures("balancer")
def test_whoever_connects_to_the_balancer_itself_gets_nowhere(ask, origin):
    assert ask(f"http://{INNOCENT}:7443/", at=GATEWAY)[0] == 0
    assert origin.seen.heard == UNHEARD
