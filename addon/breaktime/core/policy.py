"""Policy: who, what, when and cases as one frozen snapshot, with a fingerprint."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain
from typing import Any

from breaktime.core.breaks import FlexibleBreak
from breaktime.core.kept import Kept
from breaktime.core.platforms import WITHOUT_BREAKS
from breaktime.core.rule import Rule
from breaktime.core.standing import DatedCase, Standing, Standings, Way
from breaktime.core.subject import (
    EVERYONE,
    BreakList,
    Disagreement,
    Exemption,
    Rules,
    Subject,
    SubjectKind,
)
from breaktime.core.what import Catalogue

__all__ = [
    "EVERYONE", "BreakList", "DatedCase", "Disagreement", "Embeds", "Exemption", "Logins", "Policy",
    "Standing", "Subject", "SubjectKind",
]  # fmt: skip


class Embeds(StrEnum):
    """What becomes of parts of a controlled platform on other sites, outside the breaks."""

    ALLOW = "allow"
    PLACEHOLDER = "placeholder"
    BLOCK = "block"


class Logins(StrEnum):
    """What becomes of "log in with ..." on other sites, outside the breaks."""

    ALLOW = "allow"
    AS_VISIT = "as-visit"


@dataclass(frozen=True, eq=False, kw_only=True)
class Policy(Rules):
    """
    One whole configuration, ready to be asked.

    Fields:
        organisation: its name, for pages.
        catalogue: the platforms that are controlled; all others are none of our business.
        own_pages: page key to rule, by platform id.
        embeds, logins: what parts of other sites may do outside the breaks.
        paged: ids of platforms of which single pages are open to somebody.
        closed: ids of controlled platforms that no break opens.
        flexible: somebody has breaks to start themselves, so there is a ledger.
        fingerprint: SHA-256 in hexadecimal of everything that can change an answer.
    """

    organisation: str
    catalogue: Catalogue
    fingerprint: str
    own_pages: Mapping[str, Mapping[str, Rule]] = field(default_factory=dict)
    embeds: Embeds = Embeds.ALLOW
    logins: Logins = Logins.ALLOW
    paged: frozenset[str] = field(init=False, default=frozenset())
    closed: frozenset[str] = field(init=False, default=frozenset())
    flexible: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        """Note what saves work; what is kept of answers ends with the policy."""
        paged = {platform for _, case in self.cases for platform, _ in case.pages}
        object.__setattr__(self, "paged", frozenset(paged.union(self.own_pages)))
        known = self.catalogue.platforms.values()
        closed = frozenset(one.id for one in known if one.category in WITHOUT_BREAKS)
        object.__setattr__(self, "closed", closed)
        lists = chain(
            (one.breaks for one in self.breaks.values()),
            (one.breaks for _, one in self.exceptions),
        )
        flexible = any(isinstance(one, FlexibleBreak) for each in lists for one in each)
        object.__setattr__(self, "flexible", flexible)
        object.__setattr__(self, "_standings", Standings(self))

    @property
    def kept(self) -> tuple[Kept[Any, Any], ...]:
        """Answers that are kept; nobody needs them any more once another policy is in force."""
        standings: Standings = self._standings  # type: ignore[attr-defined]  # set above
        return standings.kept

    def standing(self, person: str | None, groups: tuple[str, ...], client: str | None) -> Standing:
        """Return what the policy says about a person, asking from an address."""
        standings: Standings = self._standings  # type: ignore[attr-defined]  # set above
        return standings.of(self, person, groups, client)

    def way(self, person: str | None, groups: tuple[str, ...], client: str | None) -> Way:
        """Return how a person is treated who asks from an address; many share it."""
        standings: Standings = self._standings  # type: ignore[attr-defined]  # set above
        return standings.way(self, person, groups, client)

    def own_list(self, person: str) -> Rule:
        """Return where the list stands of somebody whose way has `own`."""
        standings: Standings = self._standings  # type: ignore[attr-defined]  # set above
        return standings.own_list(self, person)
