"""
Stage 7, detail: how much of a judged request is written down.

Laws of this file:

1. Detail only takes away. What is left of a record says what was taken out of it.
2. A concern raises what is written about one person for a time, and never lowers it. It changes
   nothing for anybody else, and nothing about what is open.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from breaktime.core.decide import Decision, Reason, Verdict
from breaktime.core.record import Raised, Record
from breaktime.core.visit import NOTHING


class Detail(StrEnum):
    """How much of a request is written, from the least to the most."""

    NONE = "none"  # nothing
    COUNT = "count"  # one more in a count of the hour, without anybody's name
    SITE = "site"  # a record that names the site and no page
    PAGE = "page"  # a record with the page, without its query


_ORDER: Final = {each: number for number, each in enumerate(Detail)}


class Details(NamedTuple):
    """How much is written, by what the answer was."""

    break_: Detail = Detail.PAGE
    refused: Detail = Detail.PAGE
    business_case: Detail = Detail.PAGE
    own_page: Detail = Detail.COUNT


class Preset(NamedTuple):
    """
    A combination that has a name.

    Fields:
        details: how much is written.
        names: people stand in records by their name, and not by a pseudonym.
        ids: numbers and names in paths stay.
    """

    details: Details
    names: bool
    ids: bool


PRESETS: Final[Mapping[str, Preset]] = {
    "full": Preset(Details(), names=True, ids=True),
    "balanced": Preset(
        Details(Detail.SITE, Detail.SITE, Detail.PAGE, Detail.COUNT), names=False, ids=False
    ),
    "strict": Preset(
        Details(Detail.COUNT, Detail.SITE, Detail.SITE, Detail.NONE), names=False, ids=False
    ),
}
"""What the names in a configuration mean."""


class Concern(NamedTuple):
    """
    A serious concern about one person, for which two people have approved a closer look.

    Fields:
        case: reference of the file at HR.
        person: canonical id.
        detail: how much is written at least.
        since: UTC instant at which it begins.
        until: UTC instant at which it has ended.
        told: the person is told of it.
        by: who has authorised it.
    """

    case: str
    person: str
    detail: Detail
    since: datetime
    until: datetime
    told: bool
    by: tuple[str, ...]

    def runs(self, at: datetime) -> bool:
        """Tell whether it counts at a UTC instant."""
        return self.since <= at < self.until


class Looking(NamedTuple):
    """
    What is written, and about whom more of it.

    Fields:
        details: how much, by what the answer was.
        names: by name, and not by pseudonym.
        ids: numbers and names in paths stay.
        concerns: by person.
        small: teams of so few people that a pseudonym would be no secret beside their name.
    """

    details: Details = Details()
    names: bool = True
    ids: bool = True
    concerns: Mapping[str, tuple[Concern, ...]] = {}
    small: frozenset[str] = frozenset()

    def of(self, decision: Decision, at: datetime) -> tuple[Detail, Concern | None]:
        """
        Say how much is written of an answer.

        Args:
            decision: the answer.
            at: UTC instant.

        Returns:
            The detail, and the concern that raises it, None where none does.
        """
        usual = _usual(self.details, decision)
        if not self.concerns or decision.person is None or decision.reason in _OWN:
            return usual, None
        running = [one for one in self.concerns.get(decision.person, ()) if one.runs(at)]
        if not running:
            return usual, None
        most = max(running, key=lambda one: (_ORDER[one.detail], one.case))
        if _ORDER[most.detail] > _ORDER[usual]:
            return most.detail, most
        return usual, None if self.names or usual in _WITHOUT_RECORD else most


_BUSINESS: Final = frozenset({Reason.BUSINESS_CASE, Reason.BUSINESS_CASE_HELPER})
_OWN: Final = frozenset({Reason.OWN_PAGE, Reason.OWN_PAGE_HELPER})
_WITHOUT_RECORD: Final = frozenset({Detail.NONE, Detail.COUNT})


def _usual(details: Details, decision: Decision) -> Detail:
    if decision.verdict is Verdict.BLOCK:
        return details.refused
    if decision.reason in _BUSINESS:
        return details.business_case
    return details.own_page if decision.reason in _OWN else details.break_


def without_small(record: Record, small: frozenset[str]) -> Record:
    """Leave out of a record the teams that would tell whose pseudonym it is."""
    if record.raised is not None or small.isdisjoint(record.teams):
        return record
    teams = tuple(team for team in record.teams if team not in small)
    return record._replace(teams=teams, removed=_more(record.removed, ["team"]))


def reduced(
    record: Record, detail: Detail, name: str | None, concern: Concern | None, *, ids: bool
) -> Record:
    """
    Take out of a record what is not to be written.

    Args:
        record: with everything that may be written at all.
        detail: site or page.
        name: the listed name that matched.
        concern: why there is more of it than usual, if there is.
        ids: numbers and names in paths stay; a concern does not bring them back.
    """
    raised = None if concern is None else Raised(concern.case, concern.told)
    if detail is Detail.PAGE:
        path = record.path
        if ids or path is None:
            return record._replace(raised=raised) if raised else record
        bare = without_ids(path)
        cut = [] if bare == path else ["ids"]
        cut += ["query"] if record.parameters else []
        return record._replace(
            path=bare,
            parameters=NOTHING,
            removed=_more(record.removed, cut),
            raised=raised,
        )
    cut = ["path"]
    cut += ["query"] if record.parameters else []
    cut += ["names"] if record.names else []
    return record._replace(
        domain=name,
        path=None,
        parameters=NOTHING,
        names=(),
        removed=_more(record.removed, cut),
        raised=raised,
    )


def _more(removed: tuple[str, ...], cut: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*cut, *removed)))


ID: Final = "{id}"
"""What stands in a path for what names a person, a message or a thread."""

_AFTER: Final = frozenset({
    "messages", "direct", "dm", "inbox", "t", "chat", "story", "stories", "reel", "reels",
    "status", "posts", "p", "watch", "user", "users", "u", "profile",
})  # fmt: skip
"""Segments of platforms that a number or name of somebody follows."""

_NUMBERS: Final = re.compile(
    r"\d{5,}"
    r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|[0-9a-f]{12,}"
    r"|(?=[^/]*\d)[A-Za-z0-9_-]{16,}=*",
    re.IGNORECASE,
)


def without_ids(path: str) -> str:
    """
    Replace what names a person, a message or a thread in a sanitised path; twice is once.

    A segment goes that is a number of five digits or more, a UUID, 12 hexadecimal digits or more,
    16 or more letters of base 64 with a digit among them, that has an `@` behind its first letter,
    or that follows one of `_AFTER`.
    """
    before = ""
    found: list[str] = []
    for segment in path.split("/"):
        named = segment and (before in _AFTER or "@" in segment[1:] or "%40" in segment[1:])
        found.append(ID if named or _NUMBERS.fullmatch(segment) else segment)
        before = segment.lower()
    return "/".join(found)
