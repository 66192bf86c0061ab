"""
Requests for the portal: answered here, and never sent on.

Laws of this file:

1. Who somebody is comes from the connection to the proxy. Nothing that a request says counts.
2. Every name of the request is the portal's, and it came inside TLS; else there is no page.
3. A request that this file has taken and not answered is refused: the hooks let nothing through
   that nobody has judged.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any

from mitmproxy import http

from breaktime.core.about import is_address
from breaktime.core.names import normal_name
from breaktime.mitm.act import answer
from breaktime.mitm.observe import Seen, Tunnel
from breaktime.mitm.state import InForce
from breaktime.pages import Page, PageKind
from breaktime.pages.page import TEXT, make_page
from breaktime.portal import VISITOR, Visitor
from breaktime.portal.proxy_file import MEDIA_TYPE, PATH, proxy_file

TAKEN = "breaktime.portal"
"""Key in a flow's metadata: who asks, for a request that only the portal may answer."""

MAX_BODY = 32_768
"""The longest body that is read, in bytes; forms are shorter."""

HTTPS_PORT = 443

type Message = MutableMapping[str, Any]
type App = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]],
    Awaitable[None],
]

_MIXED = make_page(
    HTTPStatus.BAD_REQUEST,
    PageKind.NOTICE,
    b"This request goes by several names, and one of them is the portal.\n",
    content_type=TEXT,
)
_LONG = make_page(
    HTTPStatus.CONTENT_TOO_LARGE, PageKind.NOTICE, b"This is too long for a form.\n",
    content_type=TEXT,
)  # fmt: skip
_CLEAR = make_page(
    HTTPStatus.FORBIDDEN, PageKind.NOTICE, b"The portal takes forms by https only.\n",
    content_type=TEXT,
)  # fmt: skip


class Portal:
    """Answers for the name of the portal."""

    def __init__(self, app: App) -> None:
        """Take the application."""
        self._app = app

    def takes(self, flow: http.HTTPFlow, tunnel: Tunnel, seen: Seen, state: InForce) -> bool:
        """
        Take a request that goes by the portal's name; False for all others.

        Args:
            flow: at `requestheaders`.
            tunnel: the client connection.
            seen: what the request says.
            state: what is in force.
        """
        if _wants_proxy_file(flow, tunnel, state):
            text = proxy_file(state.settings.page, state.policy)
            if text is not None:
                answer(flow, _as_proxy_file(text), body=seen.body)
                return True
        names, portal = seen.request.names, state.settings.page.portal
        if portal is None or portal not in names:
            return False
        hosts = {name for name in names if not is_address(name)}
        if not seen.wellformed or hosts != {portal}:
            answer(flow, _MIXED, body=seen.body)
        elif not flow.client_conn.tls_established or tunnel.host is None:
            answer(flow, _to_https(flow, str(portal)), body=seen.body)
        elif normal_name(tunnel.host) != portal or flow.request.port != HTTPS_PORT:
            answer(flow, _MIXED, body=seen.body)
        elif seen.body is None or seen.body > MAX_BODY:
            answer(flow, _LONG, body=seen.body)
        else:
            flow.metadata[TAKEN] = Visitor(tunnel.person, tunnel.groups, tunnel.client)
        return True

    async def request(self, flow: http.HTTPFlow) -> None:
        """Answer what was taken, now that its form is here."""
        visitor = flow.metadata.get(TAKEN)
        if flow.response or flow.error or not isinstance(visitor, Visitor):
            return
        answer(flow, await _asked(self._app, flow, visitor))


def _wants_proxy_file(flow: http.HTTPFlow, tunnel: Tunnel, state: InForce) -> bool:
    """
    Tell whether the gateway itself is asked for the file that leads browsers to it.

    Whoever asks has no proxy yet, so it comes in clear, to the port that the gateway listens on.
    Where people may reach that port of other servers too, the name has to be the gateway's.
    """
    request, settings = flow.request, state.settings
    own, port = flow.client_conn.sockname[:2]
    file = settings.page.proxy_file
    if tunnel.host is not None or request.path != PATH or request.port != port or file is None:
        return False
    ours = request.host in {own, file.address.host} or port not in settings.gateway.ports
    return ours and request.method.upper() in {"GET", "HEAD"}


def _as_proxy_file(text: str) -> Page:
    return make_page(HTTPStatus.OK, PageKind.NOTICE, text.encode(), content_type=MEDIA_TYPE)


def _to_https(flow: http.HTTPFlow, portal: str) -> Page:
    """Send a browser to the first page of the portal, wherever it wanted to go."""
    if flow.request.method.upper() not in {"GET", "HEAD"}:
        return _CLEAR
    more = (("Location", f"https://{portal}/"),)
    return make_page(HTTPStatus.FOUND, PageKind.NOTICE, content_type=TEXT, more=more)


async def _asked(app: App, flow: http.HTTPFlow, visitor: Visitor) -> Page:
    """Ask the application, as a server of ASGI 3 would, and return its whole answer."""
    request = flow.request
    path, _, query = request.data.path.partition(b"?")
    headers = [
        (name.lower(), value)
        for name, value in request.headers.fields
        if name.lower() not in {b"host", b"proxy-authorization", b"proxy-connection"}
    ]
    scope: Message = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method.upper(),
        "scheme": "https",
        "path": path.decode("ascii", "replace"),
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": [(b"host", (request.host_header or "").lower().encode()), *headers],
        "client": None,
        "server": None,
        "state": {VISITOR: visitor},
    }
    body = request.raw_content or b""
    status, head, pieces = 0, [], bytearray()

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status, head
        if message["type"] == "http.response.start":
            status, head = message["status"], list(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            pieces.extend(message.get("body", b""))

    await app(scope, receive, send)
    fields = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in head)
    return Page(status, fields, bytes(pieces), PageKind.NOTICE)
