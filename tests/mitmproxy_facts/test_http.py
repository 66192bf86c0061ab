"""What `mitm.addon`, `mitm.act` and `mitm.framing` stand on in mitmproxy's HTTP."""

import pytest
from mitmproxy import http, options
from mitmproxy.addons import proxyserver, tlsconfig
from mitmproxy.connection import Client, ConnectionState, Server
from mitmproxy.net.http import http1
from mitmproxy.proxy import commands, context, events, layers
from mitmproxy.proxy.layers.http import (
    HTTPMode,
    HttpRequestHeadersHook,
    HttpRequestHook,
    HttpResponseHeadersHook,
)
from mitmproxy.proxy.mode_specs import ProxyMode
from mitmproxy.test import taddons

REQUEST = b"POST / HTTP/1.1\r\nHost: example.com\r\nContent-Length: 3\r\n\r\nabc"


@pytest.fixture
def made():
    """Give a context such as an inspected connection in clear has one."""
    with taddons.context(proxyserver.Proxyserver(), tlsconfig.TlsConfig()) as tctx:
        tctx.options.update(connection_strategy="lazy", rawtcp=False)
        client = Client(
            peername=("127.0.0.1", 1),
            sockname=("127.0.0.1", 2),
            timestamp_start=1,
            state=ConnectionState.OPEN,
            proxy_mode=ProxyMode.parse("regular"),
        )
        made = context.Context(client, tctx.options)
        made.server = Server(address=("example.com", 80))
        yield made


def play(layer, made, data, on_hook):
    """Feed bytes of a client; answer each hook at once, and connections with a failure."""
    seen = []
    queue = [events.Start(), events.DataReceived(made.client, data)]
    while queue:
        for command in layer.handle_event(queue.pop(0)):
            seen.append(command)
            if isinstance(command, commands.StartHook):
                on_hook(command)
                if command.blocking:
                    queue.insert(0, events.HookCompleted(command, None))
            elif isinstance(command, commands.OpenConnection):
                queue.insert(0, events.OpenConnectionCompleted(command, "not here"))
    return seen


def kinds(seen):
    return [type(command) for command in seen]


def test_an_answer_set_at_requestheaders_is_sent_without_a_connection(made):
    def refuse(hook):
        if isinstance(hook, HttpRequestHeadersHook):
            hook.flow.response = http.Response.make(403, b"no")

    seen = play(layers.HttpLayer(made, HTTPMode.transparent), made, REQUEST, refuse)

    assert commands.OpenConnection not in kinds(seen)
    assert HttpRequestHook in kinds(seen)  # with the body read: the last guard stands there
    assert HttpResponseHeadersHook in kinds(seen)
    sent = b"".join(c.data for c in seen if isinstance(c, commands.SendData))
    assert sent.startswith(b"HTTP/1.1 403")
    assert sent.endswith(b"no")


def test_a_flow_killed_at_requestheaders_ends_without_a_connection(made):
    def kill(hook):
        if isinstance(hook, HttpRequestHeadersHook):
            hook.flow.response = http.Response.make(403, b"no")
            hook.flow.kill()

    seen = play(layers.HttpLayer(made, HTTPMode.transparent), made, REQUEST, kill)

    assert not {commands.OpenConnection, commands.SendData, HttpRequestHook} & set(kinds(seen))
    assert any(isinstance(command, commands.CloseConnection) for command in seen)


def test_a_streamed_request_connects_before_its_body_is_there(made):
    def stream(hook):
        if isinstance(hook, HttpRequestHeadersHook):
            hook.flow.request.stream = True

    head = REQUEST.removesuffix(b"abc")
    seen = play(layers.HttpLayer(made, HTTPMode.transparent), made, head, stream)

    assert commands.OpenConnection in kinds(seen)
    assert HttpRequestHook not in kinds(seen)


def test_an_answer_and_a_stream_do_not_go_together(made):
    def both(hook):
        if isinstance(hook, HttpRequestHeadersHook):
            hook.flow.request.stream = True
            hook.flow.response = http.Response.make(403, b"no")

    with pytest.raises(NotImplementedError):
        play(layers.HttpLayer(made, HTTPMode.transparent), made, REQUEST, both)


@pytest.mark.parametrize(("alpn", "name"), [(b"h2", "Http2Server"), (b"http/1.1", "Http1Server")])
def test_the_protocol_is_chosen_at_the_start_and_not_before(made, alpn, name):
    layer = layers.HttpLayer(made, HTTPMode.transparent)
    made.client.alpn = alpn
    list(layer.handle_event(events.Start()))

    assert type(layer.connections[made.client]).__name__ == name


def test_in_a_tunnel_the_host_is_that_of_the_tunnel_whatever_the_header_says(made):
    flows = []

    def note(hook):
        if isinstance(hook, HttpRequestHeadersHook):
            flows.append(hook.flow)
            hook.flow.response = http.Response.make(403)

    request = b"GET https://inside.example/ HTTP/1.1\r\nHost: header.example\r\n\r\n"
    play(layers.HttpLayer(made, HTTPMode.transparent), made, request, note)

    (flow,) = flows
    assert flow.request.host == "example.com"
    assert flow.request.authority == "inside.example"
    assert flow.request.headers["host"] == "header.example"


def test_a_body_of_http2_without_a_length_has_no_frame_in_http1():
    """Why `framing` exists: the day this fails, it can go."""
    request = http.Request.make("POST", "https://example.com/", b"", {"host": "example.com"})
    request.headers.pop("content-length", None)
    request.http_version = "HTTP/2.0"

    head = http1.assemble_request_head(request).lower()
    assert b"transfer-encoding" not in head
    assert b"content-length" not in head


def test_mitmproxy_itself_answers_head_with_the_body_it_is_given(made):
    """Why `act.answer` takes it away."""

    def refuse(hook):
        if isinstance(hook, HttpRequestHeadersHook):
            hook.flow.response = http.Response.make(403, b"no")

    request = b"HEAD / HTTP/1.1\r\nHost: example.com\r\n\r\n"
    seen = play(layers.HttpLayer(made, HTTPMode.transparent), made, request, refuse)

    assert b"".join(c.data for c in seen if isinstance(c, commands.SendData)).endswith(b"no")


@pytest.mark.parametrize(
    ("name", "default"),
    [
        ("connection_strategy", "eager"),
        ("rawtcp", True),
        ("validate_inbound_headers", True),
        ("ssl_insecure", False),
        ("upstream_cert", True),
        ("stream_large_bodies", None),
        ("body_size_limit", None),
        ("store_streamed_bodies", False),
        ("websocket", True),
        ("http2", True),
    ],
)
def test_the_options_we_set_exist_with_the_defaults_we_know(name, default):
    with taddons.context(proxyserver.Proxyserver(), tlsconfig.TlsConfig()) as tctx:
        assert name in tctx.options
        assert tctx.options._options[name].default == default


def test_the_certificates_are_checked_against_one_file():
    assert "ssl_verify_upstream_trusted_ca" in options.Options()
