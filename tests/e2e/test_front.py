"""A real Squid in front of the gateway names people; nobody else can."""

import socket

import pytest

from support import squid as squids
from support.clients import curl, exchange, read_reply, tls
from support.gateway import UNKNOWN, running

pytestmark = pytest.mark.e2e

SOCIAL = "www.facebook.com"
INNOCENT = "www.example.org"
FRONT = "127.0.30.1"
ANONYMOUS = "127.0.99.77"
HEADER = squids.HEADER
IDENTITY = f"  - {{kind: header, name: {HEADER}, from: [{FRONT}]}}"


@pytest.fixture(scope="module")
def gateway(origin, tmp_path_factory):
    folder = tmp_path_factory.mktemp("gateway")
    with running(folder, origin, identity=IDENTITY, domains="EXAMPLE") as gateway:
        gateway.clock("12:30:00")
        yield gateway


@pytest.fixture(scope="module")
def squid(gateway):
    with squids.in_front_of(gateway.proxy, source=FRONT) as squid:
        yield squid


def through(gateway, squid, url, *arguments, source=UNKNOWN):
    proxy = ("--proxy", f"http://127.0.0.1:{squid.port}")
    return curl(gateway, url, *proxy, *arguments, source=source)


@pytest.mark.parametrize("url", [f"https://{SOCIAL}/", f"http://{SOCIAL}/"])
@pytest.mark.parametrize(("user", "status"), [("a.jones", 200), ("EXAMPLE%5cnight", 403)])
def test_whom_squid_knows_is_known(gateway, squid, origin, url, user, status):
    reply = through(gateway, squid, url, "--proxy-user", f"{user}:squid".replace("%5c", "\\"))

    line = gateway.visits()[-1]
    assert reply.status == status
    assert line["user"]["name"] == user.removeprefix("EXAMPLE%5c")
    assert line["breaktime"]["identity"]["method"] == "header"
    assert not [one for one in origin.seen.requests if HEADER.lower() in one[4]]


def test_people_who_share_a_connection_of_squid_are_told_apart(gateway, squid):
    """Squid keeps its connections open and sends requests of anybody on them."""
    for page, (user, status) in enumerate([("a.jones", 200), ("night", 403), ("a.jones", 200)]):
        reply = through(gateway, squid, f"http://{SOCIAL}/{page}", "--proxy-user", f"{user}:squid")
        assert reply.status == status
        assert gateway.visits()[-1]["user"]["name"] == user


def test_a_header_that_the_person_sends_is_replaced_by_squid(gateway, squid):
    forged = ("-H", f"{HEADER}: night", "--proxy-header", f"{HEADER}: night")
    signed = ("--proxy-user", "a.jones:squid")

    assert through(gateway, squid, f"http://{SOCIAL}/x", *signed, *forged).status == 200
    assert gateway.visits()[-1]["user"]["name"] == "a.jones"


@pytest.mark.parametrize("url", [f"https://{SOCIAL}/", f"http://{SOCIAL}/"])
def test_whom_squid_does_not_know_is_not_known(gateway, squid, origin, url):
    assert through(gateway, squid, url, source=ANONYMOUS).status == 403
    assert gateway.visits()[-1]["event"]["reason"] == "identity_unknown"
    assert gateway.visits()[-1]["breaktime"]["identity"]["method"] == "none"
    assert origin.seen.requests == []


def ask(gateway, kind, headers, *, source):
    method, target = ("CONNECT", f"{SOCIAL}:443") if kind == "connect" else (
        "GET", f"http://{SOCIAL}/{source}"
    )  # fmt: skip
    with socket.create_connection(gateway.proxy, 60, source_address=(source, 0)) as sock:
        sock.sendall(f"{method} {target} HTTP/1.1\r\nHost: {SOCIAL}\r\n{headers}\r\n".encode())
        reply = read_reply(sock)
        if reply.status != 200 or kind != "connect":
            return reply
        with tls(gateway, sock, SOCIAL) as secure:
            head = f"GET /{source} HTTP/1.1\r\nHost: {SOCIAL}\r\n\r\n"
            return exchange(secure, head.encode())


# fmt: off
UNREADABLE = {
    "twice":              f"{HEADER}: a.jones\r\n{HEADER}: night\r\n",
    "twice the same":     f"{HEADER}: a.jones\r\n{HEADER}: a.jones\r\n",
    "joined":             f"{HEADER}: a.jones, night\r\n",
    "in two spellings":   f"{HEADER}: a.jones\r\n{HEADER.replace('-', '_')}: night\r\n",
    "in another spelling": f"{HEADER.replace('-', '_')}: a.jones\r\n",
    "invisible":          f"{HEADER}: a.jones\u200b\r\n",
    "of two scripts":     f"{HEADER}: \u0430.jones\r\n",
    "long":               f"{HEADER}: {'a' * 300}\r\n",
}
# fmt: on


@pytest.mark.parametrize("kind", ["connect", "plain"])
@pytest.mark.parametrize("row", UNREADABLE)
def test_what_can_be_read_in_two_ways_names_nobody(gateway, origin, kind, row):
    assert ask(gateway, kind, UNREADABLE[row], source=FRONT).status == 403
    assert origin.seen.requests == []
    failed = [line for line in gateway.lines() if line["event"]["action"] == "identity-failed"]
    assert failed[-1]["event"]["reason"] == "header_unreadable"


@pytest.mark.parametrize("kind", ["connect", "plain"])
def test_from_anybody_else_it_counts_for_nothing_and_is_recorded(gateway, origin, kind):
    source = {"connect": "127.0.99.1", "plain": "127.0.99.2"}[kind]
    reply = ask(gateway, kind, f"{HEADER}: a.jones\r\n", source=source)

    assert reply.status == 403
    assert origin.seen.requests == []
    failed = [line for line in gateway.lines() if line["event"]["action"] == "identity-failed"]
    assert (failed[-1]["event"]["reason"], failed[-1]["source"]["ip"]) == (
        "header_from_untrusted_peer",
        source,
    )


@pytest.mark.parametrize("name", [HEADER, HEADER.replace("-", "_"), HEADER.upper()])
def test_no_origin_ever_sees_it(gateway, squid, origin, name):
    """Not a site that is none of our business, and not from inside a tunnel."""
    with socket.create_connection(gateway.proxy, 60, source_address=(UNKNOWN, 0)) as sock:
        head = f"GET http://{INNOCENT}/ HTTP/1.1\r\nHost: {INNOCENT}\r\n{name}: x\r\n\r\n"
        assert exchange(sock, head.encode()).status == 200
    signed = ("--proxy-user", "a.jones:squid")
    reply = through(gateway, squid, f"https://{SOCIAL}/in", *signed, "-H", f"{name}: night")

    assert reply.status == 200
    assert gateway.visits()[-1]["user"]["name"] == "a.jones"
    assert len(origin.seen.requests) == 2
    for request in origin.seen.requests:
        assert not [one for one in request[4] if one.replace("_", "-") == HEADER.lower()]
