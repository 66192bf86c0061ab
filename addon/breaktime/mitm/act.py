"""Stage 6, act: the one file that changes a flow."""

from mitmproxy import http

from breaktime.pages import Page

MAX_REFUSED_BODY = 65_536
"""The longest body that is read, and thrown away, so that the refusal can be shown."""

FOR_PROXIES = b"proxy-"
"""What the names of headers begin with that are meant for us. An origin never sees them."""

_ELSEWHERE = frozenset({b"alt-svc"})


def answer(flow: http.HTTPFlow, page: Page, *, body: int | None = 0) -> None:
    """
    Answer a request ourselves; nothing of it goes upstream.

    A refused upload would have to be read to its end before an answer can be sent. Beyond a size
    worth reading, the connection ends instead.

    Args:
        flow: at `requestheaders`.
        page: what to say.
        body: bytes of body that the request announces, None where it does not say.
    """
    flow.request.stream = False
    # An answer to HEAD tells of a body and has none: it would be read as the next answer.
    silent = flow.request.method.upper() == "HEAD"
    flow.response = http.Response.make(
        page.status,
        b"" if silent else page.body,
        [(name.encode(), value.encode("latin-1", "replace")) for name, value in page.headers],
    )
    if silent:
        flow.response.headers["content-length"] = str(len(page.body))
    if (body is None or body > MAX_REFUSED_BODY) and flow.killable:
        flow.kill()


def let_through(flow: http.HTTPFlow, ours: frozenset[str] = frozenset()) -> None:
    """
    Send a request on, its body piece by piece, without what was meant for us.

    Args:
        flow: at `requestheaders`.
        ours: more headers that are meant for us, in lower case.
    """
    keep_ours(flow.request.headers)
    drop(flow.request.headers, ours)
    flow.request.stream = True


def keep_ours(headers: http.Headers) -> None:
    """Remove what is meant for proxies, which most requests have none of."""
    fields = headers.fields
    kept = tuple(field for field in fields if not field[0].lower().startswith(FOR_PROXIES))
    if len(kept) < len(fields):
        headers.fields = kept


def carries(flow: http.HTTPFlow, ours: frozenset[str]) -> bool:
    """Tell whether a request has one of these headers, in any spelling."""
    return bool(ours) and any(_plain(name) in ours for name in flow.request.headers)


def drop(headers: http.Headers, ours: frozenset[str]) -> None:
    """Remove headers in every spelling: many origins take `X_User` for `X-User`."""
    if ours:
        for name in {name for name in headers if _plain(name) in ours}:
            del headers[name]


def _remove(headers: http.Headers, names: frozenset[bytes]) -> None:
    """Remove headers by their names in lower case, which most messages have none of."""
    fields = headers.fields
    kept = tuple(field for field in fields if field[0].lower() not in names)
    if len(kept) < len(fields):
        headers.fields = kept


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")


def let_back(flow: http.HTTPFlow, *, controlled: bool, notice: str | None) -> None:
    """
    Let an answer of an origin back to the client, piece by piece.

    Args:
        flow: at `responseheaders`.
        controlled: the site is judged; it may not move the browser to a way past the gateway.
        notice: text of the header that says when the break ends.
    """
    if flow.response is None:
        return
    flow.response.stream = True
    if controlled:
        _remove(flow.response.headers, _ELSEWHERE)
    if notice is not None:
        flow.response.headers["Breaktime-Ends"] = notice
