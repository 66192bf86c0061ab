"""Stage 2, subject: whom a rule is about, and what it gives them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from zoneinfo import ZoneInfo

from breaktime.core.breaks import Blackout, Break, DatedException, Suspension
from breaktime.core.cases import BusinessCase
from breaktime.core.rule import Rule
from breaktime.core.who import Directory, Person


class SubjectKind(StrEnum):
    """Whom a rule can be about."""

    EVERYONE = "everyone"
    PERSON = "person"
    TEAM = "team"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom one rule is about; `id` is empty for everyone."""

    kind: SubjectKind
    id: str = ""

    def covers(self, person: Person | None, place: str | None) -> bool:
        """Tell whether somebody at a place is meant. Nobody known is in a place, not in a team."""
        if self.kind is SubjectKind.PLACE:
            return place == self.id
        if person is None:
            return False
        if self.kind is SubjectKind.PERSON:
            return person.id == self.id
        return self.kind is SubjectKind.EVERYONE or self.id in person.teams


EVERYONE = Subject(SubjectKind.EVERYONE)


@dataclass(frozen=True, slots=True)
class BreakList:
    """
    The breaks that one team, place, person or everyone is given.

    Fields:
        rule: where the list is written.
        breaks: its breaks.
        adds: they come on top of the ranks below instead of replacing them.
        via: the rules that the list refers to, such as a rota.
        personal: breaks of single people on top, by canonical id, as a rota of names gives them.
    """

    rule: Rule
    breaks: tuple[Break, ...]
    adds: bool = False
    via: tuple[Rule, ...] = ()
    personal: Mapping[str, tuple[Break, ...]] = field(default_factory=dict)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Where the list is written, and what it refers to."""
        return (self.rule, *self.via)

    def of(self, person: str) -> tuple[Break, ...]:
        """Return the breaks of one person."""
        return (*self.breaks, *self.personal.get(person, ()))


@dataclass(frozen=True, slots=True)
class Exemption:
    """A population that is neither blocked nor recorded."""

    rule: Rule
    subject: Subject


class Disagreement(StrEnum):
    """What counts for somebody in two teams with different breaks."""

    MOST_GENEROUS = "most_generous"
    NARROWEST = "narrowest"


@dataclass(frozen=True, eq=False)
class Rules:
    """
    The rules about people: all of a policy but what is controlled.

    Fields:
        zone: zone of the organisation.
        directory: people, teams and places.
        exemptions: populations that are left alone.
        cases: business cases with whom they are for.
        zones: zones of single people and places, by subject.
        breaks: break lists by subject.
        exceptions, blackouts, suspensions: with whom they are for.
        holidays: bank holidays and closed days.
        own_holidays: the same of single people and places, where they are others.
        disagreement: what two teams mean.
    """

    zone: ZoneInfo
    directory: Directory
    exemptions: tuple[Exemption, ...] = ()
    cases: tuple[tuple[Subject, BusinessCase], ...] = ()
    zones: Mapping[Subject, ZoneInfo] = field(default_factory=dict)
    breaks: Mapping[Subject, BreakList] = field(default_factory=dict)
    exceptions: tuple[tuple[Subject, DatedException], ...] = ()
    blackouts: tuple[tuple[Subject, Blackout], ...] = ()
    suspensions: tuple[tuple[Subject, Suspension], ...] = ()
    holidays: frozenset[date] = frozenset()
    own_holidays: Mapping[Subject, frozenset[date]] = field(default_factory=dict)
    disagreement: Disagreement = Disagreement.MOST_GENEROUS

    @property
    def narrowest(self) -> bool:
        """Whether two teams mean what both give."""
        return self.disagreement is Disagreement.NARROWEST
