"""
One record, one line: printable ASCII, at most 8,192 bytes, a line end, and nothing between.

The chain of processors is private to the audit log. It does not read what `structlog.configure`
was told, so that no change to the operator's log can silence or alter the record.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from json.encoder import encode_basestring_ascii
from operator import attrgetter
from typing import Any, Protocol, cast

import structlog
from structlog.typing import EventDict

from breaktime.audit.ecs import Origin, day_of, query_of, timestamp, to_ecs
from breaktime.audit.identifiers import event_id
from breaktime.core.record import Record
from breaktime.core.visit import NOTHING

LINE_BYTES = 8192
"""The longest line, its end included."""

CUT = "..."
"""What a value ends with that was cut."""

_LIMITS = (1024, 512, 256, 96)
"""
Longest values, in bytes as written, that are tried one after the other on a line too long. The
last leaves whole what machines compare, and is short enough for every value at once.
"""

_ITEMS = 8
"""How much of a list is kept on a line too long."""

_FORMS = 2048
"""How many forms of lines are kept ready; each takes about 3 KB."""

_HALF = "\\ud"
"""How JSON writes the beginning of a surrogate, of a pair or alone."""

_VOLATILE = ("at", "decision", "domain", "path", "parameters")
"""What differs from one record to the next of the same person on the same platform."""

_STEADY = tuple(name for name in Record._fields if name not in _VOLATILE)
_steady = attrgetter(*_STEADY)

_render = json.JSONEncoder(
    ensure_ascii=True, allow_nan=False, check_circular=False, separators=(",", ":")
).encode


class Writes(Protocol):
    """Where finished lines go."""

    def write(self, line: bytes, day: date) -> None:
        """
        Keep lines.

        Args:
            line: with its end; or several.
            day: UTC date of the records.

        Raises:
            OSError: they could not be kept, and no part of them was.
        """
        ...


class Journal(structlog.BoundLoggerBase):
    """A structlog logger with one method, which takes records and nothing else."""

    def put(self, records: Sequence[Record], sequence: int) -> None:
        """
        Write records of one day, all of them or none.

        Args:
            records: at least one.
            sequence: number of the first.

        Raises:
            OSError: they could not be written.
        """
        self._proxy_to_logger("write", records=records, sequence=sequence)


def journal(store: Writes, origin: Origin) -> Journal:
    """Build the private chain around a store."""
    logger = structlog.wrap_logger(
        store,
        processors=[Lines(origin)],
        wrapper_class=Journal,
        context_class=dict,
        cache_logger_on_first_use=True,
    )
    return cast("Journal", logger.bind())


def render(line: Mapping[str, Any]) -> bytes:
    """
    Write a laid out record as one line; values that make it too long are cut, and marked.

    Every character that is not printable ASCII is escaped by JSON, so that a line cannot hold
    a line end, and a terminal that shows it cannot be moved. Half a surrogate pair, which strict
    readers refuse with the whole line (RFC 8259, section 8.2), becomes U+FFFD.
    """
    text = _render(line)
    if _HALF in text:
        line = _paired(line)
        text = _render(line)
    for limit in _LIMITS:
        if len(text) < LINE_BYTES:
            break
        text = _render(_shortened(line, limit))
    return text.encode("ascii") + b"\n"


class Lines:
    """
    The processor that turns records into lines.

    `to_ecs` and `render` say what a line is. Most of it is the same for every page that one
    person opens, so the forms of lines are kept and filled in: three times as fast, and byte
    for byte the same, which a test holds.
    """

    def __init__(self, origin: Origin) -> None:
        """Write lines of one gateway."""
        self._origin = origin
        self._form = lru_cache(_FORMS)(self._build)

    def __call__(
        self, _logger: Any, _method: str, event: EventDict
    ) -> tuple[tuple[bytes, date], EventDict]:
        """Return what the store is called with; of the event, only records and number count."""
        records: Sequence[Record] = event["records"]
        lines = [
            self.line(record, sequence, event_id(record.at))
            for sequence, record in enumerate(records, event["sequence"])
        ]
        return (b"".join(lines), day_of(records[0].at)), {}

    def line(self, record: Record, sequence: int, name: str) -> bytes:
        """
        Write one record.

        Args:
            record: what happened.
            sequence: its number.
            name: its event id.
        """
        parameters = record.parameters
        query = (_quoted(query_of(parameters)),) if parameters else ()
        text = self._form(_steady(record), bool(parameters)) % (
            timestamp(record.at),
            name,
            sequence,
            _quoted(record.domain),
            _quoted(record.path),
            *query,
            _quoted(record.decision),
        )
        if len(text) < LINE_BYTES and _HALF not in text:
            return text.encode("ascii") + b"\n"
        return render(to_ecs(record, sequence=sequence, event_id=name, origin=self._origin))

    def _build(self, steady: tuple[Any, ...], parameters: bool) -> str:  # noqa: FBT001  a key
        """
        Lay out a line with gaps for what is volatile, as a text for the operator `%`.

        The gaps are found by marks that no client can guess.
        """
        mark = secrets.token_hex(16)
        number = secrets.randbits(128)
        record = Record(
            at=datetime(1970, 1, 1, tzinfo=UTC),
            decision=mark,
            domain=mark,
            path=mark,
            parameters={mark: ""} if parameters else NOTHING,
            **dict(zip(_STEADY, steady, strict=True)),
        )
        laid_out = to_ecs(record, sequence=number, event_id="", origin=self._origin)
        laid_out["@timestamp"] = laid_out["event"]["id"] = number
        form = _render(laid_out).replace("%", "%%")
        for quoted in (f'"{mark}="', f'"{mark}"'):
            form = form.replace(quoted, "%s")
        # Time and event id are the first two numbers, and texts; the third is the sequence.
        return form.replace(str(number), '"%s"', 2).replace(str(number), "%s")


def _paired(value: Any) -> Any:
    """Put U+FFFD in the place of each surrogate that is not one of a pair."""
    if isinstance(value, str):
        # a StrEnum has no words of ours with surrogates, so what it is need not stay
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, Mapping):
        return {key: _paired(each) for key, each in value.items()}
    if isinstance(value, Sequence):
        return [_paired(each) for each in value]
    return value


def _quoted(text: str | None) -> str:
    return "null" if text is None else encode_basestring_ascii(text)


def _shortened(line: Mapping[str, Any], limit: int) -> dict[str, Any]:
    short: dict[str, Any] = _cut(line, limit)
    own = short["breaktime"]
    own["removed"] = [*own.get("removed", ()), "long"]
    return short


def _cut(value: Any, limit: int) -> Any:
    """Cut every text below to a number of bytes as JSON writes it."""
    if isinstance(value, str):
        return value if len(_render(value)) <= limit else _head(value, limit)
    if isinstance(value, Mapping):
        return {key: _cut(each, limit) for key, each in value.items()}
    if isinstance(value, Sequence):
        return [_cut(each, limit) for each in value[:_ITEMS]]
    return value


def _head(text: str, limit: int) -> str:
    """Return the beginning of a text that fits, with a mark at its end."""
    low, high = 0, min(len(text), limit)
    while low < high:
        middle = (low + high + 1) // 2
        if len(_render(text[:middle] + CUT)) <= limit:
            low = middle
        else:
            high = middle - 1
    return text[:low] + CUT
