"""Stage 2, who: which person is asking, and from which place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import NamedTuple

Network = IPv4Network | IPv6Network


class Person(NamedTuple):
    """
    Somebody whom identity knows.

    Fields:
        id: canonical id.
        teams: ids of the teams, in alphabetical order: the order of the file means nothing.
    """

    id: str
    teams: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A site with networks of its own. A client is in the place with the longest prefix."""

    id: str
    networks: tuple[Network, ...] = ()


@dataclass(frozen=True, eq=False)
class Directory:
    """
    People, teams and places.

    Fields:
        people: those the file names, by canonical id. Anybody else whom identity knows is a
            person without teams, covered by the rules for everyone.
        groups: team ids by directory group, for teams whose members live in the directory.
        places: all places.
    """

    people: Mapping[str, Person] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    places: tuple[Place, ...] = ()

    def __post_init__(self) -> None:
        """Order the networks, longest prefix first, so that the first hit is the answer."""
        table = [(network, place.id) for place in self.places for network in place.networks]
        table.sort(key=lambda row: -row[0].prefixlen)
        object.__setattr__(self, "_table", tuple(table))
        folded: dict[str, tuple[str, ...]] = {}
        for group, teams in self.groups.items():  # directories make nothing of capitals
            folded[group.casefold()] = (*folded.get(group.casefold(), ()), *teams)
        object.__setattr__(self, "_groups", folded)

    def person(self, person: str, groups: Iterable[str] = ()) -> Person:
        """Return the person of a canonical id, with the teams that directory groups add."""
        known = self.people.get(person) or Person(person)
        table: dict[str, tuple[str, ...]] = self._groups  # type: ignore[attr-defined]  # set above
        if not groups:
            return known
        added = [team for group in groups for team in table.get(group.casefold(), ())]
        if not added:
            return known
        return Person(person, tuple(sorted({*known.teams, *added})))

    def place(self, client: str | None) -> str | None:
        """Return the id of the place that an address is in, or None."""
        if client is None:
            return None
        try:
            address = ip_address(client)
        except ValueError:
            return None
        if address.version == 6 and address.ipv4_mapped is not None:  # noqa: PLR2004  the version
            address = address.ipv4_mapped
        table: tuple[tuple[Network, str], ...] = self._table  # type: ignore[attr-defined]  # set above
        for network, place in table:
            if address.version == network.version and address in network:
                return place
        return None
