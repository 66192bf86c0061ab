"""
What a connection makes the gateway hold: bytes read from one end and not yet given to the other.

mitmproxy holds as much as it is sent: requests behind the one that is served, uploads to a site
that is still being dialled, and downloads for which an HTTP/2 client has opened no window.
"""

from mitmproxy.connection import Connection, Server
from mitmproxy.proxy import layers
from mitmproxy.proxy.layers.http import HttpStream
from mitmproxy.proxy.layers.http._events import RequestData
from mitmproxy.proxy.layers.http._http1 import Http1Server
from mitmproxy.proxy.layers.http._http2 import Http2Server
from mitmproxy.proxy.layers.http._http_h2 import BufferedH2Connection

MAX_AHEAD = 65_536
"""Bytes of a client that may wait to be served before it is read further."""

MAX_STREAM = 65_536
"""Bytes that may wait for the window of one stream before its origin is read further."""

MAX_WINDOWS = 8_388_608
"""The same for all streams of a client, whose origins may share one connection."""

MAX_CLIENT = 16_777_216
"""Bytes that wait for the windows of a client that is not worth keeping."""


def is_ahead(http: layers.HttpLayer, client: Connection) -> bool:
    """Tell whether a client has sent more than it will soon be served."""
    served = http.connections.get(client)
    waiting = len(served.buf) if isinstance(served, Http1Server) else 0
    for stream in http.streams.values():
        waiting += sum(
            len(event.data)
            for event in stream._paused_event_queue  # noqa: SLF001  nobody else counts it
            if isinstance(event, RequestData)
        )
    return waiting > MAX_AHEAD


def is_flooding(http: layers.HttpLayer, server: Server, client: Connection) -> bool:
    """Tell whether an origin has sent more than the windows of its client take."""
    windows = windows_of(http, client)
    if windows is None or not windows.stream_buffers:
        return False
    if waiting_in(windows) > MAX_WINDOWS:
        return True
    streams = http.streams.items()
    own = [_waiting(windows, number) for number, stream in streams if _serves(stream, server)]
    # By HTTP/2, other streams come too: for those that wait for nothing it is read on.
    return sum(own) > MAX_STREAM and (server.alpn != b"h2" or all(own))


def windows_of(http: layers.HttpLayer, client: Connection) -> BufferedH2Connection | None:
    """Return what keeps the bytes for a client of HTTP/2; None for other clients."""
    served = http.connections.get(client)
    return served.h2_conn if isinstance(served, Http2Server) else None


def waiting_in(windows: BufferedH2Connection) -> int:
    """Count the bytes that wait for any window of a client."""
    return sum(_waiting(windows, number) for number in windows.stream_buffers)


def _waiting(windows: BufferedH2Connection, number: int) -> int:
    return sum(len(piece.data) for piece in windows.stream_buffers.get(number, ()))


def _serves(stream: HttpStream, server: Server) -> bool:
    return stream.context.server is server
