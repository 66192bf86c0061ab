"""
Stage 2, parts: what does a request belong to, if it is no page that somebody goes to?

Laws of this file:

1. The catalogue speaks first. What a browser says can only narrow what the role of an address
   allows: a page for people stays one, whatever the headers say.
2. A navigation is never a part: an embedded player that is opened by itself is a visit.
3. A helper belongs to a document that the same client was let to. Where the whole address of the
   page is told, it has to be that page; where only its origin is, any document of the platform.
4. What an embedded document goes on to load is its helper too: a player that was opened by itself
   in a break does not play on as a part of some other site.
5. Players and log-in dialogs are open to everybody at any time, so they bring along less than a
   page: one address that answers every question of a platform would open the feed to all.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from breaktime.core.about import is_address
from breaktime.core.names import split_address
from breaktime.core.paths import plain_segments
from breaktime.core.platforms import WITH_PAGES, Match, Platform, Role
from breaktime.core.request import Opened, Request
from breaktime.core.visit import FRAMES, Evidence, Source
from breaktime.core.what import Catalogue

_EMBEDS: Final = frozenset({Role.EMBED, Role.PIXEL})
_FETCHED: Final = frozenset({Evidence.IN_PAGE, Evidence.BACKGROUND})
_PASSING: Final = _FETCHED | {Evidence.EMBEDDED}
_PAGES: Final = frozenset({Evidence.USER_NAVIGATION, Evidence.NAVIGATION, Evidence.INFERRED})

# What a page shows of another site's. No `empty`: what a script fetches, it can do more with.
_LOADED: Final = frozenset({"image", "script", "style", "font", "audio", "video", "track"})

_ICON: Final = ("favicon.ico",)
"""Browsers ask for it by themselves, on the page's own host."""


class Part(NamedTuple):
    """
    What a request belongs to.

    Fields:
        embedded: it is a part of another site: a button, a player, a pixel, a picture.
        login: it is a step of "log in with ...".
        brought: documents that may have brought it along.
    """

    embedded: bool = False
    login: bool = False
    brought: tuple[Opened, ...] = ()


WHOLE: Final = Part()
"""A page, or nothing that is known to belong to one."""


def part_of(catalogue: Catalogue, request: Request, match: Match) -> Part:
    """
    Say what a controlled request belongs to.

    Args:
        catalogue: the platforms that are controlled.
        request: with its grade, and the documents that the client was let to lately.
        match: what was recognised.
    """
    evidence, platform = request.evidence, catalogue.platforms[match.platform]
    form = bool(platform.login_forms) and _form_at(platform, request.path, match) is not None
    if not (form or evidence in _PASSING or match.role is Role.LOGIN):
        return WHOLE
    found = _matches(catalogue, request)
    if not found:
        return WHOLE
    return Part(
        embedded=evidence is Evidence.EMBEDDED and _is_embedded(catalogue, request, found),
        login=all(each.role is Role.LOGIN for each in found)
        or (form and _is_login_form(catalogue, request, match)),
        brought=_brought(catalogue, request, found),
    )


def opened_by(catalogue: Catalogue, request: Request, match: Match) -> Opened | None:
    """
    Say which document a request that was let through shows, or comes from.

    Args:
        catalogue: the platforms that are controlled.
        request: as it was let through.
        match: what was recognised.
    """
    if request.evidence in _PAGES or request.fetch.dest in FRAMES:
        shown = Source(request.names[0], request.path, request.parameters)
        return _document(catalogue, shown, match)
    if request.evidence in _FETCHED and _is_whole(request):
        home = catalogue.match(request.source.name or "", request.source.path)
        return None if home is None else _document(catalogue, request.source, home)
    return None


def may_be_of_part(catalogue: Catalogue, request: Request) -> bool:
    """
    Tell whether a call may come from a player or a log-in dialog, where nobody went to a page.

    Args:
        catalogue: the platforms that are controlled.
        request: with the documents that the client was let to lately.
    """
    source = request.source
    home = catalogue.match(source.name, source.path) if source.name is not None else None
    if home is None or request.evidence not in _FETCHED:
        return False
    if _is_whole(request):
        document = _document(catalogue, source, home)
        return document is not None and document.role is not Role.WEB
    return any(one.platform == home.platform and one.role is not Role.WEB for one in request.opened)


def is_of_platform(catalogue: Catalogue, source: Source) -> bool | None:
    """Tell whether a page is one of a controlled platform; None where no page is told."""
    if source.name is None:
        return None
    return catalogue.match(source.name, source.path) is not None


