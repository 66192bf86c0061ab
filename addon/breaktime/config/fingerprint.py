"""Fingerprint: one short text that changes whenever an answer of the policy could change."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final

from breaktime.config import zones
from breaktime.config.rules import Rules

_ORDERED: Final = frozenset({"identity"})


def of(
    data: Mapping[str, object],
    rules: Rules,
    controlled: frozenset[str],
    holidays: Iterable[date],
    tables: Mapping[str, str] | None = None,
) -> str:
    """
    Return SHA-256, in hexadecimal, of all that a policy is made of.

    Comments, the order of keys and files, and the way something is split into files make no
    difference: only what is said does.

    Args:
        data: what all files say, put together.
        rules: what is known of the platforms.
        controlled: ids of those that are controlled.
        holidays: bank holidays and closed days.
        tables: what tables and calendars say, in short.
    """
    content = {
        "said": {
            section: _unordered(said) if section not in _ORDERED else said
            for section, said in data.items()
            if section != "include"
        },
        "rules": {name: rules.documents[name].data for name in controlled},
        "neighbours": _neighbours(rules, controlled),
        "holidays": sorted(day.isoformat() for day in holidays),
        "zones": zones.VERSION,
        "tables": tables or {},
    }
    return hashlib.sha256(_canonical(content).encode()).hexdigest()


def _unordered(said: object) -> object:
    return sorted(said, key=_canonical) if isinstance(said, list) else said


def _canonical(content: object) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), default=str)


def _neighbours(rules: Rules, controlled: frozenset[str]) -> list[str]:
    """Return what other platforms own below or beside controlled ones: it is not controlled."""
    others = [each for name, each in rules.platforms.items() if name not in controlled]
    below = {name for each in controlled for name in rules.platforms[each].domains}
    found = {
        name
        for each in others
        for name in each.domains
        if any(above in below for above in _above(name))
    }
    return sorted(found | {network for each in others for network in each.networks})


def _above(name: str) -> Iterator[str]:
    """Give the names that a name lies below, the longest first."""
    while name := name.partition(".")[2]:
        yield name
