"""The bridge: each connection is known while it lives, and its end is told to the door."""

import asyncio
import socket
from types import SimpleNamespace

import pytest
from mitmproxy import http

from breaktime.door import Dialler, Identity, Inspection, Kind
from breaktime.mitm.bridge import Bridge
from breaktime.mitm.ca import make_ca
from breaktime.mitm.hooks import HookTable
from breaktime.mitm.master import make_master


class Recorder:
    """An addon that answers every request itself, and notes what it saw."""

    def __init__(self, bridge):
        self.bridge = bridge
        self.seen = []

    def requestheaders(self, flow):
        self.seen.append(self.bridge.tunnel(flow.client_conn.id))
        flow.response = http.Response.make(403, b"no")


def inspection(sock, *, replay=b"", kind=Kind.HTTP):
    conn = SimpleNamespace(
        id="one",
        client="10.0.0.1",
        client_port=40_000,
        certificate=None,
        identity=Identity("a.jones", groups=("press",)),
    )
    return Inspection(conn, sock, replay, kind, "a.example", 80, "sni.example", "192.0.2.1")


@pytest.fixture
def play(tmp_path):
    """Run a coroutine with a bridge and the other end of an inspected socket."""
    make_ca(tmp_path)

    def run(story, **parts):
        async def main():
            loop = asyncio.get_running_loop()
            released = asyncio.Queue()
            master, addons = make_master(tmp_path, None)
            bridge = Bridge(master, Dialler(), lambda one, _: released.put_nowait(one))
            recorder = Recorder(bridge)
            bridge.attach(HookTable((*addons, recorder)), lambda _: True)
            ours, theirs = socket.socketpair()
            ours.setblocking(False)
            theirs.setblocking(False)
            bridge.hand_over(inspection(theirs, **parts))
            try:
                await asyncio.wait_for(story(bridge, ours, released, recorder, loop), 20)
            finally:
                ours.close()
                await bridge.close()

        asyncio.run(main())

    return run


REQUEST = b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"


def test_what_the_door_has_read_is_replayed_and_what_it_knows_is_known(play):
    async def story(bridge, ours, released, recorder, loop):
        assert (await loop.sock_recv(ours, 65536)).startswith(b"HTTP/1.1 403")
        (tunnel,) = recorder.seen
        assert (tunnel.id, tunnel.client, tunnel.host) == ("one", "10.0.0.1", "a.example")
        assert (tunnel.sni, tunnel.address) == ("sni.example", "192.0.2.1")
        assert (tunnel.person, tunnel.groups, tunnel.identified) == ("a.jones", ("press",), True)
        ours.close()
        assert await released.get() == "one"
        assert bridge.tunnel("one") is None

    play(story, replay=REQUEST)


def test_a_request_to_the_proxy_itself_is_in_no_tunnel(play):
    async def story(bridge, ours, released, recorder, loop):
        assert await loop.sock_recv(ours, 65536)
        assert recorder.seen[0].host is None

    play(story, replay=REQUEST.replace(b" / ", b" http://a.example/ "), kind=Kind.PROXY)


def test_a_connection_can_be_cut(play):
    async def story(bridge, ours, released, recorder, loop):
        assert await loop.sock_recv(ours, 65536)
        bridge.cut("one")
        assert await loop.sock_recv(ours, 65536) == b""
        assert await released.get() == "one"

    play(story, replay=REQUEST)


def test_a_connection_that_is_not_there_cannot_be_cut(play):
    async def story(bridge, ours, released, recorder, loop):
        bridge.cut("another")
        assert bridge.tunnel("another") is None

    play(story)


def test_closing_ends_and_releases_everything(play):
    async def story(bridge, ours, released, recorder, loop):
        await bridge.close()
        assert await released.get() == "one"
        assert await loop.sock_recv(ours, 65536) == b""

    play(story)
