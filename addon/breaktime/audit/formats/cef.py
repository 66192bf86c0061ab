r"""
The Common Event Format, version 0.

In a value of the extension `\`, `=` and line ends are escaped, in one of the header `\` and `|`.
What is not printable ASCII is written as `\\uXXXX`: a record is one line and moves no terminal.

Source: OpenText, "ArcSight Common Event Format Implementation Standard".
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from breaktime.audit.entry import Entry
from breaktime.audit.reading import value_at

_SEVERITY = {"I": 3, "W": 6, "E": 8}
"""Low, medium and high, by the last letter of the code."""

_KEYS = {
    "externalId": "event.sequence",
    "act": "event.action",
    "outcome": "event.outcome",
    "reason": "event.reason",
    "dvchost": "observer.name",
    "suser": "user.name",
    "suid": "user.hash",
    "src": "source.ip",
    "dhost": "url.domain",
    "requestMethod": "http.request.method",
    "fname": "file.path",
    "msg": "message",
}
"""Keys of the format's own dictionary, and where their values stand in a record."""

_LABELLED = {
    "cs1": ("context", "breaktime.context"),
    "cs2": ("platform", "breaktime.platform"),
    "cs3": ("decision", "breaktime.decision.id"),
    "cs4": ("ruleset", "rule.ruleset"),
    "cs5": ("rule", "rule.id"),
    "cs6": ("evidence", "breaktime.visit.evidence"),
    "cn1": ("status", "http.response.status_code"),
    "cn2": ("lost", "breaktime.lost"),
    "cn3": ("repeat", "breaktime.repeat"),
    "flexString1": ("verdict", "breaktime.verdict"),
    "flexString2": ("outlet", "breaktime.outlet"),
}
"""Keys that have to say what they hold."""

_UNSAFE = re.compile(r"[^\x20-\x7e]|[\\=]")
_UNSAFE_IN_HEADER = re.compile(r"[^\x20-\x7e]|[\\|]")
_ENDS = {"\n": "\\n", "\r": "\\r"}


def as_cef(entry: Entry) -> str:
    """Return the record as one line."""
    record = entry.record
    code = str(value_at(record, "event.code"))
    header = (
        "CEF:0",
        _header(value_at(record, "observer.vendor")),
        _header(value_at(record, "event.module")),
        _header(value_at(record, "observer.version")),
        _header(code),
        _header(value_at(record, "event.action")),
        str(_SEVERITY.get(code[-1:], 5)),
    )
    return "|".join(header) + "|" + " ".join(f"{key}={value}" for key, value in _pairs(entry))


def _pairs(entry: Entry) -> Iterator[tuple[str, str]]:
    """Yield keys and escaped values of the extension, in a fixed order."""
    record = entry.record
    yield "rt", str(int(entry.at.timestamp() * 1000))
    for key, name in _KEYS.items():
        if (value := value_at(record, name)) is not None:
            yield key, _escaped(value)
    if (request := _request(record)) is not None:
        yield "request", _escaped(request)
    for key, (label, name) in _LABELLED.items():
        if (value := value_at(record, name)) is not None:
            yield f"{key}Label", label
            yield key, _escaped(value)


def _request(record: Mapping[str, Any]) -> str | None:
    """Return the address of the page, as far as it is recorded."""
    scheme, domain = value_at(record, "url.scheme"), value_at(record, "url.domain")
    if scheme is None or domain is None:
        return None
    query = value_at(record, "url.query")
    path = value_at(record, "url.path") or ""
    return f"{scheme}://{domain}{path}" + ("" if query is None else f"?{query}")


def _escaped(value: object) -> str:
    return _UNSAFE.sub(_escape, str(value))


def _header(value: object) -> str:
    return _UNSAFE_IN_HEADER.sub(lambda found: _escape(found, ends={}), str(value))


def _escape(found: re.Match[str], ends: Mapping[str, str] = _ENDS) -> str:
    character = found[0]
    if character in "\\=|":
        return "\\" + character
    return ends.get(character) or f"\\\\u{ord(character):04x}"
