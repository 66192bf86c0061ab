"""Schema, breaks: when something is open, and for whom a rule is."""

from datetime import timedelta
from typing import Annotated, Self

from pydantic import Field, Tag, model_validator

from breaktime.config.text import spelt
from breaktime.config.values import (
    KEYS,
    LIST,
    ONE,
    Day,
    Everybody,
    Line,
    NoBreak,
    PersonId,
    Range,
    Ranges,
    Section,
    WeekdayList,
    by_shape,
)
from breaktime.core.breaks import Days, HolidayRule
from breaktime.core.flexible import LEAST
from breaktime.core.policy import Subject, SubjectKind
from breaktime.core.wall import Span


class Selection(Section):
    """Some of the platforms."""

    categories: tuple[Line, ...] = ()
    """All platforms of these categories."""
    platforms: tuple[Line, ...] = ()
    """Single platforms on top."""
    except_: tuple[Line, ...] = Field(default=(), alias="except")
    """Single platforms out again."""


LEAST_MINUTES = LEAST // timedelta(minutes=1)

type Minutes = Annotated[int, Field(strict=True, ge=LEAST_MINUTES, le=24 * 60)]
type Sittings = Annotated[int, Field(strict=True, ge=1, le=24)]
type Platforms = Annotated[
    Annotated[tuple[Line, ...], Field(min_length=1), Tag(LIST)] | Annotated[Selection, Tag(KEYS)],
    by_shape("must be a list such as `[facebook, x]`, or `{categories: [messaging]}`"),
]


class Times(Section):
    """Times of the week."""

    days: WeekdayList | None = None
    """Days on which the time starts: `Mon-Fri`, `[Sat, Sun]`. Every day if left out."""
    at: Ranges
    """`12:00-14:00`, or a list. The end is not included; an earlier end is on the next day."""

    @property
    def weekdays(self) -> frozenset[int] | None:
        """The days on which the time starts; 0 is Monday, None is every day."""
        if self.days is None or isinstance(self.days, frozenset):
            return self.days
        return frozenset().union(*self.days)

    @property
    def spans(self) -> tuple[Span, ...]:
        """The ranges, without repetition, in the order of the clock."""
        return (self.at,) if isinstance(self.at, Span) else tuple(sorted(set(self.at)))


class WeeklyBreak(Times):
    """A break with fixed times, or one that people start themselves."""

    at: Ranges | None = None  # type: ignore[assignment]  # `minutes` and `between` do as well
    """`12:00-14:00`, or a list. The end is not included; an earlier end is on the next day."""
    minutes: Minutes | None = None
    """How long it is in all, where people start it themselves; at least 5."""
    between: Range | None = None
    """The span in which they may: `11:30-14:30`."""
    sittings: Sittings = 1
    """The most parts that it may be taken in, of at least 5 minutes each. 1 if left out."""
    bank_holidays: HolidayRule = HolidayRule.INCLUDE
    """What bank holidays and closed days do: `include`, `exclude`, or `only` on such days."""
    platforms: Platforms | None = None
    """The platforms that the break is for. All that are controlled if left out."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        said = self.model_fields_set
        if said.isdisjoint({"minutes", "between", "sittings"}):
            if "at" not in said:
                raise ValueError(
                    "has no times; write `at: 12:00-14:00`, or `minutes: 45` and"
                    " `between: 11:30-14:30` for a break that people start themselves"
                )
        elif "at" in said:
            raise ValueError("has fixed times and times to choose from; write two breaks")
        elif "minutes" not in said:
            raise ValueError("`minutes` is missing; write how long the break is in all")
        elif "between" not in said:
            raise ValueError("`between` is missing; write it as `between: 11:30-14:30`")
        elif self.minutes is not None and self.between is not None:
            fits(self.minutes, self.between, self.sittings)
        return self

    @property
    def spans(self) -> tuple[Span, ...]:
        """The ranges of fixed times, or the span to choose from."""
        return super().spans if self.between is None else (self.between,)

    def on(self) -> Days:
        """Return the days on which the break starts."""
        return Days(weekdays=self.weekdays, holidays=self.bank_holidays)


type Entry = Annotated[
    Annotated[Line, Tag(ONE)] | Annotated[WeeklyBreak, Tag(KEYS)],
    by_shape("must be the name of a break, or a break such as `{days: Mon-Fri, at: 15:00-15:30}`"),
]


class Added(Section):
    """Breaks on top of those that hold anyway."""

    add: tuple[Entry, ...] = Field(min_length=1)
    """Breaks, by name or written out."""


type BreakList = Annotated[
    Annotated[NoBreak, Tag(ONE)]
    | Annotated[tuple[Entry, ...], Tag(LIST)]
    | Annotated[Added, Tag(KEYS)],
    by_shape("must be a list such as `[lunch]`, `none`, or `{add: [lunch]}`"),
]


class Whom(Section):
    """One person, one team or one place."""

    person: PersonId | None = None
    """Sign-in name of a person."""
    team: Line | None = None
    """Name of a team."""
    place: Line | None = None
    """Name of a place."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError("must name one person, one team or one place; write a rule for each")
        return self

    @property
    def subject(self) -> Subject:
        """Whom it is about, as the core knows it."""
        for kind in (SubjectKind.PERSON, SubjectKind.TEAM, SubjectKind.PLACE):
            name = getattr(self, kind.value)
            if name is not None:
                return Subject(kind, name)
        raise AssertionError("one of them is set")


type For = Annotated[
    Annotated[Everybody, Tag(ONE)] | Annotated[Whom, Tag(KEYS)],
    by_shape("must be `everyone`, `{person: a.jones}`, `{team: finance}` or `{place: depot}`"),
]


class Blackout(Times):
    """Times in which no break counts."""

    for_: For = Field(alias="for")
    """Whom it is about."""
    from_: Day | None = Field(default=None, alias="from")
    """First day. Since ever if left out."""
    until: Day | None = None
    """Last day, included. For ever if left out."""
    reason: Line = ""
    """Why, for whoever reads the file."""

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        in_order(self.from_, self.until)
        return self


def fits(minutes: int, between: Span, sittings: int) -> None:
    """
    Compare the parts of a break that people start themselves.

    Raises:
        ValueError: if it leaves no choice, or has more parts than it is long.
    """
    if between.end - between.start <= minutes:
        raise ValueError(
            f"`between` (`{spelt(between)}`) must be longer than `minutes` (`{minutes}`);"
            f" write `at: {spelt(between)}` for a break at fixed times"
        )
    most = minutes // LEAST_MINUTES
    if sittings > most:
        raise ValueError(
            f"`sittings` (`{sittings}`) are too many for `minutes` (`{minutes}`): each is at"
            f" least {LEAST_MINUTES} minutes; write `sittings: {most}`"
        )


def in_order(first: Day | None, last: Day | None) -> None:
    """
    Compare a first day with a last one.

    Raises:
        ValueError: if the last is before the first.
    """
    if first is not None and last is not None and last < first:
        raise ValueError(f"`until` (`{last}`) must not be before `from` (`{first}`)")
