"""What is still on its way to a client does not outlive its connection."""

import socket

import pytest

from breaktime.door import Stage
from breaktime.door.abrupt import reset_when_closed, unsent
from door.street import until, walk


@pytest.fixture
def pair():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        near = socket.create_connection(listener.getsockname())
        far, _ = listener.accept()
    with near, far:
        yield near, far


def fill(sock):
    """Write until nothing more is taken."""
    sock.setblocking(False)
    count = 0
    try:
        while True:
            count += sock.send(b"x" * 65536)
    except BlockingIOError:
        return count


def test_what_nobody_has_read_is_counted(pair):
    near, _ = pair
    assert unsent(near) == 0
    written = fill(near)
    assert 0 < unsent(near) <= written


def test_a_socket_that_is_closed_has_nothing_and_cannot_be_told(pair):
    near, _ = pair
    near.close()
    assert unsent(near) == 0
    reset_when_closed(near)


def test_what_was_not_sent_yet_never_comes(pair):
    near, far = pair
    written = fill(near)
    reset_when_closed(near)
    near.close()
    far.settimeout(30)
    got = []

    def read_all():
        while piece := far.recv(65536):
            got.append(len(piece))

    with pytest.raises(ConnectionResetError):
        read_all()
    assert sum(got) < written


def test_a_relay_that_is_cut_gives_a_client_that_does_not_read_no_more():
    async def play(s):
        client = s.client()
        await client.tunnel(then=b"\x00 neither TLS nor HTTP")
        conn = await s.stage(Stage.RELAYED)
        await until(lambda: s.innocent.writers)
        (writer,) = s.innocent.writers
        writer.write(b"x" * 40_000_000)
        await until(lambda: conn.relay.pending)
        conn.cut()
        with pytest.raises(ConnectionResetError):
            await client.receive(40_000_000)

    walk(play)
