"""
Crowd: the people of a table, however many there are.

A hundred thousand people have a few hundred ways of being treated. So each is a name and one
number here, the line and the way, and becomes a `Person` or a `BreakList` only when somebody
asks. All of them together are four objects, which another process can hand over at once.
"""

import hashlib
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from typing import Final, NamedTuple
from zlib import crc32
from zoneinfo import ZoneInfo

from breaktime.config import zones
from breaktime.config.build_breaks import Breaks
from breaktime.config.draft import Draft
from breaktime.config.named import problem_of, sign_in_names
from breaktime.config.problems import quoted, suggestion
from breaktime.config.rotas import Worked
from breaktime.config.schema_file import Configuration
from breaktime.config.tables import Row, Table, open_table
from breaktime.config.values import person_id
from breaktime.core.breaks import Break
from breaktime.core.policy import BreakList, Subject, SubjectKind
from breaktime.core.rule import Rule
from breaktime.core.signin import canonical
from breaktime.core.who import Person

_COLUMNS: Final = ("person", "team", "breaks", "timezone", "rota")
_LINE_BITS: Final = 24
_LINES: Final = (1 << _LINE_BITS) - 1


class _Way(NamedTuple):
    """
    How people of some rows are treated; equal rows share one.

    Fields:
        teams: in alphabetical order.
        zone: None for that of the place.
        breaks: None for those of the teams, the place and everyone.
        worked: the rota.
    """

    teams: tuple[str, ...] = ()
    zone: ZoneInfo | None = None
    breaks: tuple[Break, ...] | None = None
    worked: Worked | None = None


def numbered(way: int, line: int) -> int:
    """Return one number for the place of a way, and a line below 2 to the power of 24."""
    return way << _LINE_BITS | line


def _bytes(person: str) -> bytes:
    return person.encode("utf-8", "surrogatepass")


def _sum(person: str) -> int:
    return crc32(_bytes(person))


class Crowd(Mapping[str, Person]):
    """
    People by canonical id.

    Fields:
        file: name of the table as messages give it; empty where there is none.
        teams: names of the teams that somebody is in.
        digest: what the table says, in short, in whatever order.
    """

    def __init__(
        self,
        file: str = "",
        people: Mapping[str, int] | None = None,
        ways: Sequence[_Way] = (),
        digest: int = 0,
    ) -> None:
        """
        Pack people.

        Args:
            file: name of the table as messages give it.
            people: what `numbered` returned, by canonical id.
            ways: how people are treated.
            digest: what the table says, in short.
        """
        self.file = file
        self.digest = digest
        self._ways = tuple(ways)
        found = people or {}
        order = sorted(found, key=_sum)
        self._sums = array("I", map(_sum, order))
        self._names = b"".join(map(_bytes, order))
        self._ends = array("I", accumulate((len(_bytes(person)) for person in order), initial=0))
        self._numbers = array("Q", (found[person] for person in order))

    def line(self, person: str) -> int | None:
        """Return the line that somebody stands in, None if they do not."""
        found = self._number(person)
        return None if found is None else found & _LINES

    @cached_property
    def teams(self) -> frozenset[str]:
        """Names of the teams that somebody is in."""
        return frozenset(team for way in self._ways for team in way.teams)

    def __getitem__(self, person: str) -> Person:
        """Return somebody, with their teams."""
        return Person(person, self.of(person).teams)

    def __contains__(self, person: object) -> bool:
        """Tell whether somebody is in the table."""
        return isinstance(person, str) and self._number(person) is not None

    def __iter__(self) -> Iterator[str]:
        """Give the ids, in the order of the table."""
        places = range(len(self._numbers))
        for place in sorted(places, key=lambda at: self._numbers[at] & _LINES):
            yield self._name(place).decode()

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._numbers)

    def of(self, person: str) -> _Way:
        """Return how somebody is treated."""
        found = self._number(person)
        if found is None:
            raise KeyError(person)
        return self._ways[found >> _LINE_BITS]

    def _number(self, person: str) -> int | None:
        """Find somebody: by the checksum of the name, then by the name itself."""
        wanted = _bytes(person)
        checksum = crc32(wanted)
        place = bisect_left(self._sums, checksum)
        while place < len(self._sums) and self._sums[place] == checksum:
            if self._name(place) == wanted:
                return self._numbers[place]
            place += 1
        return None

    def _name(self, place: int) -> bytes:
        return self._names[self._ends[place] : self._ends[place + 1]]

    @property
    def breaks(self) -> "CrowdBreaks":
        """The break lists of those who have one of their own."""
        return CrowdBreaks(self)

    @property
    def zones(self) -> "CrowdZones":
        """The zones of those who have one of their own."""
        return CrowdZones(self)


