"""What clients speak, in whole and in pieces: allowed things work, and tricks reach nobody."""

import socket
import ssl

import pytest

from support.clients import Http2, connect, exchange, read_reply, tls
from support.gateway import LIBRARY
from support.origin import ISSUER
from support.wire import client_hello, in_records, pump, read_frame, text_frame, upgrade

pytestmark = pytest.mark.e2e

SOCIAL = "www.facebook.com"
INNOCENT = "www.example.org"
MEGABYTE = 1_000_000

# who asks, for what: relayed, inspected in a break, inspected and refused
RELAYED = ("127.0.20.5", INNOCENT)
EXEMPT = (LIBRARY, SOCIAL)
ALLOWED = ("127.0.20.5", SOCIAL)
OPEN = {"relayed": RELAYED, "exempt": EXEMPT, "inspected": ALLOWED}


@pytest.fixture
def lunch(gateway):
    gateway.clock("12:30:00")
    yield
    gateway.clock("09:00:00")


def get(host, path="/", extra=""):
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{extra}\r\n".encode()


def secure(gateway, who, *, alpn=()):
    source, host = who
    return tls(gateway, connect(gateway, f"{host}:443", source=source), host, alpn=alpn)


# Raw bytes


@pytest.mark.parametrize("port", [80, 443])
@pytest.mark.parametrize(
    "said",
    [
        b"G",
        b"GE",
        b"\x16",
        b"\x16\x03",
        b"\x16\x03\x7f\x00\x10" + b"\x01" * 16,
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\x00\x01\x02\x03\xff\xfe",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"get / HTTP/1.1\r\nhost: www.facebook.com\r\n\r\n",
        b"GET / HTTP/1.1\nHost: www.facebook.com\n\n",
        b"\r\nGET / HTTP/1.1\r\nHost: www.facebook.com\r\n\r\n",
        b"GET / HTTP/0.9\r\n\r\n",
        b"GET /\r\n",
        b"\x80\x2e\x01\x00\x02" + b"\x00" * 41,
    ],
)
def test_whatever_is_said_in_a_tunnel_to_a_social_name_nobody_hears_it(gateway, origin, said, port):
    with connect(gateway, f"{SOCIAL}:{port}") as sock:
        sock.sendall(said)
        sock.shutdown(socket.SHUT_WR)
        answer = pump(sock)

    assert answer == b"" or answer[:12] in {b"HTTP/1.1 400", b"HTTP/1.1 403"}
    assert origin.seen.contacts == 0


@pytest.mark.parametrize(
    "said", [b"GET", b"\x16\x03\x01", b"", b"hello\r\n", b"PRI * HTTP/2.0\r\n\r\n"]
)
def test_whatever_is_said_inside_opened_tls_only_http_is_heard(gateway, origin, lunch, said):
    with secure(gateway, ALLOWED) as sock:
        sock.sendall(said)
        sock.shutdown(socket.SHUT_WR)
        pump(sock)

    assert origin.seen.requests == []


def test_a_silent_client_in_a_tunnel_to_a_social_name_waits_for_nothing(gateway, origin):
    with connect(gateway, f"{SOCIAL}:443") as sock:
        assert pump(sock) == b""

    assert origin.seen.contacts == 0


# The hello in pieces


@pytest.mark.parametrize("who", OPEN)
@pytest.mark.parametrize("pieces", ["whole", "bytes", "records", "records in bytes"])
@pytest.mark.parametrize("glued", [False, True])
def test_a_hello_may_come_in_any_pieces(gateway, origin, lunch, who, pieces, glued):
    source, host = OPEN[who]
    sock = socket.create_connection(gateway.proxy, 60, source_address=(source, 0))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    hello, engine, incoming, outgoing = client_hello(gateway, host)
    if pieces.startswith("records"):
        hello = in_records(hello, 7)
    size = 1 if pieces.endswith("bytes") else len(hello)
    head = f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n".encode()
    with sock:
        if glued:
            sock.sendall(head + hello)
        else:
            sock.sendall(head)
        granted = b""
        while not granted.endswith(b"\r\n\r\n"):
            granted += sock.recv(1)
        assert granted.startswith(b"HTTP/1.1 200")
        if not glued:
            for at in range(0, len(hello), size):
                sock.send(hello[at : at + size])
        while True:
            try:
                engine.do_handshake()
                break
            except ssl.SSLWantReadError:
                sock.sendall(outgoing.read())
                data = sock.recv(65536)
                assert data, "closed"
                incoming.write(data)
        engine.write(get(host))
        sock.sendall(outgoing.read())
        answer = b""
        while b"\n" not in answer.partition(b"\r\n\r\n")[2]:
            try:
                answer += engine.read(65536)
            except ssl.SSLWantReadError:
                incoming.write(sock.recv(65536))

    assert answer.startswith(b"HTTP/1.1 200")
    assert origin.seen.hosts == [host]
    assert dict(p for g in engine.getpeercert()["issuer"] for p in g)["organizationName"] == (
        "breaktime" if who == "inspected" else ISSUER
    )


def test_a_connect_may_come_byte_by_byte(gateway, origin):
    with socket.create_connection(gateway.proxy, 60, source_address=("127.0.20.5", 0)) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in f"CONNECT {INNOCENT}:443 HTTP/1.1\r\nHost: {INNOCENT}\r\n\r\n".encode():
            sock.send(bytes([byte]))
        assert read_reply(sock).status == 200
        with tls(gateway, sock, INNOCENT) as secured:
            assert exchange(secured, get(INNOCENT)).status == 200


# Nesting and upgrades


