"""Wording: what pydantic finds, said in the words of this project and at the place it is at."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from breaktime.config.positions import Document, Path, Spot, shown
from breaktime.config.problems import Problem, nearest, one_of, quoted, suggestion
from breaktime.config.text import WEEKDAYS

_FEW: Final = 9
"""So many keys are listed where none is near; more would not be read."""

type _Told = tuple[str, str]
"""What is wrong, and what to write."""


def located(
    error: ValidationError, document: Document, schema: Mapping[str, Any]
) -> list[tuple[Path, Problem]]:
    """
    Return each problem with the path that it is at.

    Args:
        error: what pydantic found.
        document: what was validated.
        schema: JSON Schema of it, which knows the keys and choices of every place.
    """
    found = [
        (details["type"], *_located(details, document, schema))
        for details in error.errors(include_url=False)
    ]
    # Of an entry that may be text or keys, pydantic also says that it is not the other.
    # And of a list without a good entry, that it is empty.
    said = {
        path[:length]
        for kind, path, _ in found
        if kind not in _FOLLOWS
        for length in range(len(path) + 1)
    }
    return [
        (path, problem) for kind, path, problem in found if kind not in _FOLLOWS or path not in said
    ]


def _located(
    details: ErrorDetails, document: Document, schema: Mapping[str, Any]
) -> tuple[Path, Problem]:
    path, rest = _walk(details["loc"], document.data)
    kind = details["type"]
    key = str(rest[-1]) if rest else ""
    node = _node(schema, path, document.data)
    told: _Told
    if kind == "extra_forbidden":
        parent = _node(schema, path[:-1], document.data)
        told = "unknown key", _key_hint(str(path[-1]), parent, schema)
    elif kind == "missing":
        told = f"`{key}` is missing", ""
    elif kind in {"literal_error", "enum"}:
        told = _choice(details["input"], node, schema)
    else:
        told = WORDING.get(kind, _found("cannot be used here"))(details)
        if kind == "union_tag_invalid":
            path = (*path, "kind")
    at_key = kind in {"extra_forbidden", "missing"} or key == "[key]"
    spot = _spot(document, path, at_key=at_key)
    what, hint = told
    return path, Problem(spot.file, spot.line, spot.column, shown(path), what, hint)


def _walk(loc: tuple[int | str, ...], data: object) -> tuple[Path, tuple[int | str, ...]]:
    """
    Follow a location as far as it is in the file.

    Tags of alternatives are part of pydantic's locations and not of the file: they are stepped
    over.
    """
    path: list[str | int] = []
    rest: list[str | int] = []
    here = data
    for part in loc:
        inside = here if isinstance(here, dict) else {}
        if isinstance(here, list):
            inside = dict(enumerate(here))
        if part in inside:
            here = inside[part]
            path.append(part)
            rest = []
        else:
            rest.append(part)
    return tuple(path), tuple(rest)


def _spot(document: Document, path: Path, *, at_key: bool) -> Spot:
    table = document.keys if at_key else document.values
    while path not in table:
        if not path:
            return Spot(document.file, 1, 1)
        path = path[:-1]
    return table[path]


def _split(message: str) -> _Told:
    what, _, hint = message.partition("; ")
    return what, hint


def _found(must: str) -> Callable[[ErrorDetails], _Told]:
    return lambda details: (f"{must}, found {quoted(details['input'])}", "")


def _kind(found: str, known: list[str]) -> _Told:
    return f"must be {one_of(known)}, found {quoted(found)}", suggestion(found, known)


def _list(details: ErrorDetails) -> _Told:
    found = details["input"]
    return f"must be a list, found {quoted(found)}", _bracketed(found)


def _bracketed(found: object) -> str:
    """Say how to write one word as a list of one."""
    one = isinstance(found, str | int) and not isinstance(found, bool)
    return f"write {quoted(f'[{found}]')}" if one else ""


def _limit(words: str, key: str) -> Callable[[ErrorDetails], _Told]:
    return lambda details: (
        f"{words} {details['ctx'][key]}, found {quoted(details['input'])}", ""
    )  # fmt: skip


_YES_OR_NO: Final = _found("must be `true` or `false`")

WORDING: Final[Mapping[str, Callable[[ErrorDetails], _Told]]] = {
    "bool_parsing": _YES_OR_NO,
    "bool_type": _YES_OR_NO,
    "dict_type": _found("must be keys with values"),
    "greater_than_equal": _limit("must be at least", "ge"),
    "int_type": _found("must be a whole number"),
    "less_than_equal": _limit("must be at most", "le"),
    "model_type": _found("must be keys with values"),
    "path_type": _found("must be the name of a file"),
    "shape": lambda details: (
        f"{details['msg']}, found {quoted(details['input'])}",
        _bracketed(details["input"]),
    ),
    "string_too_long": _limit("must be shorter: the most characters are", "max_length"),
    "string_too_short": lambda _: ("must not be empty", ""),
    "string_type": _found("must be text"),
    "too_short": lambda _: ("must not be empty", ""),
    "tuple_type": _list,
    "union_tag_invalid": lambda details: _kind(
        details["ctx"]["tag"], details["ctx"]["expected_tags"].replace("'", "").split(", ")
    ),
    "union_tag_not_found": lambda _: ("`kind` is missing", ""),
    "value_error": lambda details: _split(str(details["ctx"]["error"])),
}
"""Wording by pydantic's type of problem; four more types need the schema to be worded."""

