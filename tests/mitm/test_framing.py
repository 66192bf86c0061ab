"""A body of HTTP/2 is framed for HTTP/1, and a request without one is known as such."""

import pytest
from mitmproxy.proxy.layers.http import RequestHeaders
from mitmproxy.test import tutils

from breaktime.mitm.framing import body_follows, framed, mark_end


def heads(version="HTTP/2.0", headers=(), *, end=False):
    request = tutils.treq(http_version=version.encode(), headers=headers, content=b"")
    request.headers.pop("content-length", None)
    for name, value in headers:
        request.headers[name] = value
    request.timestamp_end = None
    return RequestHeaders(1, request, end_stream=end)


def test_a_body_of_unknown_length_goes_in_chunks():
    event = heads()

    assert framed(event).request.headers["transfer-encoding"] == "chunked"
    assert "transfer-encoding" not in event.request.headers


@pytest.mark.parametrize(
    "event",
    [
        heads(end=True),
        heads(headers=[(b"content-length", b"5")]),
        heads("HTTP/1.1"),
    ],
)
def test_all_else_stays_as_it_is(event):
    assert framed(event) is event


@pytest.mark.parametrize("end", [True, False])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_request_knows_whether_a_body_follows(end, method):
    event = heads(end=end)
    event.request.method = method
    mark_end(event)

    assert body_follows(event.request) is not end


@pytest.mark.parametrize(("method", "follows"), [("GET", False), ("POST", True)])
def test_where_nobody_noted_it_the_method_tells(method, follows):
    request = heads().request
    request.method = method

    assert body_follows(request) is follows