def _matches(catalogue: Catalogue, request: Request) -> list[Match]:
    """Recognise every name of a request; nothing where one of its host names is unknown."""
    hosts = [name for name in request.names if not is_address(name)]
    found = [catalogue.match(name, request.path) for name in hosts]
    known = [each for each in found if each is not None]
    return known if len(known) == len(found) else []


def _is_embedded(catalogue: Catalogue, request: Request, found: Iterable[Match]) -> bool:
    roles = {each.role for each in found}
    if roles <= _EMBEDS:
        return True
    return (
        roles == {Role.CDN}
        and request.fetch.dest in _LOADED
        and is_of_platform(catalogue, request.source) is False
    )


def _is_login_form(catalogue: Catalogue, request: Request, match: Match) -> bool:
    """
    Tell whether a password is asked for that "log in with ..." waits for.

    A form leads back to the dialog; what is sent from such a form, or from the dialog, need not
    say so again.
    """
    platform = catalogue.platforms[match.platform]
    here = Source(request.names[0], request.path, request.parameters)
    if _leads_back(catalogue, platform, here, match):
        return True
    source = request.source
    if source.name is None or source.name not in request.names:
        return False
    home = catalogue.match(source.name, source.path)
    return home is not None and (
        home.role is Role.LOGIN or _leads_back(catalogue, platform, source, home)
    )


def _form_at(platform: Platform, path: str, match: Match) -> tuple[str, ...] | None:
    """Return the parameters of the password form at a path, None where there is none."""
    segments = plain_segments(path) if platform.login_forms else None
    if segments is None:
        return None
    for at, names in platform.login_forms.items():
        if at.is_at(match, segments):
            return names
    return None


def _leads_back(catalogue: Catalogue, platform: Platform, page: Source, match: Match) -> bool:
    """Tell whether a password form says that it leads back to a dialog of the same platform."""
    for name in _form_at(platform, page.path, match) or ():
        target = page.parameters.get(name, "")
        if target.startswith("/") and target[1:2] not in {"/", "\\"}:
            target = f"https://{page.name}{target}"
        address = split_address(target)
        back = catalogue.match(address.host, address.path) if address.host else None
        if back is not None and (back.platform, back.role) == (platform.id, Role.LOGIN):
            return True
    return False


def _brought(catalogue: Catalogue, request: Request, found: Iterable[Match]) -> tuple[Opened, ...]:
    """Return the documents that may have brought a request along."""
    source = request.source
    if not request.opened or source.name is None or request.evidence not in _FETCHED:
        return ()
    home = catalogue.match(source.name, source.path)
    if home is None:
        return ()
    near = [one for one in sorted(request.opened) if one.platform in catalogue.platforms]
    if home.role is not Role.CDN:
        near = [one for one in near if one.platform == home.platform]
        if _is_whole(request):
            document = _document(catalogue, source, home)
            near = [one for one in near if one == document]
    segments = plain_segments(request.path)
    return tuple(
        one for one in near if all(_helps(catalogue, one, each, home, segments) for each in found)
    )


def _helps(
    catalogue: Catalogue,
    document: Opened,
    match: Match,
    home: Match,
    segments: tuple[str, ...] | None,
) -> bool:
    """Tell whether an address is one of those that a document is made of."""
    platform = catalogue.platforms[document.platform]
    if _is_asset(platform, match):
        return home.role is not Role.CDN or _is_asset(platform, home)
    if match.role in _EMBEDS and document.role is Role.EMBED:
        return match.platform == platform.id
    if match.platform != platform.id or home.role is Role.CDN or segments is None:
        return False
    return segments == _ICON or any(
        at.is_at(match, segments) for at in platform.helpers.of(document.role)
    )


def _is_asset(platform: Platform, match: Match) -> bool:
    if match.role is not Role.CDN:
        return False
    return match.platform == platform.id or match.name in platform.helpers.hosts


def _is_whole(request: Request) -> bool:
    """Tell whether the browser names the page itself, and not its origin only."""
    return request.source.path != "/" or request.source.name in request.names


def _document(catalogue: Catalogue, page: Source, match: Match) -> Opened | None:
    """Say which document stands at an address."""
    platform = catalogue.platforms[match.platform]
    if match.role is Role.EMBED:
        return Opened(platform.id, role=Role.EMBED)
    if match.role is Role.LOGIN or _leads_back(catalogue, platform, page, match):
        return Opened(platform.id, role=Role.LOGIN)
    if match.role not in WITH_PAGES:
        return None
    key = platform.page_of(page.path, page.parameters, page.name or "")
    return None if key is None else Opened(platform.id, key)
