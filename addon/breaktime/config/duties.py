"""Duties: what a table of the rota system says, one day of one shift at a time."""

from datetime import date
from typing import NamedTuple

from breaktime.config import text
from breaktime.config.draft import Draft
from breaktime.config.positions import Path
from breaktime.config.problems import quoted
from breaktime.config.tables import open_table
from breaktime.core.signin import SignInNames


class Duty(NamedTuple):
    """
    One day of a rota.

    Fields:
        day: the day on which the shift starts.
        shift: its name as the file writes it.
        person: canonical id; empty for everybody who works the rota.
        file, line, column: where it is written.
        where: column or property there.
    """

    day: date
    shift: str
    person: str
    file: str
    line: int
    column: int
    where: str


def from_table(draft: Draft, path: Path, written: str, names: SignInNames) -> list[Duty]:
    """
    Read a CSV table of a rota: date and shift, or person, date and shift.

    Args:
        draft: where problems are noted.
        path: keys that lead to the name of the file.
        written: the name of the file.
        names: which names are one person; a rota system may write them with their domain.
    """
    table = open_table(draft, path, written)
    found: list[Duty] = []
    if table is None or not table.head(("date", "shift"), ("person", "date", "shift")):
        return found
    personal = table.has("person")
    days: dict[str, date] = {}
    people: dict[str, str | None] = {"": ""}
    for row in table.rows(("person", "date", "shift")):
        person, written_day, shift = row.cells
        if personal and not person:
            table.refuse(row, "person", "is empty", "write a sign-in name")
        elif not shift:
            table.refuse(row, "shift", "is empty", "write the name of a shift, or `off`")
        elif people.setdefault(person, names.person(person) if person else "") is None:
            table.refuse(row, "person", f"{quoted(person)} can be read in two ways")
        else:
            try:
                if written_day not in days:
                    days[written_day] = text.day(written_day)
            except ValueError as error:
                table.refuse_value(row, "date", error)
                continue
            column = table.column(row, "shift")
            who = people[person] or ""
            found.append(
                Duty(days[written_day], shift, who, table.shown, row.line, column, "shift")
            )
    return found