class _Own[T](Mapping[Subject, T]):
    """Something that some people of a crowd have of their own."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd

    def _of(self, person: str) -> T | None:
        raise NotImplementedError

    def __getitem__(self, subject: Subject) -> T:
        if subject.kind is SubjectKind.PERSON and subject.id in self._crowd:
            found = self._of(subject.id)
            if found is not None:
                return found
        raise KeyError(subject)

    def __iter__(self) -> Iterator[Subject]:
        return (
            Subject(SubjectKind.PERSON, person)
            for person in self._crowd
            if self._of(person) is not None
        )

    def __len__(self) -> int:
        return sum(1 for _ in self)


class CrowdZones(_Own[ZoneInfo]):
    """Zones by person."""

    def _of(self, person: str) -> ZoneInfo | None:
        return self._crowd.of(person).zone


class CrowdBreaks(_Own[BreakList]):
    """Break lists by person, each with the line of the table."""

    def _of(self, person: str) -> BreakList | None:
        way = self._crowd.of(person)
        line = self._crowd.line(person)
        if line is None or (way.breaks is None and way.worked is None):
            return None
        rule = Rule(f"person:{person}", self._crowd.file, line)
        if way.worked is None:
            return BreakList(rule, way.breaks or ())
        via = (way.worked.rule,)
        return BreakList(rule, way.worked.breaks, via=via, personal=way.worked.personal)


class Both[K, V](Mapping[K, V]):
    """Two mappings as one; what is in the first hides what is in the second."""

    def __init__(self, first: Mapping[K, V], then: Mapping[K, V]) -> None:
        """Take the two."""
        self._first, self._then = first, then

    def __getitem__(self, key: K) -> V:
        """Return what the first has, else what the second has."""
        return self._first[key] if key in self._first else self._then[key]

    def __contains__(self, key: object) -> bool:
        """Tell whether either has it."""
        return key in self._first or key in self._then

    def __iter__(self) -> Iterator[K]:
        """Give the keys of the first, then those that only the second has."""
        yield from self._first
        yield from (key for key in self._then if key not in self._first)

    def __len__(self) -> int:
        """Return how many keys there are."""
        return sum(1 for _ in self)


def first_of[K, V](found: Mapping[K, V]) -> Mapping[K, V]:
    """Return the first of two mappings that are one; any other mapping itself."""
    return found._first if isinstance(found, Both) else found  # noqa: SLF001  of this file


def read_crowd(draft: Draft, model: Configuration, breaks: Breaks) -> Crowd:
    """Read the table of people that the configuration names, if it names one."""
    for written in draft.names("people"):
        found = model.people.get(canonical(written))
        if isinstance(found, str) and canonical(written) != "table":
            what = f"must be keys with values such as `{{breaks: [lunch]}}`, found {quoted(found)}"
            draft.refuse(("people", written), what)
    if model.people_table is None:
        return Crowd()
    table = open_table(draft, ("people", "table"), model.people_table)
    if table is None or not table.head(("person",), _COLUMNS):
        return Crowd()
    reading = _Reading(draft, model, breaks, table)
    for row in table.rows(_COLUMNS):
        reading.take(row)
    draft.digests["people"] = f"{reading.digest:x}"
    return reading.crowd()


class _Reading:
    """A table of people while it is read."""

    def __init__(self, draft: Draft, model: Configuration, breaks: Breaks, table: Table) -> None:
        self._draft = draft
        self._single = model.single
        self._sign_in_names = sign_in_names(model)
        self._breaks = breaks
        self._table = table
        self._numbers: dict[tuple[str, ...], int] = {}
        self._ways: list[_Way] = []
        self._people: dict[str, int] = {}
        self.digest = 0

    def crowd(self) -> Crowd:
        """Return those who were read."""
        return Crowd(self._table.shown, self._people, self._ways, self.digest)

    def take(self, row: Row) -> None:
        """Add the person of a row, unless it has problems."""
        written, *cells = row.cells
        try:
            person = person_id(written)
        except ValueError as error:
            self._table.refuse_value(row, "person", error)
            return
        what = problem_of(person, self._sign_in_names)
        if what is not None:
            self._table.refuse(row, "person", what)
            return
        if not self._is_new(row, person):
            return
        key = tuple(cells)
        way = self._numbers.get(key)
        if way is None:
            before = self._table.problems
            read = self._way(row, *cells)
            if self._table.problems > before:
                return
            way = self._numbers[key] = len(self._ways)
            self._ways.append(read)
        self._people[person] = numbered(way, row.line)
        said = "\0".join((person, *cells)).encode()
        self.digest += int.from_bytes(hashlib.sha256(said).digest())

    def _is_new(self, row: Row, person: str) -> bool:
        known = self._people.get(person)
        if known is not None:
            what = f"{quoted(person)} stands here twice"
            hint = f"first at line {known & _LINES}; put several teams into one cell"
            self._table.refuse(row, "person", what, hint)
        elif person in self._single:
            spot = self._draft.spot(("people", person), at_key=True)
            what = f"{quoted(person)} stands in the configuration too"
            self._table.refuse(row, "person", what, f"first at {spot.file}:{spot.line}")
            return False
        return known is None

    def _way(self, row: Row, team: str, breaks: str, zone: str, rota: str) -> _Way:
        teams = tuple(sorted(set(_names(team))))
        for name in teams:
            self._known(row, "team", "teams", name)
        if breaks and rota:
            self._table.refuse(row, "rota", "`breaks` and `rota` exclude each other")
        worked = None
        if rota and self._known(row, "rota", "rotas", rota):
            worked = self._breaks.rotas.worked.get(rota)
        return _Way(teams, self._zone(row, zone), self._list(row, breaks), worked)

    def _zone(self, row: Row, written: str) -> ZoneInfo | None:
        try:
            return zones.zone(written) if written else None
        except ValueError as error:
            self._table.refuse_value(row, "timezone", error)
            return None

    def _list(self, row: Row, written: str) -> tuple[Break, ...] | None:
        if not written:
            return None
        if written == "none":
            return ()
        named = self._breaks.named
        known = [name for name in _names(written) if self._known(row, "breaks", "breaks", name)]
        return tuple(dict.fromkeys(named[name] for name in known if name in named))

    def _known(self, row: Row, column: str, section: str, name: str) -> bool:
        known = self._draft.names(section)
        if name in known:
            return True
        what = f"there is no {section.removesuffix('s')} {quoted(name)}"
        self._table.refuse(row, column, what, suggestion(name, known))
        return False


def _names(cell: str) -> list[str]:
    """Return the names of a cell, which spaces or semicolons separate."""
    return cell.replace(";", " ").split()
