"""Stage 4, cases: approved business use, which needs no break."""

from dataclasses import dataclass
from datetime import date

from breaktime.core.rule import Rule


@dataclass(frozen=True, slots=True)
class BusinessCase:
    """
    An approved use of some platforms, or of some pages, for a time.

    Fields:
        rule: where it is written.
        platforms: ids of the platforms that are open as a whole.
        pages: pages that are open, as (platform id, page key).
        since: first day, a whole local day of the person.
        until: last day, included.
    """

    rule: Rule
    platforms: frozenset[str]
    pages: frozenset[tuple[str, str]]
    since: date
    until: date

    def covers(self, platform: str, page: str | None) -> bool:
        """Tell whether the case is about this platform, or about this page of it."""
        return platform in self.platforms or (page is not None and (platform, page) in self.pages)