_FOLLOWS: Final = frozenset({"model_type", "string_type", "too_short"})
"""What pydantic also says about a place where it has said something else."""

FROM_SCHEMA: Final = frozenset({"enum", "extra_forbidden", "literal_error", "missing"})


def _choice(found: object, node: Mapping[str, Any], schema: Mapping[str, Any]) -> _Told:
    choices = _choices(node, schema)
    what = f"must be {one_of(choices)}, found {quoted(found)}"
    near = nearest(str(found), [str(each) for each in choices])
    if found is None or near is None or len(choices) == 1:
        return what, ""
    return what, f"did you mean `{near}`"


def _choices(node: Mapping[str, Any], schema: Mapping[str, Any]) -> list[object]:
    """Return the values that a place of the schema allows."""
    if "const" in node:
        return [node["const"]]
    found = list(node.get("enum", ()))
    for each in (*node.get("oneOf", ()), *node.get("anyOf", ())):
        found += _choices(_resolved(each, schema), schema)
    return found


def _key_hint(key: str, node: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """Say what to write instead of a key that nobody knows."""
    known = node.get("properties", {})
    if key in WEEKDAYS and "days" in known:
        return "write several days as a list: `days: [Sat, Sun]`"
    before, colon, after = key.partition(":")
    if colon and before in known:
        return f"put a space after `:`, {quoted(f'{before}: {after}')}"
    near = nearest(key, known, cutoff=0.7)
    if near is not None:
        return f"did you mean `{near}`"
    for section, place in schema.get("properties", {}).items():
        section_node = _resolved(place, schema)
        inside = section_node.get("properties", {})
        named = isinstance(section_node.get("additionalProperties"), dict)
        if key in inside and inside is not known and not named:
            return f"it belongs under `{section}`"
    if key in schema.get("properties", {}):
        return "it is a section of its own: begin it in the first column"
    return f"write {one_of(known)}" if len(known) <= _FEW else ""


def _node(schema: Mapping[str, Any], path: Path, data: object) -> Mapping[str, Any]:
    """Return the part of a schema that is about a path; empty where there is none."""
    node = _fitting(schema, data, schema)
    for part in path:
        if isinstance(part, str):
            known = node.get("properties", {})
            inside = known.get(part, node.get("additionalProperties"))
            data = data.get(part) if isinstance(data, dict) else None
        else:
            inside = node.get("items")
            data = data[int(part)] if isinstance(data, list) else None
        node = _fitting(inside, data, schema) if isinstance(inside, dict) else {}
    return node


def _fitting(node: Mapping[str, Any], data: object, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Choose the alternative of a schema that has the shape of the data."""
    node = _resolved(node, schema)
    choices = [_resolved(each, schema) for key in ("oneOf", "anyOf") for each in node.get(key, ())]
    if not choices:
        return node
    wanted = "object" if isinstance(data, dict) else "array" if isinstance(data, list) else ""
    fitting = [_fitting(each, data, schema) for each in choices]
    shaped = [each for each in fitting if each.get("type") == wanted]
    if isinstance(data, dict) and "kind" in data:
        kinds = [
            each for each in shaped
            if each.get("properties", {}).get("kind", {}).get("const") == data["kind"]
        ]  # fmt: skip
        shaped = kinds or shaped
    return shaped[0] if shaped else node


def _resolved(node: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in node:
        node = schema["$defs"][node["$ref"].rpartition("/")[2]]
    return node
