"""Does a value accept what it should, in the shapes it should?"""

from decimal import Decimal
from typing import Annotated

import pytest
from pydantic import Tag, TypeAdapter, ValidationError

from breaktime.config import values
from breaktime.core.wall import Span


def test_text_that_looks_like_a_number_stays_as_it_was_written():
    assert values.as_text(2026) == "2026"
    assert values.as_text(Decimal("12.50")) == "12.50"


@pytest.mark.parametrize("found", [True, None, [], {}])
def test_other_things_are_no_text(found):
    with pytest.raises(ValueError, match="must be text"):
        values.as_text(found)


def test_text_has_an_end():
    with pytest.raises(ValueError, match="must be shorter than 1000 characters"):
        values.as_text("x" * 1001)


def test_a_person_is_the_same_in_any_spelling():
    person = TypeAdapter(values.PersonId)
    assert person.validate_python(" R.Hughes ") == person.validate_python("r.hughes")
    assert person.validate_python(4711) == "4711"
    with pytest.raises(ValidationError):
        person.validate_python("")


def test_one_range_or_a_list_of_them():
    ranges = TypeAdapter(values.Ranges)
    assert ranges.validate_python("12:00-14:00") == Span(720, 840)
    assert ranges.validate_python(["12:00-14:00"]) == (Span(720, 840),)
    for wrong in ([], {}, None, True):
        with pytest.raises(ValidationError):
            ranges.validate_python(wrong)


@pytest.mark.parametrize(
    ("found", "tag"),
    [
        ("a", values.ONE),
        (1, values.ONE),
        ([], values.LIST),
        ({}, values.KEYS),
        (None, values.NOTHING),
    ],
)
def test_shapes(found, tag):
    assert values.shape(found) == tag


def test_the_message_of_alternatives_may_hold_braces():
    either = TypeAdapter(
        Annotated[
            Annotated[str, Tag(values.ONE)] | Annotated[list[str], Tag(values.LIST)],
            values.by_shape("must be `{a: b}`"),
        ]
    )
    assert either.validate_python(["a"]) == ["a"]
