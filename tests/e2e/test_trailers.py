"""Fields behind a body, and heads and lines of an origin that never end."""

import h2.events
import pytest

from support.clients import Http2, connect, curl, exchange, tls

pytestmark = pytest.mark.e2e

SOCIAL, INNOCENT = "www.facebook.com", "a.innocent.example"
SECRET = "Proxy-Authorization: Basic Y2FuYXJ5OmNhbmFyeQ=="
POST = (
    "POST {path} HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n"
    f"5\r\nhello\r\n0\r\nX-Sum: 1\r\nContent-Length: 9\r\n{SECRET}\r\n\r\n"
)


@pytest.fixture(autouse=True)
def _lunch(gateway):
    gateway.clock("12:30:00")
    yield
    gateway.clock("09:00:00")


def answered(reply, host, path="/up"):
    return (reply.status, reply.body) == (200, f"{host} POST {path} 5\n".encode())


def test_a_request_with_trailers_is_served_and_so_is_the_next(gateway, origin):
    words = POST.format(path="/up", host=SOCIAL).encode()
    with tls(gateway, connect(gateway, f"{SOCIAL}:443"), SOCIAL) as sock:
        for _ in range(2):
            assert answered(exchange(sock, words), SOCIAL)
    words = POST.format(path="/up", host=INNOCENT).encode()
    with connect(gateway, f"{INNOCENT}:80") as sock:
        for _ in range(2):
            assert answered(exchange(sock, words), INNOCENT)
    assert len(origin.seen.requests) == 4


def test_a_request_with_trailers_of_http2_is_served(gateway, origin):
    with tls(gateway, connect(gateway, f"{SOCIAL}:443"), SOCIAL, alpn=("h2",)) as sock:
        http2 = Http2(sock)
        conn = http2._conn
        names = (":method", ":authority", ":scheme", ":path")
        pairs = list(zip(names, ("POST", SOCIAL, "https", "/up"), strict=True))
        conn.send_headers(1, pairs)
        conn.send_data(1, b"hello")
        conn.send_headers(1, [("x-sum", "1"), ("proxy-authorization", "Basic x")], end_stream=True)
        sock.sendall(conn.data_to_send())
        found = []
        while not any(isinstance(event, h2.events.StreamEnded) for event in found):
            data = sock.recv(65536)
            assert data
            found += conn.receive_data(data)
        assert http2.ask(SOCIAL, "/next").status == 200
    assert [path for *_, path, _ in origin.seen.requests] == ["/up", "/next"]


@pytest.mark.parametrize("url", [f"https://{SOCIAL}", f"http://{SOCIAL}", f"http://{INNOCENT}"])
@pytest.mark.parametrize("version", ["--http1.1", "--http2"])
def test_an_answer_with_trailers_comes_whole(gateway, url, version):
    reply = curl(gateway, f"{url}/trailers", version)

    assert (reply.status, reply.body) == (200, b"hello")


@pytest.mark.parametrize("url", [f"https://{SOCIAL}", f"http://{INNOCENT}"])
def test_a_head_without_an_end_is_given_up(gateway, url):
    assert curl(gateway, f"{url}/endless-head").status == 502


@pytest.mark.parametrize("url", [f"https://{SOCIAL}", f"http://{INNOCENT}"])
def test_a_line_of_a_body_without_an_end_is_given_up(gateway, origin, url):
    assert curl(gateway, f"{url}/endless-line", "--max-time", "120").body == b""
    assert curl(gateway, f"{url}/").status == 200


@pytest.mark.parametrize(
    "header", ["Proxy-Authorization: Basic x", "proxy-connection: close", "PROXY-FOO: bar"]
)
def test_what_is_meant_for_proxies_reaches_no_site(gateway, origin, header):
    for url in (f"https://{SOCIAL}/", f"http://{SOCIAL}/", f"http://{INNOCENT}/"):
        assert curl(gateway, url, "-H", header).status == 200
    told = [name for *_, headers in origin.seen.requests for name in headers]
    assert not [name for name in told if name.startswith("proxy")]
