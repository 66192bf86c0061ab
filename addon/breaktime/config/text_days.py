"""
Text, days: the little grammars that choose days, such as `first Mon`, `Nov-Feb` and `2 weeks`.

As in `text`: each function returns what the core understands, or raises ValueError with what is
wrong and, after a semicolon, what to write.
"""

import re
from typing import Final, NamedTuple

from breaktime.config.problems import nearest, one_of, quoted
from breaktime.config.text import FIRST_YEAR, LAST_YEAR, WEEKDAYS, weekdays
from breaktime.core.breaks import MonthDays, Nth

MONTHS: Final = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
_MONTHS_IN_FULL: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
ORDINALS: Final = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
_FIGURES: Final = {"1st": "first", "2nd": "second", "3rd": "third", "4th": "fourth"}

_MONTH_DAY: Final = re.compile(r"(-?[0-9]{1,2})(?: ?(?:-| to ) ?(-?[0-9]{1,2}))?")
_YEAR: Final = re.compile(r"([0-9]{4})(?: ?- ?([0-9]{4}))?")
_WEEKS: Final = re.compile(r"([0-9]{1,3}) weeks?")
_LONGEST_MONTH: Final = 31
_MOST_WEEKS: Final = 52
_EN_DASH: Final = "\N{EN DASH}"


class DaysOfWeek(NamedTuple):
    """
    What `days` says.

    Fields:
        weekdays: 0 = Monday to 6 = Sunday, in every week.
        nth: weekdays counted within the month.
    """

    weekdays: frozenset[int]
    nth: frozenset[Nth]


def days(text: str) -> DaysOfWeek:
    """Read days: `Mon-Fri`, `Sat, Sun`, `first Mon`, `last Fri`, or several of them."""
    plain: list[str] = []
    nth: set[Nth] = set()
    for part in text.split(","):
        ordinal, space, weekday = part.strip().partition(" ")
        counted = ordinal in ORDINALS and space and weekday.strip() in WEEKDAYS
        if counted:
            nth.add(Nth(ORDINALS[ordinal], WEEKDAYS.index(weekday.strip())))
        elif _meant_as_counted(ordinal):
            raise ValueError(
                f"must be days such as `first Mon`, found {quoted(text)}; {_nth_hint(text)}"
            )
        else:
            plain.append(part)
    return DaysOfWeek(weekdays(",".join(plain)) if plain else frozenset(), frozenset(nth))


def _meant_as_counted(word: str) -> bool:
    lower = word.casefold()
    return lower in ORDINALS or lower in _FIGURES or lower in {"fifth", "5th"}


def _nth_hint(text: str) -> str:
    """Guess what was meant by a counted weekday that is written in another way."""
    words = text.replace(",", " ").split()
    if words[0].casefold() in {"fifth", "5th"}:
        return "write `last Fri` for the last of the month"
    ordinals = [_FIGURES.get(word.casefold(), word.casefold()) for word in words]
    counts = [word for word in ordinals if word in ORDINALS]
    others = [word for word, ordinal in zip(words, ordinals, strict=True) if ordinal not in counts]
    names = [near for word in others if (near := nearest(word[:3], WEEKDAYS)) is not None]
    if len(names) == 1 and len(counts) == 1:
        return f"write `{counts[0]} {names[0]}`"
    if len(names) == 1 and counts:
        return "write " + quoted(", ".join(f"{count} {names[0]}" for count in counts))
    return f"write {one_of(ORDINALS)} and one day after it"


def month_days(text: str) -> MonthDays:
    """Read days of the month: `1`, `1-5`, `-1` for the last one, `-3 to -1` for the last three."""
    fits = _MONTH_DAY.fullmatch(text.replace(_EN_DASH, "-").strip())
    if fits is None:
        raise ValueError(
            f"must be days of the month, found {quoted(text)};"
            " write for example `1-5`, `-1` for the last one, or `-3 to -1`"
        )
    first, last = int(fits[1]), int(fits[2] or fits[1])
    if not all(1 <= abs(each) <= _LONGEST_MONTH for each in (first, last)):
        raise ValueError(
            f"must be between 1 and {_LONGEST_MONTH}, or -1 and -{_LONGEST_MONTH} counted from"
            f" the end, found {quoted(text)}"
        )
    if first < 0 < last:
        raise ValueError(
            f"must not begin counted from the end and end counted from the start,"
            f" found {quoted(text)}; write two entries"
        )
    if (first < 0) == (last < 0) and last < first:
        raise ValueError(
            f"must not end before it starts, found {quoted(text)};"
            f" write `{last} to {first}`, or two entries"
        )
    return MonthDays(first, last)


def months(text: str) -> frozenset[int]:
    """Read months: `Jan-Nov`, `Jun, Dec`, or `Nov-Feb` across the end of the year; Jan is 1."""
    found: set[int] = set()
    for part in text.replace(_EN_DASH, "-").split(","):
        first, dash, last = (each.strip() for each in part.partition("-"))
        ends = (first, last) if dash else (first, first)
        if not all(each in MONTHS for each in ends):
            raise ValueError(
                f"must be months such as `Jan-Nov`, found {quoted(text)}; {_months_hint(text)}"
            )
        start, end = map(MONTHS.index, ends)
        found |= {(start + step) % 12 + 1 for step in range((end - start) % 12 + 1)}
    return frozenset(found)


def _months_hint(text: str) -> str:
    """Guess what was meant by months that are written in another way."""
    parts = re.split(r"( *, *| *- *| to | until )", text.replace(_EN_DASH, "-"))
    meant = [_month(part.strip()) for part in parts[::2]]
    if all(meant):
        between = ["-" if "," not in mark else ", " for mark in parts[1::2]]
        return "write " + quoted(
            "".join(f"{month}{mark}" for month, mark in zip(meant, [*between, ""], strict=True))
        )
    return "write for example `Jan`, or several as `Jan-Nov`"


def _month(word: str) -> str | None:
    if word.isascii() and word.isdigit() and 1 <= int(word[:3]) <= len(MONTHS):
        return MONTHS[int(word) - 1]
    near = nearest(word, _MONTHS_IN_FULL, cutoff=0.75) or nearest(word, MONTHS)
    return near[:3] if near else None


def years(text: str) -> frozenset[int]:
    """Read years: `2026`, or `2026-2028`."""
    fits = _YEAR.fullmatch(text.replace(_EN_DASH, "-").strip())
    if fits is None:
        raise ValueError(
            f"must be a year, found {quoted(text)}; write for example `2026` or `2026-2028`"
        )
    first, last = int(fits[1]), int(fits[2] or fits[1])
    if not FIRST_YEAR <= min(first, last) <= max(first, last) <= LAST_YEAR:
        raise ValueError(f"must be between {FIRST_YEAR} and {LAST_YEAR}, found {quoted(text)}")
    if last < first:
        raise ValueError(
            f"must not end before it starts, found {quoted(text)}; write `{last}-{first}`"
        )
    return frozenset(range(first, last + 1))


def weeks(text: str) -> int:
    """Read how often a break comes: `2 weeks`."""
    fits = _WEEKS.fullmatch(text)
    if fits is None:
        raise ValueError(
            f"must be a number of weeks, found {quoted(text)}; write for example `2 weeks`"
        )
    found = int(fits[1])
    if not 1 <= found <= _MOST_WEEKS:
        raise ValueError(f"must be between `1 week` and `52 weeks`, found {quoted(text)}")
    return found
