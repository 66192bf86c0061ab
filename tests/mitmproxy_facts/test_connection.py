"""What `mitm.handler` stands on in mitmproxy's connections, hooks and event loop."""

import asyncio
import dataclasses
import inspect

import pytest
from mitmproxy import connection, flow, http
from mitmproxy.addonmanager import traverse
from mitmproxy.proxy import commands, events, layer, server, server_hooks
from mitmproxy.proxy.layers import http as http_layers
from mitmproxy.test import tflow


def test_the_hash_of_a_connection_is_its_id():
    """
    So a transport has to be kept anew under a client whose id has changed.

    Under the old place a dict finds it by luck only: it looks at the object before the hash.
    """
    client = tflow.tclient_conn()
    client.id = "another"

    assert hash(client) == hash("another")


def all_hooks():
    found = [commands.StartHook]
    for kind in found:
        found += kind.__subclasses__()
    return [kind for kind in found if dataclasses.is_dataclass(kind) and dataclasses.fields(kind)]


def test_the_one_value_of_each_hook_is_its_first_field():
    client = tflow.tclient_conn()
    hook = server_hooks.ClientConnectedHook(client)

    assert hook.args() == [getattr(hook, dataclasses.fields(hook)[0].name)]
    for kind in all_hooks():
        if kind.__module__.startswith("mitmproxy.proxy"):
            names = [field.name for field in dataclasses.fields(kind)]
            assert names[0] not in {"name", "blocking"}


def test_a_layer_may_give_its_place_to_another_by_replacing_two_attributes():
    class Child(layer.Layer):
        def _handle_event(self, event):
            yield commands.Log("child")

    class Root(layer.Layer):
        def _handle_event(self, event):
            child = Child(self.context)
            self.handle_event = self._handle_event = child.handle_event
            yield from child.handle_event(event)

    context = tflow.tclient_conn()
    root = Root(type("C", (), {"layers": [], "client": context, "options": OPTIONS})())

    for _ in range(2):
        (command,) = root.handle_event(events.Start())
        assert command.message == "child"


OPTIONS = type("Options", (), {"proxy_debug": False})()


def test_a_handler_keeps_its_transports_under_connections():
    names = inspect.signature(server.LiveConnectionHandler.__init__).parameters
    fields = [field.name for field in dataclasses.fields(server.ConnectionIO)]

    assert list(names) == ["self", "reader", "writer", "options", "mode"]
    assert fields == ["handler", "reader", "writer"]


@pytest.mark.parametrize(
    "name",
    [
        "handle_hook", "handle_client", "handle_connection", "open_connection", "server_event",
        "close_connection", "hook_task",
    ],
)  # fmt: skip
def test_a_handler_has_the_methods_that_ours_replaces_or_calls(name):
    assert callable(getattr(server.ConnectionHandler, name))


def test_a_cancelled_handler_that_waits_for_its_turn_does_not_close_its_socket():
    """The reason why our handler closes whatever is left; see `handle_connection`."""
    source = inspect.getsource(server.ConnectionHandler.handle_connection)

    assert "await self.server_event(events.DataReceived(connection, data))" in source
    assert source.index("except asyncio.CancelledError") < source.index("server_event(events.Data")


def test_the_watchdog_can_be_disarmed():
    async def main():
        async def never():
            raise AssertionError

        watchdog = server.TimeoutWatchdog(1, never)
        with watchdog.disarm():
            return watchdog.blocker

    assert asyncio.run(main()) == 1


def test_addons_are_found_below_addons():
    inner = object()
    outer = type("Outer", (), {"addons": [inner]})()

    assert inner in list(traverse([outer]))


def test_a_killed_flow_is_one_with_an_error_of_one_text():
    judged = tflow.tflow()
    judged.live = True
    judged.kill()

    assert judged.error.msg == flow.Error.KILLED_MESSAGE
    assert judged.killable is False


def test_a_live_flow_may_be_killed_before_it_has_an_answer():
    judged = tflow.tflow()
    judged.live = True

    assert judged.killable


def test_every_head_of_a_request_comes_through_one_method():
    """`framing` frames bodies there."""
    assert list(inspect.signature(http_layers.HttpLayer.event_to_child).parameters) == [
        "self",
        "child",
        "event",
    ]
    fields = [field.name for field in dataclasses.fields(http_layers.RequestHeaders)]
    assert fields == ["stream_id", "request", "end_stream", "replay_flow"]


def test_a_request_has_no_end_before_its_body_is_there():
    request = http.Request.make("GET", "https://example.com/")
    request.timestamp_end = None

    assert request.copy().timestamp_end is None


def test_a_server_connection_that_was_never_opened_has_no_start():
    server_connection = connection.Server(address=("example.com", 443))

    assert server_connection.timestamp_start is None
