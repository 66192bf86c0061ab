"""What `framing`, `held`, `client_tls`, `unreachable` and `handshakes` stand on in layers."""

import inspect

import h2.config
import h2.connection
import pytest
from h11._receivebuffer import ReceiveBuffer
from mitmproxy import version
from mitmproxy.addons import proxyserver, tlsconfig
from mitmproxy.connection import Client, ConnectionState, Server
from mitmproxy.net import tls as net_tls
from mitmproxy.proxy import commands, context, events, layer, layers, tunnel
from mitmproxy.proxy.layers.http import (
    GetHttpConnection,
    HTTPMode,
    HttpStream,
    SendHttp,
    _events,
    _http1,
    _http2,
)
from mitmproxy.proxy.layers.http._http_h2 import BufferedH2Connection
from mitmproxy.proxy.mode_specs import ProxyMode
from mitmproxy.test import taddons

from breaktime.mitm.framing import forked


@pytest.fixture
def made():
    client = Client(
        peername=("127.0.0.1", 1),
        sockname=("127.0.0.1", 2),
        timestamp_start=1,
        state=ConnectionState.OPEN,
        proxy_mode=ProxyMode.parse("regular"),
    )
    with taddons.context(proxyserver.Proxyserver()) as tctx:
        made = context.Context(client, tctx.options)
        made.server = Server(address=("example.com", 80))
        yield made


def names_of(function):
    return list(inspect.signature(function).parameters)


def test_a_fork_of_a_context_shares_all_but_its_layers(made):
    """`framing` makes one so, without an origin that nobody wants."""
    theirs, ours = made.fork(), forked(made)

    assert vars(theirs) == vars(ours) == vars(made)
    assert ours.layers is not made.layers
    assert ours.server is made.server


def test_a_layer_that_waits_keeps_what_comes_meanwhile_in_a_queue(made):
    """`held` counts what lies there."""

    class Waiting(layer.Layer):
        def _handle_event(self, event):
            yield commands.OpenConnection(self.context.server)

    waiting = Waiting(made)
    list(waiting.handle_event(events.Start()))
    late = events.DataReceived(made.client, b"late")
    assert list(waiting.handle_event(late)) == []

    assert list(waiting._paused_event_queue) == [late]
    assert issubclass(HttpStream, layer.Layer)


def http1(made):
    http = layers.HttpLayer(made, HTTPMode.transparent)
    list(http.handle_event(events.Start()))
    return http, http.connections[made.client]


def test_a_head_that_is_not_complete_lies_in_the_buffer_of_its_connection(made):
    """`framing` bounds it, and `held` counts it; nobody else does."""
    http, served = http1(made)
    head = b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 20_000
    assert list(http.handle_event(events.DataReceived(made.client, head))) == []

    assert isinstance(served, _http1.Http1Server)
    assert isinstance(served.buf, ReceiveBuffer)
    assert (len(served.buf), served.state) == (len(head), served.read_headers)
    assert callable(served.done)


def test_a_client_of_http2_has_what_its_windows_do_not_take_in_buffers(made):
    """An origin is read on all the same; `held` sees how much waits."""
    made.client.alpn = b"h2"
    http, served = http1(made)
    conn = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True))
    conn.initiate_connection()
    conn.send_headers(1, [(":method", "GET"), (":authority", "a"), (":scheme", "https"),
                          (":path", "/")], end_stream=True)  # fmt: skip
    list(http.handle_event(events.DataReceived(made.client, conn.data_to_send())))
    windows = served.h2_conn
    windows.send_headers(1, [(":status", "200")])
    windows.send_data(1, b"x" * 100_000)

    assert isinstance(served, _http2.Http2Server)
    assert isinstance(windows, BufferedH2Connection)
    assert sum(len(piece.data) for piece in windows.stream_buffers[1]) == 100_000 - 65_535


def test_an_http_layer_keeps_streams_and_connections_by_these_names(made):
    http, _ = http1(made)

    assert (http.streams, list(http.connections)) == ({}, [made.client])
    assert http.waiting_for_establishment == {}
    assert names_of(layers.HttpLayer.make_stream) == ["self", "stream_id"]
    assert names_of(layers.HttpLayer.get_connection) == ["self", "event", "reuse"]
    assert names_of(GetHttpConnection.connection_spec_matches) == ["self", "connection"]
    source = inspect.getsource(layers.HttpLayer.make_stream)
    assert "HttpStream(" in source
    assert "events.Start()" in source


def test_connections_to_origins_that_have_gone_stay_in_the_table_of_their_client():
    """`framing` forgets them; a client that stays for days would collect them."""
    source = inspect.getsource(layers.HttpLayer)

    assert "self.connections.pop(" not in source
    assert "del self.connections[" not in source


def test_what_follows_an_upgrade_is_joined_in_one_method():
    """`framing` replaces it: mitmproxy would gather each message of a WebSocket, and keep it."""
    source = inspect.getsource(HttpStream.flow_done)

    assert "WebsocketLayer(" in source
    assert "self._handle_event = self.passthrough" in source
    assert names_of(HttpStream.passthrough) == ["self", "event"]
    assert names_of(SendHttp.__init__) == ["self", "event", "connection"]


def test_a_layer_of_tcp_may_have_no_flow(made):
    assert layers.TCPLayer(made, ignore=True).flow is None
    assert layers.TCPLayer(made).flow is not None


def test_a_stream_is_ended_by_an_error_of_its_request():
    """One, and of this kind: with the answer's error as well, the layer would stumble."""
    assert names_of(_events.RequestProtocolError) == ["stream_id", "message", "code"]
    assert _events.ErrorCode.KILL in _events.ErrorCode
    source = inspect.getsource(HttpStream.check_killed)
    assert "ErrorCode.KILL" in source


def test_pages_of_mitmproxy_are_made_by_functions_that_are_looked_up_by_name():
    """`unreachable` puts ours in their place."""
    assert names_of(_http1.make_error_response) == ["status_code", "message"]
    assert names_of(_http2.format_error) == ["status_code", "message"]
    assert "make_error_response(" in inspect.getsource(_http1.Http1Server)
    assert "format_error(" in inspect.getsource(_http2.Http2Connection)
    assert isinstance(version.MITMPROXY, str)


def test_tls_with_a_client_sends_by_these_methods():
    """`client_tls` gathers what is sent in one go."""
    assert issubclass(layers.ClientTLSLayer, tunnel.TunnelLayer)
    assert names_of(tunnel.TunnelLayer.event_to_child) == ["self", "event"]
    assert names_of(layers.ClientTLSLayer.send_data) == ["self", "data"]
    assert names_of(tunnel.TunnelLayer._handle_command) == ["self", "command"]
    assert tunnel.TunnelState.OPEN in tunnel.TunnelState


def test_what_is_spoken_with_a_client_can_be_made_for_each_site():
    """Under its cache there is the function itself; `handshakes` calls it with all of these."""
    made = net_tls.create_client_proxy_context.__wrapped__

    assert set(names_of(made)) == {
        "method", "min_version", "max_version", "cipher_list", "ecdh_curve", "chain_file",
        "alpn_select_callback", "request_client_cert", "extra_chain_certs", "dhparams",
    }  # fmt: skip
    assert tlsconfig._default_ciphers(net_tls.Version.TLS1_2)
    assert callable(tlsconfig.alpn_select_callback)
    assert net_tls.get_curve(None) is None
