"""Has everything that pydantic can find a wording of ours, at the place in the file?"""

from typing import get_args

import pytest
from pydantic import TypeAdapter, ValidationError
from pydantic_core.core_schema import ErrorType

from breaktime.config.platform_file import PlatformFile
from breaktime.config.positions import read
from breaktime.config.schema import Configuration, json_schema
from breaktime.config.wording import FROM_SCHEMA, WORDING, located

# What each kind of schema can find fault with, on data that `positions.read` gives: text, whole
# and decimal numbers, booleans, None, lists, and dictionaries with keys of text.
FAULTS = {
    "bool": {"bool_type", "bool_parsing"},
    "default": set(),
    "definition-ref": set(),
    "definitions": set(),
    "dict": {"dict_type"},
    "enum": {"enum"},
    "function-after": {"value_error"},
    "function-before": {"value_error"},
    "function-plain": {"value_error"},
    "int": {"int_type", "greater_than_equal", "less_than_equal"},
    "lax-or-strict": {"path_type"},
    "literal": {"literal_error"},
    "model": {"model_type"},
    "model-field": {"missing"},
    "model-fields": {"extra_forbidden"},
    "nullable": set(),
    "str": {"string_type", "string_too_short", "string_too_long"},
    "tagged-union": {"union_tag_invalid", "union_tag_not_found", "shape"},
    "tuple": {"tuple_type", "too_short"},
    "union": set(),
}


def kinds(model):
    """Collect the kinds of core schema that data can reach; a conversion is one of them."""
    schema = TypeAdapter(model).core_schema
    named = {each["ref"]: each for each in schema.get("definitions", ())}
    found, waiting, seen = set(), [schema["schema"] if named else schema], set()
    while waiting:
        here = waiting.pop()
        if isinstance(here, list | tuple):
            waiting += here
        elif isinstance(here, dict):
            kind = here.get("type")
            if isinstance(kind, str):
                found.add(kind)
            if kind == "definition-ref" and here["schema_ref"] not in seen:
                seen.add(here["schema_ref"])
                waiting.append(named[here["schema_ref"]])
            if kind not in {"lax-or-strict", "function-plain"}:
                waiting += (
                    here[key] for key in here.keys() - {"serialization", "metadata", "function"}
                )
    return found


@pytest.mark.parametrize("model", [Configuration, PlatformFile])
def test_every_fault_has_a_wording(model):
    possible = set().union(*(FAULTS[kind] for kind in kinds(model)))
    assert possible <= WORDING.keys() | FROM_SCHEMA


def test_no_wording_is_for_nothing():
    known = {*get_args(ErrorType), "shape", "path_type"}
    assert known >= WORDING.keys() | FROM_SCHEMA
    assert set().union(*FAULTS.values()) >= WORDING.keys() | FROM_SCHEMA


def told(text):
    document = read(text, "f")
    with pytest.raises(ValidationError) as caught:
        Configuration.model_validate(document.data)
    found = located(caught.value, document, json_schema())
    return {str(problem) for _, problem in found}


LEAST = "version: 1\norganisation: {name: A, timezone: UTC}\ncontrolled: {}\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "people: {a: {brakes: none}}\n",
            "f:4:14: people.a.brakes: unknown key; did you mean `breaks`",
        ),
        ("listen: a\n", "f:4:1: listen: unknown key; it belongs under `gateway`"),
        (
            "gateway: {people: a}\n",
            (
                "f:4:11: gateway.people: unknown key; it is a section of its own: begin it in"
                " the first column"
            ),
        ),
        ("gateway: {x: a}\n", "f:4:11: gateway.x: unknown key"),
        ("zzzz: a\n", "f:4:1: zzzz: unknown key"),
        (
            "identity: [{kind: basic, tabel: x, file: y}]\n",
            "f:4:26: identity[1].tabel: unknown key; write `kind` or `file`",
        ),
        (
            "gateway: {ports: 80}\n",
            "f:4:18: gateway.ports: must be a list, found `80`; write `[80]`",
        ),
        ("blackouts: [{for: everyone}]\n", "f:4:13: blackouts[1]: `at` is missing"),
        (
            "everyone: {breaks: [a, [b]]}\n",
            (
                "f:4:24: everyone.breaks[2]: must be the name of a break, or a break such as"
                " `{days: Mon-Fri, at: 15:00-15:30}`, found a list"
            ),
        ),
        (
            "everyone: {breaks: [{at: 12:00-13:00, day: Mon}]}\n",
            "f:4:39: everyone.breaks[1].day: unknown key; did you mean `days`",
        ),
    ],
)
def test_a_problem_is_at_its_place_and_says_what_to_write(text, says):
    assert told(LEAST + text) == {says}
