"""Stage 4, breaks: what the rules of one person say, before anybody asks at which instant."""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from breaktime.core.rule import Rule
from breaktime.core.wall import Span


class HolidayRule(StrEnum):
    """What a bank holiday or closed day means for a break."""

    INCLUDE = "include"
    EXCLUDE = "exclude"
    ONLY = "only"


class DayFilter(Protocol):
    """Says on which days a break starts."""

    def holds(self, day: date, *, holiday: bool) -> bool:
        """
        Tell whether a start day is meant.

        Args:
            day: a local day.
            holiday: it is a bank holiday or closed day of the person asked about.
        """


class Nth(NamedTuple):
    """
    A weekday counted within its month.

    Fields:
        nth: 1 = the first of the month to 5; -1 = the last.
        weekday: 0 = Monday to 6 = Sunday.
    """

    nth: int
    weekday: int


class MonthDays(NamedTuple):
    """
    Days of the month in a row, both included.

    Fields:
        first, last: 1 to 31, or -1 = the last day of the month to -31.
    """

    first: int
    last: int

    def holds(self, day: date) -> bool:
        """Tell whether a day is meant; what a short month does not have is no other day."""
        length = monthrange(day.year, day.month)[1]
        first, last = (each if each > 0 else length + 1 + each for each in (self.first, self.last))
        return first <= day.day <= last


class Weeks(NamedTuple):
    """
    Every so many weeks, before the first one too.

    Fields:
        every: weeks from one to the next, at least 1.
        starts: any day of one of these weeks; weeks begin on Monday.
    """

    every: int
    starts: date

    def holds(self, day: date) -> bool:
        """Tell whether a day is in one of the weeks."""
        monday = self.starts.toordinal() - self.starts.weekday()
        return (day.toordinal() - monday) // 7 % self.every == 0


