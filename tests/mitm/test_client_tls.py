"""What is sent in one go comes in one piece, and nothing overtakes what others can see."""

from types import SimpleNamespace

import pytest
from mitmproxy.connection import Client, ConnectionState, Server
from mitmproxy.options import Options
from mitmproxy.proxy import commands, server_hooks
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.mode_specs import ProxyMode
from mitmproxy.proxy.tunnel import TunnelState

from breaktime.mitm.client_tls import TOGETHER, ClientTls

CLIENT = Client(
    peername=("127.0.0.1", 1), sockname=("127.0.0.1", 2), timestamp_start=1,
    state=ConnectionState.OPEN, proxy_mode=ProxyMode.parse("regular"),
)  # fmt: skip
ORIGIN = Server(address=("a.example", 443))
LINE = commands.Log("a line for our own log")
HOOK = server_hooks.ClientConnectedHook(CLIENT)
CLOSE = commands.CloseConnection(CLIENT)


def to(whom, data):
    return commands.SendData(whom, data)


class Sent(bytes):
    """What was put into records for the client."""


@pytest.fixture
def tls(monkeypatch):
    monkeypatch.setattr(ClientTls, "__init__", lambda *_: None)
    made = ClientTls()
    made.context = Context(CLIENT, Options())
    made.conn = made.tunnel_connection = CLIENT
    made.tunnel_state = TunnelState.OPEN
    made.send_data = lambda data: iter([Sent(data)])
    return made


FULL = b"x" * TOGETHER


@pytest.mark.parametrize(
    ("said", "done"),
    [
        ([], []),
        ([to(CLIENT, b"head"), to(CLIENT, b"body")], [b"headbody"]),
        ([to(CLIENT, b"1"), HOOK, to(CLIENT, b"2")], [b"1", HOOK, b"2"]),
        ([to(CLIENT, b"1"), LINE, to(CLIENT, b"2")], [LINE, b"12"]),
        ([to(CLIENT, b"1"), CLOSE], [b"1", CLOSE]),
        ([to(CLIENT, FULL), to(CLIENT, b"2"), to(CLIENT, b"3")], [FULL, b"23"]),
        ([to(CLIENT, b"1"), to(CLIENT, FULL)], [b"1" + FULL]),
    ],
    ids=["nothing", "together", "a hook between", "a line between", "the end", "full", "fuller"],
)
def test_what_is_sent_in_one_go_is_one_piece(tls, said, done):
    tls.child_layer = SimpleNamespace(handle_event=lambda _: iter(said))

    assert list(tls.event_to_child(None)) == done


def test_what_goes_to_an_origin_is_not_ours_to_encrypt_and_does_not_wait(tls):
    request = to(ORIGIN, b"GET")
    said = [to(CLIENT, b"1"), request, to(CLIENT, b"2")]
    tls.child_layer = SimpleNamespace(handle_event=lambda _: iter(said))

    assert list(tls.event_to_child(None)) == [request, b"12"]


def test_before_hands_are_shaken_nothing_is_passed_on(tls):
    tls.tunnel_state, tls._event_queue = TunnelState.ESTABLISHING, []

    assert not list(tls.event_to_child("event"))
    assert tls._event_queue == ["event"]
