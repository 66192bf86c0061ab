"""A difference between two configurations, for people and for programs."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from breaktime.cli.diff import Difference, Row
from breaktime.cli.week import name_of

if TYPE_CHECKING:
    from breaktime.core.rule import Rule

FEW: Final = 6
"""So many people are named; more are counted."""

WEEK_MINUTES: Final = 7 * 24 * 60

_GONE: Final = {"controlled": "open at any time from now on, and not recorded"}
_NEW: Final = {"controlled": "blocked outside the breaks from now on"}


def as_text(found: Difference) -> Iterator[str]:
    """Write a difference for a terminal."""
    last = found.since + timedelta(days=7 * found.weeks - 1)
    weeks = "1 week" if found.weeks == 1 else f"{found.weeks} weeks"
    span = f"{found.since:%-d %B %Y} to {last:%-d %B %Y} ({weeks})"
    if not found.lists and not found.rows:
        yield f"nothing differs for anybody from {span}"
        return
    for each in found.lists:
        yield each.name
        for sign, names, told in (("-", each.gone, _GONE), ("+", each.new, _NEW)):
            note = f": {told[each.name]}" if each.name in told else ""
            yield from (f"  {sign} {name}{note}" for name in names)
        yield ""
    if not found.rows:
        yield f"nobody's breaks differ from {span}"
        return
    yield f"minutes a week, from {span}"
    yield f"{'before':>10} {'after':>8} {'gains':>8} {'loses':>8}"
    for group in dict.fromkeys(row.group for row in found.rows):
        yield group
        for row in found.rows:
            if row.group == group:
                yield from _row(row, found)


def _row(row: Row, found: Difference) -> Iterator[str]:
    change, weeks = row.change, found.weeks
    before, after = (
        "exempt" if exempt else _average(minutes, weeks)
        for exempt, minutes in zip(row.exempt, (change.before, change.after), strict=True)
    )
    gains = f"+{_average(change.gains, weeks)}" if change.gains else ""
    loses = f"-{_average(change.loses, weeks)}" if change.loses else ""
    about = [_people(row.people), _platforms(row.platforms, found.platforms)]
    numbers = f"{before:>10} {after:>8} {gains:>8} {loses:>8}"
    yield f"{numbers}  {'; '.join(filter(None, about))}".rstrip()
    for word, rules in (("gains", change.gained), ("loses", change.lost)):
        if rules:
            yield f"{'':38}{word} {', '.join(dict.fromkeys(name_of((rule,)) for rule in rules))}"


def _average(minutes: int, weeks: int) -> str:
    return f"{minutes / weeks:.1f}".removesuffix(".0")


def _people(people: Sequence[str]) -> str:
    if len(people) <= FEW:
        return ", ".join(people)
    return f"{len(people)} people: {', '.join(people[:FEW])} and {len(people) - FEW} more"


def _platforms(some: Sequence[str], known: Sequence[str]) -> str:
    if 2 * len(some) <= len(known):
        return ", ".join(some)
    return f"all but {', '.join(each for each in known if each not in some)}"


def as_object(found: Difference) -> dict[str, object]:
    """Return a difference as the object that other programs read."""
    return {
        "from": found.since.isoformat(),
        "weeks": found.weeks,
        "lists": {each.name: {"gone": each.gone, "new": each.new} for each in found.lists},
        "groups": [
            {
                "group": row.group,
                "people": row.people,
                "platforms": row.platforms,
                "exempt": {"before": row.exempt[0], "after": row.exempt[1]},
                "minutes_a_week": {
                    "before": round(row.change.before / found.weeks, 1),
                    "after": round(row.change.after / found.weeks, 1),
                    "gains": round(row.change.gains / found.weeks, 1),
                    "loses": round(row.change.loses / found.weeks, 1),
                },
                "gained": _rules(row.change.gained),
                "lost": _rules(row.change.lost),
            }
            for row in found.rows
        ],
    }


def _rules(rules: "Sequence[Rule]") -> list[str]:
    return [rule.id for rule in rules]
