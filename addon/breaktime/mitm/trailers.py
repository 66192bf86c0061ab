"""
Fields behind a body, which HTTP/1 calls trailers, and whatever else an origin may never end.

mitmproxy knows trailers in HTTP/2 only, and fails where HTTP/1 sends or should be sent any. They
are left out, as whoever stands in between may do: nobody who judges has seen them, and an origin
could take them for headers. Nor does mitmproxy bound what waits for the end of a line.

Source: RFC 9110 section 6.5.1, RFC 9112 section 7.1.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import h11
from mitmproxy.proxy.layers.http import _http1
from mitmproxy.proxy.layers.http._events import RequestTrailers, ResponseTrailers

if TYPE_CHECKING:
    from h11._readers import ChunkedReader, ContentLengthReader, Http10Reader
    from h11._receivebuffer import ReceiveBuffer
    from mitmproxy.proxy.layers.http._events import HttpEvent

    type Reader = ChunkedReader | ContentLengthReader | Http10Reader

MAX_LINE = 65_536
"""Bytes of a body that wait for the end of a line, or of what follows the last piece."""

_make_reader = _http1.make_body_reader


class PlainBody:
    """Reads a body of HTTP/1, and leaves out what follows it."""

    __slots__ = ("_reader",)

    def __init__(self, size: int | None) -> None:
        """Begin with nothing read; *size* is as mitmproxy has it."""
        self._reader: Reader = _make_reader(size)

    def __call__(self, buffer: ReceiveBuffer) -> h11.Data | h11.EndOfMessage | None:
        """
        Read what is there.

        Raises:
            h11.RemoteProtocolError: it cannot be read, or a line of it does not end.
        """
        found = self._reader(buffer)
        if isinstance(found, h11.EndOfMessage):
            return h11.EndOfMessage()
        if found is None and len(buffer) > MAX_LINE:
            raise h11.RemoteProtocolError("a line of the body does not end")
        return found

    def read_eof(self) -> h11.EndOfMessage:
        """
        Take the end of the connection for the end of the body.

        Raises:
            h11.RemoteProtocolError: it is not.
        """
        return self._reader.read_eof()


def leave_out_trailers() -> None:
    """Have every body of HTTP/1 read so; more than once is no different from once."""
    setattr(_http1, "make_body_reader", PlainBody)  # noqa: B010  mypy: it is a function there


def are_trailers(event: HttpEvent) -> bool:
    """Tell whether an event of mitmproxy is of fields behind a body."""
    return isinstance(event, RequestTrailers | ResponseTrailers)
