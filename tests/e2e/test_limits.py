"""However much one client sends, or leaves unread, the gateway holds little of it."""

import base64
import socket
from contextlib import ExitStack

import bcrypt
import h2.config
import h2.connection
import h2.events
import pytest

from support.clients import connect, exchange, tls
from support.gateway import BY_PASSWORD, running
from support.wire import read_frame, upgrade

pytestmark = pytest.mark.e2e

SOCIAL = "www.facebook.com"
INNOCENT = "a.innocent.example"
MEGABYTE = 1_000_000
SOCKETS = 40 * MEGABYTE  # more than the buffers of all sockets on the way


@pytest.fixture
def lunch(gateway):
    gateway.clock("12:30:00")
    yield
    gateway.clock("09:00:00")


@pytest.fixture
def proxy(gateway):
    with socket.create_connection(gateway.proxy, 60, source_address=("127.0.20.5", 0)) as sock:
        yield sock


def ask(host, path="/"):
    return f"GET http://{host}{path} HTTP/1.1\r\nHost: {host}\r\n".encode()


def test_a_second_head_without_an_end_ends_the_connection(proxy):
    assert exchange(proxy, ask(INNOCENT) + b"\r\n").status == 200

    def begin_a_head_that_does_not_end():
        proxy.sendall(ask(INNOCENT))
        for _ in range(10_000):
            proxy.sendall(b"a:b\r\n" * 20_000)

    with pytest.raises(ConnectionError):
        begin_a_head_that_does_not_end()


def test_requests_behind_one_that_is_served_are_left_unread(proxy):
    proxy.sendall(ask(INNOCENT, "/events") + b"\r\n")
    assert proxy.recv(1)
    proxy.settimeout(1)
    sent = []

    def ask_and_ask():
        while sum(sent) < 2 * SOCKETS:
            sent.append(proxy.send((ask(INNOCENT) + b"\r\n") * 1000))

    with pytest.raises(TimeoutError):
        ask_and_ask()

    assert sum(sent) < SOCKETS


def test_part_of_a_message_of_a_websocket_is_passed_on(gateway, lunch):
    with tls(gateway, connect(gateway, f"{SOCIAL}:443"), SOCIAL) as sock:
        assert exchange(sock, upgrade(SOCIAL)).status == 101
        for first, text in ((0x02, b"never"), (0x00, b"ends")):
            sock.sendall(bytes([first, 0x80 | len(text), 0, 0, 0, 0]) + text)
            assert read_frame(sock) == text


def test_a_client_of_many_sites_leaves_few_connections_open(origin, proxy):
    before = origin.live
    for number in range(60):
        host = f"n{number}.innocent.example"
        assert exchange(proxy, ask(host) + b"\r\n").status == 200

    assert origin.live - before < 20


class Slow:
    """A client of HTTP/2 that opens its windows when it is told to."""

    def __init__(self, sock):
        self.sock = sock
        self.conn = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True))
        self.conn.initiate_connection()
        self.got = {}

    def ask(self, stream, path):
        pairs = [(":method", "GET"), (":authority", SOCIAL), (":scheme", "https"), (":path", path)]
        self.conn.send_headers(stream, pairs, end_stream=True)
        self.sock.sendall(self.conn.data_to_send())

    def read(self):
        """Read once; return the streams that were answered and those that have ended."""
        data = self.sock.recv(65536)
        assert data
        found = self.conn.receive_data(data)
        for event in found:
            if isinstance(event, h2.events.DataReceived):
                have = self.got.get(event.stream_id, 0)
                self.got[event.stream_id] = have + event.flow_controlled_length
        return found

    def until(self, kind, stream):
        while not any(isinstance(e, kind) and e.stream_id == stream for e in self.read()):
            self.sock.sendall(self.conn.data_to_send())


def test_a_window_that_is_not_opened_holds_the_origin_back(gateway, origin, lunch):
    size = 200 * MEGABYTE
    with tls(gateway, connect(gateway, f"{SOCIAL}:443"), SOCIAL, alpn=("h2",)) as sock:
        slow = Slow(sock)
        slow.ask(1, f"/big/{size}")
        while slow.got.get(1, 0) < 65535:
            slow.read()
        for stream in range(3, 103, 2):  # others are answered meanwhile
            slow.ask(stream, "/")
            slow.until(h2.events.ResponseReceived, stream)

        assert origin.seen.sent < SOCKETS


def test_a_slow_reader_of_http2_gets_everything(gateway, lunch):
    size = 10 * MEGABYTE
    with tls(gateway, connect(gateway, f"{SOCIAL}:443"), SOCIAL, alpn=("h2",)) as sock:
        slow = Slow(sock)
        slow.ask(1, f"/big/{size}")
        seen = 0
        while seen < size:
            slow.read()
            fresh = slow.got.get(1, 0) - seen
            if fresh:
                slow.conn.acknowledge_received_data(fresh, 1)
                seen += fresh
            sock.sendall(slow.conn.data_to_send())

    assert seen == size


def signed_in(person):
    token = base64.b64encode(f"{person}:password".encode()).decode()
    return f"Proxy-Authorization: Basic {token}\r\n\r\n".encode()


@pytest.mark.parametrize("workers", ["", "\n  workers: 1"])
def test_requests_in_clear_fill_the_room_of_who_asks_and_nobody_elses(origin, tmp_path, workers):
    hashed = bcrypt.hashpw(b"password", bcrypt.gensalt(4)).decode()
    (tmp_path / "htpasswd").write_text(f"a.jones:{hashed}\nc.lee:{hashed}\n")
    limits = f"  limits: {{per_address: 3, per_person: 4}}{workers}"
    options = {"identity": BY_PASSWORD, "gateway": limits}
    with running(tmp_path, origin, **options) as gateway, ExitStack() as stack:

        def ask_as(person):
            sock = socket.create_connection(gateway.proxy, 30, ("127.0.20.5", 0))
            stack.enter_context(sock)
            return exchange(sock, ask(SOCIAL) + signed_in(person)).status

        assert [ask_as("a.jones") for _ in range(4)] == [403] * 4
        ask_as("a.jones")
        gateway.await_told("full-for-person")
        assert ask_as("c.lee") == 403
