"""
Stage 2 to 4, standing: all that a policy says about somebody, whatever they ask for.

Whoever is treated alike shares what is worked out: a hundred thousand people have a few hundred
ways of being treated. What is kept for each is a name that leads to the way, and the line of
their own list.
"""

from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from breaktime.core.breaks import Break, DatedException, Layer, Profile
from breaktime.core.cases import BusinessCase
from breaktime.core.kept import Kept
from breaktime.core.rule import OWN, Rule
from breaktime.core.subject import EVERYONE, BreakList, Rules, Subject, SubjectKind
from breaktime.core.wall import local_day
from breaktime.core.who import Person


class DatedCase(NamedTuple):
    """A business case with its whole local days turned into the instants [since, until)."""

    case: BusinessCase
    since: datetime
    until: datetime


class Standing(NamedTuple):
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


class _Days(NamedTuple):
    """Whose wall clock counts, and bank holidays and closed days."""

    zone: ZoneInfo
    holidays: frozenset[date]


class Way:
    """
    How some people are treated, in one place.

    Fields:
        teams: theirs.
        standing: of one of them.
        own: their lists are alike, and only the lines differ in which they stand; in the standing,
            `OWN` stands for the list.
        place: id of the place.
        plain: they are known, and the calendar alone says what is open to them and until when:
            no exemption, no business case, no break that they start themselves.
        held: what the calendar said last, and while it says so; `decide` keeps it here. It is one
            tuple, so that another thread sees all of it or nothing.
    """

    __slots__ = ("held", "own", "place", "plain", "standing", "teams")

    def __init__(self, teams: tuple[str, ...], standing: Standing, *, own: bool) -> None:
        """Note what saves work."""
        profile = standing.profile
        self.teams = teams
        self.standing = standing
        self.own = own
        self.place = standing.place
        self.plain = (
            standing.exempt is None
            and not standing.cases
            and profile is not None
            and not profile.flexible
        )
        self.held: Any = None


type _Asker = str | tuple[str | None, tuple[str, ...], str | None]
"""Person, directory groups, and place; of somebody without groups in no place, the person alone."""


