"""Stage 2, what: which platform does this address belong to, and which of its pages is it?"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_network
from types import MappingProxyType
from typing import Final

from breaktime.core.copies import Shown, copier_of, shown_by
from breaktime.core.listed import Listed
from breaktime.core.names import query_parameters, query_values, split_address
from breaktime.core.paths import PATH_BYTES, plain_segments
from breaktime.core.platforms import WITH_PAGES, Match, PathRole, Platform, Role

# A path that can be compared as it stands; all others are put into that form first.
_REGULAR: Final = re.compile(r"(?:/(?!\.)[!-\"$&-.0-:<->@-\[\]-~]+)+")
type _Network = IPv4Network | IPv6Network

# Two ways to write an IPv4 address that a network may translate back. RFC 6052, RFC 3056.
_NAT64: Final = 0x64FF9B << 64  # 64:ff9b::/96, without its last 32 bits
_SIX_TO_FOUR: Final = 0x2002

_DIGITS: Final = "0123456789"  # behind a front end's label: invidious2
_DEEPEST_COPY: Final = 8  # an archive of a translation of an archive is looked through
_WIDEST_COPY: Final = 8  # of so many copies of copies, each of which can be read in several ways
_NOT_PAGES: Final = frozenset({Role.EMBED, Role.PIXEL})


@lru_cache(maxsize=4096)  # the names of one platform share their paths
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


class _Ranked:
    """Patterns of paths, the longest first, each with what it makes of a name."""

    __slots__ = ("_matches", "_pattern")

    def __init__(self, otherwise: Match, ranked: Iterable[PathRole]) -> None:
        chosen = tuple(ranked)
        self._pattern = _compiled("|".join(f"({_path_pattern(at.path)})" for at in chosen))
        self._matches = (otherwise, *(otherwise._replace(role=at.role) for at in chosen))

    def match(self, path: str) -> Match:
        """Give the match of the first pattern that fits the whole path, or the host's own."""
        found = self._pattern.fullmatch(path)
        return self._matches[found.lastindex or 0 if found else 0]


class _PathRoles:
    """The paths of one listed name that play another role, by their first segment."""

    __slots__ = ("_by_first", "_front", "_others", "_own")

    def __init__(self, otherwise: Match, paths: Iterable[PathRole]) -> None:
        ranked = sorted(set(paths), key=lambda at: (-len(at.path), at.path, at.role))
        anywhere = [at for at in ranked if "*" in _first(at.path)]
        self._own = otherwise
        self._others = _Ranked(otherwise, anywhere) if anywhere else None
        self._by_first = {
            first: _Ranked(
                otherwise, [at for at in ranked if _first(at.path) == first or at in anywhere]
            )
            for first in {_first(at.path) for at in ranked}
        }
        self._front = self._in_form("/")

    def match(self, path: str) -> Match:
        """
        Give the match of the first pattern that fits the whole path, or the host's own.

        The host's own too for a path that two servers may read in two ways.
        """
        if path == "/":
            return self._front
        if "?" in path:
            path = path.partition("?")[0]
        if len(path) > PATH_BYTES or not _REGULAR.fullmatch(path):
            segments = plain_segments(path)
            if segments is None:
                return self._own
            path = "/" + "/".join(segments)
        return self._in_form(path)

    def _in_form(self, path: str) -> Match:
        ranked = self._by_first.get(_first(path), self._others)
        return self._own if ranked is None else ranked.match(path)


class _Nothing:
    """A name that is known, and is no platform that is recognised."""

    __slots__ = ()

    def match(self, path: str) -> None:
        """Give no match, whatever the path."""


_NOTHING: Final = _Nothing()


def _first(path: str) -> str:
    """Give the first segment of a path, which begins with a slash."""
    end = path.find("/", 1)
    return path[1:] if end < 0 else path[1:end]


