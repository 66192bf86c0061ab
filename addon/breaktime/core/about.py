"""Stage 2, about: which platform do all the names of a request mean, and which page of it?"""

from typing import NamedTuple

from breaktime.core.copies import Shown
from breaktime.core.platforms import WITH_PAGES, Match, Role
from breaktime.core.request import Request
from breaktime.core.what import Catalogue


class About(NamedTuple):
    """
    What a request is about.

    Fields:
        match: platform and role; None where nothing is controlled.
        agreed: all names of the request agree on it.
        page: the address whose path names a page under every one of them, if there is one.
    """

    match: Match | None
    agreed: bool = True
    page: Shown | None = None


_NOTHING = About(None)


def about(catalogue: Catalogue, request: Request) -> About:
    """
    Find the platform among all names of a request.

    One controlled name is enough to make the request controlled. Addresses speak only where no
    name does, because the platforms of one company share them; and not at all for names that
    are never to be controlled.

    Args:
        catalogue: what is recognised.
        request: with all its names.
    """
    names = request.names
    if len(names) == 1:  # as nearly always
        return _of(catalogue, names[0], request)
    hosts = [name for name in names if not is_address(name)]
    found = [each for each in (_of(catalogue, name, request) for name in hosts) if each.match]
    if len(hosts) == len(found) == 1:
        return found[0]
    if found:
        # A wrapper leads on only where nothing of the platform itself is asked for.
        first = min(found, key=_leads_on)
        agreed = len(found) == len(hosts) and len({_platform(each) for each in found}) == 1
        pages = {None if each.page is None else each.page[1:] for each in found}
        return first._replace(agreed=agreed, page=first.page if len(pages) == 1 else None)
    if hosts and all(catalogue.is_never(name) for name in hosts):
        return _NOTHING
    for name in names:
        match = catalogue.match(name, request.path)
        if match is not None:
            return About(match)
    return _NOTHING


def _of(catalogue: Catalogue, name: str, request: Request) -> About:
    """Find what one name of a request is about: itself, or the page that it shows."""
    match = catalogue.match(name, request.path)
    if match is not None:
        if match.role not in WITH_PAGES:
            return About(match)
        return About(match, page=Shown(name, request.path, tuple(request.parameters.items())))
    if not catalogue.is_copier(name):
        return _NOTHING
    values = (*request.parameters.items(), *request.repeated)
    match, inside = catalogue.find(Shown(name, request.path, values))
    if match is None:
        return _NOTHING
    itself = None if inside is None else catalogue.match(inside.host, inside.path)
    has_pages = itself is not None and itself.role in WITH_PAGES
    return About(match, page=inside if has_pages else None)


def _leads_on(each: About) -> bool:
    return each.match is not None and each.match.role is Role.WRAPPER


def _platform(each: About) -> str:
    return "" if each.match is None else each.match.platform


def is_address(name: str) -> bool:
    """Tell whether a normal name is an IP address rather than a host name."""
    return ":" in name or name.rpartition(".")[2].isdigit()
