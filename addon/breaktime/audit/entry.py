"""One line of the log on its way to a sink."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from breaktime.audit.reading import value_at


class Entry(NamedTuple):
    """
    A line, read.

    Fields:
        sequence: its number.
        at: UTC instant of what happened.
        line: its bytes as they stand in the file, without the line end; ASCII.
        record: the same, parsed.
    """

    sequence: int
    at: datetime
    line: bytes
    record: Mapping[str, Any]


def read_entry(line: bytes) -> Entry | None:
    """Return what a line says that comes without its end, None where it is no record of ours."""
    try:
        record = json.loads(line)
        sequence = record["event"]["sequence"]
        at = datetime.fromisoformat(record["@timestamp"]).astimezone(UTC)
        at.timestamp()
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError):
        return None
    fine = line.isascii() and line.decode().isprintable() and type(sequence) is int and sequence > 0
    if not fine or not isinstance(value_at(record, "event.action"), str):
        return None
    return Entry(sequence, at, line, record)
