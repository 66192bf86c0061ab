"""One `rules/<id>.yaml`: the facts about one platform, as people write and review them."""

import re
from collections.abc import Iterator
from enum import StrEnum
from ipaddress import ip_network
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from breaktime.core.names import normal_name
from breaktime.core.platforms import Helpers as HelpersOf
from breaktime.core.platforms import PageShape, PathAt, PathRole, Platform, Role

_PATH: Final = re.compile(r"(?:/[^/\s?#]+)+")
_LABEL: Final = re.compile(r"[a-z][a-z-]{3,61}[a-z]")  # shorter ones begin many names
_SHAPE: Final = re.compile(
    r"(?:/(?:\*|[^/\s?#*{}]+))*/[^/\s?#*{}]*\{page\}[^/\s?#*{}]*(?:/[^/\s?#{}]+)*"
)


class Category(StrEnum):
    """What people do on a platform; a policy may name a category instead of its platforms."""

    SOCIAL_NETWORK = "social-network"
    MESSAGING = "messaging"
    VIDEO = "video"
    IMAGE_SHARING = "image-sharing"
    FORUM = "forum"
    DATING = "dating"
    LIVE_STREAMING = "live-streaming"
    BLOGGING = "blogging"
    FEDIVERSE = "fediverse"
    PROFESSIONAL_NETWORK = "professional-network"
    DNS_OVER_HTTPS = "dns-over-https"


def _as_matched(name: str) -> str:
    normal = normal_name(name)
    if normal is None:
        raise ValueError(f"`{name}` cannot be the name of a host")
    if normal != name:
        raise ValueError(f"`{name}` must be written as it is matched: `{normal}`")
    if "." not in name or ":" in name or name.replace(".", "").isdigit():
        raise ValueError(f"`{name}` must be a name with a dot; addresses belong under `networks`")
    return name


def _as_network(network: str) -> str:
    try:
        normal = str(ip_network(network))
    except ValueError:
        raise ValueError(f"`{network}` must be a network such as `192.0.2.0/24`") from None
    if normal != network:
        raise ValueError(f"`{network}` must be written as it is matched: `{normal}`")
    return network


def _as_path(path: str) -> str:
    host, slash, rest = path.partition("/")
    if not _PATH.fullmatch(slash + rest) and not (host and slash and not rest):
        raise ValueError(f"`{path}` must be a path such as `/plugins/*` or `t.co/i/adsct`")
    if host:
        _as_matched(host)
    return path


def _as_shape(path: str) -> str:
    if not _SHAPE.fullmatch(path):
        raise ValueError(f"`{path}` must be a path with one `{{page}}`, such as `/groups/{{page}}`")
    if path != path.lower():
        raise ValueError(f"`{path}` must be lower case, as it is compared: `{path.lower()}`")
    return path


def _as_label(label: str) -> str:
    if not _LABEL.fullmatch(label):
        raise ValueError(f"`{label}` must be the first label of host names, such as `nitter`")
    return label


type Label = Annotated[str, AfterValidator(_as_label)]
type Name = Annotated[str, AfterValidator(_as_matched)]
type Network = Annotated[str, AfterValidator(_as_network)]
type Path = Annotated[str, AfterValidator(_as_path)]
type ShapePath = Annotated[str, AfterValidator(_as_shape)]
type Text = Annotated[str, Field(min_length=1, max_length=80)]


def _at(written: str) -> PathAt:
    host, slash, rest = written.partition("/")
    return PathAt(slash + rest, host)


