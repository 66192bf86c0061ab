"""Values: the types of single values in the file, each with the grammar that reads it."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    PlainValidator,
    Tag,
    WithJsonSchema,
)

from breaktime.audit.anchor import Anchor, read_anchor
from breaktime.audit.witnesses import Witness, read_witness
from breaktime.config import regions, text, text_days, text_keys, text_language, zones
from breaktime.config.problems import quoted
from breaktime.core.breaks import MonthDays as CoreMonthDays
from breaktime.core.signin import canonical
from breaktime.core.wall import Span
from breaktime.core.who import Network as CoreNetwork

_LONGEST_TEXT = 1000


class Section(BaseModel):
    """A part of the file: no key that we do not know, and nothing changes after reading."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        arbitrary_types_allowed=True,
        use_attribute_docstrings=True,
    )


def as_text(found: object) -> str:
    """
    Return text as it was written, also where it looks like a number.

    Raises:
        ValueError: for `true`, `false`, lists, keys with values and nothing.
    """
    if isinstance(found, bool):
        raise ValueError(f"must be text, found {quoted(found)}; put it in quotes if you mean it")  # noqa: TRY004  pydantic collects ValueError
    if not isinstance(found, str | int | Decimal):
        raise ValueError(f"must be text, found {quoted(found)}")  # noqa: TRY004  as above
    written = str(found)
    if len(written) > _LONGEST_TEXT:
        raise ValueError(f"must be shorter than {_LONGEST_TEXT} characters")
    return written


def reads[T](grammar: Callable[[str], T]) -> PlainValidator:
    """Return the validator that reads text with a grammar."""
    return PlainValidator(lambda found: grammar(as_text(found)))


def by_shape(message: str) -> Discriminator:
    """Return what tells alternatives apart by their shape; the message is for any other shape."""
    return Discriminator(
        shape, custom_error_type="shape", custom_error_message=message, custom_error_context={}
    )


def shape(found: object) -> str:
    """Return the tag of the alternative with this shape; nothing in a file is named so."""
    if isinstance(found, list | tuple):
        return LIST
    if isinstance(found, dict | BaseModel):
        return KEYS
    return ONE if isinstance(found, str | int | Decimal) else NOTHING


ONE, LIST, KEYS, NOTHING = "(one)", "(list)", "(keys)", "(nothing)"


def _json(pattern: str | None, *examples: str) -> WithJsonSchema:
    schema: dict[str, Any] = {"type": "string", "examples": list(examples)}
    return WithJsonSchema(schema if pattern is None else {**schema, "pattern": pattern})


def person_id(written: str) -> str:
    """Read a sign-in name: the canonical id of a person."""
    found = canonical(text.one_line(written))
    if not found:
        raise ValueError("must not be empty")
    return found


def gateway_name(written: str) -> str:
    """Read the name of a gateway, which is part of the names of files."""
    if not re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?", written):
        raise ValueError(
            f"must be letters, digits, dots, dashes and underscores, 64 at most, found"
            f" {quoted(written)}; write for example `gateway-1`"
        )
    return written


_DAY = "((first|second|third|fourth|last) +)?(Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_DAY_PATTERN = f"^{_DAY}([-, ]+{_DAY})*$"

