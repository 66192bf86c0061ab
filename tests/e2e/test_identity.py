"""Who is asking: passwords, addresses, their order, and credentials that reach nobody else."""

import base64
import socket

import bcrypt
import pytest

from support.clients import connect, curl, exchange, issuer, read_reply, tls
from support.gateway import BY_ADDRESS, BY_PASSWORD, PEOPLE, UNKNOWN, running
from support.origin import ISSUER

pytestmark = pytest.mark.e2e

SOCIAL = "www.facebook.com"
INNOCENT = "www.example.org"
PASSWORD = "open:sesame"  # with a colon: only the first one in the credentials separates
OWN_PAGE = "/ExampleshireCouncil"


def write_people(folder):
    hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(5)).decode()
    (folder / "htpasswd").write_text(f"a.jones:{hashed}\nnight:{hashed}\n")


@pytest.fixture(scope="module")
def gateway(origin, tmp_path_factory):
    folder = tmp_path_factory.mktemp("gateway")
    write_people(folder)
    with running(folder, origin, identity=BY_PASSWORD) as gateway:
        gateway.clock("12:30:00")
        yield gateway


def basic(user, password=PASSWORD):
    token = base64.b64encode(f"{user}:{password}".encode()).decode()
    return f"Proxy-Authorization: Basic {token}\r\n"


def ask(gateway, url, *arguments):
    return curl(gateway, url, *arguments, source=UNKNOWN)


@pytest.mark.parametrize("flag", ["--proxy-basic", "--proxy-anyauth"])
@pytest.mark.parametrize("url", [f"https://{SOCIAL}/", f"http://{SOCIAL}/"])
def test_a_browser_that_is_asked_signs_in(gateway, origin, url, flag):
    reply = ask(gateway, url, flag, "--proxy-user", f"a.jones:{PASSWORD}")

    assert reply.status == 200
    assert gateway.visits()[-1]["user"]["name"] == "a.jones"
    assert "proxy-authorization" not in origin.seen.requests[-1][4]


@pytest.mark.parametrize("url", [f"https://{SOCIAL}/", f"http://{SOCIAL}/"])
@pytest.mark.parametrize(
    "arguments", [[], ["--proxy-user", "a.jones:wrong"], ["--proxy-user", f"nobody:{PASSWORD}"]]
)
def test_whoever_does_not_sign_in_is_asked_to(gateway, origin, url, arguments):
    before = len(gateway.visits())

    reply = ask(gateway, url, *arguments)

    assert reply.status == 407
    assert origin.seen.contacts == 0
    assert len(gateway.visits()) == before


@pytest.mark.parametrize("kind", ["connect", "plain"])
def test_the_second_try_may_come_on_the_same_connection(gateway, kind):
    target = f"{SOCIAL}:443" if kind == "connect" else f"http://{SOCIAL}/"
    method = "CONNECT" if kind == "connect" else "GET"
    head = f"{method} {target} HTTP/1.1\r\nHost: {SOCIAL}\r\n"
    with socket.create_connection(gateway.proxy, 60, source_address=(UNKNOWN, 0)) as sock:
        first = exchange(sock, f"{head}\r\n".encode())
        wrong = exchange(sock, f"{head}{basic('a.jones', 'wrong')}\r\n".encode())
        right = exchange(sock, f"{head}{basic('a.jones')}\r\n".encode())
        assert [first.status, wrong.status, right.status] == [407, 407, 200]
        assert first.headers["proxy-authenticate"].startswith("Basic ")
        if kind == "connect":
            with tls(gateway, sock, SOCIAL) as secure:
                assert (
                    exchange(secure, f"GET / HTTP/1.1\r\nHost: {SOCIAL}\r\n\r\n".encode()).status
                    == 200
                )


@pytest.mark.parametrize("user", ["a.jones", "A.Jones", "A.JONES"])
def test_the_case_of_a_user_name_makes_no_difference(gateway, user):
    assert ask(gateway, f"https://{SOCIAL}/", "--proxy-user", f"{user}:{PASSWORD}").status == 200
    assert gateway.visits()[-1]["user"]["name"] == "a.jones"


def test_an_innocent_site_asks_nobody_to_sign_in(gateway, origin):
    with (
        connect(gateway, f"{INNOCENT}:443", source=UNKNOWN) as sock,
        tls(gateway, sock, INNOCENT) as secure,
    ):
        assert issuer(secure) == ISSUER
    assert ask(gateway, f"http://{INNOCENT}/").status == 200
    assert origin.seen.hosts == [INNOCENT]


def test_credentials_given_to_the_proxy_reach_no_innocent_site(gateway, origin):
    reply = ask(
        gateway, f"http://{INNOCENT}/", "--proxy-user", f"a.jones:{PASSWORD}", "--proxy-basic"
    )

    assert reply.status == 200
    assert not {"proxy-authorization", "proxy-connection"} & set(origin.seen.requests[0][4])