class _Facts(BaseModel):
    """Facts do not change after reading, and a key that we do not know is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Domains(_Facts):
    """
    Names by role; each covers everything below it, and the longest listed name wins.

    Fields: one per `Role`, explained in `rules/README.md`.
    """

    web: tuple[Name, ...] = ()
    api: tuple[Name, ...] = ()
    cdn: tuple[Name, ...] = ()
    short: tuple[Name, ...] = ()
    login: tuple[Name, ...] = ()
    embed: tuple[Name, ...] = ()
    pixel: tuple[Name, ...] = ()
    mirror: tuple[Name, ...] = ()
    wrapper: tuple[Name, ...] = ()

    def with_roles(self) -> Iterator[tuple[str, Role]]:
        """Give each name with its role, in the order of the roles."""
        for role in Role:
            for name in getattr(self, role.value):
                yield name, role


class Paths(_Facts):
    """
    Paths that play another role than their host.

    Fields:
        login, embed, pixel, api, short, web, wrapper: `/plugins/*` holds on all web names of the
            platform, `t.co/i/adsct` on that listed name, `l.example/` on its first page; `*` is any
            text in a segment, or all below.
    """

    login: tuple[Path, ...] = ()
    embed: tuple[Path, ...] = ()
    pixel: tuple[Path, ...] = ()
    api: tuple[Path, ...] = ()
    short: tuple[Path, ...] = ()
    web: tuple[Path, ...] = ()
    wrapper: tuple[Path, ...] = ()

    def with_roles(self) -> Iterator[PathRole]:
        """Give each path with its role, in the order of the roles."""
        for role in Role:
            for written in getattr(self, role.value, ()):
                at = _at(written)
                yield PathRole(at.path, role, at.name)


class Helpers(_Facts):
    """
    What a page of the platform is made of; its own names with role cdn need not be said.

    Fields:
        hosts: names of other platforms' files: `cdninstagram.com` for Threads.
        paths: calls of its pages: `/api/graphql`, `api.x.com/graphql/*`; as in `paths`.
        embeds: calls of its parts inside other sites.
        logins: calls of its log-in dialogs.
    """

    hosts: tuple[Name, ...] = ()
    paths: tuple[Path, ...] = ()
    embeds: tuple[Path, ...] = ()
    logins: tuple[Path, ...] = ()

    @property
    def calls(self) -> tuple[str, ...]:
        """Every call that is listed."""
        return (*self.paths, *self.embeds, *self.logins)

    def to_core(self) -> HelpersOf:
        """Give the helpers as `core.platforms` knows them."""
        lists = (self.paths, self.embeds, self.logins)
        return HelpersOf(frozenset(self.hosts), *(tuple(map(_at, each)) for each in lists))


class Shape(_Facts):
    """
    A second spelling of a page.

    Fields:
        path: for example `/pg/{page}`.
        same_as: the spelling that counts, for example `/{page}`.
    """

    path: ShapePath
    same_as: ShapePath


class Pages(_Facts):
    """
    How an address names a page.

    Fields:
        shapes: where the path names a page; what follows on the path belongs to that page.
        reserved: page keys that are never pages: `login`, or `r/all` below `/r/{page}`.
        ignore: characters that make no difference in a page name.
        parameters: path -> the query parameters that name a page there.
        by_server: each name of the platform is a server of its own, and `@page` on one of them is
            somebody else than on the next.
    """

    shapes: tuple[ShapePath | Shape, ...] = ()
    reserved: tuple[Text, ...] = ()
    ignore: str = ""
    parameters: dict[Path, tuple[Text, ...]] = Field(default_factory=dict)
    by_server: bool = False

    def in_order(self) -> tuple[PageShape, ...]:
        """Give the shapes, the longest and most literal first, whatever the order in the file."""
        shapes = [
            PageShape(shape) if isinstance(shape, str) else PageShape(shape.path, shape.same_as)
            for shape in self.shapes
        ]
        return tuple(sorted(shapes, key=lambda at: (-at.path.count("/"), at.path)))


class PlatformFile(_Facts):
    """
    The facts about one platform.

    Fields:
        name: as people write it.
        category: what people do there.
        aliases: other words people use for it; no two platforms share one.
        default: `off` for one that is controlled only where a policy names it, and not with its
            category, because many use it for their work.
        domains: names by role.
        except: names below listed ones, or like front ends, that are not this platform.
        front_ends: first labels of hosts that show the platform, whoever runs them.
        paths: paths that play another role than their host.
        pages: how an address names a page.
        helpers: what its pages are made of.
        login_forms: where "log in with ..." asks for a password: path -> the query parameters
            that say where it leads back to: `/login.php: [next]`.
        networks: CIDR text; addresses that only this platform uses.
        sources: short names, explained in `rules/README.md`.
    """

    name: Text
    category: Category
    aliases: tuple[Text, ...] = ()
    default: Literal["on", "off"] = "on"
    domains: Domains
    exceptions: tuple[Name, ...] = Field(default=(), alias="except")
    front_ends: tuple[Label, ...] = ()
    paths: Paths = Paths()
    pages: Pages = Pages()
    helpers: Helpers = Helpers()
    login_forms: dict[Path, tuple[Text, ...]] = Field(default_factory=dict)
    networks: tuple[Network, ...] = ()
    sources: tuple[Text, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        roles: dict[str, Role] = {}
        for name, role in self.domains.with_roles():
            if name in roles:
                raise ValueError(f"`{name}` is listed as {roles[name].value} and as {role.value}")
            roles[name] = role
        if not roles:
            raise ValueError("`domains` must list at least one name")
        named = [(at.name, at.path) for at in self.paths.with_roles()]
        named += [(at.name, at.path) for at in map(_at, (*self.helpers.calls, *self.login_forms))]
        for name, path in named:
            if name and name not in roles:
                raise ValueError(f"`{name}{path}`: `{name}` must be listed in `domains`")
        for name in self.helpers.hosts:
            if name in roles:
                raise ValueError(f"`{name}` is the platform's own; `helpers` lists those of others")
        for name in self.exceptions:
            like_a_front_end = name.partition(".")[0] in self.front_ends
            if not like_a_front_end and not any(name.endswith("." + listed) for listed in roles):
                raise ValueError(f"`{name}` must lie below a name listed in `domains`")
        return self

    def to_platform(self, id: str) -> Platform:  # noqa: A002 - the field is called so
        """
        Give the platform as `core.what` knows it.

        Args:
            id: stem of the file, kebab-case.
        """
        return Platform(
            id=id,
            name=self.name,
            category=self.category.value,
            aliases=self.aliases,
            domains=dict(self.domains.with_roles()),
            exceptions=frozenset(self.exceptions),
            front_ends=self.front_ends,
            paths=tuple(self.paths.with_roles()),
            networks=self.networks,
            shapes=self.pages.in_order(),
            reserved=frozenset(self.pages.reserved),
            ignore=self.pages.ignore,
            parameters=dict(self.pages.parameters),
            by_server=self.pages.by_server,
            helpers=self.helpers.to_core(),
            login_forms={_at(path): names for path, names in self.login_forms.items()},
            sources=self.sources,
            by_category=self.default == "on",
        )
