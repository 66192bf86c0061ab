"""
From a request to an answer: the checks that hold for every address, in this order.

    the host is ours                     or the request was meant for somebody else
    no other site's page asks            or it could read, or make somebody do, something
    somebody is known                    and only by the connection
    not too often
    for forms: from a page of ours, with a token for this person that is not too old
    the address is for them

Whatever fails is answered without a word about anybody.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import parse_qs

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from breaktime.ledger import LedgerError
from breaktime.portal import render
from breaktime.portal.ask import Ask, Go, Html, Outcome, Raw
from breaktime.portal.forms import FORM, MAX_BODY, FormError, read
from breaktime.portal.house import House
from breaktime.portal.limits import Limit
from breaktime.portal.routes import ADDRESSES, DONE, LANGUAGE, Address, Who
from breaktime.portal.tokens import is_good
from breaktime.portal.visitor import VISITOR, Visitor

log = structlog.get_logger("breaktime.portal")

_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Not `no-referrer`: browsers then hide where a form comes from, also from us.
    "Referrer-Policy": "same-origin",
    "Vary": "Accept-Language",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

_PAGES = {
    HTTPStatus.FORBIDDEN: "refused",
    HTTPStatus.NOT_FOUND: "missing",
    HTTPStatus.METHOD_NOT_ALLOWED: "missing",
    HTTPStatus.BAD_REQUEST: "form",
    HTTPStatus.TOO_MANY_REQUESTS: "busy",
    HTTPStatus.PROXY_AUTHENTICATION_REQUIRED: "unknown",
}
"""What is said by status; everything else is a fault of ours."""

_WISH = "breaktime.language"
"""Key in the state of an ASGI scope: the language that a form was sent in."""

_LONGEST_QUERY = 2000
"""How much of a query is searched for a language where it is none of ours, in bytes."""

_UNKNOWN = HTTPStatus.PROXY_AUTHENTICATION_REQUIRED
"""Stands for "nobody is known" inside this file; it is sent as 403, since only a proxy may ask."""


def make_app(house: House) -> Starlette:
    """Return the portal as an ASGI application."""
    guard = _Guard(house)
    routes = [Route(one.path, guard.endpoint(one), methods=[one.method]) for one in ADDRESSES]
    return Starlette(routes=routes, exception_handlers={HTTPException: guard.failed})


class _Guard:
    """Asks the questions that hold for every address."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._pages = Limit(60, timedelta(seconds=1))
        self._forms = Limit(15, timedelta(seconds=6))

    def endpoint(self, address: Address) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            ask, done = await self._asked(request, address)
            try:
                outcome = await address.handler(ask)
            except FormError:
                raise HTTPException(HTTPStatus.BAD_REQUEST) from None
            except LedgerError as problem:
                log.warning("the portal could not ask the ledger", problem=str(problem))
                raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE) from None
            return _sent(ask, outcome, _home(address), done)

        return answer

    async def failed(self, request: Request, problem: Exception) -> Response:
        """Say that something did not work; nothing is shown of who asks or of what was sent."""
        status = problem.status_code if isinstance(problem, HTTPException) else 500
        name = _PAGES.get(HTTPStatus(status), "down")
        ask = self._nobody(request)
        shown = {
            "title": ask.say[f"{name}_title"],
            "paragraphs": [ask.say[f"{name}_text"]],
        }
        status = HTTPStatus.FORBIDDEN if status == _UNKNOWN else status
        answer = _sent(ask, Html("message.html", shown, status=status), "/", "")
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            answer.headers["Retry-After"] = "60"
        return answer

    async def _asked(self, request: Request, address: Address) -> tuple[Ask, str]:
        nobody = self._nobody(request)
        portal = nobody.page.portal
        if request.headers.get("host") not in {portal, f"{portal}:443"}:
            raise HTTPException(HTTPStatus.BAD_REQUEST)
        if not _is_asked_by_a_person(request):
            raise HTTPException(HTTPStatus.FORBIDDEN)
        visitor = _visitor(request)
        person = visitor.person or ""
        if not person and address.who is not Who.ANYBODY:
            raise HTTPException(_UNKNOWN)
        limit = self._forms if address.method == "POST" else self._pages
        if not limit.takes(person or visitor.client, nobody.at):
            raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS)
        values = await self._values(request, address, nobody, person)
        language = render.language_of(
            values[LANGUAGE.name],
            request.headers.get("accept-language", ""),
            nobody.current.pages.texts,
        )
        ask = Ask(
            person=person,
            visitor=visitor,
            house=self._house,
            current=nobody.current,
            at=nobody.at,
            texts=nobody.current.pages.texts[language],
            chosen=values[LANGUAGE.name] == language,
            values=values,
        )
        if not _may(ask, address.who):
            raise HTTPException(HTTPStatus.FORBIDDEN)
        return ask, values.get(DONE.name, "")

    async def _values(
        self, request: Request, address: Address, nobody: Ask, person: str
    ) -> dict[str, str]:
        try:
            if address.method != "POST":
                return dict(read(request.scope["query_string"], address.all_fields))
            if not _is_sent_by_a_page_of_ours(request, nobody.page.portal or ""):
                raise HTTPException(HTTPStatus.BAD_REQUEST)
            values = dict(read(await _body(request), address.all_fields))
            request.scope["state"][_WISH] = values[LANGUAGE.name]
        except FormError:
            raise HTTPException(HTTPStatus.BAD_REQUEST) from None
        if not is_good(self._house.key, person, nobody.at, values["token"]):
            raise HTTPException(HTTPStatus.BAD_REQUEST)
        return values

    def _nobody(self, request: Request) -> Ask:
        """Return a request of nobody: enough to say in some language what is wrong."""
        current = self._house.current()
        accept = request.headers.get("accept-language", "")
        wish = _wish(request)
        language = render.language_of(wish, accept, current.pages.texts)
        at = self._house.clock()
        texts, chosen = current.pages.texts[language], language == wish
        return Ask("", Visitor(None), self._house, current, at, texts, chosen=chosen, values={})