type Line = Annotated[str, reads(text.one_line), WithJsonSchema({"type": ["string", "number"]})]
type Name = Annotated[str, reads(text.name), WithJsonSchema({"type": ["string", "number"]})]
type PersonId = Annotated[str, reads(person_id), WithJsonSchema({"type": ["string", "number"]})]
type WebAddress = Annotated[
    str, reads(text.web_address), _json("^https?://", "https://example.org/policy")
]
type GatewayName = Annotated[
    str,
    reads(gateway_name),
    _json("^[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$", "gateway-1"),
]
type Portal = Annotated[str, reads(text.portal), _json("^https://", "https://breaks.example.org")]
type Range = Annotated[
    Span,
    reads(text.span),
    _json(r"^\d\d:\d\d-\d\d:\d\d$", "12:00-14:00", "22:00-06:00"),
]
type Weekdays = Annotated[
    text_days.DaysOfWeek,
    reads(text_days.days),
    _json(_DAY_PATTERN, "Mon-Fri", "last Fri"),
]
type MonthDays = Annotated[
    CoreMonthDays,
    reads(text_days.month_days),
    WithJsonSchema({"type": ["string", "integer"], "examples": ["1-5", -1, "-3 to -1"]}),
]
type Months = Annotated[frozenset[int], reads(text_days.months), _json(None, "Jan-Nov", "Dec")]
type Years = Annotated[
    frozenset[int],
    reads(text_days.years),
    WithJsonSchema({"type": ["string", "integer"], "examples": [2026, "2026-2028"]}),
]
type EveryWeeks = Annotated[int, reads(text_days.weeks), _json("^[0-9]+ weeks?$", "2 weeks")]
type Day = Annotated[date, reads(text.day), _json(r"^\d{4}-\d\d-\d\d$", "2026-12-24")]
type Days = Annotated[
    text.Dates,
    reads(text.dates),
    _json(r"^\d{4}-\d\d-\d\d( to \d{4}-\d\d-\d\d)?$", "2026-12-24", "2027-05-06 to 2027-05-07"),
]
type Notice = Annotated[
    timedelta,
    reads(text.notice),
    _json("^[0-9]+ (second|minute|hour|day)s?$", "60 seconds", "5 minutes"),
]
type SealTime = Annotated[
    timedelta,
    reads(text.seal_time),
    _json("^[0-9]+ (second|minute)s?$", "60 seconds", "10 seconds"),
]
type KeepTime = Annotated[
    timedelta,
    reads(text.keep_time),
    _json("^[0-9]+ (day|year)s?$", "90 days", "1 year"),
]
type WitnessAt = Annotated[
    Witness,
    reads(read_witness),
    _json(
        r"^(journal$|file:|peer:|syslog(\+tls)?:)", "journal", "file:/mnt/worm/breaktime.witness"
    ),
]
type AnchorLine = Annotated[
    Anchor,
    reads(read_anchor),
    _json("^breaktime-anchor ", f"breaktime-anchor gw-a/1f0c9e1b7a445d0c 0 {'3b' * 32}"),
]
type Database = Annotated[
    str,
    reads(text.database),
    _json(r"^postgresql\+psycopg://", "postgresql+psycopg://breaktime@db.example.org/breaktime"),
]
type PublicKey = Annotated[
    bytes,
    reads(text_keys.public_key),
    _json("^ed25519:", "ed25519:TAaAvm//TpDil1SNG3kMyOI5kCXRzvUPSwqJHWYbwW4="),
]
type Network = Annotated[CoreNetwork, reads(text.network), _json(None, "10.20.0.0/16")]
type HostPort = Annotated[
    text.Endpoint, reads(text.host_port), _json(None, "proxy.example.org:8080")
]
type Direct = Annotated[
    str, reads(text.direct), _json(None, "intranet.example.org", "10.20.0.0/16")
]
type SiteName = Annotated[str, reads(text.site_name), _json(None, "g.whatsapp.net")]
type Endpoint = Annotated[text.Endpoint, reads(text.endpoint), _json(None, "0.0.0.0:8080")]
type NoBreak = Annotated[
    Literal["none"], reads(text.no_break), WithJsonSchema({"const": "none", "type": "string"})
]
type Everybody = Annotated[
    Literal["everyone"],
    reads(text.everyone),
    WithJsonSchema({"const": "everyone", "type": "string"}),
]
type Zone = Annotated[ZoneInfo, reads(zones.zone), _json(None, "Europe/London")]
type Language = Annotated[
    str, reads(text_language.language), _json("^[a-z]{2,3}$", "en", "cy", "pl")
]
type Region = Annotated[str, reads(regions.region), _json(None, "GB-ENG", "none")]

type Ranges = Annotated[
    Annotated[Range, Tag(ONE)] | Annotated[tuple[Range, ...], Field(min_length=1), Tag(LIST)],
    by_shape("must be a range such as `12:00-14:00`, or a list of them"),
]
type WeekdayList = Annotated[
    Annotated[Weekdays, Tag(ONE)] | Annotated[tuple[Weekdays, ...], Field(min_length=1), Tag(LIST)],
    by_shape("must be days such as `Mon-Fri`, or a list of them"),
]
type DateList = Annotated[
    Annotated[Days, Tag(ONE)] | Annotated[tuple[Days, ...], Field(min_length=1), Tag(LIST)],
    by_shape("must be a date such as `2026-12-24`, or a list of them"),
]
type MonthDayList = Annotated[
    Annotated[MonthDays, Tag(ONE)]
    | Annotated[tuple[MonthDays, ...], Field(min_length=1), Tag(LIST)],
    by_shape("must be a day of the month such as `-1`, or a list such as `[1-5, -1]`"),
]
type MonthList = Annotated[
    Annotated[Months, Tag(ONE)] | Annotated[tuple[Months, ...], Field(min_length=1), Tag(LIST)],
    by_shape("must be months such as `Jan-Nov`, or a list of them"),
]
type YearList = Annotated[
    Annotated[Years, Tag(ONE)] | Annotated[tuple[Years, ...], Field(min_length=1), Tag(LIST)],
    by_shape("must be a year such as `2026`, or a list of them"),
]
