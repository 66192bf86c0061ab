"""One answer of the gateway's own: status, headers, body."""

import base64
import hashlib
from dataclasses import dataclass, replace
from enum import StrEnum

HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"

_WHOSE = ("same-origin", "cross-origin")
_COMMON = (
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", _WHOSE[0]),
)


class PageKind(StrEnum):
    """What an answer is made for."""

    DOCUMENT = "document"
    FRAME = "frame"
    PROBLEM = "problem"
    PREFLIGHT = "preflight"
    IMAGE = "image"
    RESOURCE = "resource"
    BEACON = "beacon"
    WEBSOCKET = "websocket"
    GRPC = "grpc"
    TUNNEL = "tunnel"
    SIGN_IN = "sign-in"
    FAULT = "fault"
    NOTICE = "notice"
    AHEAD = "ahead"
    PLACEHOLDER = "placeholder"


@dataclass(frozen=True, slots=True)
class Page:
    """
    One answer, ready to be sent.

    Fields:
        status: HTTP status.
        headers: names and values, plain ASCII, in the order in which they are sent.
        body: the bytes that follow; empty for an answer to HEAD, whose headers are those of GET.
        kind: what it is made for.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    kind: PageKind

    def without_body(self) -> "Page":
        """Return the answer to HEAD: the same headers, `Content-Length` included, and no body."""
        return replace(self, body=b"")

    def for_other_sites(self) -> "Page":
        """Return the answer as other sites may load it: it stands in for a part of theirs."""
        own, theirs = (("Cross-Origin-Resource-Policy", whose) for whose in _WHOSE)
        return replace(self, headers=tuple(theirs if one == own else one for one in self.headers))


def make_page(
    status: int,
    kind: PageKind,
    body: bytes = b"",
    *,
    content_type: str | None = None,
    more: tuple[tuple[str, str], ...] = (),
) -> Page:
    """
    Put the headers together that every answer has, and those of this one.

    There is no cookie, no permission for other origins and no HSTS: the answer goes out in the
    name of somebody else's site, and must leave nothing behind there.

    Args:
        status: HTTP status.
        kind: what the answer is made for.
        body: its bytes.
        content_type: media type of the body; None leaves the header out.
        more: headers of this answer.
    """
    typed = () if content_type is None else (("Content-Type", content_type),)
    length = ("Content-Length", str(len(body)))
    return Page(status, (*typed, length, *_COMMON, *more), body, kind)


def content_security_policy(style: str, *, frames: str) -> str:
    """
    Forbid a document everything but its own style sheet.

    `sandbox` gives it an origin of its own. Without it a script of the blocked site, still
    running in another tab, could open this page in a window and read who is refused, and until
    when.

    Args:
        style: text of the style element, exactly as it is sent.
        frames: who may frame the document, as `frame-ancestors` has it.
    """
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; "
        f"frame-ancestors {frames}; sandbox allow-popups allow-popups-to-escape-sandbox"
    )
