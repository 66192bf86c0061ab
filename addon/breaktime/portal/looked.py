"""Who has looked at somebody's records, as the notes of the readers tell it."""

import asyncio
from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path

from breaktime.audit.own import is_of
from breaktime.audit.pseudonyms import words_of
from breaktime.audit.reading import Line, value_at
from breaktime.audit.readings import readings
from breaktime.core.record import Action
from breaktime.pages.clock import say_date, say_time
from breaktime.portal.ask import Ask

MOST = 50
"""How many are shown, the latest first."""

_PERSON = "person "


async def looked(ask: Ask) -> tuple[str, ...]:
    """Say who has asked for the records of the person by name or pseudonym."""
    records = ask.current.settings.records
    # Of a case that they are not told of they are not told here either.
    hidden = {
        one.case for many in records.looking.concerns.values() for one in many if not one.told
    }

    def read() -> list[Line]:
        words = words_of(records.pseudonym_keys, ask.person)
        return list(about(records.directory, {ask.person, *words}, hidden))

    try:
        found = await asyncio.to_thread(read)
    except OSError:
        return (ask.say["looked_unknown"],)
    return tuple(_said(ask, line) for line in reversed(found[-MOST:]))


def about(directory: Path, names: Collection[str], hidden: Collection[str]) -> Iterator[Line]:
    """
    Yield the notes that somebody looked at the records of one person.

    Args:
        directory: where the log is.
        names: the name of the person, and the pseudonyms.
        hidden: cases that the person is not told of.

    Raises:
        OSError: the notes cannot be read.
    """
    for line in readings(directory):
        if value_at(line, "breaktime.concern.case") in hidden:
            continue
        if is_of(line, names) or not _asked_for(line).isdisjoint(names):
            yield line


def _asked_for(line: Line) -> set[str]:
    """Return the people that a look at the log was for."""
    if value_at(line, "event.action") != Action.LOG_READ:
        return set()
    parts = str(value_at(line, "breaktime.note") or "").split(", ")
    return {
        name
        for part in parts
        if part.startswith(_PERSON)
        for name in part.removeprefix(_PERSON).split(" or ")
    }


def _said(ask: Ask, line: Line) -> str:
    at = datetime.fromisoformat(str(line["@timestamp"])).astimezone(ask.standing.zone)
    action = str(value_at(line, "event.action"))
    by = ask.say["record_by"].format(person=value_at(line, "breaktime.by") or "?")
    day = say_date(ask.texts.clock, at.date())
    time = say_time(ask.texts.clock, ask.standing.zone, at)
    return f"{day}, {time}: {ask.say['actions'].get(action, action)}. {by}"
