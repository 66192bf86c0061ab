"""Changes: what an update would change, and what speaks against it."""

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Final, NamedTuple

from breaktime.config.broad import why_broad
from breaktime.config.problems import counted
from breaktime.core.platforms import Platform

MOST_PERCENT: Final = 30
"""An update that has so many percent more or fewer names than what is in force is refused."""
_FEW: Final = 5

type _Network = IPv4Network | IPv6Network


class Changes(NamedTuple):
    """
    What an update would change.

    Fields:
        platforms_added, platforms_removed: ids, sorted.
        names_added, names_removed: listed names, sorted.
    """

    platforms_added: tuple[str, ...]
    platforms_removed: tuple[str, ...]
    names_added: tuple[str, ...]
    names_removed: tuple[str, ...]


def changes(old: Mapping[str, Platform], new: Mapping[str, Platform]) -> Changes:
    """Compare two catalogues, given as platforms by id."""
    before, after = names_of(old.values()), names_of(new.values())
    return Changes(
        tuple(sorted(new.keys() - old.keys())),
        tuple(sorted(old.keys() - new.keys())),
        tuple(sorted(after - before)),
        tuple(sorted(before - after)),
    )


def objections(
    old: Mapping[str, Platform], new: Mapping[str, Platform], never: Iterable[str]
) -> list[str]:
    """
    Say why an update must not be put in force; empty if nothing speaks against it.

    What is in force already is no news: a site may well have put a name of the catalogue under
    `never_control`, and goes on getting updates.

    Args:
        old: what is in force.
        new: what the update brings.
        never: names and networks of `never_control`.
    """
    found = []
    before, after = names_of(old.values()), names_of(new.values())
    added = sorted(after - before)
    if abs(len(after) - len(before)) * 100 > MOST_PERCENT * len(before):
        found.append(
            f"it would change the number of names from {len(before)} to {len(after)},"
            f" by more than {MOST_PERCENT} percent"
        )
    found += [f"it lists `{name}`: {why}" for name in added if (why := why_broad(name))]
    never = tuple(never)
    names = [f"`{name}`" for name in added if _meets(name, never)]
    new_networks = networks_of(new.values()) - networks_of(old.values())
    kept = [network for each in never if (network := _network(each)) is not None]
    names += [
        f"`{each}`"
        for each in sorted(new_networks)
        if any(_overlap(kept_one, ip_network(each)) for kept_one in kept)
    ]
    if names:
        more = f" and {counted(len(names) - _FEW, 'other')}" if len(names) > _FEW else ""
        found.append(f"it would control what is never controlled: {', '.join(names[:_FEW])}{more}")
    return found


def names_of(platforms: Iterable[Platform]) -> set[str]:
    """Return all names that platforms list."""
    return {name for platform in platforms for name in platform.domains}


def networks_of(platforms: Iterable[Platform]) -> set[str]:
    """Return all networks that platforms list."""
    return {network for platform in platforms for network in platform.networks}


def _meets(name: str, never: Iterable[str]) -> bool:
    """Tell whether one of two names lies below the other, or both are one."""
    below = f".{name}"
    return any(below.endswith(f".{kept}") or f".{kept}".endswith(below) for kept in never)


def _network(text: str) -> _Network | None:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def _overlap(one: _Network, other: _Network) -> bool:
    return one.version == other.version and one.overlaps(other)
