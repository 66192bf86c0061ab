"""Stage 2, about: which platform do all the names of a request mean, and which page of it?"""

from collections.abc import Collection

from breaktime.core.copies import Shown
from breaktime.core.platforms import WITH_PAGES, Match, Role
from breaktime.core.request import Request
from breaktime.core.what import Catalogue

type About = tuple[Match | None, bool, Shown | None]
"""
What a request is about: platform and role, None where nothing is controlled; whether all its names
agree on it; and the address whose path names a page under every one of them, if there is one.
"""

_NOTHING: About = None, True, None


def about(catalogue: Catalogue, request: Request, paged: Collection[str] = frozenset()) -> About:
    """
    Find the platform among all names of a request.

    One controlled name is enough to make the request controlled. Addresses speak only where no
    name does, because the platforms of one company share them; and not at all for names that
    are never to be controlled.

    Args:
        catalogue: what is recognised.
        request: with all its names.
        paged: ids of the platforms of which the page is asked for; of others, none is told.
    """
    names = request.names
    if len(names) == 1:  # as nearly always
        return _of(catalogue, names[0], request, paged)
    hosts = [name for name in names if not is_address(name)]
    found = [each for each in (_of(catalogue, name, request, paged) for name in hosts) if each[0]]
    if len(hosts) == len(found) == 1:
        return found[0]
    if found:
        # A wrapper leads on only where nothing of the platform itself is asked for.
        match, _, page = min(found, key=_leads_on)
        agreed = len(found) == len(hosts) and len({_platform(each) for each in found}) == 1
        pages = {None if shown is None else shown[1:] for _, _, shown in found}
        return match, agreed, page if len(pages) == 1 else None
    if hosts and all(catalogue.is_never(name) for name in hosts):
        return _NOTHING
    for name in names:
        match = catalogue.match(name, request.path)
        if match is not None:
            return match, True, None
    return _NOTHING


def _of(catalogue: Catalogue, name: str, request: Request, paged: Collection[str]) -> About:
    """Find what one name of a request is about: itself, or the page that it shows."""
    match = catalogue.match(name, request.path)
    if match is not None:
        if match.platform not in paged or match.role not in WITH_PAGES:
            return match, True, None
        return match, True, Shown(name, request.path, tuple(request.parameters.items()))
    if not catalogue.is_copier(name):
        return _NOTHING
    values = (*request.parameters.items(), *request.repeated)
    match, inside = catalogue.find(Shown(name, request.path, values))
    if match is None:
        return _NOTHING
    if inside is None or match.platform not in paged:
        return match, True, None
    itself = catalogue.match(inside.host, inside.path)
    has_pages = itself is not None and itself.role in WITH_PAGES
    return match, True, inside if has_pages else None


def _leads_on(each: About) -> bool:
    return each[0] is not None and each[0].role is Role.WRAPPER


def _platform(each: About) -> str:
    return "" if each[0] is None else each[0].platform


def is_address(name: str) -> bool:
    """Tell whether a normal name is an IP address rather than a host name."""
    return ":" in name or name.rpartition(".")[2].isdigit()