@pytest.mark.parametrize("kind", ["tls", "clear"])
def test_a_connect_inside_a_tunnel_is_refused(gateway, origin, lunch, kind):
    asked = f"CONNECT {INNOCENT}:443 HTTP/1.1\r\nHost: {INNOCENT}:443\r\n\r\n".encode()
    with secure(gateway, ALLOWED) if kind == "tls" else connect(gateway, f"{SOCIAL}:80") as sock:
        assert exchange(sock, asked).status == 400
        assert pump(sock) == b""

    assert origin.seen.contacts == 0


@pytest.mark.parametrize("kind", ["tls", "clear"])
def test_an_upgrade_to_http2_in_clear_is_not_passed_on(gateway, origin, lunch, kind):
    headers = (
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
        "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n"
    )
    with secure(gateway, ALLOWED) if kind == "tls" else connect(gateway, f"{SOCIAL}:80") as sock:
        assert exchange(sock, get(SOCIAL, "/", headers)).status == 200

    assert "upgrade" not in origin.seen.requests[0][4]


def test_a_websocket_over_http2_is_refused(gateway, origin, lunch):
    with secure(gateway, ALLOWED, alpn=("h2",)) as sock:
        reply = Http2(sock).ask(SOCIAL, "/", ((":protocol", "websocket"),), method="CONNECT")

    assert reply.status in {0, 400, 403}
    assert origin.seen.requests == []


@pytest.mark.parametrize("who", OPEN)
def test_a_websocket_carries_words_both_ways(gateway, lunch, who):
    with secure(gateway, OPEN[who]) as sock:
        assert exchange(sock, upgrade(OPEN[who][1])).status == 101
        for word in (b"one", b"two", b"three"):
            sock.sendall(text_frame(word))
            assert read_frame(sock) == word


def test_a_websocket_in_clear_carries_words_both_ways(gateway, lunch):
    with connect(gateway, f"{SOCIAL}:80") as sock:
        assert exchange(sock, upgrade(SOCIAL)).status == 101
        sock.sendall(text_frame(b"one"))
        assert read_frame(sock) == b"one"


def test_a_refused_websocket_reaches_nobody(gateway, origin):
    with secure(gateway, ALLOWED) as sock:
        assert exchange(sock, upgrade(SOCIAL)).status == 403
        sock.sendall(text_frame(b"one"))

    assert origin.seen.contacts == 0


# One connection, several requests


@pytest.mark.parametrize("who", OPEN)
def test_requests_may_be_sent_without_waiting(gateway, origin, lunch, who):
    host = OPEN[who][1]
    with secure(gateway, OPEN[who]) as sock:
        sock.sendall(b"".join(get(host, f"/{n}") for n in range(5)))
        replies = [read_reply(sock) for _ in range(5)]

    assert [reply.status for reply in replies] == [200] * 5
    assert [reply.body.split()[2] for reply in replies] == [f"/{n}".encode() for n in range(5)]


@pytest.mark.parametrize("way", ["tls", "clear", "proxy"])
def test_the_answer_to_head_has_no_body_that_the_next_answer_could_hide_in(gateway, way):
    target = "/" if way != "proxy" else f"http://{SOCIAL}/"
    if way == "tls":
        opened = secure(gateway, ALLOWED)
    elif way == "clear":
        opened = connect(gateway, f"{SOCIAL}:80")
    else:
        opened = socket.create_connection(gateway.proxy, 60, source_address=("127.0.20.5", 0))
    with opened as sock:
        sock.sendall(f"HEAD {target} HTTP/1.1\r\nHost: {SOCIAL}\r\n\r\n".encode())
        head = read_reply(sock, body=False)
        second = exchange(sock, get(SOCIAL, target))

    assert (head.status, second.status) == (403, 403)


def test_head_works_in_a_break(gateway, lunch):
    with secure(gateway, ALLOWED) as sock:
        sock.sendall(f"HEAD / HTTP/1.1\r\nHost: {SOCIAL}\r\n\r\n".encode())
        assert read_reply(sock, body=False).status == 200
        assert exchange(sock, get(SOCIAL)).status == 200


@pytest.mark.parametrize("alpn", ["http/1.1", "h2"])
def test_a_connection_of_a_break_gets_whole_refusals_after_it(gateway, alpn):
    gateway.clock("13:59:59")
    with secure(gateway, ALLOWED, alpn=(alpn,)) as sock:
        if alpn == "h2":
            client = Http2(sock)
            first = client.ask(SOCIAL, "/")
            gateway.clock("14:00:00")
            second = client.ask(SOCIAL, "/")
        else:
            first = exchange(sock, get(SOCIAL))
            gateway.clock("14:00:00")
            second = exchange(sock, get(SOCIAL))
    gateway.clock("09:00:00")

    assert (first.status, second.status) == (200, 403)
    assert gateway.visits()[-1]["breaktime"]["decision"]["id"].encode() in second.body
    assert "alt-svc" not in first.headers


# Streams and half-closed connections


@pytest.mark.parametrize("who", OPEN)
def test_events_are_delivered_while_they_happen(gateway, lunch, who):
    host = OPEN[who][1]
    with secure(gateway, OPEN[who]) as sock:
        sock.sendall(get(host, "/events"))
        seen = b""
        while b"data: 1\n\n" not in seen:  # the answer never ends
            piece = sock.recv(65536)
            assert piece
            seen += piece


def test_a_relayed_client_may_end_its_side_and_still_read(gateway, origin):
    # TLS has an end of its own, so the plain end of a TCP connection is tried below it.
    with connect(gateway, f"{INNOCENT}:443") as sock:
        sock.sendall(client_hello(gateway, INNOCENT)[0])
        sock.shutdown(socket.SHUT_WR)
        assert pump(sock)[:1] == b"\x16"
