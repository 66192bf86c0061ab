"""
Every combination of names, as a table: 512 cells, each with what must come of it.

The names are those of the CONNECT, of the handshake and of the request; behind them is the address
that is connected to; each is the council's own page, another controlled site, innocent, or absent.
"""

import json
from itertools import product

import pytest

from support.clients import Http2, Reply, connect, exchange, issuer, tls
from support.gateway import SOCIAL_ADDRESS, running
from support.origin import ISSUER, UNHEARD

pytestmark = pytest.mark.e2e

OURS = "breaktime"
PATH = "/ExampleshireCouncil"
KINDS = ("own", "other", "innocent", "none")
HOSTS = {"own": "www.facebook.com", "other": "x.com", "innocent": "www.example.org", "none": None}
INNOCENT_ADDRESS = "127.0.0.9"
ADDRESSES = {"innocent": INNOCENT_ADDRESS, "controlled": SOCIAL_ADDRESS}
TIMES = {"outside": "09:00:00", "break": "12:30:00"}

# One name for each pair of what it is and where it lives: facebook.com has many.
TARGETS = {
    ("own", "innocent"): "www.facebook.com",
    ("own", "controlled"): "m.facebook.com",
    ("other", "innocent"): "x.com",
    ("other", "controlled"): "mobile.x.com",
    ("innocent", "innocent"): "www.example.org",
    ("innocent", "controlled"): "hidden.example",
    ("none", "innocent"): INNOCENT_ADDRESS,
    ("none", "controlled"): SOCIAL_ADDRESS,
}
CELLS = list(product(TIMES, ("http/1.1", "h2"), ADDRESSES, KINDS, KINDS, KINDS))


def expected(when: str, protocol: str, address: str, names: tuple[str, str, str]) -> str:
    """
    Say what must come of a cell, in the words of the rules and not in those of the code.

    Args:
        when: `outside` of breaks, or in a `break`.
        protocol: of the request.
        address: kind of the address that is connected to.
        names: kinds of the CONNECT, of the handshake and of the request.
    """
    target, sni, host = names
    if not {target, sni} & {"own", "other"} and address == "innocent":
        return "relay"  # from outside, there is nothing to see
    if protocol == "h2" and host == "none":
        return "block"  # there is no such request
    said = {name for name in names if name != "none"}
    if said == {"own"}:
        return "allow"  # whenever it is
    if len(said) <= 1 and said != {"innocent"}:
        return "allow" if when == "break" else "block"  # one platform, by name or by address
    if said == {"innocent"}:  # nothing but the address speaks
        return "allow" if when == "break" else "block"
    return "block"  # names that disagree


@pytest.fixture(scope="module")
def gateway(origin, tmp_path_factory):
    folder = tmp_path_factory.mktemp("gateway")
    names = {
        host: [[ADDRESSES[address]]]
        for (kind, address), host in TARGETS.items()
        if kind != "none" and address == "controlled"
    }
    (folder / "names.json").write_text(json.dumps(names))
    with running(folder, origin, module="support.table_gateway") as gateway:
        yield gateway


def ask(sock, protocol, host) -> Reply:
    """Ask for the own page by a name, or by none."""
    if protocol == "h2" and sock.selected_alpn_protocol() == "h2":
        return Http2(sock).ask(host, PATH)
    line = f"Host: {host}\r\n" if host else ""
    return exchange(sock, f"GET {PATH} HTTP/1.1\r\n{line}\r\n".encode())


def test_the_table_is_whole():
    assert len(CELLS) == len(set(CELLS)) == 512


@pytest.mark.parametrize("when", TIMES)
@pytest.mark.parametrize("protocol", ["http/1.1", "h2"])
@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("target", KINDS)
def test_every_cell(gateway, origin, when, protocol, address, target):
    gateway.clock(TIMES[when])
    wrong = {}
    for sni, host in product(KINDS, KINDS):
        origin.reset()
        name = TARGETS[target, address]
        with tls(gateway, connect(gateway, f"{name}:443"), HOSTS[sni], alpn=(protocol,)) as sock:
            signed, reply = issuer(sock), ask(sock, protocol, HOSTS[host])
        got = {
            (ISSUER, 200): "relay",
            (OURS, 200): "allow",
            (OURS, 403): "block" if origin.seen.heard == UNHEARD else "leak",
            (OURS, 0): "block" if origin.seen.heard == UNHEARD else "leak",
            # No certificate is good for an address: what is allowed cannot be opened.
            (OURS, 502): "allow" if (target, sni) == ("none", "none") else "unreachable",
        }.get((signed, reply.status), f"{signed} {reply.status}")
        want = expected(when, protocol, address, (target, sni, host))
        if got != want:
            wrong[sni, host] = got, want

    assert wrong == {}
