"""Stage 2, platforms: what one file of the catalogue says about one platform."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

from breaktime.core.paths import fits, plain_segments

# The characters of a page name. No plus: `/r/one+two` joins pages, `t.me/+code` hides one.
_PAGE_NAME: Final = re.compile(r"[\w.:~-]+")
# The same in a query, where a film or a profile has a short name and a token a long one.
_PAGE_VALUE: Final = re.compile(r"[\w.:~-]{1,64}")


class Role(StrEnum):
    """What a name or path is to its platform."""

    WEB = "web"  # pages for people
    API = "api"  # what apps and pages of the platform talk to
    CDN = "cdn"  # pictures, films and programs of the platform
    SHORT = "short"  # short addresses of the platform's own pages
    LOGIN = "login"  # "log in with ..." for other sites
    EMBED = "embed"  # buttons, posts and players inside other sites
    PIXEL = "pixel"  # measuring visitors of other sites
    MIRROR = "mirror"  # the platform's content shown by somebody else
    WRAPPER = "wrapper"  # outgoing links, which lead to other sites and show nothing


WITH_PAGES: Final = frozenset({Role.WEB, Role.SHORT})
"""Where a path names a page; `graph.facebook.com/YourPage/feed` is another thing."""


WITHOUT_BREAKS: Final = frozenset({"dns-over-https"})
"""Categories that no break opens: ways past the gateway, and nothing that people do in a break."""


class Match(NamedTuple):
    """
    One recognised address.

    Fields:
        platform: id of the platform.
        role: of the listed name, or of the path where a path changes it.
        name: the listed suffix, the listed network in CIDR form, or the front end's label with a
            dot behind it, that matched.
        bypass: it is shown by a translator, a cache or an archive under another name.
    """

    platform: str
    role: Role
    name: str
    bypass: bool = False


@dataclass(frozen=True, slots=True)
class PathRole:
    """
    A path that plays another role than its host.

    Fields:
        path: segments to compare; `*` stands for any text inside one segment, and as the last
            segment for everything below.
        role: what that path is.
        name: the listed name it holds on; empty for every name of the platform with role web.
    """

    path: str
    role: Role
    name: str = ""


class PathAt(NamedTuple):
    """
    A path of a platform.

    Fields:
        path: segments to compare, as `core.paths.fits` does.
        name: the listed name it holds on; empty for every name of the platform with role web.
    """

    path: str
    name: str = ""

    def is_at(self, match: Match, segments: tuple[str, ...]) -> bool:
        """Tell whether an address, recognised as *match*, is at this path."""
        on_name = match.name == self.name if self.name else match.role is Role.WEB
        return on_name and fits(self.path, segments)


@dataclass(frozen=True, slots=True)
class Helpers:
    """
    What the pages of a platform are made of, besides its own names with role cdn.

    A page that is open brings these along, and they lead nowhere else.

    Fields:
        hosts: listed names of other platforms with pictures, films and programs of this one.
        paths: the calls by which its pages fetch their own content.
        embeds: the calls of its parts inside other sites, which are open to everybody at any
            time: none that answers with anything else.
        logins: the calls of its log-in dialogs; likewise.
    """

    hosts: frozenset[str] = frozenset()
    paths: tuple[PathAt, ...] = ()
    embeds: tuple[PathAt, ...] = ()
    logins: tuple[PathAt, ...] = ()

    def of(self, role: Role) -> tuple[PathAt, ...]:
        """Return the calls of a document: a part of another site, a log-in dialog, or a page."""
        return {Role.EMBED: self.embeds, Role.LOGIN: self.logins}.get(role, self.paths)


@dataclass(frozen=True, slots=True)
class PageShape:
    """
    Where a path names a page; what follows on the path belongs to the page.

    Fields:
        path: segments, one of which holds `{page}`; a segment `*` is any text.
        same_as: the shape whose page this is, where two spellings are one page; empty: itself.
    """

    path: str
    same_as: str = ""

    def page_in(self, segments: tuple[str, ...], ignore: str) -> str | None:
        """Give the page key that lower-cased *segments* name, or None."""
        shape = _shape_of(self.path)
        if len(segments) < len(shape):
            return None
        page = None
        for (before, names, after), segment in zip(shape, segments, strict=False):
            if names:
                inside = segment.removeprefix(before).removesuffix(after)
                if f"{before}{inside}{after}" != segment or not _PAGE_NAME.fullmatch(inside):
                    return None
                page = _bare(inside, ignore)
            elif before not in {"*", segment}:
                return None
        return (self.same_as or self.path).strip("/").replace("{page}", page) if page else None


@dataclass(frozen=True, slots=True)
class Platform:
    """
    One platform, as its file in `rules/` describes it.

    Fields:
        id: stem of the file, kebab-case.
        name: as people write it.
        category: kebab-case, for example `social-network`.
        aliases: other words people use for it.
        domains: normal name -> role; a name covers everything below it.
        exceptions: names below listed ones that are not this platform (a work tool, say).
        front_ends: first labels of hosts that show this platform, whoever runs them.
        paths: paths that play another role than their host.
        networks: CIDR text; addresses that only this platform uses.
        shapes: where a path names a page.
        reserved: page keys that are never pages (`login`, `r/all`).
        ignore: characters that make no difference in a page name.
        parameters: path -> the query parameters that name a page there.
        by_server: each of its names is a server with pages of its own, namesakes of others.
        helpers: what its pages are made of.
        login_forms: path -> the query parameters that say where a password form leads back to.
        sources: short names of the lists its facts come from.
        by_category: controlling its category controls it; otherwise only its own id does.
    """

    id: str
    name: str
    category: str
    aliases: tuple[str, ...] = ()
    domains: Mapping[str, Role] = field(default_factory=dict)
    exceptions: frozenset[str] = frozenset()
    front_ends: tuple[str, ...] = ()
    paths: tuple[PathRole, ...] = ()
    networks: tuple[str, ...] = ()
    shapes: tuple[PageShape, ...] = ()
    reserved: frozenset[str] = frozenset()
    ignore: str = ""
    parameters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    by_server: bool = False
    helpers: Helpers = Helpers()
    login_forms: Mapping[PathAt, tuple[str, ...]] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    by_category: bool = True

    def page_of(self, path: str, parameters: Mapping[str, str], host: str = "") -> str | None:
        """
        Give the key of the page that an address of this platform names.

        Whole segments only: `/YourPageFans` is not `/YourPage`. The query names a page nowhere
        but at the paths listed for it, so `/login?next=/YourPage` is the login form. A path that
        two servers may read in two ways names none: `/YourPage/..%2fgroups/x`.

        Args:
            path: as the request shows it.
            parameters: query parameters that were given once, decoded.
            host: normal name that the request goes to.

        Returns:
            A key to compare (`exampleshire`, `groups/exampleshire-carers`, `@exampleshire`,
            `id=123`, `mastodon.example/@exampleshire` where each server has pages of its own), or
            None for an address that names no page.
        """
        written = plain_segments(path)
        if written is None:
            return None
        segments = tuple(map(str.lower, written))
        page = self._page_at(segments, parameters)
        return f"{self._server_of(host)}/{page}" if self.by_server and page is not None else page

    def _page_at(self, segments: tuple[str, ...], parameters: Mapping[str, str]) -> str | None:
        """Give the key of a page as its server knows it."""
        for name, value in self._naming(segments, parameters).items():
            return f"{name}={value}"  # case kept: identifiers made by machines need it
        for shape in self.shapes:
            page = shape.page_in(segments, self.ignore)
            if page is not None and not self._is_reserved(page):
                return page
        return None

    def _server_of(self, host: str) -> str:
        """Give the listed name that a host is, or lies below; else the host itself."""
        labels = host.split(".")
        above = (".".join(labels[start:]) for start in range(len(labels)))
        return next((name for name in above if name in self.domains), host)

    def page_parameters(self, path: str, parameters: Mapping[str, str]) -> dict[str, str]:
        """
        Keep the parameters that name a page; nothing else of a query may be written down.

        Args:
            path: as the request shows it.
            parameters: query parameters that were given once, decoded.
        """
        if not parameters or (written := plain_segments(path)) is None:
            return {}
        return self._naming(tuple(segment.lower() for segment in written), parameters)

    def _naming(self, segments: tuple[str, ...], parameters: Mapping[str, str]) -> dict[str, str]:
        """Give the listed parameters of a path whose values look like the name of a page."""
        return {
            name: parameters[name]
            for name in self.parameters.get("/" + "/".join(segments), ())
            if _PAGE_VALUE.fullmatch(parameters.get(name, ""))
        }

    def _is_reserved(self, page: str) -> bool:
        """Compare as page names are compared: `log.in` is `login` where dots make no difference."""
        return page in self.reserved or page in _without(self.ignore, self.reserved)


@lru_cache(maxsize=1024)
def _without(ignore: str, keys: frozenset[str]) -> frozenset[str]:
    """Leave out letters that make no difference."""
    return frozenset(_bare(key, ignore) for key in keys)


def _bare(name: str, ignore: str) -> str:
    for letter in ignore:
        name = name.replace(letter, "")
    return name


@lru_cache(maxsize=4096)
def _shape_of(path: str) -> tuple[tuple[str, str, str], ...]:
    """Take the segments of a shape apart: before the name of the page, its mark, and after it."""
    return tuple(segment.partition("{page}") for segment in path.strip("/").split("/"))
