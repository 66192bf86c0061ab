"""What is recorded about somebody, and what they have to say about it."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from breaktime.audit import days_of, own_records
from breaktime.audit.pseudonyms import words_of
from breaktime.audit.reading import Line
from breaktime.core.record import Action
from breaktime.core.wall import DAY, local_day
from breaktime.pages.clock import say_date, say_day, say_time
from breaktime.portal.ask import Ask, Go, Html, Outcome
from breaktime.portal.cases import helpers
from breaktime.portal.forms import FormError, one_line
from breaktime.portal.looked import looked
from breaktime.portal.notice import keep_lengths

MOST = 200
"""How many records of a day are shown."""

_SCANS = asyncio.Semaphore(2)
"""How many people's records are looked for at once: it takes a whole file a time."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One record as the page shows it; what it does not say is empty."""

    id: str
    time: str
    what: str
    where: str = ""
    why: str = ""
    reference: str = ""
    by: str = ""
    note: str = ""
    about: str = ""
    counted: bool = False


async def show(ask: Ask) -> Outcome:
    """Show the records of one day."""
    return await _page(ask, _day(ask, ask.values["day"]))


async def dispute(ask: Ask) -> Outcome:
    """Keep a note about a record of one's own."""
    day = _day(ask, ask.values["day"])
    note = one_line(ask.values["note"])
    if not note:
        return await _page(ask, day, ask.say["wrong_note"])
    lines = await _lines(ask, day)
    about = ask.values["record"]
    if about not in {_at(line, "event", "id") for line in lines}:
        return await _page(ask, day, ask.say["wrong_record"])
    kept = await ask.record(
        Action.RECORD_DISPUTED, "A note about a record was added", about=about, note=note
    )
    return Go("/records", "disputed") if kept else await _page(ask, day, ask.say["down_text"])


def _day(ask: Ask, text: str) -> date:
    if not text:
        return ask.today
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise FormError("no day") from None
    return min(max(day, date(2000, 1, 1)), ask.today)


async def _lines(ask: Ask, day: date) -> list[Line]:
    """Read the records of a local day, in a thread: whoever asks must not hold up the others."""
    since, until = local_day(ask.standing.zone, day, day)
    records = ask.current.settings.records

    def read() -> list[Line]:
        words = words_of(records.pseudonym_keys, ask.person)
        found = own_records(records.directory, ask.person, since, until, words)
        return list(islice(found, MOST + 1))

    async with _SCANS:
        return await asyncio.to_thread(read)


async def _page(ask: Ask, day: date, wrong: str = "") -> Outcome:
    lines = await _lines(ask, day)
    kept = await asyncio.to_thread(days_of, ask.current.settings.records.directory)
    # A file stays when its records are gone: what is left in it is needed to prove the others.
    first = ask.today - max(ask.current.settings.records.keep) - DAY
    oldest = max(min(kept), first) if kept else None
    values: Mapping[str, Any] = {
        "day": day.isoformat(),
        "heading": ask.say["records_day"].format(day=say_date(ask.texts.clock, day)),
        "weekday": say_day(ask.texts.clock, day),
        "entries": list(_entries(ask, lines[:MOST])),
        "many": MOST if len(lines) > MOST else 0,
        "earlier": "" if oldest is None or day <= oldest else (day - DAY).isoformat(),
        "later": (day + DAY).isoformat() if day < ask.today else "",
        "first": "" if oldest is None else oldest.isoformat(),
        "last": ask.today.isoformat(),
        "kept": ask.say["records_kept_none"]
        if oldest is None
        else ask.say["records_kept"].format(
            day=say_date(ask.texts.clock, oldest), **keep_lengths(ask.current.settings, ask.texts)
        ),
        "raised": _raised(ask),
        "looked": await looked(ask),
        "fields": ask.say["fields"],
        "helpers": helpers(ask),
    }
    return Html("records.html", values, wrong)


def _raised(ask: Ask) -> tuple[str, ...]:
    """Tell of the concerns that the person is told of, for as long as they run."""
    concerns = ask.current.settings.records.looking.concerns.get(ask.person, ())
    at = ask.at
    return tuple(
        ask.say["records_raised"].format(
            day=say_date(ask.texts.clock, (one.until.astimezone(ask.standing.zone) - DAY).date()),
            case=one.case,
        )
        for one in concerns
        if one.told and one.runs(at)
    )


def _entries(ask: Ask, lines: Iterable[Line]) -> Iterable[Entry]:
    for line in lines:
        yield _entry(ask, line)


def _entry(ask: Ask, line: Line) -> Entry:
    say = ask.say
    own = line.get("breaktime")
    own = own if isinstance(own, dict) else {}
    action = str(_at(line, "event", "action"))
    reason = str(_at(line, "event", "reason"))
    site = ask.platform(str(own["platform"])) if own.get("platform") else say["site_unknown"]
    what = say["actions"].get(action, action).format(site=site)
    address = str(_at(line, "url", "domain"))
    if _at(line, "breaktime", "concern", "told") is not False:  # of what they are told
        address += str(_at(line, "url", "path"))
        query = str(_at(line, "url", "query"))
        address += f"?{query}" if query else ""
    by = str(own.get("by") or "")
    session = own.get("session")
    numbers = ""
    if isinstance(session, Mapping):
        numbers = say["record_session"].format(
            visits=session.get("visits"), minutes=session.get("active_minutes")
        )
    note, about = str(own.get("note") or ""), str(own.get("about") or "")
    at = datetime.fromisoformat(str(line["@timestamp"]))
    return Entry(
        id=str(_at(line, "event", "id")),
        time=say_time(ask.texts.clock, ask.standing.zone, at),
        what=what,
        where=address,
        why=say["reasons"].get(reason, reason),
        reference=str(_at(line, "breaktime", "decision", "id")),
        by=say["record_by"].format(person=by) if by else "",
        note=say["record_note"].format(note=note) if note else numbers,
        about=say["record_about"].format(id=about) if about else "",
        counted=_at(line, "breaktime", "visit", "counted") is True,
    )


def _at(line: Line, *keys: str) -> object:
    """Return a value by its keys; empty where there is none."""
    found: object = line
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return "" if found is None else found
