"""People of a real OpenLDAP: passwords, groups, and a directory that does not answer."""

import base64
import socket

import pytest

from support import slapd as slapds
from support.clients import curl, exchange
from support.gateway import BY_ADDRESS, PEOPLE, UNKNOWN, running

pytestmark = pytest.mark.e2e

SOCIAL = "www.facebook.com"
INNOCENT = "www.example.org"
TEAM = """
teams:
  legal: {members: {directory_group: gg-all}, breaks: [{at: 20:00-21:00}]}
"""
BY_DIRECTORY = "  - {kind: directory}"


@pytest.fixture(scope="module")
def slapd(tmp_path_factory):
    with slapds.directory(tmp_path_factory.mktemp("slapd")) as slapd:
        yield slapd


@pytest.fixture(scope="module")
def gateway(origin, slapd, tmp_path_factory):
    folder = tmp_path_factory.mktemp("gateway")
    dead = "ldaps://localhost:1"  # the first of two servers is down
    section = slapd.section_of(dead, f"ldap://localhost:{slapd.port}")
    with running(
        folder, origin, identity=f"{BY_ADDRESS}\n{BY_DIRECTORY}", extra=section + TEAM,
        domains="EXAMPLE",
    ) as gateway:  # fmt: skip
        gateway.clock("12:30:00")
        yield gateway


@pytest.fixture(autouse=True)
def _at_noon(gateway):
    gateway.clock("12:30:00")


def get(gateway, user, password=slapds.PASSWORD, *, page="", source=UNKNOWN):
    token = base64.b64encode(f"{user}:{password}".encode()).decode()
    head = (
        f"GET http://{SOCIAL}/{page} HTTP/1.1\r\nHost: {SOCIAL}\r\n"
        f"Proxy-Authorization: Basic {token}\r\n\r\n"
    )
    with socket.create_connection(gateway.proxy, 60, source_address=(source, 0)) as sock:
        return exchange(sock, head.encode()).status


@pytest.mark.parametrize("url", [f"https://{SOCIAL}/", f"http://{SOCIAL}/"])
def test_whoever_has_the_password_is_known(gateway, origin, url):
    signed = ("--proxy-basic", "--proxy-user", f"EXAMPLE\\B.King:{slapds.PASSWORD}")

    assert curl(gateway, url, *signed, source=UNKNOWN).status == 200
    line = gateway.visits()[-1]
    assert line["user"]["name"] == "b.king"
    assert line["breaktime"]["identity"]["method"] == "directory-password"


@pytest.mark.parametrize(
    ("user", "password"),
    [
        ("b.king", "wrong"),
        ("b.king", ""),  # which a directory takes for a guest
        ("nobody", slapds.PASSWORD),
        ("*", slapds.PASSWORD),
        ("b.k*", slapds.PASSWORD),
        ("b.king)(uid=*", slapds.PASSWORD),
        ("b.king\x00", slapds.PASSWORD),
        ("uid=b.king,ou=people,dc=example,dc=org", slapds.PASSWORD),
        ("twice", slapds.PASSWORD),  # two entries have this name
        ("PARTNER\\b.king", slapds.PASSWORD),
        ("\u0432.king", slapds.PASSWORD),
        ("b" * 300, slapds.PASSWORD),
        ("", slapds.PASSWORD),
    ],
)
def test_nobody_else_is(gateway, origin, user, password):
    assert get(gateway, user, password) == 407
    assert origin.seen.contacts == 0


def test_a_name_with_a_star_is_that_name(gateway):
    assert get(gateway, "star*") == 200


def test_groups_and_groups_in_groups_make_teams(gateway):
    gateway.clock("20:30:00")

    assert get(gateway, "a.jones", page="team") == 200
    assert gateway.visits()[-1]["rule"]["id"].startswith("break:team.legal")
    assert get(gateway, "b.king", page="team") == 403


def test_groups_count_however_somebody_is_known(gateway):
    """By address here; by ticket or header it is the same look-up."""
    gateway.clock("20:30:00")

    reply = curl(gateway, f"https://{SOCIAL}/", source=PEOPLE["a.jones"])
    assert reply.status == 200
    assert gateway.visits()[-1]["breaktime"]["identity"]["method"] == "address"


def test_a_frozen_directory_holds_up_nobody_else(gateway, slapd, origin):
    """Who asks for other sites, and who is remembered, is served while somebody waits for it."""
    assert get(gateway, "b.king", page="before") == 200
    slapd.freeze()
    try:
        with socket.create_connection(
            gateway.proxy, 15, source_address=("127.0.99.50", 0)
        ) as waits:
            token = base64.b64encode(b"night:later").decode()
            waits.sendall(
                f"CONNECT {SOCIAL}:443 HTTP/1.1\r\nHost: {SOCIAL}\r\n"
                f"Proxy-Authorization: Basic {token}\r\n\r\n".encode()
            )
            for page in range(5):
                assert curl(gateway, f"http://{INNOCENT}/{page}", source=UNKNOWN).status == 200
                assert get(gateway, "b.king", page=page) == 200
            # None of that has waited for the directory, which somebody is still waiting for
            waits.setblocking(False)
            with pytest.raises(BlockingIOError):
                waits.recv(1)
            waits.settimeout(60)
            assert waits.recv(4096).startswith(b"HTTP/1.1 503 ")
        # Nobody was found to be unknown: there is neither a question nor a failure
        assert get(gateway, "star*", "other", source="127.0.99.51") in {502, 503}
    finally:
        slapd.thaw()
    failed = [line for line in gateway.lines() if line["event"]["action"] == "identity-failed"]
    assert not [line for line in failed if line["source"]["ip"].startswith("127.0.99.5")]