class Standings:
    """
    What a policy says about people; worked out when somebody asks, and kept.

    The policy comes with each question: two that held each other would stay until the garbage
    collector comes.
    """

    def __init__(self, policy: Rules) -> None:
        """Note who is named in a rule; `policy` has its fields by now."""
        self._ways = Kept[_Asker, Way]()
        self._alike = Kept[object, Way]()
        self._profiles = Kept[object, Profile]()
        self._places = Kept[str, str]()
        self._lines = Kept[str, tuple[str, int]]()
        self._values = Kept[tuple[Break, ...], tuple[Break, ...]]()
        self._lists = Kept[int, tuple[Break, ...]]()
        self._placed = bool(policy.directory.places)
        self._cases: dict[Subject, list[BusinessCase]] = {}
        for subject, case in policy.cases:
            self._cases.setdefault(subject, []).append(case)
        dated = (*policy.exceptions, *policy.blackouts, *policy.suspensions)
        self._dated = frozenset(subject for subject, _ in dated)
        self._apart = frozenset(one.subject for one in policy.exemptions).union(self._cases)

    @property
    def kept(self) -> tuple[Kept[Any, Any], ...]:
        """Answers that are kept."""
        shared = self._alike, self._profiles, self._lists, self._values
        return self._ways, self._places, self._lines, *shared

    def of(
        self, policy: Rules, person: str | None, groups: tuple[str, ...], client: str | None
    ) -> Standing:
        """Return what the policy says about a person, asking from an address."""
        way = self.way(policy, person, groups, client)
        if person is None:
            return way.standing
        _, place, zone, exempt, cases, profile = way.standing
        if way.own:
            assert profile is not None
            profile = profile.owned_by(self.own_list(policy, person))
        elif way.standing.person is not None and way.standing.person.id == person:
            return way.standing  # nobody else is treated so, or nobody else has asked first
        return Standing(Person(person, way.teams), place, zone, exempt, cases, profile)

    def way(
        self, policy: Rules, person: str | None, groups: tuple[str, ...], client: str | None
    ) -> Way:
        """Return how a person is treated who asks from an address; many share it."""
        place = self._place(policy, client) if self._placed and client is not None else None
        more = groups or place is not None
        key: _Asker = (person, groups, place) if more or person is None else person
        return self._ways.get(key) or self._ways.keep(key, self._way(policy, person, groups, place))

    def own_list(self, policy: Rules, person: str) -> Rule:
        """Return where the list of somebody stands who is treated like others with a list."""
        file, line = self._lines.get(person) or self._line(policy, person)
        return Rule(f"person:{person}", file, line)

    def _place(self, policy: Rules, client: str) -> str | None:
        """Return the place of an address; the empty name stands for none."""
        found = self._places.get(client)
        if found is None:
            place = policy.directory.place(client) or ""
            found = self._places.keep(client, place)
        return found or None

    def _line(self, policy: Rules, person: str) -> tuple[str, int]:
        """Return file and line of somebody's own list."""
        rule = policy.breaks[Subject(SubjectKind.PERSON, person)].rule
        return self._lines.keep(person, (rule.file, rule.line))

    def _way(
        self, policy: Rules, person_id: str | None, groups: tuple[str, ...], place: str | None
    ) -> Way:
        """Return how somebody is treated; the caches of `when` go by the profile in it."""
        person = None if person_id is None else policy.directory.person(person_id, groups)
        subjects = _subjects(person, place)
        days = _days(policy, subjects)
        teams: tuple[str, ...] = ()
        profile, own = None, False
        if person is not None:
            teams = person.teams
            profile, own = self._profile(policy, person, place, days)
        apart = subjects[0] if person is not None and subjects[0] in self._apart else None
        key = profile, teams, place, days.zone.key, apart
        found = self._alike.get(key)
        if found is not None:
            return found
        exempt = (one.rule for one in policy.exemptions if one.subject.covers(person, place))
        cases = (
            DatedCase(case, *local_day(days.zone, case.since, case.until))
            for subject in subjects
            for case in self._cases.get(subject, ())
        )
        standing = Standing(person, place, days.zone, next(exempt, None), tuple(cases), profile)
        return self._alike.keep(key, Way(teams, standing, own=own))

    def _profile(
        self, policy: Rules, person: Person, place: str | None, days: _Days
    ) -> tuple[Profile, bool]:
        """
        Return the break rules of a person, and whether `OWN` stands for their list in it.

        The caches of `when` go by the object, so that ten thousand people of one team cost as
        much as one.
        """
        subject = Subject(SubjectKind.PERSON, person.id)
        own = policy.breaks.get(subject)
        alike = own is None or own.rule.id == f"person:{person.id}"
        lists = (policy.breaks.get(one) for one in _subjects(person, place)[1:])
        single = (
            not alike
            or subject in self._dated
            or any(one is not None and person.id in one.personal for one in lists)
        )
        content = None if own is None else self._content(own, person)
        named = person.id if single else None
        key = named, person.teams, place, days.zone.key, days.holidays, content
        found = self._profiles.get(key)
        owned = own is not None and alike
        if found is None:
            found = self._profiles.keep(
                key,
                Profile(
                    zone=days.zone,
                    layers=_layers(policy, person, place, OWN if owned else None),
                    exceptions=_exceptions(policy, person, place),
                    blackouts=_covering(policy.blackouts, person, place),
                    suspensions=_covering(policy.suspensions, person, place),
                    holidays=days.holidays,
                    narrowest=policy.narrowest,
                ),
            )
        return found, owned

    def _content(self, own: BreakList, person: Person) -> tuple[object, ...]:
        """
        Return what tells lists apart that are not alike.

        To compare lists of breaks takes long: that is done once for each list. The policy holds
        them all as long as it lives, so that no other comes to have the same identity; what is
        kept of identities stays behind when the policy goes to another process.
        """
        number = id(own.breaks)
        same = self._lists.get(number)
        if same is None:
            same = self._values.get(own.breaks)
            if same is None:
                same = self._values.keep(own.breaks, own.breaks)
            self._lists.keep(number, same)
        return id(same), own.adds, own.via, own.personal.get(person.id, ())


def _days(policy: Rules, subjects: tuple[Subject, ...]) -> _Days:
    zones, others = policy.zones, policy.own_holidays
    return _Days(
        next((zones[one] for one in subjects if one in zones), policy.zone),
        next((others[one] for one in subjects if one in others), policy.holidays),
    )


def _covering[T](
    rules: tuple[tuple[Subject, T], ...], person: Person, place: str | None
) -> tuple[T, ...]:
    return tuple(one for who, one in rules if who.covers(person, place))


def _layers(
    policy: Rules, person: Person, place: str | None, own: Rule | None
) -> tuple[Layer, ...]:
    ranks = [
        [Subject(SubjectKind.PERSON, person.id)],
        [Subject(SubjectKind.TEAM, team) for team in person.teams],
        [Subject(SubjectKind.PLACE, place)] if place is not None else [],
        [EVERYONE],
    ]
    found: list[Layer] = []
    for rank in ranks:
        found_lists = (policy.breaks.get(subject) for subject in rank)
        lists = [one for one in found_lists if one is not None]
        rules = tuple(rule for one in lists for rule in one.rules)
        if rank is ranks[0] and own is not None:
            rules = (own, *rules[1:])
        if lists:
            sources = tuple(one.of(person.id) for one in lists if not one.adds)
            added = tuple(one.of(person.id) for one in lists if one.adds)
            found.append(Layer(rules, sources, added, policy.narrowest))
    return tuple(found)


def _exceptions(
    policy: Rules, person: Person, place: str | None
) -> tuple[tuple[DatedException, ...], ...]:
    kinds = (SubjectKind.PERSON, SubjectKind.TEAM, SubjectKind.PLACE, SubjectKind.EVERYONE)
    ranks = (
        tuple(
            one for who, one in policy.exceptions if who.kind is kind and who.covers(person, place)
        )
        for kind in kinds
    )
    return tuple(rank for rank in ranks if rank)


def _subjects(person: Person | None, place: str | None) -> tuple[Subject, ...]:
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
