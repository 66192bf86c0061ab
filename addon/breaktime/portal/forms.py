"""Forms: the fields that a request brings, and nothing besides."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

MAX_BODY = 16_384
"""The longest form, in bytes."""

FORM = "application/x-www-form-urlencoded"


class FormError(ValueError):
    """What was sent is none of our forms."""


@dataclass(frozen=True, slots=True)
class Field:
    """
    One field of a form or of a query.

    Fields:
        name: its name.
        longest: most characters.
    """

    name: str
    longest: int


def read(text: bytes, fields: Iterable[Field]) -> Mapping[str, str]:
    """
    Read the fields of a form or of a query; those that are not sent are empty.

    Raises:
        FormError: a field is not ours, comes twice, is too long, or holds what is no text.
    """
    known = {field.name: field.longest for field in fields}
    try:
        pairs = parse_qsl(
            text.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(text),
            errors="strict",
            max_num_fields=len(known) + 1,
        )
    except ValueError as problem:
        raise FormError("not a form") from problem
    found: dict[str, str] = {}
    for name, value in pairs:
        # A browser sends the end of a line as two characters, and counts it as one.
        plain = value.replace("\r\n", "\n")
        if name not in known or name in found or len(plain) > known[name] or "\0" in plain:
            raise FormError("not our form")
        found[name] = plain
    return {name: found.get(name, "") for name in known}


def one_line(text: str) -> str:
    """Return text in one line that a record and a file can hold; what cannot be seen is a blank."""
    seen = "".join(one if one.isprintable() else " " for one in text)
    return " ".join(seen.split())
