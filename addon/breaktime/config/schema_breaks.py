"""Schema, breaks: when something is open, and for whom a rule is."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated, Self, cast

from pydantic import Field, Tag, model_validator

from breaktime.config.text import Dates, spelt
from breaktime.config.text_days import DaysOfWeek
from breaktime.config.values import (
    KEYS,
    LIST,
    ONE,
    DateList,
    Day,
    Everybody,
    EveryWeeks,
    Line,
    MonthDayList,
    MonthList,
    NoBreak,
    PersonId,
    Range,
    Ranges,
    Section,
    WeekdayList,
    YearList,
    by_shape,
)
from breaktime.core.breaks import Days, HolidayRule, MonthDays, Weeks
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


class OnDays(Section):
    """Days on which something starts. All that is given must hold; of a list, one entry."""

    days: WeekdayList | None = None
    """`Mon-Fri`, `[Sat, Sun]`, `first Mon`, `last Fri`. Every day if left out."""
    month_days: MonthDayList | None = None
    """Days of the month: `1`, `[1-5, -1]`; -1 is the last one."""
    months: MonthList | None = None
    """Months: `Jan-Nov`, `[Jun, Dec]`, or `Nov-Feb` across the end of the year."""
    years: YearList | None = None
    """Years: `2026`, or `2026-2028`."""
    dates: DateList | None = None
    """Dates: `2026-12-24`, `2027-05-06 to 2027-05-07`, or a list of them."""
    every: EveryWeeks | None = None
    """`2 weeks`: every second week only, counted from the week of `starts`."""
    starts: Day | None = None
    """A day of one of the weeks that `every` means; weeks begin on Monday."""
    bank_holidays: HolidayRule = HolidayRule.INCLUDE
    """What bank holidays and closed days do: `include`, `exclude`, or `only` on such days."""

    @model_validator(mode="after")
    def _weeks(self) -> Self:
        if self.every is not None and self.starts is None:
            raise ValueError("`starts` is missing; write a day of one of these weeks")
        if self.starts is not None and self.every is None:
            raise ValueError("`starts` says nothing without `every`; write `every: 2 weeks`")
        return self

    def on(self, since: date = date.min, until: date = date.max) -> Days:
        """Return the days that are meant, of those between a first and a last one."""
        chosen = as_list(self.days, DaysOfWeek)
        return Days(
            weekdays=_union(one.weekdays for one in chosen) if chosen else None,
            nth=_union(one.nth for one in chosen),
            month_days=as_list(self.month_days, MonthDays) or None,
            months=_union(as_list(self.months, frozenset)) or None,
            years=_union(as_list(self.years, frozenset)) or None,
            dates=_union(each.every() for each in as_list(self.dates, Dates)) or None,
            weeks=None if self.every is None or self.starts is None
            else Weeks(self.every, self.starts),
            since=since,
            until=until,
            holidays=self.bank_holidays,
        )  # fmt: skip


def as_list[T](written: object, kind: type[T]) -> tuple[T, ...]:
    """Return what may be written alone or as a list, as a list; nothing is an empty one."""
    if isinstance(written, kind):
        return (written,)
    return cast("tuple[T, ...]", written or ())


def _union[T](sets: Iterable[frozenset[T]]) -> frozenset[T]:
    return frozenset().union(*sets)


class Times(OnDays):
    """Times of the week."""

    at: Ranges
    """`12:00-14:00`, or a list. The end is not included; an earlier end is on the next day."""

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
