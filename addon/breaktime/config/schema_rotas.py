"""Schema, rotas: shifts with their breaks, and who works which of them on which day."""

from typing import Annotated, Literal, Self

from pydantic import Field, Tag, model_validator

from breaktime.config.problems import one_of, quoted
from breaktime.config.schema_breaks import in_order
from breaktime.config.values import LIST, ONE, Day, Line, NoBreak, Range, Section, by_shape
from breaktime.core.wall import Span

OFF = "off"
"""Stands in a rota for a day without work, and so without a break."""

_KINDS = {
    "cycle": {"starts"},
    "like": {"starts"},
    "calendar": {"shift_from", "person_from", "names", "from", "until"},
    "table": {"names", "from", "until"},
}
"""The ways to write a rota, each with the keys that may stand beside it."""

type ShiftBreaks = Annotated[
    Annotated[NoBreak, Tag(ONE)] | Annotated[tuple[Range, ...], Field(min_length=1), Tag(LIST)],
    by_shape("must be a list of ranges such as `[09:00-09:15, 11:30-12:00]`, or `none`"),
]


class Shift(Section):
    """Working hours with the breaks inside them."""

    hours: Range
    """`06:00-14:00`. An earlier end is on the next day, which still belongs to this shift."""
    breaks: ShiftBreaks
    """Breaks inside the hours, by the clock: `[22:00-22:15, 01:30-02:15]`; or `none`."""

    @property
    def spans(self) -> tuple[Span, ...]:
        """The breaks as they are written."""
        return self.breaks if isinstance(self.breaks, tuple) else ()


class Rota(Section):
    """Which shift is worked on which day: as a cycle, like another rota, or from a file."""

    starts: Day | None = None
    """A day on which the cycle begins; it goes round from there in both directions."""
    cycle: Annotated[tuple[Line, ...], Field(min_length=1)] | None = None
    """Names of shifts, one for each day, or `off`: `[early, early, late, off]`."""
    like: Line | None = None
    """Name of a rota with the same cycle, which starts on another day."""
    calendar: Line | None = None
    """iCalendar file (`.ics`) of the rota system; each event is a shift on its first day."""
    shift_from: Literal["summary", "description", "location", "categories"] | None = None
    """Where an event names the shift. `summary` (the title) if left out."""
    person_from: Literal["attendee"] | None = None
    """Events are for their attendees only: the part of the mail address before the `@`."""
    table: Line | None = None
    """CSV file with the columns date and shift, or person, date and shift."""
    names: dict[Line, Line] = Field(default_factory=dict)
    """What the file calls a shift, and its name here, or `off`: `{E: early, AL: off}`."""
    from_: Day | None = Field(default=None, alias="from")
    """First day that is taken from the file. All if left out."""
    until: Day | None = None
    """Last day that is taken from the file, included."""

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        given = {"from" if key == "from_" else key for key in self.model_fields_set}
        kinds = [kind for kind in _KINDS if kind in given]
        if len(kinds) != 1:
            found = f", found {one_of(kinds).replace(' or ', ' and ')}" if kinds else ""
            raise ValueError(f"must have one of {one_of(_KINDS)}{found}")
        (kind,) = kinds
        for key in (key for key in given if key not in _KINDS[kind] | {kind}):
            raise ValueError(f"{quoted(key)} says nothing beside {quoted(kind)}; remove it")
        if "starts" in _KINDS[kind] and self.starts is None:
            raise ValueError("`starts` is missing; write a day on which the cycle begins")
        in_order(self.from_, self.until)
        return self
