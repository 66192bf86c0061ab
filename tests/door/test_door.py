"""There is room for so many, and all listeners or none."""

import asyncio
import os
import resource
import socket
import subprocess
import sys

import pytest

from breaktime.door import Door, Limits, Stage
from breaktime.door.intake import Intake
from breaktime.door.listener import Listener, _plain
from door import street
from door.street import INNOCENT, Police, walk

SSH = b"SSH-2.0-OpenSSH_9.9\r\n"
H2C = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
BRIEF = Limits(head_seconds=0.05, peek_seconds=0.05, identify_seconds=0.05, dial_seconds=0.05)


async def same(data):
    return data


def raising(*_):
    raise RuntimeError


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(connections=2), "full"),
        (Limits(connections_per_client=2), "full-for-client"),
    ],
)
def test_there_is_room_for_so_many(hello, limits, reason):
    async def play(s):
        first, second = s.client(), s.client()
        await first.tunnel(then=hello)
        await second.send(b"C")
        await street.until(lambda: len(s.door.table) == 2)

        assert (await s.client().receive_all()).startswith(b"HTTP/1.1 503 ")
        assert s.police.refusals == [reason]

        first.reset()
        await street.until(lambda: len(s.door.table) == 1)
        await s.client().tunnel(then=hello)

    walk(play, limits=limits)


def test_without_descriptors_accepting_pauses():
    async def play(s):
        clients = [s.client() for _ in range(3)]
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (next_fd(), hard))
        try:
            await street.until(lambda: s.door._listeners[0].paused)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for client in clients:
            await client.connect(INNOCENT, 22)
            assert await client.receive(12) == b"HTTP/1.1 403"

    walk(play, limits=Limits(pause_seconds=0.05))


def next_fd():
    fd = os.dup(0)
    os.close(fd)
    return fd


def test_a_door_that_cannot_listen_everywhere_does_not_listen():
    async def main():
        with street.socket.create_server(("127.0.0.1", 0)) as taken:
            for second, error in [(taken.getsockname(), OSError), (("nonsense", 0), ValueError)]:
                door = Door(
                    Police(),
                    raising,
                    listen=[("127.0.0.1", 0), second],
                    dialler=street.Dialler(same),
                )
                with pytest.raises(error):
                    await door.start()
                assert door.addresses == []

    asyncio.run(main())


def test_one_door_may_listen_on_both_versions():
    async def main():
        door = Door(
            Police(), raising, listen=[("127.0.0.1", 0), ("::1", 0)], dialler=street.Dialler(same)
        )
        await door.start()
        client = street.Client(door.addresses[1])
        await street.until(lambda: door.table)
        (conn,) = door.table.values()
        assert conn.client == "::1"
        client.sock.close()
        await door.close()

    asyncio.run(main())


@pytest.mark.parametrize(
    ("level", "option"),
    [(socket.IPPROTO_TCP, socket.TCP_NODELAY), (socket.SOL_SOCKET, socket.SO_KEEPALIVE)],
    ids=["small pieces are sent at once", "who has vanished is noticed"],
)
def test_what_is_accepted_is_as_the_listener(level, option):
    async def play(s):
        s.client()
        conn = await s.stage(Stage.HEAD)
        assert conn._sock.getsockopt(level, option)

    walk(play)


def test_addresses_of_clients_have_one_spelling():
    assert _plain("::ffff:192.0.2.1") == "192.0.2.1"
    assert _plain("fe80::1%eth0") == "fe80::1"


def test_the_door_knows_no_mitmproxy():
    code = "import sys, breaktime.door; sys.exit(any('mitmproxy' in name for name in sys.modules))"
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": "addon"})


def test_who_cannot_be_read_is_sent_away_at_once(monkeypatch, caplog):
    """Whatever fails, nobody waits for the deadline of a request: it is an hour here."""

    async def play(s):
        client = s.client()
        await s.stage(Stage.HEAD)
        monkeypatch.setattr(Intake, "_read", raising)
        await client.send(b"CONNECT")
        assert await client.receive_all() == b""
        await s.empty()
        assert "what a client has sent could not be read" in caplog.text

    walk(play, limits=Limits(head_seconds=3600))


def test_where_many_wait_more_and_more_are_let_in_at_once():
    """A turn of the loop takes long then: one for each would leave the queue to overflow."""
    waiting, turns = 100, 20
    clients, let_in = [], []

    async def main():
        loop, port = asyncio.get_running_loop(), ("127.0.0.1", 0)
        listener = Listener(port, loop=loop, welcome=welcome, pause_seconds=60)
        clients.extend(socket.create_connection(listener.address) for _ in range(waiting))
        for _ in range(turns):
            await asyncio.sleep(0)
        listener.close()

    def welcome(sock, _):
        let_in.append(sock)

    asyncio.run(main())
    for sock in (*clients, *let_in):
        sock.close()
    assert len(let_in) == waiting


def test_who_cannot_be_accepted_is_let_in_a_moment_later(monkeypatch, caplog):
    """Nobody is asked again and again meanwhile: the loop would do nothing else."""
    pause, pauses = Listener._pause, []

    def pausing(listener):
        pauses.append(listener)
        monkeypatch.undo()
        pause(listener)

    async def play(s):
        monkeypatch.setattr(Listener, "_pause", pausing)
        monkeypatch.setattr(Listener, "_let_in", raising)
        client = s.client()
        await client.tunnel()
        assert len(pauses) == 1
        assert "nobody could be let in" in caplog.text

    walk(play, limits=Limits(pause_seconds=0.05))
