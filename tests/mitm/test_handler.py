"""A connection whose own parts fail ends: nobody waits for it, and nothing goes on in it."""

import asyncio
import socket
from types import SimpleNamespace

import pytest
from mitmproxy.connection import ConnectionState
from mitmproxy.proxy import events

from breaktime.door import Dialler, Identity, Inspection, Kind
from breaktime.mitm.bridge import Bridge
from breaktime.mitm.ca import make_ca
from breaktime.mitm.framing import FramedHttp
from breaktime.mitm.handler import Handler
from breaktime.mitm.hooks import HookTable
from breaktime.mitm.intake import Intake
from breaktime.mitm.master import make_master

REQUEST = b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"


def fails(*_):
    raise RuntimeError("broken")


async def fails_later(*_):
    raise RuntimeError("broken")


@pytest.fixture
def ends(tmp_path):
    """
    A function that hands a connection over, and returns once it has ended and is let go.

    It takes what the client has sent by then, and what it sends later.
    """
    make_ca(tmp_path)

    async def hand_over(before, later):
        loop = asyncio.get_running_loop()
        released = asyncio.Queue()
        master, addons = make_master(tmp_path, None)
        bridge = Bridge(master, Dialler(), lambda one, _: released.put_nowait(one))
        bridge.attach(HookTable(addons), lambda _: True)
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        theirs.setblocking(False)
        conn = SimpleNamespace(
            id="one", client="10.0.0.1", client_port=4, certificate=None, identity=Identity(None)
        )
        bridge.hand_over(Inspection(conn, theirs, before, Kind.HTTP, "a.example", 80, None, None))
        try:
            async with asyncio.timeout(60):
                for _ in range(100):  # turns: what was sent before is handled by then
                    await asyncio.sleep(0)
                if later:
                    await loop.sock_sendall(ours, later)
                while await loop.sock_recv(ours, 65536):
                    pass
                assert await released.get() == "one"
        except ConnectionError:
            assert await released.get() == "one"
        finally:
            ours.close()
            await bridge.close()
        assert theirs.fileno() == -1

    return lambda before=REQUEST, later=b"": asyncio.run(hand_over(before, later))


@pytest.mark.parametrize(
    ("whose", "name", "fault"),
    [
        (FramedHttp, "_handle_event", fails),  # a layer
        (FramedHttp, "make_stream", fails),
        (HookTable, "run", fails_later),  # what asks the hooks
        (HookTable, "run_now", fails),
        (Handler, "__init__", fails),  # before anything owns the socket
        (Handler, "rename", fails),
        (Handler, "server_event", fails_later),
        (Handler, "handle_client", fails_later),
        (Bridge, "_serve", fails_later),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_a_fault_ends_the_connection(ends, monkeypatch, whose, name, fault):
    monkeypatch.setattr(whose, name, fault)

    ends()


@pytest.mark.parametrize(
    ("whose", "name"), [(Handler, "_take"), (Intake, "feed_data"), (Intake, "read")]
)
def test_a_fault_in_what_arrives_later_ends_the_connection(ends, monkeypatch, whose, name):
    inner = getattr(whose, name)

    def breaks(self, *arguments):
        if arguments[-1] == b"GET / ":  # what the door has read itself
            return inner(self, *arguments)
        raise RuntimeError("broken")

    monkeypatch.setattr(whose, name, breaks)

    ends(b"GET / ", b"HTTP/1.1\r\n")


@pytest.mark.parametrize("waits", [False, True])
def test_what_arrives_is_handled_at_once_or_by_its_task(ends, monkeypatch, waits):
    inner, handled = Handler.server_event, []

    async def handles(self, event):
        if waits:
            await asyncio.sleep(0)
        if isinstance(event, events.DataReceived):
            handled.append((event.data, asyncio.current_task() is None))
        await inner(self, event)

    monkeypatch.setattr(Handler, "server_event", handles)

    ends(b"GET", b"\0\r\n\r\n")  # which is no request

    assert handled == [(b"GET", False), (b"\0\r\n\r\n", not waits)]


def test_nothing_of_a_closed_connection_is_handled(ends, monkeypatch):
    taken = []
    inner = Handler._take

    def takes(self, connection, reader, data):
        connection.state = ConnectionState.CLOSED
        taken.append(inner(self, connection, reader, data))
        self.cut()
        return taken[-1]

    monkeypatch.setattr(Handler, "_take", takes)

    ends(b"GET", b" / HTTP/1.1\r\n\r\n")

    assert taken == [False]