class _Networks:
    """Address ranges by their length, the longest first, so that the first hit is the answer."""

    __slots__ = ("_by_version", "_refused", "_tables")

    def __init__(self) -> None:
        self._tables: dict[tuple[int, int], dict[int, Match | None]] = {}
        self._by_version: dict[int, list[tuple[int, dict[int, Match | None]]]] = {}
        self._refused: list[_Network] = []

    def refuse(self, text: str) -> bool:
        """Let a network match nothing; False if *text* is not a network."""
        try:
            network = ip_network(text, strict=False)
        except ValueError:
            return False
        self._refused.append(network)
        self._enter(network, None)
        return True

    def add(self, text: str, match: Match | None) -> None:
        """
        Let a network match, unless it lies in a refused one.

        Raises:
            ValueError: if *text* is not in CIDR form, or has bits behind its mask.
        """
        network = ip_network(text)
        if not any(_holds(refused, network) for refused in self._refused):
            self._enter(network, match)

    def match(self, name: str) -> Match | None:
        """Find the longest network that holds an address literal."""
        try:
            if ":" not in name:
                return self._look(4, _quad(name))
            value = int(IPv6Address(name))
        except ValueError:
            return None
        if value >> 32 == _NAT64:
            return self._look(6, value) or self._look(4, value & 0xFFFFFFFF)
        if value >> 112 == _SIX_TO_FOUR:
            return self._look(6, value) or self._look(4, value >> 80 & 0xFFFFFFFF)
        return self._look(6, value)

    def _look(self, version: int, value: int) -> Match | None:
        for shift, table in self._by_version.get(version, ()):
            if value >> shift in table:
                return table[value >> shift]
        return None

    def _enter(self, network: _Network, match: Match | None) -> None:
        shift = network.max_prefixlen - network.prefixlen
        table = self._tables.setdefault((network.version, shift), {})
        table.setdefault(int(network.network_address) >> shift, match)
        known = self._by_version.setdefault(network.version, [])
        if all(held is not table for _, held in known):
            known.append((shift, table))
            known.sort(key=lambda at: at[0])


class Catalogue:
    """The platforms whose addresses are recognised."""

    __slots__ = ("_copies", "_labels", "_names", "_networks", "_never", "_others", "platforms")

    def __init__(
        self,
        platforms: Iterable[Platform],
        never: Iterable[str] = (),
        *,
        others: Iterable[Platform] = (),
        copies: bool = True,
    ) -> None:
        """
        Build the tables; the order of the arguments makes no difference.

        Args:
            platforms: recognised; if two list the same name, the first id of the alphabet has it.
            never: names and networks that match nothing, with everything below them.
            others: known but not recognised; their names stay theirs, so that a chat host of
                one platform is not taken for the platform whose name it ends in.
            copies: look for the page inside a translation, a cache or an archive.

        Raises:
            ValueError: if a network is not in CIDR form.
        """
        chosen = sorted(platforms, key=lambda platform: platform.id)
        self.platforms: Mapping[str, Platform] = MappingProxyType({p.id: p for p in chosen})
        self._others = tuple(other for other in others if other.id not in self.platforms)
        self._never = frozenset(never)
        self._copies = copies
        self._labels: dict[str, Match] = {}
        self._networks = _Networks()
        names: dict[str, Match | _PathRoles | _Nothing] = {}
        for name in self._never:
            if not self._networks.refuse(name):
                names[name] = _NOTHING
        for platform in chosen:
            self._add(platform, names, recognised=True)
        for other in sorted(self._others, key=lambda platform: platform.id):
            self._add(other, names, recognised=False)
        for platform in chosen:
            for name in platform.exceptions:
                names.setdefault(name, _NOTHING)
            for label in platform.front_ends:
                self._labels.setdefault(label, Match(platform.id, Role.MIRROR, label + "."))
        self._names = Listed(names)

    @property
    def never(self) -> frozenset[str]:
        """Names and networks that match nothing, with everything below them."""
        return self._never

    def match(self, name: str, path: str = "/") -> Match | None:
        """
        Find the platform that an address belongs to.

        The longest listed suffix wins, compared at label boundaries: `x.com.evil.example` and
        `netflix.com` do not belong to `x.com`. An address literal belongs to the longest network.

        Args:
            name: normal name, as `normal_name` gives it.
            path: as the request shows it.
        """
        found = self._names.find(name)
        if found is not None:
            return found if isinstance(found, Match) else found.match(path)
        # A normal name whose last label is a number is a dotted quad.
        if ":" in name or (name[-1:] <= "9" and name[name.rfind(".") + 1 :].isdigit()):
            return self._networks.match(name)
        # Only now, so that a name which is listed, or never to match, is what it is.
        dot = name.find(".")
        return None if dot < 0 else self._labels.get(name[:dot].rstrip(_DIGITS))

    def find(self, address: Shown) -> tuple[Match | None, Shown | None]:
        """
        Find the platform of an address, or of the page that it shows under its own name.

        Where an address can be read in several ways, one that is recognised is enough.

        Args:
            address: what is asked for.

        Returns:
            The match, and the address that it is about: for a copy the one inside, or None where
            several are recognised in it.
        """
        match = self.match(address.host, address.path)
        if match is not None or not self.is_copier(address.host):
            return match, address
        seen: tuple[Shown, ...] = (address,)
        for _ in range(_DEEPEST_COPY):
            copies = [each for each in seen if self.is_copier(each.host)][:_WIDEST_COPY]
            seen = tuple(dict.fromkeys(inside for each in copies for inside in shown_by(each)))
            known = [
                (match, inside)
                for inside in seen
                if (match := self.match(inside.host, inside.path)) is not None
            ]
            if known:
                match, inside = known[0]
                role = match.role if match.role in _NOT_PAGES else Role.MIRROR
                found = match._replace(role=role, bypass=True)
                return found, inside if len(known) == 1 else None
        return None, address

    def has_to_open(self, name: str) -> bool:
        """
        Tell whether only path and query say whose page is shown under a normal name.

        Most such hosts are archives; those of translators that people type into are none.
        """
        copier = copier_of(name) if self._copies else None
        return copier is not None and copier.opened and not self.is_never(name)

    def only(
        self, ids: Iterable[str], never: Iterable[str] = (), *, copies: bool = True
    ) -> "Catalogue":
        """
        Give the catalogue that recognises the chosen platforms only.

        Args:
            ids: platform ids; an id that is not in this catalogue chooses nothing.
            never: more names and networks that match nothing.
            copies: look for the page inside a translation, a cache or an archive.
        """
        wanted = frozenset(ids)
        known = self.platforms.values()
        return Catalogue(
            [platform for platform in known if platform.id in wanted],
            self._never.union(never),
            others=(*self._others, *(p for p in known if p.id not in wanted)),
            copies=copies,
        )

    def page_address(self, text: str) -> tuple[str, str] | None:
        """
        Read the address of a page as an administrator writes it.

        Args:
            text: for example `facebook.com/ExampleshireCouncil` or `https://x.com/Exampleshire`.

        Returns:
            Platform id and page key, or None if *text* is not the address of a page.
        """
        address = split_address(text)
        if address.host is None:
            return None
        match = self.match(address.host, address.path)
        if match is None or match.role not in WITH_PAGES:
            return None
        parameters = query_parameters(address.query)
        page = self.platforms[match.platform].page_of(address.path, parameters, address.host)
        return None if page is None else (match.platform, page)

    def _add(
        self,
        platform: Platform,
        names: dict[str, Match | _PathRoles | _Nothing],
        *,
        recognised: bool,
    ) -> None:
        """Enter one platform's names and networks; what is entered already stays."""
        for name, role in platform.domains.items():
            if name in names or self.is_never(name):
                continue
            if not recognised:
                names[name] = _NOTHING
                continue
            match = Match(platform.id, role, name)
            everywhere = "" if role is Role.WEB else name
            paths = [at for at in platform.paths if at.name in {name, everywhere}]
            names[name] = _PathRoles(match, paths) if paths else match
        for network in platform.networks:
            match = Match(platform.id, Role.API, network)
            self._networks.add(network, match if recognised else None)

    def is_copier(self, name: str) -> bool:
        """Tell whether a name shows other sites' pages, and may be looked through."""
        return self._copies and copier_of(name) is not None and not self.is_never(name)

    def is_never(self, name: str) -> bool:
        """Tell whether *name* is, or lies below, a name that was promised never to match."""
        return any(name == never or name.endswith("." + never) for never in self._never)


