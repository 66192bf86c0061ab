"""Is what was sent our form, and nothing besides?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breaktime.portal.forms import Field, FormError, one_line, read

FIELDS = (Field("who", 5), Field("note", 10))


def test_fields_are_read_and_those_that_are_missing_are_empty():
    assert read(b"who=ad%C3%A4&note=a+b", FIELDS) == {"who": "adä", "note": "a b"}
    assert read(b"", FIELDS) == {"who": "", "note": ""}


def test_the_end_of_a_line_counts_as_one_character():
    assert read(b"note=123456789%0D%0A", FIELDS)["note"] == "123456789\n"


@pytest.mark.parametrize(
    "text",
    [
        b"who=ada&who=bob",
        b"who=toolong",
        b"other=1",
        b"who=%FF",
        b"who=%00",
        b"\xff",
        b"&&&",
        b"&".join([b"who=a"] * 50),
    ],
)
def test_what_is_not_our_form_is_none(text):
    with pytest.raises(FormError):
        read(text, FIELDS)


@given(st.binary())
def test_any_bytes_are_a_form_or_none(text):
    try:
        found = read(text, FIELDS)
    except FormError:
        return
    assert set(found) == {"who", "note"}


@given(st.text())
def test_one_line_is_one_line(text):
    line = one_line(text)
    assert line.isprintable()
    assert line == line.strip() == one_line(line)
