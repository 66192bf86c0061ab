"""
The right answer for every kind of refused request.

Only a person is told when it opens and who they are to the gateway. Whatever a program of the
blocked site can read says no more than that it was refused.
"""

import json
from collections.abc import Callable
from datetime import timedelta

from breaktime.pages.asked import Asked, is_told_to_a_script, kind_of, resource_type
from breaktime.pages.blanks import block_page
from breaktime.pages.documents import (
    FRAME_POLICY,
    block_policy,
    render_frame,
    render_line,
    render_placeholder,
)
from breaktime.pages.page import HTML, TEXT, Page, PageKind, make_page
from breaktime.pages.refusal import PageSettings, Refusal
from breaktime.pages.texts import Texts, choose_language

FORBIDDEN = 403
NOT_YET = 503
_PERMISSION_DENIED = "7"  # https://grpc.io/docs/guides/status-codes/
_DOT = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
_SECOND = timedelta(seconds=1)


def answer(refusal: Refusal, asked: Asked, settings: PageSettings) -> Page:
    """
    Make the answer to one refused request.

    Args:
        refusal: what was refused, to whom and why.
        asked: how it was asked for.
        settings: what every page of the organisation shows.
    """
    kind = kind_of(asked)
    if asked.fetch.ahead:
        # Nobody looks at it. A browser forgets what it could not fetch, and asks again.
        page = make_page(NOT_YET, PageKind.AHEAD)
    elif refusal.placeholder and kind in _STAND_INS:
        page = _placeholder(refusal, asked, kind, settings)
    elif kind is PageKind.DOCUMENT:
        page = _document(refusal, asked, settings)
    elif kind is PageKind.RESOURCE:
        page = make_page(FORBIDDEN, kind, content_type=resource_type(asked))
    else:
        page = _MAKERS[kind](refusal, _texts(asked, settings))
    return page.without_body() if asked.method == "HEAD" else page


def _document(refusal: Refusal, asked: Asked, settings: PageSettings) -> Page:
    texts = _all_texts(asked, settings)
    scripted = is_told_to_a_script(asked)
    body = block_page(
        refusal,
        settings,
        texts,
        unsent=asked.method == "POST",
        told_to_a_script=scripted,
    )
    more = (
        ("Content-Security-Policy", block_policy(settings)),
        ("X-Frame-Options", "DENY"),
        ("Content-Language", ", ".join(one.language for one in texts)),
        *(() if scripted else _retry_after(refusal)),
    )
    return make_page(FORBIDDEN, PageKind.DOCUMENT, body, content_type=HTML, more=more)


def _texts(asked: Asked, settings: PageSettings) -> Texts:
    return settings.texts[choose_language(asked.accept_language, settings.texts)]


def _all_texts(asked: Asked, settings: PageSettings) -> tuple[Texts, ...]:
    """Return the languages of the organisation, the person's own first."""
    own = _texts(asked, settings)
    return (own, *(one for one in settings.texts.values() if one.language != own.language))


def _retry_after(refusal: Refusal) -> tuple[tuple[str, str], ...]:
    """Name the seconds until it opens, rounded up; none where that is unknown or over."""
    if refusal.opens_at is None or refusal.opens_at <= refusal.at:
        return ()
    return (("Retry-After", str(-((refusal.at - refusal.opens_at) // _SECOND))),)


def _frame(refusal: Refusal, texts: Texts) -> Page:
    more = (
        ("Content-Security-Policy", FRAME_POLICY),
        ("Content-Language", texts.language),
    )
    body = render_frame(refusal, texts)
    return make_page(FORBIDDEN, PageKind.FRAME, body, content_type=HTML, more=more)


def _placeholder(refusal: Refusal, asked: Asked, kind: PageKind, settings: PageSettings) -> Page:
    """
    Stand in for a part of another site, so that the rest of that site goes on as it is.

    What a script reads as data has no stand-in: it would take it for the site's answer.
    """
    if kind is PageKind.FRAME:
        # Whoever looks at the other site chooses; the organisation does not speak here.
        known = settings.design.texts
        texts = known[choose_language(asked.accept_language, known)]
        body, content_type = render_placeholder(refusal, texts), HTML
        more = (("Content-Security-Policy", FRAME_POLICY), ("Content-Language", texts.language))
        return make_page(200, PageKind.PLACEHOLDER, body, content_type=content_type, more=more)
    body = _DOT if kind is PageKind.IMAGE else b""
    content_type = "image/svg+xml" if kind is PageKind.IMAGE else resource_type(asked)
    page = make_page(200, PageKind.PLACEHOLDER, body, content_type=content_type)
    return page.for_other_sites()


def _problem(refusal: Refusal, _: Texts) -> Page:
    """Answer a program, by RFC 9457."""
    problem = {
        "type": "about:blank",
        "title": "Forbidden",
        "status": FORBIDDEN,
        **({} if refusal.decision is None else {"decision": refusal.decision}),
    }
    body = json.dumps(problem).encode()
    return make_page(FORBIDDEN, PageKind.PROBLEM, body, content_type="application/problem+json")


def _image(_: Refusal, __: Texts) -> Page:
    return make_page(FORBIDDEN, PageKind.IMAGE, _DOT, content_type="image/svg+xml")


def _preflight(_: Refusal, __: Texts) -> Page:
    return make_page(FORBIDDEN, PageKind.PREFLIGHT)


def _beacon(_: Refusal, __: Texts) -> Page:
    return make_page(FORBIDDEN, PageKind.BEACON)


def _websocket(refusal: Refusal, _: Texts) -> Page:
    reference = "" if refusal.decision is None else f" Reference: {refusal.decision}"
    body = f"Refused.{reference}\n".encode(errors="replace")
    return make_page(FORBIDDEN, PageKind.WEBSOCKET, body, content_type=TEXT)


def _grpc(_: Refusal, __: Texts) -> Page:
    """Answer by headers only: to gRPC a status other than 200 is a broken server."""
    more = (("Grpc-Status", _PERMISSION_DENIED), ("Grpc-Message", "refused by the gateway"))
    return make_page(200, PageKind.GRPC, content_type="application/grpc", more=more)


def _tunnel(refusal: Refusal, texts: Texts) -> Page:
    """Answer CONNECT. Browsers show nothing of it; people at terminals read it."""
    more = (("Content-Language", texts.language), *_retry_after(refusal))
    body = render_line(refusal, texts)
    return make_page(FORBIDDEN, PageKind.TUNNEL, body, content_type=TEXT, more=more)


_STAND_INS = frozenset({PageKind.FRAME, PageKind.IMAGE, PageKind.RESOURCE})

_MAKERS: dict[PageKind, Callable[[Refusal, Texts], Page]] = {
    PageKind.FRAME: _frame,
    PageKind.PROBLEM: _problem,
    PageKind.PREFLIGHT: _preflight,
    PageKind.IMAGE: _image,
    PageKind.BEACON: _beacon,
    PageKind.WEBSOCKET: _websocket,
    PageKind.GRPC: _grpc,
    PageKind.TUNNEL: _tunnel,
}
