"""
What is shown where mitmproxy itself has to say that something went wrong.

Its own page names the address that it tried, and its version, in English.
"""

from collections.abc import Callable

from mitmproxy import version
from mitmproxy.proxy.layers.http import _http1, _http2

from breaktime.mitm.policing import as_http
from breaktime.pages import Notices, Page

_SERVER_ERRORS = 500


def speak(notices: Callable[[], Notices]) -> None:
    """
    Have our pages sent in place of those of mitmproxy.

    Args:
        notices: returns those that are in force.
    """

    def page(status: int) -> Page:
        now = notices()
        return now.unreachable if status >= _SERVER_ERRORS else now.malformed

    def whole(status: int, _message: str = "") -> bytes:
        """Return an answer of HTTP/1."""
        found = page(status)
        reason = "Bad Gateway" if status >= _SERVER_ERRORS else "Bad Request"
        closing = Page(
            found.status, (*found.headers, ("Connection", "close")), found.body, found.kind
        )
        return as_http(closing, reason)

    def body(status: int, _message: str) -> bytes:
        """Return the body of an answer of HTTP/2; its headers are not ours to choose."""
        return page(status).body

    for module, name, ours in (
        (_http1, "make_error_response", whole),
        (_http2, "format_error", body),
        (version, "MITMPROXY", "gateway"),
    ):
        setattr(module, name, ours)
