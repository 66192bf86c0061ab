"""Single sign-on with a real realm: who has a ticket is known, and nobody else is."""

import base64
import signal
import socket

import pytest

from support.clients import curl, exchange
from support.gateway import BY_PASSWORD, UNKNOWN, running
from support.kdc import realm as a_realm

pytestmark = pytest.mark.e2e

SOCIAL = "www.facebook.com"
BY_TICKET = "  - {kind: negotiate, keytab: http.keytab}"


@pytest.fixture(scope="module")
def realm(tmp_path_factory):
    with a_realm(tmp_path_factory.mktemp("realm")) as realm:
        for person in ("a.jones", "night", "a.jones/admin"):
            realm.add(person)
        yield realm


@pytest.fixture(scope="module")
def gateway(origin, realm, tmp_path_factory):
    folder = tmp_path_factory.mktemp("gateway")
    keytab = realm.keytab("http.keytab", "HTTP/localhost")
    keytab.rename(folder / "http.keytab")
    (folder / "htpasswd").write_text("")
    identity = f"{BY_TICKET}\n{BY_PASSWORD}"
    with running(
        folder, origin, identity=identity, domains="EXAMPLE.ORG", environment=realm.environment
    ) as gateway:
        gateway.clock("12:30:00")
        yield gateway


@pytest.fixture(scope="module")
def ada(realm):
    return realm.ticket("a.jones")


def ask(gateway, url, environment, *arguments):
    proxy = ("--proxy", f"http://localhost:{gateway.proxy[1]}", "--proxy-negotiate")
    return curl(
        gateway, url, *proxy, "--proxy-user", ":", *arguments,
        source=UNKNOWN, environment=environment,
    )  # fmt: skip


def get(gateway, page, credentials="", sock=None):
    head = f"GET http://{SOCIAL}/{page} HTTP/1.1\r\nHost: {SOCIAL}\r\n{credentials}\r\n".encode()
    if sock is not None:
        return exchange(sock, head)
    with socket.create_connection(gateway.proxy, 60, source_address=(UNKNOWN, 0)) as own:
        return exchange(own, head)


def signed(token):
    return f"Proxy-Authorization: Negotiate {token}\r\n"


@pytest.mark.parametrize("url", [f"https://{SOCIAL}/", f"http://{SOCIAL}/"])
def test_who_has_a_ticket_is_known_without_being_asked(gateway, origin, ada, url):
    reply = ask(gateway, url, ada)

    line = gateway.visits()[-1]
    assert reply.status == 200
    assert line["user"]["name"] == "a.jones"
    assert line["breaktime"]["identity"]["method"] == "kerberos"
    assert "proxy-authorization" not in origin.seen.requests[-1][4]


@pytest.mark.parametrize("url", [f"https://{SOCIAL}/", f"http://{SOCIAL}/"])
def test_who_has_none_is_asked_in_every_way_there_is(gateway, origin, realm, url):
    nobody = {**realm.environment, "KRB5CCNAME": "FILE:/nonexistent"}

    assert ask(gateway, url, nobody).status == 407
    assert origin.seen.contacts == 0
    with socket.create_connection(gateway.proxy, 60, source_address=(UNKNOWN, 0)) as sock:
        sock.sendall(f"CONNECT {SOCIAL}:443 HTTP/1.1\r\nHost: {SOCIAL}\r\n\r\n".encode())
        head = sock.recv(4096).decode()
    schemes = [
        line.split()[1] for line in head.splitlines() if line.lower().startswith("proxy-authent")
    ]
    assert schemes == ["Negotiate", "Basic"]


def test_a_ticket_holds_for_its_connection_and_for_nobody_elses(gateway, realm, ada):
    night = realm.ticket("night")
    with socket.create_connection(gateway.proxy, 60, source_address=(UNKNOWN, 0)) as sock:
        rows = [
            (signed(realm.token(ada)), 200, "a.jones"),
            ("", 200, "a.jones"),
            (signed(realm.token(night)), 403, "night"),
            ("", 407, "night"),  # two people have signed in here: nobody is taken for either
            (signed(realm.token(ada)), 200, "a.jones"),
            ("", 407, "a.jones"),
        ]
        for page, (credentials, status, name) in enumerate(rows):
            assert get(gateway, page, credentials, sock).status == status
            assert gateway.visits()[-1]["user"]["name"] == name
    assert get(gateway, 99).status == 407


def test_a_copy_of_a_ticket_is_refused(gateway, realm, ada):
    token = realm.token(ada)

    assert get(gateway, "first", signed(token)).status == 200
    assert get(gateway, "copy", signed(token)).status == 407
    assert gateway.await_line("identity-failed")["event"]["reason"] == "identity_unknown"


def forged(token):
    raw = bytearray(base64.b64decode(token))
    raw[-20] ^= 1
    return base64.b64encode(raw).decode()


def test_a_forged_ticket_is_refused(gateway, realm, ada):
    assert get(gateway, "forged", signed(forged(realm.token(ada)))).status == 407


def test_a_ticket_of_yesterday_is_refused(gateway, realm):
    with realm.yesterday() as old:
        token = realm.token(realm.ticket("a.jones", "-l", "1h"))
    assert old["FAKETIME"] == "-1d"

    assert get(gateway, "expired", signed(token)).status == 407


def test_a_ticket_for_another_key_is_refused(gateway, realm, ada, tmp_path_factory):
    """Somebody who runs a realm of the same name can sign in as anybody, there."""
    with a_realm(tmp_path_factory.mktemp("other")) as other:
        other.add("a.jones")
        other.keytab("http.keytab", "HTTP/localhost")
        token = other.token(other.ticket("a.jones"))

    assert get(gateway, "wrong", signed(token)).status == 407


def test_a_ticket_of_no_person_is_refused(gateway, realm):
    token = realm.token(realm.ticket("a.jones/admin"))

    assert get(gateway, "admin", signed(token)).status == 407


@pytest.mark.parametrize("token", ["", "x", "TlRMTVNTUAABAAAAB4IIogAAAAAAAAAAAAAAAAAAAAA=", "YQ=="])
def test_what_is_no_ticket_is_refused(gateway, token):
    assert get(gateway, "none", signed(token)).status == 407


def test_who_has_a_ticket_needs_no_controller(gateway, realm, ada):
    assert ask(gateway, f"https://{SOCIAL}/", ada).status == 200
    realm.process.send_signal(signal.SIGSTOP)
    try:
        assert ask(gateway, f"https://{SOCIAL}/frozen", ada).status == 200
    finally:
        realm.process.send_signal(signal.SIGCONT)
