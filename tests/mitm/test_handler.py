"""A connection whose own parts fail ends: nobody waits for it, and nothing goes on in it."""

import asyncio
import socket
from types import SimpleNamespace

import pytest

from breaktime.door import Dialler, Identity, Inspection, Kind
from breaktime.mitm.bridge import Bridge
from breaktime.mitm.ca import make_ca
from breaktime.mitm.framing import FramedHttp
from breaktime.mitm.handler import Handler
from breaktime.mitm.hooks import HookTable
from breaktime.mitm.master import make_master

REQUEST = b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"


def fails(*_):
    raise RuntimeError("broken")


async def fails_later(*_):
    raise RuntimeError("broken")


@pytest.fixture
def ends(tmp_path):
    """A function that hands a connection over, and returns once it has ended and is let go."""
    make_ca(tmp_path)

    async def hand_over():
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
        bridge.hand_over(Inspection(conn, theirs, REQUEST, Kind.HTTP, "a.example", 80, None, None))
        try:
            async with asyncio.timeout(30):
                while await loop.sock_recv(ours, 65536):
                    pass
                assert await released.get() == "one"
        except ConnectionResetError:
            assert await released.get() == "one"
        finally:
            ours.close()
            await bridge.close()
        assert theirs.fileno() == -1

    return lambda: asyncio.run(hand_over())


@pytest.mark.parametrize(
    ("whose", "name", "fault"),
    [
        (FramedHttp, "_handle_event", fails),  # a layer
        (FramedHttp, "make_stream", fails),
        (HookTable, "run", fails_later),  # what asks the hooks
        (HookTable, "run_now", fails),
        (Handler, "__init__", fails),  # before anything owns the socket
        (Handler, "rename", fails),
        (Handler, "handle_client", fails_later),
        (Bridge, "_serve", fails_later),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_a_fault_ends_the_connection(ends, monkeypatch, whose, name, fault):
    monkeypatch.setattr(whose, name, fault)

    ends()
