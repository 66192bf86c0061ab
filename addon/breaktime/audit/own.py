"""Own records: what the log says of one person, and of nobody else."""

import json
from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from breaktime.audit.raw import unpacked
from breaktime.audit.reading import LONGEST, Line, day_of_file
from breaktime.audit.tail import readable_files

_DAY = timedelta(days=1)


def days_of(directory: Path) -> tuple[date, ...]:
    """
    Return the UTC days of which there are records, in order.

    Raises:
        OSError: the folder cannot be read.
    """
    return tuple(dict.fromkeys(day_of_file(path) for path in readable_files(directory)))


def own_records(
    directory: Path,
    person: str,
    since: datetime,
    until: datetime,
    words: Collection[str] = (),
) -> Iterator[Line]:
    """
    Yield the records of one person in a stretch of time, in the order of the log.

    Only files of these days are read, and only lines in which the name stands are parsed; what
    counts is the field and not the text of the line.

    Args:
        directory: where the log is.
        person: canonical id.
        since: UTC instant of the beginning.
        until: UTC instant of the end, which is not included.
        words: pseudonyms of the person.

    Raises:
        OSError: a file cannot be read.
    """
    names = frozenset((person, *words))
    named = [json.dumps(name).encode() for name in names]
    # A record stands in the file of its day, or where the clock was set back, of the day after.
    first, last = since.date(), until.date() + _DAY
    for path in readable_files(directory):
        if not first <= day_of_file(path) <= last:
            continue
        with unpacked(path) as file:
            for line in file:
                if len(line) > LONGEST or not any(name in line for name in named):
                    continue
                record = _parsed(line)
                if record is not None and _is_own(record, names, since, until):
                    yield record


def _parsed(line: bytes) -> Line | None:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def is_of(record: Line, names: Collection[str]) -> bool:
    """Tell whether a record is about somebody, by name or pseudonym."""
    user = record.get("user")
    return isinstance(user, dict) and (user.get("name") in names or user.get("hash") in names)


def _is_own(record: Line, names: Collection[str], since: datetime, until: datetime) -> bool:
    if not is_of(record, names):
        return False
    try:
        at = datetime.fromisoformat(str(record.get("@timestamp")))
    except ValueError:
        return False
    return at.tzinfo is not None and since <= at.astimezone(UTC) < until
