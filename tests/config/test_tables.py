"""Are tables read cell by cell, each with its place, and however they are quoted?"""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breaktime.config.draft import Draft
from breaktime.config.sources import gather_text
from breaktime.config.tables import MAX_PROBLEMS, Table, _cells

NEEDED, KNOWN = ("date",), ("person", "date", "shift")


def read(text, columns=KNOWN):
    draft = Draft(gather_text("version: 1", "f", Path.cwd()))
    table = Table(draft, "t.csv", text)
    rows = (
        [(row.line, row.cells) for row in table.rows(columns)] if table.head(NEEDED, KNOWN) else []
    )
    return rows, [str(problem) for problem in draft.problems], table


# fmt: off
READ = [
    ("date\n2026",                          [(2, ["", "2026", ""])]),
    ("person,date,shift\na,b,c\n",          [(2, ["a", "b", "c"])]),
    ("Shift , DATE\r\n c , b \r\n",         [(2, ["", "b", "c"])]),
    ("# who\n\ndate,shift\n\n#x\nb,c\n",    [(6, ["", "b", "c"])]),
    ('date,shift\n"b, b",c\n',              [(2, ["", "b, b", "c"])]),
    ('date,shift\n "say ""b""" ,c\n',       [(2, ["", 'say "b"', "c"])]),
    ('date,shift\n"",\n',                   [(2, ["", "", ""])]),
]
# fmt: on


@pytest.mark.parametrize(("text", "rows"), READ)
def test_rows_are_read(text, rows):
    assert read(text)[:2] == (rows, [])


def test_a_problem_is_at_its_cell():
    _, problems, table = read('person,date,shift\n"a, b" ,x, y\n')
    table = Table(table._draft, "t.csv", 'person,date,shift\n"a, b" ,x, y\n')
    assert table.head(NEEDED, KNOWN)
    (row,) = table.rows(KNOWN)
    assert [table.column(row, each) for each in KNOWN] == [2, 9, 12]
    assert not problems


def test_not_more_is_told_than_one_reads():
    draft = Draft(gather_text("version: 1", "f", Path.cwd()))
    table = Table(draft, "t.csv", "date,shift\n" + "x,y\n" * 1000)
    assert table.head(NEEDED, KNOWN)
    for row in table.rows(KNOWN):
        table.refuse(row, "date", "is wrong")
    assert len(draft.problems) == MAX_PROBLEMS + 1
    assert str(draft.problems[-1]) == (
        f"t.csv:{MAX_PROBLEMS + 2}:1: what follows was not read; mend the rows above"
    )


@given(st.lists(st.text("ab ,\"#'", max_size=6), min_size=1, max_size=5))
def test_every_cell_comes_back(cells):
    written = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    assert [cell for _, cell in _cells(written)] == [cell.strip() for cell in cells]


@given(st.text('a," ', max_size=12))
def test_no_line_is_too_strange(text):
    found = _cells(text)
    assert found is None or len(found) >= 1
