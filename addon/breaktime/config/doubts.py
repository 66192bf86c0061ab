"""Doubts: what works today and is hardly meant, or will stop to work soon."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from string import ascii_lowercase, digits
from typing import Final
from zoneinfo import ZoneInfo

from breaktime.config.draft import Draft
from breaktime.config.positions import Path
from breaktime.config.problems import counted, quoted
from breaktime.config.schema_file import Configuration
from breaktime.core.breaks import Blackout, Break
from breaktime.core.policy import EVERYONE, Policy, Subject, SubjectKind
from breaktime.core.rule import Rule
from breaktime.core.wall import DAY, Span, day_edges, occurrences

SOON: Final = 30
"""Days before its end from which a business case is told of."""

YEAR: Final = 366
_LETTERS: Final = f"{ascii_lowercase}{digits}.-_@"
_DAY: Final = 24 * 60
_WHOLE_DAY: Final = timedelta(hours=24)


def doubt(draft: Draft, model: Configuration, policy: Policy, today: date) -> None:
    """Note everything about a configuration that depends on what day it is."""
    _cases(draft, model, today)
    _rotas(draft, today)
    _gaps(draft, policy, today)
    _strangers(draft, model, policy)


def _cases(draft: Draft, model: Configuration, today: date) -> None:
    for index, case in enumerate(model.business_cases):
        left = (case.until - today).days
        path: Path = ("business_cases", index, "until")
        hint = "have it approved anew, or remove it"
        if left < 0:
            draft.warn(path, f"the case {quoted(case.id)} has ended", hint)
        elif left <= SOON:
            when = "today" if left == 0 else f"in {counted(left, 'day')}"
            draft.warn(path, f"the case {quoted(case.id)} ends {when}", hint)


def _rotas(draft: Draft, today: date) -> None:
    """Warn of rotas from files that say nothing about the next month: nobody has a break then."""
    first = (today.replace(day=1) + 31 * DAY).replace(day=1)
    for path, days in draft.entries.items():
        if not any((day.year, day.month) == (first.year, first.month) for day in days):
            what = f"has no entries for {first:%B %Y}; the last is of {max(days)}"
            draft.warn(path, what, "without an entry there is no break")


def _gaps(draft: Draft, policy: Policy, today: date) -> None:
    """Warn of times that no clock shows on the day on which the clocks go forward."""
    zones = _zones(policy)
    short = {zone: list(_short_days(zone, today)) for zone in {policy.zone, *policy.zones.values()}}
    written: list[tuple[Path, Break | Blackout]] = list(draft.breaks)
    blackouts = enumerate(one for _, one in policy.blackouts)
    written += [(("blackouts", index, "at"), one) for index, one in blackouts]
    for path, one in written:
        found = (
            (day, span, zone)
            for zone in sorted({policy.zone, *zones.get(one.rule, ())}, key=str)
            for day in short[zone]
            for span in one.spans
            if one.days.holds(day, holiday=day in policy.holidays)
            and not occurrences(zone, day, span)
        )
        for day, span, zone in list(found)[:1]:
            what = f"{quoted(_shown(span))} does not happen on {day + span.start // _DAY * DAY}"
            draft.warn(path, what, f"the clocks in {zone.key} go forward over it")


def _short_days(zone: ZoneInfo, today: date) -> Iterator[date]:
    """Return the days of a year that are shorter than others, and those before them."""
    for n in range(YEAR):
        since, until = day_edges(zone, today + n * DAY)
        if until - since < _WHOLE_DAY:
            yield today + (n - 1) * DAY  # its nights reach into the short day
            yield today + n * DAY


def _zones(policy: Policy) -> dict[Rule, set[ZoneInfo]]:
    """Return in which zones besides the organisation's a break is used."""
    found: dict[Rule, set[ZoneInfo]] = {}
    for who, zone in policy.zones.items():
        for one in _breaks_of(policy, who):
            found.setdefault(one.rule, set()).add(zone)
    return found


def _breaks_of(policy: Policy, who: Subject) -> Iterator[Break]:
    if who.kind is SubjectKind.PERSON:
        profile = policy.standing(who.id, (), None).profile
        for layer in profile.layers if profile else ():
            for source in (*layer.sources, *layer.added):
                yield from source
        return
    for subject in (who, EVERYONE):
        if subject in policy.breaks:
            yield from policy.breaks[subject].breaks


def _shown(span: Span) -> str:
    ends = (span.start % _DAY, span.end if span.end == _DAY else span.end % _DAY)
    return "-".join(f"{each // 60:02}:{each % 60:02}" for each in ends)


def _strangers(draft: Draft, model: Configuration, policy: Policy) -> None:
    """
    Warn of a person who is named by a rule only, and whose name looks like a slip.

    People whom no team lists are nothing unusual: they may live in the directory. So only a
    letter too many, too few or out of turn is told.
    """
    known = policy.directory.people
    for path, name in _named(model):
        near = None if name in known else next((one for one in _slips(name) if one in known), None)
        if near is not None:
            draft.warn(path, f"nobody is called {quoted(name)} so far", f"did you mean `{near}`")


def _named(model: Configuration) -> Iterator[tuple[Path, str]]:
    sections: dict[str, Iterable[object]] = {
        "business_cases": (case.for_ for case in model.business_cases),
        "suspensions": (one.for_ for one in model.suspensions),
        "exceptions": (one.for_ for one in model.exceptions),
        "blackouts": (one.for_ for one in model.blackouts),
        "exempt": model.exempt,
    }
    for section, subjects in sections.items():
        for index, whom in enumerate(subjects):
            person = getattr(whom, "person", None)
            if person is not None:
                path: Path = (section, index) if section == "exempt" else (section, index, "for")
                yield (*path, "person"), person


def _slips(name: str) -> Iterator[str]:
    """Return a name with one letter less or more, and with two letters the wrong way round."""
    for n in range(len(name) + 1):
        yield name[:n] + name[n + 1 :]
        yield name[:n] + name[n : n + 2][::-1] + name[n + 2 :]
        yield from (name[:n] + letter + name[n:] for letter in _LETTERS)
