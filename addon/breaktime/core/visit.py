"""
Stage 1, visit: did somebody go to a page, or did something ask in passing?

Only navigations are visits. Everything here is asserted by the client: a person can forge it with
tools of their own, a page cannot. So it decides what is written about somebody, and never by
itself what is open.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from breaktime.core.names import Address, query_parameters, split_address

NOTHING: Mapping[str, str] = MappingProxyType({})

FRAMES: Final = frozenset({"iframe", "frame", "embed", "object", "fencedframe"})
"""Destinations that show a document inside another one."""

_LONGEST_KEPT: Final = 512
"""Characters of the longest address of a page that is remembered."""

_PAGE_METHODS: Final = frozenset({"GET", "HEAD", "POST"})


class Evidence(StrEnum):
    """How sure it is that a person went to a page, as told by the browser."""

    USER_NAVIGATION = "user_navigation"  # a person's own act: a click, an address typed
    NAVIGATION = "navigation"  # a redirect, a script, a restored session
    IN_PAGE_NAVIGATION = "in_page_navigation"  # the page changed its address without loading
    INFERRED = "inferred"  # a page is asked for, and nobody says by whom
    EMBEDDED = "embedded"  # a part of another site
    SPECULATIVE = "speculative"  # fetched or rendered ahead, before anybody asks to see it
    IN_PAGE = "in_page"  # an open page fetches something
    BACKGROUND = "background"  # an open page loads, or keeps itself up to date
    APP = "app"  # no browser
    NAME_ONLY = "tls_name_only"  # a connection that was never opened


VISITS: Final = frozenset(
    {Evidence.USER_NAVIGATION, Evidence.NAVIGATION, Evidence.IN_PAGE_NAVIGATION}
)
"""The only grades that count as visits."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """
    What the browser says about a request (Fetch Metadata), in lower case; empty where unsaid.

    Source: https://www.w3.org/TR/fetch-metadata/

    Fields:
        dest: what the answer is for: ``document``, ``iframe``, ``image``, ``empty`` ...
        mode: ``navigate``, ``cors``, ``no-cors``, ``same-origin``, ``websocket``.
        site: ``none``, ``same-origin``, ``same-site`` or ``cross-site``.
        user: a person's own act started the navigation.
        purpose: ``prefetch`` for pages that nobody has asked to see yet.
    """

    dest: str = ""
    mode: str = ""
    site: str = ""
    user: bool = False
    purpose: str = ""

    @property
    def ahead(self) -> bool:
        """Whether it is fetched before anybody asks to see it; prerendering says so too."""
        return "prefetch" in self.purpose

    @property
    def said(self) -> bool:
        """Whether the browser says anything: old ones do not, nor any over plain HTTP."""
        return bool(self.dest or self.mode or self.site)


@dataclass(frozen=True, slots=True)
class Source:
    """
    The page that a request comes from, by `Referer` and `Origin`.

    Browsers name the whole page to its own host, and only its origin to others.

    Fields:
        name: normal name of its host; None where that is not told, or where two headers disagree.
        path: of the page, as written; `/` also where only the origin is told.
        parameters: of its query, as of a request.
        query: there is one.
    """

    name: str | None = None
    path: str = "/"
    parameters: Mapping[str, str] = field(default=NOTHING)
    query: bool = False


NOWHERE: Final = Source()


def source_of(referer: str, origin: str) -> Source:
    """
    Read which page a request comes from.

    Args:
        referer: value of `Referer`; empty where there is none.
        origin: value of `Origin`, likewise.

    Returns:
        The page; nowhere where nothing is told, and where the headers name two hosts.
    """
    page = _address(referer) if referer else None
    own = _address(origin) if origin not in {"", "null"} else None
    if page is None or page.host is None:
        return NOWHERE if own is None else Source(own.host)
    if own is not None and own.host != page.host:
        return NOWHERE
    return Source(page.host, page.path, query_parameters(page.query), query=bool(page.query))


def _address(text: str) -> Address:
    """Take an address apart; one that is long, or whose query may hold a secret, is not kept."""
    return split_address(text) if "?" in text or len(text) > _LONGEST_KEPT else _kept(text)


@lru_cache(maxsize=256)  # all parts of a page name the same one
def _kept(text: str) -> Address:
    return split_address(text)


def grade(
    fetch: Fetch, method: str, *, accepts_html: bool, controlled: bool | None = None
) -> Evidence:
    """
    Grade what a request says about a person.

    Source: the table in docs/visits.md.

    Args:
        fetch: what the browser says; all empty for clients that say nothing.
        method: HTTP method in capitals; empty for a connection of which only names are known.
        accepts_html: the client asks for a page by its Accept header.
        controlled: the page it comes from belongs to a controlled platform; None where no page
            is told.
    """
    if not method:
        return Evidence.NAME_ONLY
    if fetch.ahead:
        return Evidence.SPECULATIVE
    if fetch.dest == "document" and fetch.mode in {"navigate", ""}:
        return Evidence.USER_NAVIGATION if fetch.user else Evidence.NAVIGATION
    if fetch.dest in FRAMES:
        return Evidence.EMBEDDED
    if fetch.dest == "document" or fetch.mode == "navigate":
        # The site's service worker fetches a page for a person, and hides whether for a window or
        # for a frame; so did the first browsers with Fetch Metadata. It is written down, and not
        # counted. No page can ask for this mode.
        return Evidence.INFERRED
    if not fetch.said:
        return _unsaid(method, accepts_html=accepts_html, controlled=controlled)
    if fetch.site == "cross-site" and controlled is not True:
        return Evidence.EMBEDDED
    return Evidence.IN_PAGE if fetch.dest == "empty" else Evidence.BACKGROUND


def _unsaid(method: str, *, accepts_html: bool, controlled: bool | None) -> Evidence:
    """Grade by what older headers tell; a frame cannot be told from a page by them."""
    if accepts_html and method in _PAGE_METHODS:
        return Evidence.INFERRED
    if controlled is None:
        return Evidence.APP
    return Evidence.BACKGROUND if controlled else Evidence.EMBEDDED
