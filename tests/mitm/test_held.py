"""What waits for a client, or for its windows, is counted byte by byte."""

from collections import deque
from types import SimpleNamespace

import pytest
from mitmproxy.proxy.layers.http._events import RequestData
from mitmproxy.proxy.layers.http._http2 import Http2Server
from mitmproxy.proxy.layers.http._http_h2 import SendH2Data

from breaktime.mitm.held import (
    MAX_AHEAD,
    MAX_STREAM,
    MAX_WINDOWS,
    is_ahead,
    is_flooding,
    waiting_in,
)


@pytest.mark.parametrize(("extra", "ahead"), [(0, False), (1, True)])
def test_a_body_that_waits_for_its_origin_is_counted(extra, ahead):
    events = [RequestData(1, b"x" * (MAX_AHEAD - 1)), "another event", RequestData(1, b"x")]
    events.append(RequestData(1, b"x" * extra))
    http = SimpleNamespace(
        connections={}, streams={1: SimpleNamespace(_paused_event_queue=deque(events))}
    )

    assert is_ahead(http, "client") is ahead


def test_what_waits_for_windows_is_counted_over_all_streams():
    pieces = deque([SendH2Data(b"ab", end_stream=False), SendH2Data(b"c", end_stream=True)])
    windows = SimpleNamespace(stream_buffers={1: pieces, 3: pieces, 5: deque()})

    assert waiting_in(windows) == 6


@pytest.mark.parametrize(
    ("alpn", "waiting", "flooding"),
    [
        (None, [], False),
        (None, [MAX_STREAM], False),
        (None, [MAX_STREAM + 1], True),
        (b"http/1.1", [MAX_STREAM + 1], True),
        (b"h2", [MAX_STREAM], False),
        (b"h2", [MAX_STREAM + 1], True),
        (b"h2", [MAX_STREAM, 1], True),
        (b"h2", [MAX_STREAM + 1, 0], False),  # the other one goes on
        (b"h2", [MAX_WINDOWS + 1, 0], True),
    ],
)
def test_an_origin_is_read_on_for_a_stream_that_waits_for_nothing(alpn, waiting, flooding):
    server, elsewhere = SimpleNamespace(alpn=alpn), SimpleNamespace(alpn=alpn)
    served = Http2Server.__new__(Http2Server)
    served.h2_conn = SimpleNamespace(
        stream_buffers={
            number: deque([SendH2Data(b"x" * size, end_stream=False)])
            for number, size in enumerate(waiting)
            if size
        }
    )
    streams = {number: stream_to(server) for number in range(len(waiting))}
    http = SimpleNamespace(
        connections={"client": served}, streams={**streams, 99: stream_to(elsewhere)}
    )

    assert is_flooding(http, server, "client") is flooding
    assert is_flooding(http, elsewhere, "client") is (waiting_in(served.h2_conn) > MAX_WINDOWS)


def stream_to(server):
    return SimpleNamespace(context=SimpleNamespace(server=server))
