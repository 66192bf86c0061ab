"""Expectations: what an administrator wants the answers to be, one row a question."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, Tag, ValidationError

from breaktime.config import positions
from breaktime.config.positions import Spot
from breaktime.config.problems import ConfigError, Problem
from breaktime.config.sources import read_bytes, refusal
from breaktime.config.values import LIST, ONE, Line, Section, by_shape
from breaktime.config.wording import located
from breaktime.core.decide import Reason, Verdict

type Causes = Annotated[
    Annotated[Line, Tag(ONE)] | Annotated[tuple[Line, ...], Tag(LIST)],
    by_shape("must be the name of a rule such as `lunch`, or a list of them"),
]


class Row(Section):
    """One question, and the answer that is wanted."""

    who: Line = ""
    """Sign-in name; nobody known if left out."""
    url: Line
    """Address that is asked for: `facebook.com/SomePage`."""
    at: Line
    """`2026-11-23 12:30` on the person's own clock, or an instant with an offset or Z."""
    from_ip: Line | None = None
    """Address of the client, which tells the place."""
    groups: tuple[Line, ...] = ()
    """Directory groups of the person, for teams whose members the directory holds."""
    verdict: Verdict
    """`pass`, `allow` or `block`."""
    reason: Reason | None = None
    """Why: `break_fixed`, `outside_breaks`. Any reason if left out."""
    because: Causes = ()
    """Rules that must be among the causes: `lunch`, `business-case:BC-2026-014`."""

    @property
    def causes(self) -> tuple[str, ...]:
        """The rules that must be among the causes."""
        return (self.because,) if isinstance(self.because, str) else self.because


class _File(Section):
    config: Line
    """The configuration to ask, relative to this file."""
    expect: tuple[Row, ...] = Field(min_length=1)
    """The questions with their answers."""


@dataclass(frozen=True, slots=True)
class Expectations:
    """
    One file of expectations.

    Fields:
        config: the configuration to ask, as a path and as messages name it.
        rows: the questions, each with the place where it is written.
    """

    config: Path
    rows: tuple[tuple[Row, Spot], ...]


def read(path: Path, name: str) -> Expectations:
    """
    Read a file of expectations.

    Args:
        path: the file.
        name: what messages call it.

    Raises:
        ConfigError: with every problem, by line and column.
    """
    try:
        source = read_bytes(path)
    except (OSError, ValueError) as error:
        told = refusal(error) if isinstance(error, OSError) else ("does not exist", "")
        raise ConfigError([Problem(name, 0, 0, "", *told)]) from None
    document = positions.read(source, name)
    try:
        model = _File.model_validate(document.data)
    except ValidationError as error:
        raise ConfigError(problem for _, problem in located(error, document, _schema())) from None
    rows = tuple((row, document.values["expect", index]) for index, row in enumerate(model.expect))
    return Expectations(path.parent / model.config, rows)


@cache
def _schema() -> dict[str, Any]:
    return _File.model_json_schema()
