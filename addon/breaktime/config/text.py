"""
Text: the little grammars inside values, such as `12:00-14:00`, `Mon-Fri` and `5 minutes`.

Each function takes what an administrator wrote and returns what the core understands, or raises
ValueError with what is wrong and, after a semicolon, what to write.
"""

import re
from contextlib import suppress
from datetime import date, timedelta
from ipaddress import ip_address, ip_network
from typing import Final, NamedTuple

from breaktime.config.problems import nearest, one_of, quoted
from breaktime.core.names import normal_name
from breaktime.core.wall import Span
from breaktime.core.who import Network

WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WEEKDAYS_IN_FULL: Final = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)  # fmt: skip
_DAYS: Final = re.compile(
    "DAY(?: ?- ?DAY)?(?:, *DAY(?: ?- ?DAY)?)*".replace("DAY", f"(?:{'|'.join(WEEKDAYS)})")
)
FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2099

_RANGE: Final = re.compile(r"([0-9]{2}):([0-9]{2}) ?- ?([0-9]{2}):([0-9]{2})")
_TO: Final = re.compile(r" *(?:-|\N{EN DASH}| to | until ) *")
_LOOSE_CLOCK: Final = re.compile(
    r"([0-9]{1,2})(?:[:.hH]?([0-9]{2}))?(?::[0-9]{2})? ?(am|pm)?", re.IGNORECASE
)
_WORD: Final = re.compile(r"[A-Za-z]+")
_DATE: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_BETWEEN: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}) *(?:-|\N{EN DASH}|until|and|,) *([0-9]{4}-[0-9]{2}-[0-9]{2})"
)
_DAY_FIRST: Final = re.compile(r"([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4})")
_KEEP: Final = re.compile(r"([0-9]{1,4}) (day|year)s?")
_LONGEST_KEPT: Final = 3650
"""In days."""
_DURATION: Final = re.compile(r"([0-9]{1,6}) (second|minute|hour|day)s?")
_NAME: Final = re.compile(r"[^\W_](?:[\w.-]*\w)?")
_MIDNIGHT: Final = 24 * 60
_LONGEST_NOTICE: Final = timedelta(hours=1)
_POSTGRESQL: Final = "postgresql+psycopg"
_EN_DASH: Final = "\N{EN DASH}"  # what word processors make of a hyphen between times


