"""Draft: a configuration that is being built, with its positions and the problems found so far."""

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from breaktime.config.positions import Path, Spot, shown
from breaktime.config.problems import Problem, quoted, suggestion
from breaktime.config.schema_file import Configuration, json_schema
from breaktime.config.sources import Sources
from breaktime.config.wording import located
from breaktime.core.rule import Rule
from breaktime.core.signin import canonical

if TYPE_CHECKING:
    from datetime import date

    from breaktime.core.breaks import Break


class Draft:
    """
    The files of a configuration, and what is wrong or odd about them.

    Fields:
        sources: the files as they were read.
        problems: what has to be mended.
        warnings: what works and should be looked at again.
        breaks: every break with the place of its times.
        entries: days on which rotas from files have entries, by the place that names the file.
        digests: what they say, in short, by the name of the rule that reads them.
    """

    def __init__(self, sources: Sources) -> None:
        """Begin with the problems of reading."""
        self.sources = sources
        self.problems: list[Problem] = list(sources.problems)
        self.warnings: list[Problem] = []
        self.breaks: list[tuple[Path, Break]] = []
        self.entries: dict[Path, set[date]] = {}
        self.digests: dict[str, str] = {}
        self._kept: dict[str, list[int]] = {}
        self._names: dict[str, list[str]] = {}

    def validate(self) -> Configuration | None:
        """
        Compare the files with the format.

        Entries with problems are left out and the rest is looked at again, so that one round of
        mending is enough: a wrong time here does not hide a wrong name there.

        Returns:
            The configuration, without what has problems; None if not enough is left.
        """
        data = self.sources.data
        self._merge_spellings(data)
        found = self._empty(data)
        try:
            model = Configuration.model_validate(data)
        except ValidationError as error:
            found = _together(located(error, self.sources.document, _schema()), found)
        else:
            if not found:
                return model
        if not self.sources.whole:
            # What an unreadable file may have said is not missing.
            found = [each for each in found if each[0] or "is missing" not in each[1].what]
        self.problems += [problem for _, problem in found]
        try:
            return Configuration.model_validate(self._without({path[:2] for path, _ in found}))
        except ValidationError:
            return None

    def rule(self, name: str, path: Path) -> Rule:
        """Return a rule that is written at a path."""
        spot = self.spot(path, at_key=True)
        return Rule(name, spot.file, spot.line)

    def refuse(self, path: Path, what: str, hint: str = "", *, at_key: bool = False) -> None:
        """Note a problem."""
        self.problems.append(self._problem(path, what, hint, at_key=at_key))

    def warn(self, path: Path, what: str, hint: str = "") -> None:
        """Note something odd."""
        self.warnings.append(self._problem(path, what, hint, at_key=False))

    def refer(self, path: Path, kind: str, name: str) -> bool:
        """
        Look up a name in the section of its kind, and refuse one that refers to nothing.

        A definition that has problems of its own counts as defined.

        Args:
            path: where the name is used.
            kind: `break`, `team` or `place`.
            name: the name.
        """
        known = self.names(f"{kind}s")
        if name in known:
            return True
        self.refuse(path, f"there is no {kind} {quoted(name)}", suggestion(name, known))
        return False

    def names(self, section: str) -> list[str]:
        """Return the names that a section defines, as they are written."""
        if section not in self._names:
            written = self.sources.data.get(section)
            self._names[section] = list(written) if isinstance(written, dict) else []
        return self._names[section]

    def spot(self, path: Path, *, at_key: bool = False) -> Spot:
        """Return where a path is written; of a key that is not there, where it would be."""
        path = self._original(path)
        table = self.sources.keys if at_key else self.sources.values
        while path not in table and path:
            path = path[:-1]
        return table.get(path, Spot(self.sources.name, 1, 1))

    def _problem(self, path: Path, what: str, hint: str, *, at_key: bool) -> Problem:
        spot = self.spot(path, at_key=at_key)
        where = shown(self._original(path))
        return Problem(spot.file, spot.line, spot.column, where, what, hint)

    def _original(self, path: Path) -> Path:
        """Return a path with the indexes of the file: problems have left gaps in lists."""
        kept = self._kept.get(str(path[0])) if len(path) > 1 else None
        if kept is None or not isinstance(path[1], int):
            return path
        return (path[0], kept[path[1]], *path[2:])

    def _empty(self, data: object, path: Path = ()) -> list[tuple[Path, Problem]]:
        """Find keys and entries without a value: it is a guess whether they mean nothing."""
        inside: Iterable[tuple[str | int, object]] = ()
        if isinstance(data, dict):
            inside = data.items()
        elif isinstance(data, list):
            inside = enumerate(data)
        found: list[tuple[Path, Problem]] = []
        for part, value in inside:
            at = (*path, part)
            if value is None:
                hint = "write one, or remove the " + ("key" if isinstance(part, str) else "entry")
                found.append((at, self._problem(at, "has no value", hint, at_key=True)))
            elif isinstance(value, dict | list):
                found += self._empty(value, at)
        return found

    def _without(self, paths: Iterable[Path]) -> dict[str, object]:
        """
        Return the data without sections and entries that have problems.

        What is left is only looked at for more problems, so that what must be there may be made
        up.
        """
        data = dict(self.sources.data)
        gone: dict[str, set[str | int]] = {}
        for path in paths:
            section = str(path[0]) if path else ""
            if len(path) < 2 or section in _WHOLE:  # noqa: PLR2004  a section, no entry
                data.pop(section, None)
            else:
                gone.setdefault(section, set()).add(path[1])
        for section, parts in gone.items():
            value = data.get(section)
            if isinstance(value, dict):
                data[section] = {key: each for key, each in value.items() if key not in parts}
            elif isinstance(value, list):
                self._kept[section] = [n for n in range(len(value)) if n not in parts]
                data[section] = [value[index] for index in self._kept[section]]
        return {**_MADE_UP, **data}

    def _merge_spellings(self, data: dict[str, object]) -> None:
        """Refuse one person under two spellings: one entry would hide the other."""
        people = data.get("people")
        if not isinstance(people, dict):
            return
        first: dict[str, str] = {}
        for written in people:
            known = first.setdefault(canonical(written), written)
            if known != written:
                spot = self.spot(("people", known), at_key=True)
                what = f"is the same person as {quoted(known)}"
                hint = f"first at {spot.file}:{spot.line}"
                self.refuse(("people", written), what, hint, at_key=True)
        data["people"] = {written: people[written] for written in first.values()}


_MADE_UP: Final = {
    "version": 1,
    "organisation": {"name": "organisation", "timezone": "UTC"},
    "controlled": {},
}
_WHOLE: Final = frozenset(Configuration.model_fields) - {
    "breaks", "shifts", "rotas", "places", "teams", "people",
    "never_control", "own_pages", "exempt", "business_cases", "suspensions", "exceptions",
    "blackouts", "include", "identity",
}  # fmt: skip
"""Sections whose entries depend on each other: a problem in one takes the section out."""


def _together(
    found: list[tuple[Path, Problem]], empty: list[tuple[Path, Problem]]
) -> list[tuple[Path, Problem]]:
    """Say of an empty place only that it is empty, unless its key is unknown anyway."""
    unknown = {path for path, problem in found if problem.what == "unknown key"}
    kept = [(path, problem) for path, problem in empty if path not in unknown]
    places = {path for path, _ in kept}
    return [(path, problem) for path, problem in found if path not in places] + kept


@cache
def _schema() -> dict[str, Any]:
    return json_schema()
