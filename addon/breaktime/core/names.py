"""
Stage 0, names: what is this host called, however it was written?

Laws of this file:

1. One spelling for each name: lower-case A-labels, dotted quads, compressed IPv6 without brackets.
2. Total: every text has an answer, and the answer for "cannot be a name" is None.
3. Idempotent: `normal_name(normal_name(x))` is `normal_name(x)`.
4. Read like a browser where a browser and the standard differ: the browser is who asks.
"""

import re
import unicodedata
from collections.abc import Iterable
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, unquote

LONGEST_NAME: Final = 253
"""Octets of a whole name without its trailing dot. Source: RFC 1035 section 2.3.4."""

_LONGEST_SPELLING: Final = 1_024
"""Characters of the longest text still read as a name; each letter may be `%E2%84%82`. Folding
takes quadratic time, and whoever sends a name chooses its length."""

_LONGEST_FOREIGN: Final = 59
"""Letters of the longest foreign label: `xn--` and no letter fewer must fit into 63 octets."""

# A last label that starts with a letter cannot be a number, so the name cannot be an address.
_NORMAL: Final = re.compile(r"(?:[a-z0-9_-]{1,63}\.)*[a-z_][a-z0-9_-]{0,62}")
_BYTE: Final = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_QUAD: Final = re.compile(rf"(?:{_BYTE}\.){{3}}{_BYTE}")
_LABEL: Final = re.compile(r"[a-z0-9_-]{1,63}")
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PORT: Final = re.compile(r"[0-9]{0,5}")

# Mapped to nothing, and dots, by UTS 46: `face<soft hyphen>book.com` opens facebook.com.
_UNSEEN: Final = dict.fromkeys(
    [0x00AD, 0x034F, 0x200B, 0x2060, 0x2064, 0xFEFF, *range(0x180B, 0x180E), *range(0xFE00, 0xFE10)]
)
_UNSEEN_AND_DOTS: Final[dict[int, str | None]] = {**_UNSEEN, 0x3002: "."}
_JOINERS: Final = "\u200c\u200d"
_UNREADABLE: Final = "\ufffd"  # stands where bytes are not UTF-8

# A browser takes `https:host`, `https:/host` and `https:\\host` for `https://host`.
_SCHEME: Final = re.compile(
    r"(?:(?:https?|wss?|ftp):|[a-z][a-z0-9+.-]*:(?=//))[/\\]*|[/\\]{2,}", re.IGNORECASE
)
_WITHOUT_HOST: Final = re.compile(r"(?:about|data|file|javascript|mailto|sms|tel):", re.IGNORECASE)


class Address(NamedTuple):
    """
    An address in its parts, as `split_address` found them.

    Fields:
        host: normal name, or None if there is none.
        path: as written, from its first slash; `/` when there was none.
        query: as written, without the question mark; empty when there was none.
    """

    host: str | None
    path: str
    query: str


def normal_name(text: str) -> str | None:
    """
    Give the one spelling of a host name or address.

    Args:
        text: a name as a header, a handshake, a list or a person wrote it: any case, with or
            without `user@`, `:port`, brackets, trailing dots, percent signs, foreign letters.

    Returns:
        Lower-case A-labels without a trailing dot, a dotted quad, or a compressed IPv6 address
        without brackets; None if *text* cannot be a name.

    Source: https://url.spec.whatwg.org/#host-parsing, with RFC 1035 lengths.
    """
    if len(text) <= LONGEST_NAME and (_NORMAL.fullmatch(text) or _QUAD.fullmatch(text)):
        return text
    spelling = text.rpartition("@")[2].strip(" ")
    if len(spelling) > _LONGEST_SPELLING:
        return None
    host = _without_port(spelling)
    if host is None:
        return None
    plain = _plain(unquote(host, errors="replace"))
    return _normal_v6(plain) if ":" in plain else _normal_dotted(plain)


def split_address(text: str) -> Address:
    """
    Take a whole address apart as a browser would, whatever a person typed.

    `https://www.facebook.com/x?y#z`, `www.facebook.com/x`, `//host/path` and `1.2.3.4` are
    addresses; a line of rubbish is an address without a host.

    Args:
        text: one line.

    Returns:
        Host, path and query. The fragment is dropped: no server sees it.
    """
    line = text.strip()
    if _WITHOUT_HOST.match(line):
        return Address(None, "/", "")
    scheme = _SCHEME.match(line)
    rest = line[scheme.end() :] if scheme else line
    rest, _, query = rest.partition("#")[0].partition("?")
    authority, slash, path = rest.replace("\\", "/").partition("/")
    return Address(normal_name(authority), slash + path if slash else "/", query)