@dataclass(frozen=True, slots=True)
class Days:
    """
    A filter of start days: all that is given must hold. An absent list matches every day.

    Fields:
        weekdays: 0 = Monday to 6 = Sunday.
        dates: single dates.
        since, until: first and last day, both included.
        holidays: what bank holidays and closed days do.
        nth: weekdays counted within the month, beside the plain ones of `weekdays`.
        month_days: days of the month.
        months: 1 = January to 12.
        years: in full.
        weeks: every so many weeks.
    """

    weekdays: frozenset[int] | None = None
    dates: frozenset[date] | None = None
    since: date = date.min
    until: date = date.max
    holidays: HolidayRule = HolidayRule.INCLUDE
    nth: frozenset[Nth] = frozenset()
    month_days: tuple[MonthDays, ...] | None = None
    months: frozenset[int] | None = None
    years: frozenset[int] | None = None
    weeks: Weeks | None = None

    def holds(self, day: date, *, holiday: bool) -> bool:
        """Tell whether a start day is meant."""
        return (
            self.since <= day <= self.until
            and self._holds_in_week(day)
            and (self.dates is None or day in self.dates)
            and (self.months is None or day.month in self.months)
            and (self.years is None or day.year in self.years)
            and (self.month_days is None or any(one.holds(day) for one in self.month_days))
            and (self.weeks is None or self.weeks.holds(day))
            and (
                self.holidays is HolidayRule.INCLUDE
                or holiday == (self.holidays is HolidayRule.ONLY)
            )
        )

    def _holds_in_week(self, day: date) -> bool:
        if self.weekdays is None and not self.nth:
            return True
        weekday = day.weekday()
        if self.weekdays is not None and weekday in self.weekdays:
            return True
        return any(
            weekday == one.weekday
            and (_is_last(day) if one.nth < 0 else (day.day - 1) // 7 + 1 == one.nth)
            for one in self.nth
        )


def _is_last(day: date) -> bool:
    """Tell whether a day is the last of its weekday in its month."""
    return day.day + 7 > monthrange(day.year, day.month)[1]


EVERY_DAY = Days()


@dataclass(frozen=True, slots=True)
class Cycle:
    """
    The days of a rota that goes round for ever, in both directions.

    Fields:
        starts: a day on which the cycle begins.
        length: days of one round.
        days: which days of the round are meant; 0 is the first.
    """

    starts: date
    length: int
    days: frozenset[int]

    def holds(self, day: date, *, holiday: bool) -> bool:  # noqa: ARG002  people on a rota work then too
        """Tell whether a start day is meant."""
        return (day.toordinal() - self.starts.toordinal()) % self.length in self.days


@dataclass(frozen=True, slots=True)
class Break:
    """
    A break with fixed times.

    Fields:
        rule: where it is written.
        days: the days on which it starts.
        spans: its ranges.
        platforms: ids of the platforms it is for; None for all.
    """

    rule: Rule
    spans: tuple[Span, ...]
    days: DayFilter = EVERY_DAY
    platforms: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class FlexibleBreak(Break):
    """
    A break that the person starts and stops; `spans` is where it may be taken.

    Fields:
        minutes: the most time of one start day, elapsed and not by the wall clock; at least 5.
        sittings: the most parts that it is taken in, at least 1.
    """

    minutes: int = 60
    sittings: int = 1


@dataclass(frozen=True, slots=True)
class Layer:
    """
    The breaks that one rank of rules gives: a person's, the teams', the place's or everyone's.

    Fields:
        rules: where the layer is written, most often one place; several for several teams.
        sources: the breaks, one tuple for each rule that replaces the ranks below.
        added: breaks on top of this rank or of the ranks below, one tuple for each rule that adds.
        narrowest: several sources mean their intersection; otherwise their union.
    """

    rules: tuple[Rule, ...]
    sources: tuple[tuple[Break, ...], ...] = ()
    added: tuple[tuple[Break, ...], ...] = ()
    narrowest: bool = False


@dataclass(frozen=True, slots=True)
class DatedException:
    """
    Breaks that replace the weekly ones, or add to them, on some dates.

    Fields:
        rule: where it is written.
        since, until: first and last day, both included.
        breaks: the breaks of these days; none closes them.
        adds: the breaks come on top of the weekly ones.
    """

    rule: Rule
    since: date
    until: date
    breaks: tuple[Break, ...]
    adds: bool = False


@dataclass(frozen=True, slots=True)
class Blackout:
    """Times in which no break counts."""

    rule: Rule
    spans: tuple[Span, ...]
    days: DayFilter = EVERY_DAY


@dataclass(frozen=True, slots=True)
class Suspension:
    """Whole days, both included, in which somebody's personal use is withdrawn."""

    rule: Rule
    since: date
    until: date


@dataclass(frozen=True, eq=False)
class Profile:
    """
    All that decides about the breaks of one person in one place.

    People who are treated alike share one, with what was laid out of it. Where their lists are
    their own, and only alike, `OWN` stands for the list, and each has a copy that knows theirs.

    Fields:
        zone: whose wall clock counts.
        layers: most specific first. The first with sources hides those after it.
        exceptions: by rank, most specific first. The first rank with one on a date counts.
        blackouts, suspensions: those that concern the person.
        holidays: bank holidays and closed days.
        narrowest: several exceptions of one rank mean their intersection.
        own: the list that `OWN` stands for.
        laid_out: days that were laid out, by platform and day; `when` keeps them here.
        foreseen: up to which day nothing changes, by platform; likewise.
        shared: one object for all who share all this: times and breaks are the same for them.
    """

    zone: ZoneInfo
    layers: tuple[Layer, ...] = ()
    exceptions: tuple[tuple[DatedException, ...], ...] = ()
    blackouts: tuple[Blackout, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    holidays: frozenset[date] = frozenset()
    narrowest: bool = False
    own: Rule | None = None
    laid_out: dict[tuple[str | None, int], Any] = field(init=False, repr=False)
    foreseen: dict[str | None, Any] = field(init=False, repr=False)
    shared: object = field(init=False, repr=False)
    limited: bool = field(init=False)
    constant: bool = field(init=False)
    flexible: tuple[FlexibleBreak, ...] = field(init=False)

    def __post_init__(self) -> None:
        """
        Note three things that save work.

        `limited`: some break is for some platforms only, so the answer depends on the platform.
        `constant`: nothing ever opens or closes, so no next change need be looked for.
        `flexible`: the breaks that the ledger has to be asked about, each once.
        """
        breaks = [
            one
            for layer in self.layers
            for group in (*layer.sources, *layer.added)
            for one in group
        ]
        breaks += [one for rank in self.exceptions for dated in rank for one in dated.breaks]
        object.__setattr__(self, "limited", any(one.platforms is not None for one in breaks))
        changing = breaks or self.blackouts or self.suspensions
        object.__setattr__(self, "constant", not changing)
        flexible = (one for one in breaks if isinstance(one, FlexibleBreak))
        object.__setattr__(self, "flexible", tuple(dict.fromkeys(flexible)))
        object.__setattr__(self, "laid_out", {})
        object.__setattr__(self, "foreseen", {})
        object.__setattr__(self, "shared", object())

    def owned_by(self, own: Rule) -> "Profile":
        """Return the same rules, of somebody with a list of their own."""
        found = object.__new__(Profile)
        found.__dict__.update(self.__dict__, own=own)
        return found
