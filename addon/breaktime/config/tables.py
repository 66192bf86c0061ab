"""
Tables: CSV files beside the configuration, with line and column of every cell.

The first line names the columns, in any order. Empty lines and lines that begin with `#` are
left out. One row is one line: a quoted cell cannot go over two.
"""

import re
from collections.abc import Iterator
from io import StringIO
from typing import Final, NamedTuple

from breaktime.config import beside
from breaktime.config.draft import Draft
from breaktime.config.positions import Path
from breaktime.config.problems import Problem, counted, one_of, quoted, suggestion

MAX_BYTES: Final = 32 * 1024 * 1024
MAX_PROBLEMS: Final = 50
"""So many rows with problems are told of; a table of the wrong kind would fill the screen."""

_CELL: Final = re.compile(r'\s*(?:"((?:[^"]|"")*)"\s*|([^,"]*))(?:,|$)')


class Row(NamedTuple):
    """
    One row.

    Fields:
        line: counted from 1.
        text: the line as it is written.
        cells: by column, in the order that was asked for; empty where the table has none.
    """

    line: int
    text: str
    cells: list[str]


class Table:
    """A table while it is read."""

    def __init__(self, draft: Draft, shown: str, text: str) -> None:
        """Begin with the text of a file and the name that messages give it."""
        self._draft = draft
        self.shown = shown
        self._lines = StringIO(text)
        self._line = 0
        self._columns: list[str] = []
        self.problems = 0

    def head(self, needed: tuple[str, ...], known: tuple[str, ...]) -> bool:
        """
        Read the line that names the columns.

        Args:
            needed: columns that must be there.
            known: all columns that may be there.

        Returns:
            Whether the rows can be read.
        """
        first = next(self._written(), None)
        example = quoted(",".join(known))
        if first is None:
            return self._refuse(1, 1, "", "is empty", f"begin with the line {example}")
        line, text = first
        self._columns = [cell.casefold() for _, cell in _cells(text) or ()]
        if ";" in text and len(self._columns) == 1:
            what = "the columns are separated by `;`"
            return self._refuse(line, text.index(";") + 1, "", what, "separate them by `,`")
        good = True
        for at, name in enumerate(self._columns):
            column = self._start(text, at)
            if name not in known:
                hint = suggestion(name, known) or f"write {one_of(known)}"
                good = self._refuse(line, column, "", f"there is no column {quoted(name)}", hint)
            elif name in self._columns[:at]:
                good = self._refuse(line, column, "", f"the column {quoted(name)} stands twice")
        for name in needed if good else ():
            if name not in self._columns:
                what = f"the column {quoted(name)} is missing"
                good = self._refuse(line, 1, "", what, f"begin with a line such as {example}")
        return good

    def has(self, column: str) -> bool:
        """Tell whether the table has a column."""
        return column in self._columns

    def rows(self, columns: tuple[str, ...]) -> Iterator[Row]:
        """Give the rows, with the cells of these columns."""
        width = len(self._columns)
        wanted = [self._columns.index(name) if self.has(name) else width for name in columns]
        plain = wanted == list(range(width))
        for line, text in self._written():
            if '"' not in text:
                cells = [cell.strip() for cell in text.split(",")]
            else:
                found = _cells(text)
                if found is None:
                    at, what = text.index('"') + 1, "the quotes of this row are not in pairs"
                    self._refuse(line, at, "", what, 'write `""` for a quote inside quotes')
                    continue
                cells = [cell for _, cell in found]
            if len(cells) != width:
                what = f"has {counted(len(cells), 'column')}, the first line has {width}"
                self._refuse(line, 1, "", what)
                continue
            if not plain:
                cells.append("")
                cells = [cells[at] for at in wanted]
            yield Row(line, text, cells)
            if self.problems >= MAX_PROBLEMS:
                self._refuse(line + 1, 1, "", "what follows was not read", "mend the rows above")
                return

    def refuse(self, row: Row, column: str, what: str, hint: str = "") -> None:
        """Note a problem in one cell."""
        self._refuse(row.line, self.column(row, column), column, what, hint)

    def column(self, row: Row, column: str) -> int:
        """Return where a cell begins, counted from 1."""
        return self._start(row.text, self._columns.index(column))

    def refuse_value(self, row: Row, column: str, error: ValueError) -> None:
        """Note what a grammar says about a cell."""
        what, _, hint = str(error).partition("; ")
        self.refuse(row, column, what, hint)

    def _refuse(self, line: int, column: int, where: str, what: str, hint: str = "") -> bool:
        self.problems += 1
        self._draft.problems.append(Problem(self.shown, line, column, where, what, hint))
        return False

    def _written(self) -> Iterator[tuple[int, str]]:
        for written in self._lines:
            self._line += 1
            text = written.rstrip()
            if text and not text.startswith("#"):
                yield self._line, text

    @staticmethod
    def _start(text: str, at: int) -> int:
        cells = _cells(text) or ()
        return cells[at][0] + 1 if at < len(cells) else 1


def open_table(draft: Draft, path: Path, written: str) -> Table | None:
    """Read a table that the configuration names; None if it cannot be read."""
    found = beside.read(draft, path, written, MAX_BYTES)
    return None if found is None else Table(draft, *found)


def _cells(text: str) -> list[tuple[int, str]] | None:
    """Cut a line into cells, each with the place it starts at; None if quotes do not match."""
    found: list[tuple[int, str]] = []
    at = 0
    while True:
        fits = _CELL.match(text, at)
        if fits is None:
            return None
        group = 1 if fits[1] is not None else 2
        inside = fits[group].replace('""', '"') if group == 1 else fits[group].strip()
        found.append((fits.start(group), inside.strip()))
        at = fits.end()
        if at == len(text) and not fits[0].endswith(","):
            return found
