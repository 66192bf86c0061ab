"""Policy: who, what, when and cases as one frozen snapshot, with a fingerprint."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from breaktime.core.breaks import (
    Blackout,
    Break,
    DatedException,
    FlexibleBreak,
    Layer,
    Profile,
    Suspension,
)
from breaktime.core.cases import BusinessCase
from breaktime.core.kept import Kept
from breaktime.core.platforms import WITHOUT_BREAKS
from breaktime.core.rule import Rule
from breaktime.core.wall import local_day
from breaktime.core.what import Catalogue
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


class Embeds(StrEnum):
    """What becomes of parts of a controlled platform on other sites, outside the breaks."""

    ALLOW = "allow"
    PLACEHOLDER = "placeholder"
    BLOCK = "block"


class Logins(StrEnum):
    """What becomes of "log in with ..." on other sites, outside the breaks."""

    ALLOW = "allow"
    AS_VISIT = "as-visit"


@dataclass(frozen=True, slots=True)
class DatedCase:
    """A business case with its whole local days turned into the instants [since, until)."""

    case: BusinessCase
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """
    All that the policy says about one person in one place, whatever they ask for.

    Fields:
        person: who it is, None where identity does not know.
        place: id of the place, or None.
        zone: whose wall clock counts.
        exempt: the exemption that applies, if any.
        cases: business cases that are about them: their own, their teams', their place's and
            everyone's, each in the order of the file.
        profile: their breaks; None where nobody is known.
    """

    person: Person | None
    place: str | None
    zone: ZoneInfo
    exempt: Rule | None
    cases: tuple[DatedCase, ...]
    profile: Profile | None


type _Asker = tuple[str | None, tuple[str, ...], str | None]
"""Person, directory groups, and an address or place."""


@dataclass(frozen=True, eq=False)
class Policy:
    """
    One whole configuration, ready to be asked.

    Fields:
        organisation: its name, for pages.
        zone: zone of the organisation.
        catalogue: the platforms that are controlled; all others are none of our business.
        directory: people, teams and places.
        own_pages: page key to rule, by platform id.
        exemptions: populations that are left alone.
        cases: business cases with whom they are for.
        zones: zones of single people and places, by subject.
        breaks: break lists by subject.
        exceptions, blackouts, suspensions: with whom they are for.
        holidays: bank holidays and closed days.
        own_holidays: the same of single people and places, where they are others.
        disagreement: what two teams mean.
        embeds, logins: what parts of other sites may do outside the breaks.
        paged: ids of platforms of which single pages are open to somebody.
        closed: ids of controlled platforms that no break opens.
        flexible: somebody has breaks to start themselves, so there is a ledger.
        fingerprint: SHA-256 in hexadecimal of everything that can change an answer.
    """

    organisation: str
    zone: ZoneInfo
    catalogue: Catalogue
    directory: Directory
    fingerprint: str
    own_pages: Mapping[str, Mapping[str, Rule]] = field(default_factory=dict)
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
    embeds: Embeds = Embeds.ALLOW
    logins: Logins = Logins.ALLOW
    paged: frozenset[str] = field(init=False, default=frozenset())
    closed: frozenset[str] = field(init=False, default=frozenset())
    flexible: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        """Note what saves work; what is kept of answers ends with the policy."""
        for name in ("_standings", "_stands", "_profiles"):
            object.__setattr__(self, name, Kept())
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
        index: dict[Subject, tuple[tuple[Subject, BusinessCase], ...]] = {}
        for subject, case in self.cases:
            index[subject] = (*index.get(subject, ()), (subject, case))
        object.__setattr__(self, "_cases", index)
        own = (*self.exceptions, *self.blackouts, *self.suspensions)
        object.__setattr__(self, "_named", frozenset(subject for subject, _ in own))

    @property
    def kept(self) -> tuple[Kept[Any, Any], ...]:
        """Answers that are kept; nobody needs them any more once another policy is in force."""
        return self._standings, self._stands, self._profiles  # type: ignore[attr-defined]  # set above

    def standing(self, person: str | None, groups: tuple[str, ...], client: str | None) -> Standing:
        """Return what the policy says about a person, asking from an address."""
        kept: Kept[_Asker, Standing] = self._standings  # type: ignore[attr-defined]  # set above
        key = person, groups, client
        return kept.get(key) or kept.keep(key, self._in_place(person, groups, client))

    def _in_place(
        self, person: str | None, groups: tuple[str, ...], client: str | None
    ) -> Standing:
        """Return the same standing for all addresses of one place."""
        kept: Kept[_Asker, Standing] = self._stands  # type: ignore[attr-defined]  # set above
        key = person, groups, self.directory.place(client)
        return kept.get(key) or kept.keep(key, self._stand(*key))

    def _stand(self, person_id: str | None, groups: tuple[str, ...], place: str | None) -> Standing:
        person = None if person_id is None else self.directory.person(person_id, groups)
        zone = self._zone(person, place)
        exempt = next(
            (one.rule for one in self.exemptions if one.subject.covers(person, place)), None
        )
        profile = None if person is None else self._profile(person, place, zone)
        return Standing(
            person, place, zone, exempt, self._dated_cases(person, place, zone), profile
        )

    def _subjects(self, person: Person | None, place: str | None) -> tuple[Subject, ...]:
        """Return the subjects that somebody is, most specific first."""
        found: list[Subject] = []
        if person is not None:
            found.append(Subject(SubjectKind.PERSON, person.id))
            found += [Subject(SubjectKind.TEAM, team) for team in person.teams]
        if place is not None:
            found.append(Subject(SubjectKind.PLACE, place))
        if person is not None:
            found.append(EVERYONE)
        return tuple(found)

    def _zone(self, person: Person | None, place: str | None) -> ZoneInfo:
        for subject in self._subjects(person, place):
            if subject in self.zones:
                return self.zones[subject]
        return self.zone

    def _holidays(self, person: Person, place: str | None) -> frozenset[date]:
        for subject in self._subjects(person, place):
            if subject in self.own_holidays:
                return self.own_holidays[subject]
        return self.holidays

    def _dated_cases(
        self, person: Person | None, place: str | None, zone: ZoneInfo
    ) -> tuple[DatedCase, ...]:
        index: Mapping[Subject, tuple[tuple[Subject, BusinessCase], ...]] = self._cases  # type: ignore[attr-defined]  # set above
        return tuple(
            DatedCase(case, *local_day(zone, case.since, case.until))
            for subject in self._subjects(person, place)
            for _, case in index.get(subject, ())
        )

    def _profile(self, person: Person, place: str | None, zone: ZoneInfo) -> Profile:
        """
        Return the break rules of a person; people with the same rules share one object.

        The caches of `when` go by the object, so that ten thousand people of one team cost as
        much as one.
        """
        kept: Kept[object, Profile] = self._profiles  # type: ignore[attr-defined]  # set above
        holidays = self._holidays(person, place)
        own = person.id if self._has_own_rules(person, place) else None
        key = own, person.teams, place, zone.key, holidays
        return kept.get(key) or kept.keep(
            key,
            Profile(
                zone=zone,
                layers=self._layers(person, place),
                exceptions=self._ranked_exceptions(person, place),
                blackouts=tuple(one for who, one in self.blackouts if who.covers(person, place)),
                suspensions=tuple(
                    one for who, one in self.suspensions if who.covers(person, place)
                ),
                holidays=holidays,
                narrowest=self.disagreement is Disagreement.NARROWEST,
            ),
        )

    def _has_own_rules(self, person: Person, place: str | None) -> bool:
        """Tell whether some rule about breaks is for this person, and not for all of a team."""
        named: frozenset[Subject] = self._named  # type: ignore[attr-defined]  # set above
        subject = Subject(SubjectKind.PERSON, person.id)
        if subject in named or subject in self.breaks:
            return True
        lists = (self.breaks.get(each) for each in self._subjects(person, place))
        return any(one is not None and person.id in one.personal for one in lists)

    def _layers(self, person: Person, place: str | None) -> tuple[Layer, ...]:
        ranks = [
            [Subject(SubjectKind.PERSON, person.id)],
            [Subject(SubjectKind.TEAM, team) for team in person.teams],
            [Subject(SubjectKind.PLACE, place)] if place is not None else [],
            [EVERYONE],
        ]
        found: list[Layer] = []
        for rank in ranks:
            lists = [self.breaks[subject] for subject in rank if subject in self.breaks]
            if lists:
                found.append(
                    Layer(
                        rules=tuple(rule for one in lists for rule in one.rules),
                        sources=tuple(one.of(person.id) for one in lists if not one.adds),
                        added=tuple(one.of(person.id) for one in lists if one.adds),
                        narrowest=self.disagreement is Disagreement.NARROWEST,
                    )
                )
        return tuple(found)

    def _ranked_exceptions(
        self, person: Person, place: str | None
    ) -> tuple[tuple[DatedException, ...], ...]:
        kinds = (SubjectKind.PERSON, SubjectKind.TEAM, SubjectKind.PLACE, SubjectKind.EVERYONE)
        ranks = (
            tuple(
                one
                for who, one in self.exceptions
                if who.kind is kind and who.covers(person, place)
            )
            for kind in kinds
        )
        return tuple(rank for rank in ranks if rank)
