"""
iCalendar: the shifts that a rota system exports as events (RFC 5545).

Laws of this file:

1. An event is a shift on the day on which it begins, by the clock that it is written in; a time in
   UTC by the clock of the organisation. An all-day event is a shift on each of its days.
2. What repeats is followed up to `until`, or for `FOLLOWED_DAYS` after the last date that the file
   itself begins anything on. There is no clock here that could say how far is far enough.
3. Whatever cannot be read is a problem: a rota with an event left out is another rota.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar

from breaktime.config import beside
from breaktime.config.draft import Draft
from breaktime.config.duties import Duty
from breaktime.config.positions import Path
from breaktime.config.problems import ConfigError, Problem, quoted
from breaktime.config.schema_rotas import Rota
from breaktime.core.signin import SignInNames

MAX_BYTES: Final = 4 * 1024 * 1024
MAX_EVENTS: Final = 20_000
MAX_DAYS: Final = 50_000
FOLLOWED_DAYS: Final = 10 * 366

_CONTENT: Final = re.compile(r"[A-Za-z0-9-]+[;:].*")
_BREAK: Final = re.compile(r"\r?\n")
_DAY: Final = timedelta(days=1)
_SPARE: Final = 8
"""Days at both ends of the calendar that are left alone: zones and nights need some more."""

_LINE: Final = "X-BREAKTIME-LINE"
_OFTEN: Final = frozenset({"SECONDLY", "MINUTELY", "HOURLY"})
_WITHIN_A_DAY: Final = frozenset({"BYHOUR", "BYMINUTE", "BYSECOND"})
_AGAIN: Final = "export the file again"
_UNREADABLE: Final = (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError)
"""What the libraries raise for dates and rules that mean nothing."""

type _Event = Any
"""An event of icalendar: its values are of whatever type the file gives them."""


class _Reading(NamedTuple):
    """What is meant of a calendar: its name for messages, the rota, zone and names of people."""

    shown: str
    rota: Rota
    zone: ZoneInfo
    names: SignInNames

    @property
    def named_by(self) -> str:
        """The property that names the shift."""
        return self.rota.shift_from or "summary"

    def broken(self, line: int, what: str, hint: str = "", where: str = "") -> ConfigError:
        """Return the problem of one line or of the event that begins there."""
        return ConfigError((Problem(self.shown, line, 1, where, what, hint),))


def duties(draft: Draft, path: Path, rota: Rota, zone: ZoneInfo, names: SignInNames) -> list[Duty]:
    """
    Read the calendar of a rota.

    Args:
        draft: where problems are noted.
        path: keys that lead to the name of the file.
        rota: names the file, and says what of it is meant.
        zone: of the organisation.
        names: which names are one person.
    """
    assert rota.calendar is not None
    file = beside.read(draft, path, rota.calendar, MAX_BYTES)
    if file is None:
        return []
    reading = _Reading(file[0], rota, zone, names)
    try:
        return _all(draft, reading, *_events(reading, file[1]))
    except ConfigError as error:
        draft.problems += error.problems
        return []


def _events(reading: _Reading, text: str) -> tuple[list[_Event], str | None]:
    """Read all events, each with the line that it begins in, and the zone of the calendar."""
    lines = _lines(reading, text)
    if len(lines) > MAX_EVENTS:
        what = f"there are more than {MAX_EVENTS:,} events"
        raise reading.broken(lines[MAX_EVENTS], what, "export fewer months")
    try:
        calendar = Calendar.from_ical(text)
        events: list[_Event] = list(calendar.walk("VEVENT"))
        for event, line in zip(events, lines, strict=True):
            event[_LINE] = line
    except _UNREADABLE as error:
        what = f"this calendar cannot be read: {quoted(error)}"
        raise reading.broken(1, what, _AGAIN) from None
    zone = calendar.get("X-WR-TIMEZONE")
    return events, None if zone is None else str(zone)


def _lines(reading: _Reading, text: str) -> list[int]:
    """Look at each line, and return those on which an event begins; counted from 1."""
    found: list[int] = []
    nested: list[tuple[str, int]] = []
    for number, line in enumerate(_BREAK.split(text), 1):
        if line.startswith((" ", "\t")) or not line:  # folded: it continues the line above
            continue
        if not _CONTENT.fullmatch(line):
            raise reading.broken(number, f"{quoted(line)} is no line of a calendar", _AGAIN)
        key, _, name = line.upper().strip().partition(":")
        if not nested and (found or (key, name) != ("BEGIN", "VCALENDAR")):
            what = "must hold one calendar, from `BEGIN:VCALENDAR` to `END:VCALENDAR`"
            raise reading.broken(number, what, _AGAIN)
        if key == "BEGIN":
            nested.append((name, number))
            if name == "VEVENT":
                found.append(number)
        elif key == "END" and nested.pop()[0] != name:
            raise reading.broken(number, f"{quoted(line)} does not end what is open", _AGAIN)
    if nested:
        name, number = nested[-1]
        raise reading.broken(number, f"{quoted(f'BEGIN:{name}')} is never ended", _AGAIN)
    if not text.strip():
        raise reading.broken(1, "is empty", _AGAIN)
    return found


def _all(draft: Draft, reading: _Reading, events: list[_Event], zone: str | None) -> list[Duty]:
    """Return the days of all events; an event with problems does not hide those of others."""
    good: list[_Event] = []
    for event in events:
        try:
            _check(reading, event)
        except ConfigError as error:
            draft.problems += error.problems
        else:
            good.append(event)
    if not good:
        return []
    starts = [_date(event["DTSTART"].dt) for event in good]
    first = max(reading.rota.from_ or date.min, min(starts))
    last = reading.rota.until or _later(max(starts), FOLLOWED_DAYS)
    together: dict[str, list[_Event]] = {}  # an event with those that change it once
    for event in good:
        together.setdefault(str(event.get("UID", f"\0{event[_LINE]}")), []).append(event)
    found: list[Duty] = []
    for group in together.values():
        try:
            found += _duties(reading, group, (first, last), zone)
        except ConfigError as error:
            draft.problems += error.problems
        if len(found) > MAX_DAYS:
            what = f"these events mean more than {MAX_DAYS:,} days"
            raise reading.broken(group[0][_LINE], what, "give the rota an `until`")
    return found


def _check(reading: _Reading, event: _Event) -> None:
    """Refuse what cannot be read, and what would go on and on."""
    line, title = event[_LINE], quoted(event.get("SUMMARY", "an event"))
    for name, _ in event.errors:
        what = f"{title} has a value that cannot be read"
        raise reading.broken(line, what, _AGAIN, str(name).lower())
    if not hasattr(event.get("DTSTART"), "dt"):
        raise reading.broken(line, f"{title} does not say when it begins", _AGAIN, "dtstart")
    rules = event.get("RRULE", [])
    for rule in rules if isinstance(rules, list) else [rules]:
        often = _OFTEN & {str(each).upper() for each in rule.get("FREQ", ())}
        if often or _WITHIN_A_DAY & {key.upper() for key in rule}:
            what = f"{title} is repeated more than once a day"
            raise reading.broken(line, what, "let it repeat daily", "rrule")


def _duties(
    reading: _Reading, group: list[_Event], days: tuple[date, date], zone: str | None
) -> list[Duty]:
    whole = Calendar()
    if zone is not None:
        whole["X-WR-TIMEZONE"] = zone
    for event in group:
        whole.add_component(event)
    found: list[Duty] = []
    try:
        for each in _occurrences(whole, days):
            if str(each.get("STATUS", "")).upper() != "CANCELLED":
                found += _on(reading, each, days)
            if len(found) > MAX_DAYS:
                break  # nothing that repeats is followed without end
    except _UNREADABLE as error:
        title = quoted(group[0].get("SUMMARY", "an event"))
        what = f"{title} cannot be read: {quoted(error)}"
        raise reading.broken(group[0][_LINE], what, _AGAIN) from None
    return found


def _occurrences(calendar: Calendar, days: tuple[date, date]) -> Iterator[_Event]:
    since, until = _later(days[0], -1), _later(days[1], 2)
    for series in recurring_ical_events.of(calendar).series:
        for each in series.between(since, until):
            yield each.as_component(keep_recurrence_attributes=False)


def _on(reading: _Reading, event: _Event, days: tuple[date, date]) -> list[Duty]:
    """Return what one occurrence means: its days, for each person."""
    shift, people = _shift(reading, event), _people(reading, event)
    return [
        Duty(day, shift, person, reading.shown, event[_LINE], 1, reading.named_by)
        for person in people
        for day in _days(event, reading.zone)
        if days[0] <= day <= days[1]
    ]


def _shift(reading: _Reading, event: _Event) -> str:
    """Return the name of the shift as the event has it."""
    value = event.get(reading.named_by, "")
    if reading.named_by == "categories":
        lists = value if isinstance(value, list) else [value]
        names = [str(each) for one in lists for each in getattr(one, "cats", ())]
        value = names[0] if len(names) == 1 else ""
    name = " ".join(str(value).split())
    if not name:
        what = f"the event of {_date(event['DTSTART'].dt)} does not name one shift"
        raise reading.broken(event[_LINE], what, "", reading.named_by)
    return name


def _people(reading: _Reading, event: _Event) -> list[str]:
    """Return whom an event is for; an empty id is everybody who works the rota."""
    if reading.rota.person_from is None:
        return [""]
    value = event.get("ATTENDEE", [])
    written = [_address(each) for each in (value if isinstance(value, list) else [value])]
    people = [_person(reading.names, each) for each in written]
    if not written or not all(written):
        what = f"{quoted(event.get('SUMMARY', 'an event'))} names nobody who attends"
        raise reading.broken(event[_LINE], what, "", "attendee")
    for address, person in zip(written, people, strict=True):
        if person is None:
            what = f"{quoted(address)} is nobody who could attend"
            raise reading.broken(event[_LINE], what, "", "attendee")
    return [person for person in people if person is not None]


def _address(written: object) -> str:
    found = str(written).strip()
    return found[7:] if found.casefold().startswith("mailto:") else found


def _person(names: SignInNames, address: str) -> str | None:
    """
    Return whom a mail address is: without its domain if that is one of the organisation.

    Where the configuration names no domain, all are taken to be of the organisation.
    """
    return names.person(address if names.domains else address.partition("@")[0])


def _days(event: _Event, zone: ZoneInfo) -> list[date]:
    """Return the days of an event: the first of a timed one, each of an all-day one."""
    start = event["DTSTART"].dt
    if isinstance(start, datetime):
        return [start.astimezone(zone).date() if _is_utc(start) else start.date()]
    end = event["DTEND"].dt if "DTEND" in event else start
    return [start + n * _DAY for n in range(max(1, min((end - start).days, FOLLOWED_DAYS)))]


def _is_utc(at: datetime) -> bool:
    return at.tzinfo is UTC or str(at.tzinfo) == "UTC"


def _later(day: date, days: int) -> date:
    """Return the date some days later, as far as there are any with some to spare."""
    last = date.max.toordinal() - _SPARE
    return date.fromordinal(max(_SPARE, min(day.toordinal() + days, last)))


def _date(at: date) -> date:
    return at.date() if isinstance(at, datetime) else at
