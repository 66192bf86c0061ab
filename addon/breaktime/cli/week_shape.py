"""The week of one person, as it is shown: days, their times, and what may be chosen."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from breaktime.core.rule import Rule


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One time of a day.

    Fields:
        since, until: on the person's own clock.
        open: social media is open; otherwise a blackout or a suspension closes it.
        name: of the rule, in words.
        rules: the rules that say so, the deciding one first.
        platforms: names of the platforms it is for; empty for all.
        whole: it is a whole day.
    """

    since: datetime
    until: datetime
    open: bool
    name: str
    rules: tuple["Rule", ...]
    platforms: tuple[str, ...] = ()
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """
    A flexible break: when people may start it themselves, and how long it may be.

    Fields:
        since, until: on the person's own clock.
        minutes: the most, in so many `sittings`.
        name: of the break, in words.
        rules: the rules that give it.
        platforms: names of the platforms it is for; empty for all.
    """

    since: datetime
    until: datetime
    minutes: int
    sittings: int
    name: str
    rules: tuple["Rule", ...]
    platforms: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Say it in one line."""
        parts = "" if self.sittings == 1 else f" in up to {self.sittings} parts"
        span = f"{self.since:%H:%M}-{self.until:%H:%M}"
        for_ = f" ({', '.join(self.platforms)})" if self.platforms else ""
        return f"{self.name}{for_}: {self.minutes} min{parts}, started by hand, in {span}"


@dataclass(frozen=True, slots=True)
class Day:
    """One local day: its date, what is special about it, its times, and what may be chosen."""

    date: date
    notes: tuple[str, ...]
    entries: tuple[Entry, ...]
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Week:
    """
    One week of one person.

    Fields:
        organisation: its name.
        person, place: ids; the place is None where it makes no difference or is not known.
        zone: whose clock counts.
        monday: the first day.
        days: the seven days.
        shift: the day on which the clock changes; None in most weeks.
        minutes: how long it is open altogether, on any platform, by breaks that start this week.
        by_hand: the most minutes more, of breaks that people start themselves.
        work: business cases of the week, in words.
        exempt: the person is neither blocked nor recorded, by this rule.
    """

    organisation: str
    person: str
    place: str | None
    zone: ZoneInfo
    monday: date
    days: tuple[Day, ...]
    shift: date | None
    minutes: int
    work: tuple[str, ...]
    exempt: "Rule | None"
    by_hand: int = 0

    @property
    def legend(self) -> dict[str, tuple["Rule", ...]]:
        """Where each name is written."""
        found: dict[str, dict[Rule, None]] = {}
        for day in self.days:
            shown: tuple[Entry | Choice, ...] = (*day.entries, *day.choices)
            for one in shown:
                found.setdefault(one.name, {}).update(dict.fromkeys(one.rules))
        return {name: tuple(rules) for name, rules in sorted(found.items())}
