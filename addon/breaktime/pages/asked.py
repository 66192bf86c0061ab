"""What kind of answer the client can use."""

from dataclasses import dataclass

from breaktime.core.visit import FRAMES, Fetch
from breaktime.pages.page import PageKind

_UNSAID = Fetch()
_PAGE_METHODS = frozenset({"GET", "HEAD", "POST"})

# What a browser loads for a page, and the type of the empty answer.
RESOURCE_TYPES = {
    "script": "text/javascript",
    "worker": "text/javascript",
    "sharedworker": "text/javascript",
    "serviceworker": "text/javascript",
    "audioworklet": "text/javascript",
    "paintworklet": "text/javascript",
    "style": "text/css",
    "font": "font/woff2",
    "audio": "audio/mpeg",
    "video": "video/mp4",
    "track": "text/vtt",
    "manifest": "application/manifest+json",
    "xslt": "application/xslt+xml",
}

_BY_DEST = {
    "document": PageKind.DOCUMENT,
    "image": PageKind.IMAGE,
    "report": PageKind.BEACON,
    "websocket": PageKind.WEBSOCKET,
    **dict.fromkeys(FRAMES, PageKind.FRAME),
    **dict.fromkeys(RESOURCE_TYPES, PageKind.RESOURCE),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """
    How a request was made: what tells which answer can be used.

    Fields:
        method: HTTP method in capitals.
        fetch: what the browser says; all empty for clients that say nothing.
        accept: value of `Accept`.
        upgrade: ``websocket`` where the client asks to leave HTTP; empty otherwise.
        preflight: it asks whether a request of another origin would be welcome.
        grpc: its content type is one of gRPC.
        accept_language: value of `Accept-Language`.
    """

    method: str = "GET"
    fetch: Fetch = _UNSAID
    accept: str = ""
    upgrade: str = ""
    preflight: bool = False
    grpc: bool = False
    accept_language: str = ""


def kind_of(asked: Asked) -> PageKind:
    """
    Tell which answer a client can use.

    The order counts: what the protocol needs, then what the browser says, then what can be
    guessed from `Accept`.
    """
    if asked.method == "CONNECT":
        return PageKind.TUNNEL
    if asked.upgrade == "websocket":
        return PageKind.WEBSOCKET
    if asked.grpc:
        return PageKind.GRPC
    if asked.preflight:
        return PageKind.PREFLIGHT
    dest, mode = asked.fetch.dest, asked.fetch.mode
    if dest in _BY_DEST:
        return _BY_DEST[dest]
    if mode == "navigate":
        return PageKind.DOCUMENT  # a service worker fetches a page for its person: dest is empty
    if mode == "websocket":
        return PageKind.WEBSOCKET
    if dest == "empty" and mode == "no-cors":
        return PageKind.BEACON  # nobody can read the answer
    if dest:
        return PageKind.PROBLEM
    return _guessed(asked)


def resource_type(asked: Asked) -> str:
    """Return the media type of the empty answer to something that a page loads."""
    return RESOURCE_TYPES.get(asked.fetch.dest) or _media_ranges(asked.accept)[0]


def is_told_to_a_script(asked: Asked) -> bool:
    """
    Tell whether the site's own program reads the page before the person does.

    A service worker fetches pages in the person's place. What it sees, the site sees.
    """
    return asked.fetch.dest == "empty"


def _guessed(asked: Asked) -> PageKind:
    ranges = _media_ranges(asked.accept)
    if "text/html" in ranges or "application/xhtml+xml" in ranges:
        return PageKind.DOCUMENT if asked.method in _PAGE_METHODS else PageKind.PROBLEM
    if any(one.endswith(("/json", "+json")) for one in ranges):
        return PageKind.PROBLEM
    first = ranges[0] if ranges else "*/*"
    if first.startswith("image/"):
        return PageKind.IMAGE
    if first in RESOURCE_TYPES.values():
        return PageKind.RESOURCE
    # A person at a terminal, or in front of a very old browser, is told why.
    return PageKind.DOCUMENT if asked.method in {"GET", "HEAD"} else PageKind.PROBLEM


def _media_ranges(accept: str) -> list[str]:
    """List the media ranges of an Accept header, as they stand, without those refused (q=0)."""
    found = []
    for one in accept.lower().split(","):
        name, *parameters = (part.strip() for part in one.split(";"))
        refused = any(part.replace(" ", "").rstrip("0.") == "q=" for part in parameters)
        if name and not refused:
            found.append(name)
    return found
