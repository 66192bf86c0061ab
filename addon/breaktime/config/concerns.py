"""
Concerns: one file a case, for a closer look at one person's records for a while.

Laws of this file:

1. Two different people authorise a concern, three where the person is not told. None of them is the
   person, decides the person's requests, or is of the help desk.
2. A concern ends after 28 days at most. A renewal is a new file.
3. Nobody but those who may see the case can read the file, or it is not taken.
"""

import stat
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError, model_validator

from breaktime.config import positions
from breaktime.config.draft import Draft
from breaktime.config.positions import Document
from breaktime.config.positions import Path as Keys
from breaktime.config.problems import ConfigError, Problem, quoted
from breaktime.config.schema_breaks import in_order
from breaktime.config.schema_file import Configuration
from breaktime.config.sources import read_bytes, refusal
from breaktime.config.values import Day, Line, PersonId, Section
from breaktime.config.wording import located
from breaktime.core.detail import Concern, Detail
from breaktime.core.policy import Policy
from breaktime.core.signin import SignInNames, canonical
from breaktime.core.wall import day_edges

LONGEST: Final = 28
"""How long a concern may run, in days."""

_FEWEST: Final = 2
_FEWEST_UNTOLD: Final = 3


class ConcernFile(Section):
    """A closer look at one person's records, approved by two people."""

    case: Line
    """Reference of the file at HR. It stands in records; write no name."""
    person: PersonId
    """Sign-in name of the person."""
    detail: Literal["site", "page"] = "page"
    """What is recorded at least: the `site`, or the `page`."""
    from_: Day = Field(alias="from")
    """First day."""
    until: Day
    """Last day, included; 28 days in all at most."""
    why: Line
    """Why, for whoever reads this file. It stands in no record."""
    authorised_by: Annotated[tuple[PersonId, ...], Field(min_length=1)]
    """Two different people, three if the person is not told."""
    tell_employee: bool
    """The portal tells the person. `no` takes a third signature."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        in_order(self.from_, self.until)
        days = (self.until - self.from_).days + 1
        if days > LONGEST:
            raise ValueError(
                f"runs for {days} days, and may for {LONGEST}; end it earlier, and renew it with a"
                " new file if it has to go on"
            )
        return self


def read_concerns(
    draft: Draft, model: Configuration, policy: Policy
) -> tuple[tuple[Concern, ...], list[Path]]:
    """
    Read the concerns of a configuration, and note what is wrong with them.

    Args:
        draft: the configuration as it is written.
        model: the same, as it is understood.
        policy: what became of it; it knows the teams of the people of a table, too. Who is in a
            group of the directory nobody knows yet.

    Returns:
        The concerns, and the folder and files that were read.
    """
    if model.concerns is None:
        return (), []
    folder = draft.sources.base / model.concerns
    shown = Path(draft.sources.name).parent / model.concerns
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix == ".yaml")
    except OSError as error:
        what, hint = refusal(error)
        draft.refuse(("concerns",), f"the folder {quoted(str(shown))} {what}", hint)
        return (), [folder]
    found: list[Concern] = []
    cases: dict[str, str] = {}
    for path in files:
        concern = _Reading(draft, model, policy, path, str(shown / path.name)).concern()
        if concern is None:
            continue
        first = cases.setdefault(concern.case, str(shown / path.name))
        if first != str(shown / path.name):
            what = f"{quoted(concern.case)} has a file already"
            hint = f"first in {first}; give each case and each renewal a reference of its own"
            draft.problems.append(Problem(str(shown / path.name), 1, 1, "case", what, hint))
            continue
        found.append(concern)
    return tuple(found), [folder, *files]


class _Reading:
    """One file of a concern, while it is read."""

    def __init__(
        self, draft: Draft, model: Configuration, policy: Policy, path: Path, shown: str
    ) -> None:
        self._draft, self._model, self._policy = draft, model, policy
        self._path, self._shown = path, shown

    def concern(self) -> Concern | None:
        """Return the concern; None where it has problems, which are noted."""
        document = self._document()
        if document is None:
            return None
        try:
            form = ConcernFile.model_validate(_as_keys(document.data))
        except ValidationError as error:
            self._draft.problems += [each for _, each in located(error, document, _schema())]
            return None
        names = SignInNames(frozenset(canonical(one) for one in self._model.organisation.domains))
        form = form.model_copy(
            update={
                "person": names.person(form.person) or form.person,
                "authorised_by": tuple(names.person(one) or one for one in form.authorised_by),
            }
        )
        wrong = self._wrong(form)
        if names.person(form.person) is None:
            wrong.append((("person",), "can be read in two ways; nobody is known by it", ""))
        for keys, what, hint in wrong:
            spot = document.values.get(keys) or document.keys.get(keys[:1])
            line, column = (1, 1) if spot is None else (spot.line, spot.column)
            where = positions.shown(keys)
            self._draft.problems.append(Problem(self._shown, line, column, where, what, hint))
        return None if wrong else _of(form, self._model.organisation.timezone)

    def _document(self) -> Document | None:
        try:
            if self._path.stat().st_mode & stat.S_IROTH:
                what = "can be read by everybody on this machine"
                hint = f"run `chmod o-rwx {self._shown}`"
                self._draft.problems.append(Problem(self._shown, 0, 0, "", what, hint))
                return None
            document = positions.read(read_bytes(self._path), self._shown)
        except ConfigError as error:
            self._draft.problems += error.problems
            return None
        except OSError as error:
            what, hint = refusal(error)
            self._draft.problems.append(Problem(self._shown, 0, 0, "", what, hint))
            return None
        if not isinstance(document.data, dict):
            what = f"must be keys with values, found {quoted(document.data)}"
            self._draft.problems.append(Problem(self._shown, 1, 1, "", what, ""))
            return None
        return document

    def _wrong(self, form: ConcernFile) -> list[tuple[Keys, str, str]]:
        """Say who may not have authorised it, and how many are missing."""
        page, found = self._model.page, list[tuple[Keys, str, str]]()
        teams = self._policy.directory.person(form.person).teams
        managers = {one for team in teams for one in page.managers.get(team, ())}
        for index, one in enumerate(form.authorised_by):
            at: Keys = ("authorised_by", index)
            # What is wrong is also told in the operator's log, which names nobody here.
            if one == form.person:
                found.append((at, "is the person whom it is about", "name somebody else"))
            elif one in managers:
                what = "decides the requests of this person"
                found.append((at, what, "name somebody who does not manage them"))
            elif one in page.helpdesk:
                what = "is of the help desk"
                found.append((at, what, "name somebody who does not run the gateway"))
        fewest = _FEWEST if form.tell_employee else _FEWEST_UNTOLD
        different = len(set(form.authorised_by))
        if different < fewest:
            must = "two different people" if fewest == _FEWEST else "three different people"
            why = "" if form.tell_employee else " where the person is not told"
            what = f"must name {must}{why}, found {different}"
            found.append((("authorised_by",), what, ""))
        return found


def _of(form: ConcernFile, zone: ZoneInfo) -> Concern:
    return Concern(
        form.case,
        form.person,
        Detail(form.detail),
        day_edges(zone, form.from_)[0],
        day_edges(zone, form.until)[1],
        form.tell_employee,
        tuple(dict.fromkeys(form.authorised_by)),
    )


def _as_keys(data: object) -> dict[str, Any]:
    return data if isinstance(data, dict) else {}


@cache
def _schema() -> dict[str, Any]:
    return ConcernFile.model_json_schema()
