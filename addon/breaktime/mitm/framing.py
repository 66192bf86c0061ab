"""
Where a body ends: said in HTTP/2 by the stream, in HTTP/1 only by the headers.

mitmproxy turns a request of HTTP/2 into one of HTTP/1 as it is. A body whose length nobody has
announced would then be read by the origin as further requests, which nobody has judged. Nor does
it bound a head, a message of a WebSocket, or the origins that a client leaves behind.
"""

import math
from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import Any

from h11._receivebuffer import ReceiveBuffer
from mitmproxy import flow, http
from mitmproxy.connection import Server
from mitmproxy.proxy import commands, events, layer, layers
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http import GetHttpConnection, HttpStream, SendHttp
from mitmproxy.proxy.layers.http._events import (
    ErrorCode,
    HttpEvent,
    RequestData,
    RequestHeaders,
    RequestProtocolError,
    ResponseData,
    ResponseEndOfMessage,
    ResponseProtocolError,
)
from mitmproxy.proxy.layers.http._http1 import Http1Client, Http1Server
from mitmproxy.proxy.layers.http._http2 import Http2Server

from breaktime.core.session import Session
from breaktime.mitm.judged import session_of
from breaktime.mitm.splice import Frames, close_frame
from breaktime.mitm.trailers import are_trailers

MAX_HEAD = 65_536
"""Bytes of a head that is not complete yet."""

MAX_ANSWER_HEAD = 262_144
"""The same of an origin; browsers take as much."""

IDLE_KEPT = 8
"""Connections to origins that one client may leave behind, for its next request."""

_STILL_COMING = math.inf


@dataclass
class Ending(events.Event):
    """
    Some exchanges of a connection end now.

    Fields:
        exchanges: ids of their flows; None for all of them.
    """

    exchanges: frozenset[str] | None


class Goodbye(events.Event):
    """A stream ends now, and may say so."""


class SplicedStream(HttpStream):
    """
    A request and its answer, and what they agree on behind that.

    mitmproxy would take a WebSocket apart and gather each message whole, however long. Nobody
    looks at messages here, so both ends are joined as they are.
    """

    def flow_done(self) -> layer.CommandGenerator[None]:
        """Join both ends of a WebSocket."""
        if not self.flow.websocket:
            yield from super().flow_done()
            return
        self.flow.live = False
        self.frames = Frames()
        self.session = session_of(self.flow)
        self.child_layer = layers.TCPLayer(self.context, ignore=True)
        self._handle_event = self.passthrough
        yield from self.child_layer.handle_event(events.Start())
        yield SendHttp(ResponseEndOfMessage(self.stream_id), self.context.client)

    frames: Frames | None = None
    session: Session | None = None

    def handle_event(self, event: events.Event) -> layer.CommandGenerator[None]:
        """Say goodbye where that is asked for; else as ever."""
        if isinstance(event, Goodbye):
            yield from self.say_goodbye()
        else:
            yield from super().handle_event(event)

    def passthrough(self, event: events.Event) -> layer.CommandGenerator[None]:
        """Hand on what either end of a WebSocket sends, count it, and see where its frames end."""
        if self.frames is not None and isinstance(event, ResponseData):
            self.frames.pass_by(event.data)
        if self.session is not None:
            if isinstance(event, RequestData):
                self.session.send(event.data)
            elif isinstance(event, ResponseData):
                self.session.receive(event.data)
        yield from super().passthrough(event)

    def say_goodbye(self) -> layer.CommandGenerator[None]:
        """Tell a client why its WebSocket ends, unless a frame is only half there."""
        if self.frames is not None and self.frames.between:
            yield SendHttp(ResponseData(self.stream_id, close_frame()), self.context.client)


