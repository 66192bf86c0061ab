"""Records as a table for spreadsheets, in which nothing is a formula."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping

from breaktime.audit.reading import Line, safe_sentence, value_at, who_of
from breaktime.audit.selection import teams_of

_COLUMNS = {
    "time": "@timestamp",
    "what": "event.action",
    "person": "",
    "teams": "",
    "place": "breaktime.place",
    "verdict": "breaktime.verdict",
    "platform": "breaktime.platform",
    "host": "url.domain",
    "path": "url.path",
    "query": "url.query",
    "reason": "event.reason",
    "context": "breaktime.context",
    "evidence": "breaktime.visit.evidence",
    "counted": "breaktime.visit.counted",
    "more_refusals": "breaktime.repeat",
    "message": "message",
    "decision": "breaktime.decision.id",
    "rule": "rule.id",
    "ruleset": "rule.ruleset",
    "sequence": "event.sequence",
}
"""Keys of the record by the name of the column; person and teams are read otherwise."""

_SPECIAL: Mapping[str, Callable[[Line], object]] = {
    "person": who_of,
    "teams": lambda record: " ".join(teams_of(record)),
}

HEADINGS = tuple(_COLUMNS)

_FORMULA = frozenset("=+-@\t\r\n")

_NEXT = re.compile(r";(?=[ \"]*[=+\-@])")
"""Where the list separator is a semicolon, a spreadsheet sees the begin of another cell in it."""


def row(values: Iterable[object]) -> str:
    """
    Write one row of a table, without its line end: printable ASCII, every cell in quotes.

    What a spreadsheet would take for a formula has an apostrophe before it, and a semicolon that
    would make one of it is escaped.
    """
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="").writerow(map(cell, values))
    return text.getvalue()


def cell(value: object) -> str:
    """Return what one cell shows."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    mark = "'" if text[:1] in _FORMULA else ""
    return mark + _NEXT.sub(r"\\x3b", safe_sentence(text))


def row_of(record: Line) -> str:
    """Write one record as a row below `HEADINGS`."""
    return row(
        _SPECIAL[name](record) if name in _SPECIAL else value_at(record, key)
        for name, key in _COLUMNS.items()
    )
