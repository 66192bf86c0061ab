"""What waits for a client, or for its windows, is counted byte by byte."""

from collections import deque
from types import SimpleNamespace

import pytest
from mitmproxy.proxy.layers.http._events import RequestData
from mitmproxy.proxy.layers.http._http_h2 import SendH2Data

from breaktime.mitm.held import MAX_AHEAD, is_ahead, waiting_in


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
