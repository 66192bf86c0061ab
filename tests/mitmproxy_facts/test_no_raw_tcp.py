"""Raw TCP, which no hook of ours sees, cannot come out of our root layer."""

import pytest
from mitmproxy.proxy import layers

from breaktime.door import Kind
from breaktime.mitm import handler
from breaktime.mitm.framing import FramedHttp
from breaktime.mitm.handler import Inspected
from breaktime.mitm.hooks import HookTable
from breaktime.mitm.master import SAFE_OPTIONS


class Context:
    """As much of a context as a layer asks for while it is made."""

    def __init__(self):
        self.layers = []
        self.options = type("Options", (), {"proxy_debug": False})()
        self.client = None
        self.server = type("Server", (), {"tls": False})()


@pytest.mark.parametrize("kind", list(Kind))
def test_the_root_is_tls_or_http_and_nothing_is_guessed(kind, monkeypatch):
    built = []
    for name in ("ServerTLSLayer", "TCPLayer", "UDPLayer"):
        monkeypatch.setattr(layers, name, made(name, built))
    monkeypatch.setattr(handler, "ClientTls", made("ClientTls", built))
    monkeypatch.setattr(FramedHttp, "__init__", lambda self, *_: built.append("FramedHttp"))
    monkeypatch.setattr(FramedHttp, "handle_event", lambda *_: iter(()))

    list(Inspected(Context(), kind, HookTable(()))._handle_event(None))

    tls = ["ClientTls", "FramedHttp"]
    assert built == (tls if kind is Kind.TLS else ["FramedHttp"])


def made(name, built):
    class Layer:
        def __init__(self, *_):
            built.append(name)

        def handle_event(self, _):
            return iter(())

    return Layer


def test_an_upgrade_to_anything_but_websocket_is_no_raw_tcp_either():
    assert SAFE_OPTIONS["rawtcp"] is False
