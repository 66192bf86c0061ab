"""A cell of a table is no formula, and moves no terminal, whatever stands in it."""

import csv

import pytest
from hypothesis import given

from breaktime.audit.table import HEADINGS, cell, row, row_of
from records import TEXT

# fmt: off
ROWS = [
    (None, ""), (True, "yes"), (False, "no"), (-5, "-5"), ("plain", "plain"), ("=1", "'=1"),
    ("+1", "'+1"), ("-1", "'-1"), ("@a", "'@a"), ("\t=1", "'\\x09=1"), ("\r=1", "'\\x0d=1"),
    ("/a;=1+1", "/a\\x3b=1+1"), ('/a; "@b', '/a\\x3b "@b'), ("/a;b;-1", "/a;b\\x3b-1"),
    ("\u202e", "\\u202e"), ("\uff1d1", "\\uff1d1"),
]
# fmt: on


@pytest.mark.parametrize(("value", "shown"), ROWS)
def test_what_a_cell_shows(value, shown):
    assert cell(value) == shown


@given(TEXT)
def test_a_row_is_one_line_of_printable_ascii_with_as_many_cells(text):
    line = row([text, text, 5])
    assert all(0x20 <= ord(letter) <= 0x7E for letter in line)
    (cells,) = csv.reader([line])
    assert len(cells) == 3
    assert cells[0][:1] not in set("=+-@")
    (others,) = csv.reader([line], delimiter=";")
    assert not [one for one in others if one.lstrip(' "')[:1] in set("=+-@")]


def test_a_record_without_anything_is_an_empty_row():
    assert next(csv.reader([row_of({})])) == [""] * len(HEADINGS)