class FramedHttp(layers.HttpLayer):
    """HTTP as mitmproxy speaks it, with every body between two marks, and nothing without end."""

    def _handle_event(self, event: events.Event) -> layer.CommandGenerator[None]:
        """Close on a head that does not end, and forget origins that have gone."""
        if isinstance(event, Ending):
            yield from self._end(event.exchanges)
            return
        yield from super()._handle_event(event)
        served = self.connections.get(self.context.client)
        if (
            isinstance(served, Http1Server)
            and served.state == served.read_headers
            and len(served.buf) > MAX_HEAD
        ):
            served.buf = ReceiveBuffer()
            served.state = served.done
            yield commands.CloseConnection(self.context.client)
        if isinstance(event, events.DataReceived) and isinstance(event.connection, Server):
            yield from self._bound(event.connection)
        if isinstance(event, events.ConnectionClosed):
            gone = event.connection
            if isinstance(gone, Server) and gone not in self._busy():
                self.connections.pop(gone, None)

    def _bound(self, server: Server) -> layer.CommandGenerator[None]:
        """Give up an origin whose head does not end."""
        served = self.connections.get(server)
        while served is not None and not isinstance(served, Http1Client):
            served = getattr(served, "child_layer", None)
        if served is None or served.state != served.read_headers:
            return
        if len(served.buf) <= MAX_ANSWER_HEAD:
            return
        served.buf = ReceiveBuffer()
        served.state = served.done
        yield commands.CloseConnection(server)
        stream = self.streams.get(served.stream_id or 0)
        if stream is not None:
            error = ResponseProtocolError(
                stream.stream_id, "its head does not end", ErrorCode.GENERIC_SERVER_ERROR
            )
            yield from self.event_to_child(stream, error)

    @property
    def has_last_words(self) -> bool:
        """Whether a client could be told why its connection ends: in a WebSocket."""
        streams = self.streams.values()
        return any(isinstance(one, SplicedStream) and one.frames is not None for one in streams)

    def _end(self, exchanges: frozenset[str] | None) -> layer.CommandGenerator[None]:
        """Reset streams of HTTP/2, and say goodbye in WebSockets; all else is for who asked."""
        multiplexed = isinstance(self.connections.get(self.context.client), Http2Server)
        for stream in list(self.streams.values()):
            if not isinstance(stream, SplicedStream) or not hasattr(stream, "flow"):
                continue  # nothing has been asked for by it
            if exchanges is not None and stream.flow.id not in exchanges:
                continue
            if not multiplexed:
                yield from self.event_to_child(stream, Goodbye())
                continue
            error = flow.Error.KILLED_MESSAGE
            yield from self.event_to_child(
                stream, RequestProtocolError(stream.stream_id, error, ErrorCode.KILL)
            )
            self.streams.pop(stream.stream_id, None)

    def _takes_trailers(self, child: layer.Layer | HttpStream) -> bool:
        """Tell whether whatever gets an event next can be sent fields behind a body."""
        if isinstance(child, HttpStream):
            return True
        if child is self.connections.get(self.context.client):
            return isinstance(child, Http2Server)
        return child.context.server.alpn == b"h2"

    def _busy(self) -> list[Server]:
        """Return the origins that something still goes to, or will."""
        used = [stream.context.server for stream in self.streams.values()]
        return [self.context.server, *used]

    def make_stream(self, stream_id: int) -> layer.CommandGenerator[None]:
        """Begin a request."""
        self.streams[stream_id] = SplicedStream(forked(self.context), stream_id)
        yield from self.event_to_child(self.streams[stream_id], events.Start())

    def get_connection(
        self, event: GetHttpConnection, *, reuse: bool = True
    ) -> layer.CommandGenerator[None]:
        """Close what a client that asks many origins in turn has left behind."""
        busy = self._busy()
        idle = [
            connection
            for connection in self.connections
            if isinstance(connection, Server)
            and connection.connected
            and connection not in busy
            and connection not in self.waiting_for_establishment
            and not event.connection_spec_matches(connection)
        ]
        for connection in idle[: 1 - IDLE_KEPT]:
            yield commands.CloseConnection(connection)
        yield from super().get_connection(event, reuse=reuse)

    def event_to_child(
        self, child: layer.Layer | HttpStream, event: events.Event
    ) -> Generator[commands.Command, Any, None]:
        """Pass an event on; all heads of requests come by here, on their way in and out."""
        if isinstance(event, RequestHeaders):
            if isinstance(child, HttpStream):
                mark_end(event)
            elif child.context.server.alpn != b"h2":
                event = framed(event)
        elif (
            isinstance(event, HttpEvent) and are_trailers(event) and not self._takes_trailers(child)
        ):
            return
        yield from super().event_to_child(child, event)


def forked(context: Context) -> Context:
    """
    Return the same context with layers of its own.

    mitmproxy's own way makes an origin as well, with an id by chance, and throws it away.
    """
    fork = Context.__new__(Context)
    fork.__dict__.update(context.__dict__, layers=context.layers.copy())
    return fork


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