def query_values(query: str) -> tuple[tuple[str, str], ...]:
    """Read names and values of a query, in their order, those given twice included."""
    return tuple(parse_qsl(query, keep_blank_values=True, errors="replace"))


def query_parameters(query: str) -> dict[str, str]:
    """
    Read the parameters of a query that are given once.

    A name given twice says two things, and a site may believe either: it is left out.
    """
    return once(query_values(query)) if query else {}


def repeated_parameters(query: str) -> tuple[tuple[str, str], ...]:
    """Read the rest of a query: names that are given more than once, with each value."""
    if not query:  # as nearly always
        return ()
    values = query_values(query)
    single = once(values)
    return tuple(each for each in values if each[0] not in single)


def once(values: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Leave out what is given more than once."""
    found: dict[str, str] = {}
    repeated: set[str] = set()
    for name, value in values:
        if name in found:
            repeated.add(name)
        found[name] = value
    return {name: value for name, value in found.items() if name not in repeated}


def _without_port(spelling: str) -> str | None:
    """Cut off brackets and port; None where what follows the colon is no port."""
    if spelling.startswith("["):
        inside, closed, port = spelling[1:].partition("]")
        # Brackets mean IPv6: `[127.0.0.1]` and `[host]` are nothing.
        if not closed or ":" not in inside or not (port == "" or port.startswith(":")):
            return None
        return inside if _PORT.fullmatch(port[1:]) else None
    if spelling.count(":") != 1:
        return spelling
    host, _, port = spelling.partition(":")
    return host if _PORT.fullmatch(port) else None


def _plain(text: str) -> str:
    """
    Fold wide, styled and capital letters, foreign dots and unseen characters.

    Letter by letter, because `str.lower` would end a Greek word differently from its middle, and
    not `str.casefold`, which would turn `ß` into another, registrable name.
    """
    folded = unicodedata.normalize("NFKC", text.translate(_UNSEEN))
    folded = "".join(letter.lower() for letter in folded)
    return unicodedata.normalize("NFKC", folded).translate(_UNSEEN_AND_DOTS).strip(" ")


def _normal_v6(text: str) -> str | None:
    """Compress an IPv6 address; a mapped IPv4 address is that IPv4 address."""
    if "%" in text:  # a zone means something on one machine only
        return None
    try:
        address = IPv6Address(text)
    except AddressValueError:
        return None
    mapped = address.ipv4_mapped
    return str(address if mapped is None else mapped)


def _normal_dotted(text: str) -> str | None:
    """Make A-labels, or a dotted quad where the last label is a number."""
    dotted = text.rstrip(".")
    if len(dotted) > LONGEST_NAME:  # no A-label is shorter than its letters
        return None
    labels = [_a_label(label) for label in dotted.split(".")]
    if not all(map(_LABEL.fullmatch, labels)):
        return None
    if _NUMBER.fullmatch(labels[-1]):
        return _dotted_quad(labels)
    name = ".".join(labels)
    return name if len(name) <= LONGEST_NAME else None


def _a_label(label: str) -> str:
    """Write one label in ASCII; empty if it is too long or holds what no name may hold."""
    if label.isascii():
        return label
    if len(label) > _LONGEST_FOREIGN:  # punycode takes quadratic time: look before it is asked
        return ""
    for letter in label:
        if letter == _UNREADABLE or (
            unicodedata.category(letter)[0] in "CZ" and letter not in _JOINERS
        ):
            return ""
    return "xn--" + label.encode("punycode").decode("ascii")


def _dotted_quad(parts: list[str]) -> str | None:
    """
    Read one to four numbers, each decimal, octal (`0…`) or hexadecimal (`0x…`).

    The last number fills all bytes that are left: `127.1` is `127.0.0.1`.
    """
    if len(parts) > 4:  # noqa: PLR2004 - an IPv4 address has four bytes
        return None
    numbers = [_number(part) for part in parts]
    if None in numbers:
        return None
    *leading, last = (number for number in numbers if number is not None)
    left = 4 - len(leading)
    if any(number > 0xFF for number in leading) or last >= 1 << (8 * left):  # noqa: PLR2004 - bytes
        return None
    value = last
    for place, number in enumerate(leading):
        value += number << (8 * (3 - place))
    return str(IPv4Address(value))


def _number(part: str) -> int | None:
    """Read one number of an IPv4 address; None if it is none."""
    if not _NUMBER.fullmatch(part):
        return None
    if part.startswith("0x"):
        return int(part[2:] or "0", 16)
    try:
        return int(part, 8 if part.startswith("0") else 10)
    except ValueError:  # 8 or 9 in an octal number
        return None
