"""
Where a body ends: said in HTTP/2 by the stream, in HTTP/1 only by the headers.

mitmproxy turns a request of HTTP/2 into one of HTTP/1 as it is. A body whose length nobody has
announced would then be read by the origin as further requests, which nobody has judged.
"""

import math
from collections.abc import Generator
from dataclasses import replace
from typing import Any

from mitmproxy import http
from mitmproxy.proxy import commands, events, layer, layers
from mitmproxy.proxy.layers.http import HttpStream
from mitmproxy.proxy.layers.http._events import RequestHeaders

_STILL_COMING = math.inf


class FramedHttp(layers.HttpLayer):
    """HTTP as mitmproxy speaks it, with every body between two marks."""

    def event_to_child(
        self, child: layer.Layer | HttpStream, event: events.Event
    ) -> Generator[commands.Command, Any, None]:
        """Pass an event on; all heads of requests come by here, on their way in and out."""
        if isinstance(event, RequestHeaders):
            if isinstance(child, HttpStream):
                mark_end(event)
            elif child.context.server.alpn != b"h2":
                event = framed(event)
        yield from super().event_to_child(child, event)


def mark_end(event: RequestHeaders) -> None:
    """Note on a request whether a body follows, where only its stream says so."""
    request = event.request
    request.timestamp_end = request.timestamp_start if event.end_stream else _STILL_COMING


def body_follows(request: http.Request) -> bool:
    """
    Tell at `requestheaders` whether a request of HTTP/2 has a body.

    Under plain mitmdump nobody has noted it, and the method has to do for a guess.
    """
    if request.timestamp_end is None:
        return request.method in {"POST", "PUT", "PATCH"}
    return request.timestamp_end == _STILL_COMING


def framed(event: RequestHeaders) -> RequestHeaders:
    """Have the body of a request of unannounced length sent in chunks."""
    request = event.request
    if event.end_stream or not request.is_http2 or "content-length" in request.headers:
        return event
    request = request.copy()
    request.headers["transfer-encoding"] = "chunked"
    return replace(event, request=request)
