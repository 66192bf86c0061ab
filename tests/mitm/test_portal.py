"""Is a request for the portal taken only if all of it is for the portal, and never sent on?"""

import asyncio

import pytest
from mitmproxy.test import tflow, tutils

from breaktime.config import load
from breaktime.mitm.observe import Tunnel, observe
from breaktime.mitm.portal import TAKEN, Portal
from breaktime.mitm.state import open_for
from breaktime.portal import VISITOR
from support.policy import KNOWN, state_in

NAME = "breaks.example.org"


@pytest.fixture
def state(tmp_path):
    state_in(tmp_path)
    config = tmp_path / "config.yaml"
    config.write_text(config.read_text() + f"page: {{portal: 'https://{NAME}'}}\n")
    return open_for(load(config))


class App:
    """Answers with what it was asked."""

    def __init__(self):
        self.scopes = []

    async def __call__(self, scope, receive, send):
        self.scopes.append(scope)
        body = (await receive())["body"]
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x-own", b"1")]})
        await send({"type": "http.response.body", "body": body})


def ask(state, *, host=NAME, target=NAME, sni=NAME, tls=True, port=443, body=b"", method=b"GET"):
    request = tutils.treq(
        host=host, authority=b"", path=b"/x?y=1", content=body, headers=(), port=port, method=method
    )
    request.headers["host"] = host
    request.headers["content-length"] = str(len(body))
    request.headers["proxy-authorization"] = "Basic secret"
    flow = tflow.tflow(req=request)
    flow.client_conn.sni = sni
    flow.client_conn.timestamp_tls_setup = 1.0 if tls else None
    flow.client_conn.tls = tls
    flow.server_conn.address = (host, port)
    tunnel = Tunnel(flow.client_conn.id, KNOWN, host=target, sni=sni, person="a.jones")
    app = App()
    portal = Portal(app)
    taken = portal.takes(flow, tunnel, observe(flow, tunnel, state.policy.catalogue), state)
    asyncio.run(portal.request(flow))
    return taken, flow, app


def test_it_is_answered_with_who_the_connection_belongs_to(state):
    taken, flow, app = ask(state, body=b"a=1", method=b"POST")
    assert taken
    assert (flow.response.status_code, flow.response.content) == (200, b"a=1")
    (scope,) = app.scopes
    visitor = scope["state"][VISITOR]
    assert (visitor.person, visitor.client) == ("a.jones", KNOWN)
    assert (scope["path"], scope["query_string"]) == ("/x", b"y=1")
    assert b"proxy-authorization" not in dict(scope["headers"])


@pytest.mark.parametrize(
    "names",
    [
        {"host": "www.facebook.com"},
        {"target": "www.example.org"},
        {"sni": "www.facebook.com"},
        {"port": 80},
    ],
    ids=str,
)
def test_what_goes_by_another_name_besides_is_refused(state, names):
    taken, flow, app = ask(state, **names)
    assert taken
    assert flow.response.status_code == 400
    assert app.scopes == []


def test_in_clear_there_is_no_page(state):
    _, flow, app = ask(state, tls=False)
    assert flow.response.headers["location"] == f"https://{NAME}/"
    _, flow, _ = ask(state, tls=False, method=b"POST")
    assert flow.response.status_code == 403
    assert app.scopes == []


def test_a_long_form_is_not_read(state):
    _, flow, app = ask(state, body=b"x" * 40_000, method=b"POST")
    assert flow.response.status_code == 413
    assert app.scopes == []


def test_other_requests_are_left_alone(state):
    taken, flow, _ = ask(state, host="www.example.org", target="www.example.org", sni=None)
    assert not taken
    assert flow.response is None
    assert TAKEN not in flow.metadata
