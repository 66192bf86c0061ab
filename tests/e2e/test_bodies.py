"""Bodies: allowed ones arrive whole, refused ones reach nobody, and none hides a request."""

import contextlib
import socket

import pytest

from support.clients import Http2, connect, curl, read_reply, tls
from support.wire import pump

pytestmark = pytest.mark.e2e

SOCIAL = "www.facebook.com"
INNOCENT = "www.example.org"
MEGABYTE = 1_000_000
ALLOWED = ("127.0.20.5", SOCIAL)
OPEN = {"relayed": ("127.0.20.5", INNOCENT), "inspected": ALLOWED}


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


@pytest.mark.parametrize("version", ["--http1.1", "--http2"])
@pytest.mark.parametrize("who", ["relayed", "inspected"])
def test_a_large_download_arrives_whole(gateway, lunch, who, version):
    source, host = OPEN[who]
    size = 50 * MEGABYTE

    reply = curl(gateway, f"https://{host}/big/{size}", version, source=source)

    assert (reply.status, len(reply.body)) == (200, size)


@pytest.mark.parametrize("framing", ["length", "chunked", "h2", "h2 without length"])
@pytest.mark.parametrize("who", ["relayed", "inspected"])
def test_a_large_upload_arrives_whole(gateway, lunch, tmp_path, who, framing):
    source, host = OPEN[who]
    size = 30 * MEGABYTE

    options, body = upload(tmp_path, size, framing)
    reply = curl(gateway, f"https://{host}/up", *options, source=source, body=body)

    assert reply.status == 200
    assert reply.body.split()[-1] == str(size).encode()


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("framing", ["length", "chunked", "h2", "h2 without length"])
@pytest.mark.parametrize("method", ["POST", "GET", "DELETE"])
def test_nothing_of_a_refused_upload_reaches_the_site(
    gateway, origin, tmp_path, framing, scheme, method
):
    before = len(gateway.visits())
    options, body = upload(tmp_path, 50 * MEGABYTE, framing)
    page = f"/up/{scheme}/{method}/{framing.replace(' ', '-')}"  # each has a line of its own

    reply = curl(gateway, f"{scheme}://{SOCIAL}{page}", *options, "-X", method, body=body)

    assert reply.status in {0, 403} or reply.status == 200  # 200: only the tunnel was answered
    assert b"POST" not in reply.body
    assert origin.seen.contacts == 0
    assert gateway.visits()[before]["event"]["reason"] == "outside_breaks"


def test_a_small_refused_upload_gets_its_page(gateway, origin, tmp_path):
    reply = curl(gateway, f"https://{SOCIAL}/up", *upload(tmp_path, 1000, "length")[0])

    assert reply.status == 403
    assert reply.body


def upload(folder, size, framing):
    file = folder / "body"
    file.write_bytes(b"x" * size)
    version = "--http2" if framing.startswith("h2") else "--http1.1"
    if framing in {"chunked", "h2 without length"}:
        return [version, "-H", "Expect:", "-X", "POST", "-T", "-"], file
    return [version, "-H", "Expect:", "--data-binary", f"@{file}"], None


@pytest.mark.parametrize("who", ["relayed", "inspected"])
def test_a_client_that_waits_for_a_go_ahead_gets_it(gateway, origin, lunch, who):
    host = OPEN[who][1]
    with secure(gateway, OPEN[who]) as sock:
        sock.sendall(
            f"POST /up HTTP/1.1\r\nHost: {host}\r\nContent-Length: 5\r\n"
            "Expect: 100-continue\r\n\r\n".encode()
        )
        if who == "inspected":
            assert read_reply(sock).status == 100
        sock.sendall(b"hello")
        assert read_reply(sock).body.endswith(b" 5\n")


def test_a_refused_client_that_waits_for_a_go_ahead_sends_nothing_to_the_site(gateway, origin):
    with secure(gateway, ALLOWED) as sock:
        sock.sendall(
            f"POST /up HTTP/1.1\r\nHost: {SOCIAL}\r\nContent-Length: 5\r\n"
            "Expect: 100-continue\r\n\r\n".encode()
        )
        reply = read_reply(sock)
        if reply.status == 100:
            sock.sendall(b"hello")
            reply = read_reply(sock)

    assert reply.status == 403
    assert origin.seen.contacts == 0


@pytest.mark.parametrize("method", ["POST", "GET", "DELETE"])
def test_no_request_hides_in_the_body_of_another(gateway, origin, method):
    path = "/ExampleshireCouncil"
    hidden = get(SOCIAL, "/hidden")
    with secure(gateway, ALLOWED, alpn=("h2",)) as sock:
        reply = Http2(sock).ask(SOCIAL, path, method=method, body=hidden)

    assert reply.status == 200
    assert [request[3] for request in origin.seen.requests] == [path]
    assert reply.body.split()[-1] == str(len(hidden)).encode()


def test_a_request_without_a_body_goes_on_without_one(gateway, origin, lunch):
    with secure(gateway, ALLOWED, alpn=("h2",)) as sock:
        assert Http2(sock).ask(SOCIAL, "/").status == 200

    headers = origin.seen.requests[0][4]
    assert "transfer-encoding" not in headers
    assert "content-length" not in headers


@pytest.mark.parametrize(
    "framing",
    [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding : chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: 5, 5\r\n",
        "Content-Length: 0x5\r\n",
        "X-A: b\r\n Transfer-Encoding: chunked\r\n",
        "X-A: b\x00c\r\n",
        "X-A: b\rTransfer-Encoding: chunked\r\n",
    ],
)
@pytest.mark.parametrize("way", ["tls", "clear", "proxy"])
def test_a_body_that_could_end_in_two_places_is_not_sent_on(gateway, origin, framing, way):
    path = "/ExampleshireCouncil"
    target = f"http://{SOCIAL}{path}" if way == "proxy" else path
    if way == "tls":
        opened = secure(gateway, ALLOWED)
    elif way == "clear":
        opened = connect(gateway, f"{SOCIAL}:80")
    else:
        opened = socket.create_connection(gateway.proxy, 60, source_address=("127.0.20.5", 0))
    with opened as sock:
        head = f"POST {target} HTTP/1.1\r\nHost: {SOCIAL}\r\n{framing}\r\n"
        sock.sendall(head.encode() + b"0\r\n\r\n" + get(SOCIAL, "/hidden"))
        sock.settimeout(1)
        with contextlib.suppress(TimeoutError):
            pump(sock)

    assert origin.seen.requests == []