def describe(catalogue: Catalogue, address: str) -> tuple[str, str]:
    """
    Name platform and role of an address, as `breaktime match` prints them.

    A page seen through a translator or an archive is a mirror of that page.

    Args:
        catalogue: the platforms to recognise.
        address: one line, of any shape.

    Returns:
        Platform id and role, or two hyphens.
    """
    host, path, query = split_address(address)
    match = catalogue.find(Shown(host, path, query_values(query)))[0] if host else None
    if match is None:
        return "-", "-"
    return match.platform, Role.MIRROR.value if match.bypass else match.role.value


def _holds(outer: _Network, inner: _Network) -> bool:
    """Tell whether one network lies in another; the versions may differ."""
    return inner.version == outer.version and (
        inner.prefixlen >= outer.prefixlen and inner.network_address in outer
    )


def _quad(name: str) -> int:
    """Read a dotted quad, several times as fast as `IPv4Address` does."""
    first, second, third, last = map(int, name.split("."))
    if f"{first}.{second}.{third}.{last}" != name or max(first, second, third, last) > 0xFF:  # noqa: PLR2004
        raise ValueError(name)
    return first << 24 | second << 16 | third << 8 | last


def _path_pattern(path: str) -> str:
    """Translate a path with asterisks to a regular expression for normal paths."""
    below = path.endswith("/*")
    segments = path.removesuffix("/*").split("/")[1:]
    named = ["/" + "[^/]*".join(map(re.escape, segment.split("*"))) for segment in segments]
    return "".join(named) + ("/.+" if below else "")