@pytest.mark.parametrize("alpn", ["http/1.1", "h2"])
def test_credentials_inside_a_tunnel_identify_nobody_and_reach_nobody(gateway, origin, alpn):
    reply = ask(
        gateway,
        f"https://{SOCIAL}/",
        f"--http{'2' if alpn == 'h2' else '1.1'}",
        "--proxy-user",
        f"a.jones:{PASSWORD}",
        "-H",
        basic("night").strip(),
    )

    assert reply.status == 200
    assert gateway.visits()[-1]["user"]["name"] == "a.jones"
    assert "proxy-authorization" not in origin.seen.requests[0][4]


def test_behind_an_innocent_name_nobody_is_asked_and_nobody_is_let_in(gateway, origin):
    with tls(gateway, connect(gateway, f"{INNOCENT}:443", source=UNKNOWN), SOCIAL) as sock:
        hidden = exchange(sock, f"GET / HTTP/1.1\r\nHost: {SOCIAL}\r\n\r\n".encode())
    with connect(gateway, f"{INNOCENT}:80", source=UNKNOWN) as sock:
        clear = exchange(sock, f"GET / HTTP/1.1\r\nHost: {SOCIAL}\r\n\r\n".encode())

    assert (hidden.status, clear.status) == (403, 403)  # not 407, which would be the site's own
    assert origin.seen.requests == []


def test_each_request_in_clear_is_somebodys_own(gateway):
    with socket.create_connection(gateway.proxy, 60, source_address=(UNKNOWN, 0)) as sock:
        rows = ("a.jones", 200), ("night", 403), ("a.jones", 200)
        for page, (user, status) in enumerate(rows):  # the same page again would be no new line
            head = f"GET http://{SOCIAL}/{page} HTTP/1.1\r\nHost: {SOCIAL}\r\n{basic(user)}\r\n"
            assert exchange(sock, head.encode()).status == status
            assert gateway.visits()[-1]["user"]["name"] == user


@pytest.mark.parametrize(
    "headers",
    [
        "X-Remote-User: a.jones\r\n",
        "X-Forwarded-User: a.jones\r\n",
        "X-Forwarded-For: 127.0.20.5\r\nForwarded: for=127.0.20.5\r\n",
        "Proxy_Authorization: " + basic("a.jones").partition(" ")[2],
        "Authorization: " + basic("a.jones").partition(" ")[2],
    ],
)
@pytest.mark.parametrize("kind", ["connect", "plain"])
def test_no_other_header_says_who_somebody_is(gateway, headers, kind):
    target = f"{SOCIAL}:443" if kind == "connect" else f"http://{SOCIAL}/"
    method = "CONNECT" if kind == "connect" else "GET"
    with socket.create_connection(gateway.proxy, 60, source_address=(UNKNOWN, 0)) as sock:
        sock.sendall(f"{method} {target} HTTP/1.1\r\nHost: {SOCIAL}\r\n{headers}\r\n".encode())
        assert read_reply(sock).status in {400, 407}


@pytest.mark.parametrize("kind", ["connect", "plain"])
def test_credentials_given_twice_are_given_by_nobody(gateway, origin, kind):
    target = f"{SOCIAL}:443" if kind == "connect" else f"http://{SOCIAL}/"
    method = "CONNECT" if kind == "connect" else "GET"
    twice = basic("night") + basic("a.jones")
    with socket.create_connection(gateway.proxy, 60, source_address=(UNKNOWN, 0)) as sock:
        sock.sendall(f"{method} {target} HTTP/1.1\r\nHost: {SOCIAL}\r\n{twice}\r\n".encode())
        assert read_reply(sock).status in {400, 407}

    assert origin.seen.contacts == 0


def test_two_claims_that_disagree_make_nobody_known(origin, tmp_path):
    """Somebody signs in at the computer of somebody else: in doubt, neither was it."""
    write_people(tmp_path)
    identity = f"{BY_ADDRESS}\n{BY_PASSWORD}"
    with running(tmp_path, origin, identity=identity) as gateway:
        gateway.clock("12:30:00")
        rows = {"night": (403, None, "none"), "a.jones": (200, "a.jones", "htpasswd")}
        for name, (status, person, method) in rows.items():
            signed = ("--proxy-user", f"{name}:{PASSWORD}", "--proxy-basic")
            reply = curl(gateway, f"https://{SOCIAL}/", *signed, source=PEOPLE["a.jones"])
            assert reply.status == status
            line = gateway.visits()[-1]
            assert (line["user"]["name"], line["breaktime"]["identity"]["method"]) == (
                person,
                method,
            )
        failed = gateway.await_line("identity-failed")
        assert failed["event"]["reason"] == "claims_disagree"
        assert curl(gateway, f"https://{SOCIAL}/", source=UNKNOWN).status == 407


def test_a_wrong_password_is_not_made_up_for_by_the_computer(origin, tmp_path):
    write_people(tmp_path)
    identity = f"{BY_ADDRESS}\n{BY_PASSWORD}"
    with running(tmp_path, origin, identity=identity) as gateway:
        gateway.clock("12:30:00")
        wrong = ("--proxy-user", "a.jones:wrong", "--proxy-basic")
        assert curl(gateway, f"https://{SOCIAL}/", *wrong, source=PEOPLE["a.jones"]).status == 407
        assert gateway.await_line("identity-failed")["event"]["reason"] == "identity_unknown"