class Endpoint(NamedTuple):
    """An address to listen at: IP address as text, without brackets, and port."""

    host: str
    port: int

    def __str__(self) -> str:
        """Return the endpoint as it is written."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Dates(NamedTuple):
    """Whole days, both included."""

    since: date
    until: date

    def every(self) -> frozenset[date]:
        """Return each of the days."""
        first = self.since.toordinal()
        return frozenset(map(date.fromordinal, range(first, self.until.toordinal() + 1)))


def span(text: str) -> Span:
    """
    Read a range of the wall clock: `12:00-14:00`, or `23:30-00:30` past midnight.

    The end is not included, `24:00` may only be an end, and an end before the start is on the
    next day.
    """
    fits = _RANGE.fullmatch(text.replace(_EN_DASH, "-"))
    if fits is None:
        raise ValueError(
            f"must be a range of the 24-hour clock, found {quoted(text)}; {_range_hint(text)}"
        )
    hours = [int(part) for part in fits.groups()]
    start, end = _minutes(*hours[:2]), _minutes(*hours[2:])
    if start is None or end is None:
        hint = _range_hint(text)
        raise ValueError(f"must be times between `00:00` and `24:00`, found {quoted(text)}; {hint}")
    if start == _MIDNIGHT:
        raise ValueError(f"must not start at `24:00`, found {quoted(text)}; write `00:00`")
    if start == end:
        hint = "; write `00:00-24:00` for a whole day" if start == 0 else ""
        raise ValueError(f"must end at another time than it starts, found {quoted(text)}{hint}")
    return Span(start, end if end > start else end + _MIDNIGHT)


def spelt(span: Span) -> str:
    """Write a range as it is read."""
    start, end = (f"{at // 60:02}:{at % 60:02}" for at in (span.start, _wrapped(span.end)))
    return f"{start}-{end}"


def _wrapped(end: int) -> int:
    return end if end <= _MIDNIGHT else end - _MIDNIGHT


def _minutes(hour: int, minute: int) -> int | None:
    """Return minutes after midnight, None for a time that no clock shows."""
    minutes = hour * 60 + minute
    return minutes if minute < 60 and minutes <= _MIDNIGHT else None  # noqa: PLR2004  in an hour


def _range_hint(text: str) -> str:
    """Guess what was meant by a range that is written in another way."""
    if "," in text:
        return "write several as a list, `[10:30-10:45, 15:15-15:30]`"
    parts = [_loose(part.strip()) for part in _TO.split(text)]
    if len(parts) == 2 and all(parts):  # noqa: PLR2004  start and end
        return f"write `{parts[0]}-{parts[1]}`"
    return "write it as `12:00-14:00`"


def _loose(text: str) -> str | None:
    """Read a time in one of the ways that people write it: `9:30`, `9.30`, `3pm`, `25:00`."""
    fits = _LOOSE_CLOCK.fullmatch(text)
    if fits is None:
        return None
    hour, minute, half = int(fits[1]), int(fits[2] or 0), (fits[3] or "").lower()
    if half and 1 <= hour <= 12:  # noqa: PLR2004  the 12-hour clock
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour >= 48 or minute >= 60:  # noqa: PLR2004  25:00 is 01:00 of the next day; 60 is nothing
        return None
    if hour == 24 and minute == 0:  # noqa: PLR2004  the one time after 23:59
        return "24:00"
    return f"{hour % 24:02}:{minute:02}"


def weekdays(text: str) -> frozenset[int]:
    """Read days of the week: `Mon-Fri`, `Sat, Sun`, or `Fri-Mon` across the weekend; Mon is 0."""
    found: set[int] = set()
    for part in text.replace(_EN_DASH, "-").split(","):
        first, dash, last = (each.strip() for each in part.partition("-"))
        ends = (first, last) if dash else (first, first)
        if not all(each in WEEKDAYS for each in ends):
            raise ValueError(
                f"must be days such as `Mon-Fri`, found {quoted(text)}; {_days_hint(text)}"
            )
        start, end = map(WEEKDAYS.index, ends)
        found |= {(start + step) % 7 for step in range((end - start) % 7 + 1)}
    return frozenset(found)


def _days_hint(text: str) -> str:
    """Guess what was meant by days that are written in another way."""
    words = {word: _weekday(word) for word in _WORD.findall(text)}
    if words and all(words.values()):
        meant = _WORD.sub(lambda word: words[word[0]] or "", text).strip(" ,-")
        meant = re.sub(r" +(?:to|until) +", "-", meant)
        if meant != text and _DAYS.fullmatch(meant):
            return f"write `{meant}`"
    return f"write {one_of(WEEKDAYS)}, or several as `Mon-Fri`"


def _weekday(word: str) -> str | None:
    if word in {"to", "until"}:
        return word
    for full in _WEEKDAYS_IN_FULL:
        if len(word) > 1 and full.startswith(word.capitalize()):
            return full[:3]
    if len(word) <= 4:  # noqa: PLR2004  an abbreviation with a slip
        return nearest(word, WEEKDAYS)
    near = nearest(word, _WEEKDAYS_IN_FULL, cutoff=0.75)
    return near[:3] if near else None


def day(text: str) -> date:
    """Read a date: `2026-12-24`."""
    fits = _DATE.fullmatch(text)
    if fits is None:
        hint = "write year, month and day as `2026-12-24`"
        british = _DAY_FIRST.fullmatch(text)
        # Only a number above 12 is surely a day: 3/4 is April here and March elsewhere.
        if british and int(british[1]) > 12 >= int(british[2]):  # noqa: PLR2004  months
            hint = f"write `{british[3]}-{int(british[2]):02}-{british[1]}`"
        raise ValueError(f"must be a date, found {quoted(text)}; {hint}")
    try:
        found = date(int(fits[1]), int(fits[2]), int(fits[3]))
    except ValueError:
        raise ValueError(f"there is no {quoted(text)} in the calendar") from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError(f"must be between {FIRST_YEAR} and {LAST_YEAR}, found {quoted(text)}")
    return found


def dates(text: str) -> Dates:
    """Read a date or several in a row: `2026-12-24`, `2027-05-06 to 2027-05-07`."""
    first, several, last = text.partition(" to ")
    between = _BETWEEN.fullmatch(text)
    if between is not None:
        hint = f"write `{between[1]} to {between[2]}`"
        raise ValueError(
            f"must be one date, or two with `to` between, found {quoted(text)}; {hint}"
        )
    since = day(first.strip())
    until = day(last.strip()) if several else since
    if until < since:
        raise ValueError(f"must not end before it starts, found {quoted(text)}")
    return Dates(since, until)


def duration(text: str) -> timedelta:
    """Read a length of time: `60 seconds`, `5 minutes`, `1 hour`."""
    fits = _DURATION.fullmatch(text)
    if fits is None:
        raise ValueError(
            f"must be a number with its unit, found {quoted(text)};"
            " write for example `60 seconds` or `5 minutes`"
        )
    return timedelta(**{f"{fits[2]}s": int(fits[1])})


def notice(text: str) -> timedelta:
    """Read a length of time of an hour at most."""
    found = duration(text)
    if found > _LONGEST_NOTICE:
        raise ValueError(f"must not be longer than `1 hour`, found {quoted(text)}")
    return found


def seal_time(text: str) -> timedelta:
    """Read how often records are sealed: a second to a minute."""
    found = duration(text)
    if not timedelta(seconds=1) <= found <= timedelta(minutes=1):
        raise ValueError(f"must be between `1 second` and `60 seconds`, found {quoted(text)}")
    return found


def keep_time(text: str) -> timedelta:
    """Read how long records are kept: `90 days`, `1 year`; a day to ten years."""
    fits = _KEEP.fullmatch(text)
    days = 0 if fits is None else int(fits[1]) * (365 if fits[2] == "year" else 1)
    if not 1 <= days <= _LONGEST_KEPT:
        raise ValueError(
            f"must be between `1 day` and `10 years`, found {quoted(text)};"
            " write for example `90 days` or `1 year`"
        )
    return timedelta(days=days)


def network(text: str) -> Network:
    """Read a network, `10.20.0.0/16`, or a single address."""
    try:
        loose = ip_network(text.replace("%", " "), strict=False)  # no `%eth0`: it names no network
    except ValueError:
        raise ValueError(
            f"must be a network, found {quoted(text)}; write for example `10.20.0.0/16`"
        ) from None
    address, _, length = text.partition("/")
    if "." in length:
        raise ValueError(f"must give the length of the network; write `{loose}`")
    if ip_address(address) != loose.network_address:
        raise ValueError(f"{quoted(text)} is not the start of a network; write `{loose}`")
    if loose.version == 6 and loose.network_address.ipv4_mapped:  # noqa: PLR2004  the version
        raise ValueError(f"{quoted(text)} is an IPv4 network; write it with dots")
    return loose


def site_name(text: str) -> str:
    """Read the name of a site, of at least two labels."""
    name = normal_name(text)
    if name is None or "." not in name or name[-1].isdigit():
        what = "must be the name of a site, found"
        raise ValueError(f"{what} {quoted(text)}; write for example `g.whatsapp.net`")
    return name


def direct(text: str) -> str:
    """Read what is reached without a parent: a name, or a network."""
    with suppress(ValueError):
        return site_name(text)
    if re.search(r"[^0-9a-fA-F.:/]", text):
        raise ValueError(
            f"must be a name or a network, found {quoted(text)}; write for example "
            "`intranet.example.org` or `10.20.0.0/16`"
        )
    return str(network(text))


def endpoint(text: str, lowest: int = 1) -> Endpoint:
    """Read an address to listen at: `0.0.0.0:8080` or `[::]:8080`, and its lowest port."""
    host, colon, port = text.rpartition(":")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    try:
        address = ip_address(bare)
    except ValueError:
        address = None
    if not colon or address is None or (":" in bare) == (bare == host) or not port.isascii():
        raise ValueError(
            f"must be an address with a port, found {quoted(text)};"
            " write for example `0.0.0.0:8080` or `[::]:8080`"
        )
    if not port.isdigit() or not lowest <= int(port[:6]) < 65536:  # noqa: PLR2004  16 bits
        raise ValueError(f"must have a port between {lowest} and 65535, found {quoted(port)}")
    return Endpoint(str(address), int(port))


def host_port(text: str) -> Endpoint:
    """Read where browsers reach a proxy: `proxy.example.org:8080`, or an address and a port."""
    host, _, port = text.rpartition(":")
    if re.fullmatch(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*", host) and not re.search(
        r"(^|\.)[0-9]+$", host
    ):
        return Endpoint(host.lower(), endpoint(f"0.0.0.0:{port}").port)
    try:
        return endpoint(text)
    except ValueError:
        raise ValueError(
            f"must be a name or an address with a port, found {quoted(text)}; "
            "write for example `proxy.example.org:8080`"
        ) from None


def name(text: str) -> str:
    """Read the name of a break, team or place: letters, digits and `-`, `_`, `.` between them."""
    if not _NAME.fullmatch(text):
        near = re.sub(r"[^\w.-]+", "-", text).strip("-_.")
        hint = f"; write for example `{near}`" if near else ""
        raise ValueError(f"may hold letters, digits, `-`, `_` and `.` only{hint}")
    if text in {"none", "everyone"}:
        raise ValueError(f"{quoted(text)} has a meaning of its own; choose another name")
    return text


def web_address(text: str) -> str:
    """Read an address that a page links to: only `https` and `http`, so that it cannot run code."""
    if not re.fullmatch(r"https?://[^\s/?#@\"'<>]+(?:[/?#][^\s\"'<>]*)?", text):
        raise ValueError(
            f"must be an address of a page, found {quoted(text)}; write it with `https://` in front"
        )
    return text


def portal(text: str) -> str:
    """Read the address of the portal and return its name; the gateway answers for all of it."""
    found = re.fullmatch(r"https://([a-z0-9-]+(?:\.[a-z0-9-]+)+)/?", text)
    if not found or re.fullmatch(r"[0-9.]+", found[1]):
        raise ValueError(
            f"must be a name of your own, found {quoted(text)}; "
            "write for example `https://breaks.example.org`, without a port or a path"
        )
    return found[1]


def database(text: str) -> str:
    """
    Read the address of a PostgreSQL database, as SQLAlchemy writes it.

    What was found is not shown: it may hold a password.
    """
    scheme, colon, rest = text.partition("://")
    if not colon or scheme not in {"postgresql", "postgres", _POSTGRESQL}:
        hint = "write for example `postgresql+psycopg://breaktime@db.example.org/breaktime`"
        if scheme.startswith("sqlite"):
            hint = "write the name of the file under `path`"
        raise ValueError(f"must be the address of a PostgreSQL database; {hint}")
    if scheme != _POSTGRESQL:
        raise ValueError(f"must begin with `{_POSTGRESQL}://`, found {quoted(scheme + '://')}")
    if not rest.partition("?")[0].partition("/")[2]:
        raise ValueError("must name a database; write it after a `/` at the end")
    return text


def one_line(text: str) -> str:
    """Read text that is shown to people: something, and nothing that cannot be seen."""
    plain = " ".join(text.split())
    if not plain:
        raise ValueError("must not be empty")
    if not plain.isprintable():
        raise ValueError("holds a character that cannot be seen; remove it")
    return plain


def no_break(text: str) -> str:
    """Read the word that stands for no break at all."""
    if text != "none":
        hint = "" if text.startswith(("[", "{")) else f"; write {quoted(f'[{text}]')}"
        raise ValueError(f"must be a list of breaks, or `none`, found {quoted(text)}{hint}")
    return text


def everyone(text: str) -> str:
    """Read the word that stands for everybody who is known."""
    if text != "everyone":
        raise ValueError(
            f"must be `everyone`, or say who it is, found {quoted(text)};"
            f" write {quoted(f'{{team: {text}}}')}, `{{place: ...}}` or `{{person: ...}}`"
        )
    return text