def _wish(request: Request) -> str:
    """Return the language that a link or a form asks for, whatever else it holds."""
    said = request.scope.get("state", {}).get(_WISH)
    if isinstance(said, str):
        return said
    query = request.scope["query_string"][:_LONGEST_QUERY]
    found: list[str] = parse_qs(query.decode("latin-1")).get(LANGUAGE.name, [""])
    return found[0]


def _visitor(request: Request) -> Visitor:
    """Return who the gateway says it is; without its word it is nobody."""
    found = request.scope.get("state", {}).get(VISITOR)
    return found if isinstance(found, Visitor) else Visitor(None)


def _is_asked_by_a_person(request: Request) -> bool:
    """
    Tell whether a browser window goes to the page, and no other site's page fetches it.

    Browsers say this since 2023; what says nothing is no browser, and has no other site in it.
    """
    site = request.headers.get("sec-fetch-site", "")
    mode = request.headers.get("sec-fetch-mode", "")
    dest = request.headers.get("sec-fetch-dest", "")
    if site in {"cross-site", "same-site"} and mode != "navigate":
        return False
    return mode != "navigate" or dest in {"document", ""}


def _is_sent_by_a_page_of_ours(request: Request, portal: str) -> bool:
    """Tell by both headers that no page can set; at least one has to be there."""
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site")
    if origin is None and site is None:
        return False
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return origin in {None, f"https://{portal}"} and site in {None, "same-origin"} and kind == FORM


async def _body(request: Request) -> bytes:
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BODY:
            raise FormError("too long")
    return body


def _may(ask: Ask, who: Who) -> bool:
    if who is Who.MANAGER:
        return bool(ask.page.manages(ask.person))
    return who is not Who.HELPDESK or ask.person in ask.page.helpdesk


def _home(address: Address) -> str:
    """Return the page that an address belongs to: a form is sent to a place below it."""
    if address.method == "GET":
        return address.path
    parent = "/" + address.path.split("/")[1]
    return parent if any(one.path == parent for one in ADDRESSES) else "/"


def _sent(ask: Ask, outcome: Outcome, path: str, done: str) -> Response:
    headers = {
        **_HEADERS,
        "Content-Security-Policy": render.policy_for(ask.page.design),
        "Content-Language": ask.texts.language,
    }
    if isinstance(outcome, Go):
        chosen = f"&lang={ask.texts.language}" if ask.chosen else ""
        where = f"{outcome.path}?done={outcome.done}{chosen}"
        return RedirectResponse(where, HTTPStatus.SEE_OTHER, headers=headers)
    if isinstance(outcome, Raw):
        return Response(outcome.body, media_type=outcome.media_type, headers=headers)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if outcome.wrong else outcome.status
    body = render.render(ask, outcome, path, done)
    return Response(body, status, media_type="text/html", headers=headers)
