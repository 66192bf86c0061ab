"""
Stages 2 and 7, paths: the one form of a path that is compared with pages and written down.

Laws of this file:

1. What names a page is what is written: pages are read out of the recorded form, uncut.
2. A path that two servers may read in two ways has a recorded form, and no segments to compare.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

PATH_BYTES: Final = 512
"""The longest path that is written, and so the longest that can name a page."""

ASKED_AGAIN: Final = 256
"""How many paths are kept: one request asks for the same path several times."""

_DOT: Final = re.compile(r"%2[eE]")
_CLEAN: Final = re.compile(r"/|(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+/?")  # nothing to reduce
_UNSAFE: Final = re.compile(r'[^\x21-\x7e]|["\\<>]')
_TORN: Final = re.compile(r"%[0-9A-Fa-f]?$")

# What some server takes for the end of a segment or of a path, or decodes once more; the last
# stands where bytes are not UTF-8, which is how an overlong slash looks.
_AMBIGUOUS: Final = re.compile(r"[/\\%;?#\ufffd]")


@lru_cache(maxsize=ASKED_AGAIN)
def sanitise_path(path: str) -> tuple[str, tuple[str, ...]]:
    """
    Reduce a path to what may be written, and say what was taken out.

    Drops query, fragment and path parameters, resolves dot segments, folds double slashes,
    escapes every byte that is not plain printable ASCII and cuts at `PATH_BYTES`. Doing it
    twice is doing it once.

    Returns:
        The path, printable ASCII that begins with a slash, and ``query`` and ``long`` as far as
        they apply.
    """
    if len(path) <= PATH_BYTES and _CLEAN.fullmatch(path):  # as nearly always
        return path, ()
    bare = re.split("[?#;]", path, maxsplit=1)[0]
    removed = ["query"] if len(bare) < len(path) else []
    segments: list[str] = []
    for segment in _DOT.sub(".", bare).split("/"):
        if segment == "..":
            del segments[-1:]
        elif segment not in {"", "."}:
            segments.append(segment)
    slash = "/" if segments and bare.endswith("/") else ""
    clean = _escape(("/" + "/".join(segments) + slash)[: PATH_BYTES + 1])
    if len(clean) > PATH_BYTES:
        removed.append("long")
        clean = _TORN.sub("", clean[:PATH_BYTES])
        head, _, tail = clean.rpartition("/")
        if tail in {".", ".."}:
            clean = head + "/"
    return clean, tuple(removed)


@lru_cache(maxsize=ASKED_AGAIN)
def plain_segments(path: str) -> tuple[str, ...] | None:
    """
    Give the decoded segments of a path that every server reads alike.

    Servers disagree about dot segments, double slashes, backslashes, path parameters, what is
    encoded twice and what is not UTF-8. Whoever may open one page could ask for another with
    them, so such a path has no segments. Neither has one that the record would cut.

    Args:
        path: as a request shows it; a query behind it is ignored.

    Returns:
        The segments, none for `/`; None for a path that can be read in two ways.
    """
    if len(path) <= PATH_BYTES and _CLEAN.fullmatch(path):  # as nearly always
        return tuple(path.strip("/").split("/")) if path != "/" else ()
    bare = path.partition("?")[0]
    if len(bare) > PATH_BYTES:
        return None
    clean, removed = sanitise_path(bare)
    if removed or clean != _escape(_DOT.sub(".", bare)):
        return None
    written = clean.strip("/")
    segments = tuple(unquote(segment, errors="replace") for segment in written.split("/"))
    if not written:
        return ()
    return segments if all(map(_is_plain, segments)) else None


def fits(pattern: str, segments: tuple[str, ...]) -> bool:
    """
    Compare whole segments with a pattern of the catalogue.

    Args:
        pattern: `*` stands for any text inside one segment, and as the last segment for
            everything below.
        segments: as `plain_segments` gives them.
    """
    wanted, below, exact = _taken_apart(pattern)
    if exact:  # as nearly always
        return segments == wanted
    if len(segments) <= len(wanted) if below else len(segments) != len(wanted):
        return False
    return all(map(_fits_one, wanted, segments))


@lru_cache(maxsize=4096)
def _taken_apart(pattern: str) -> tuple[tuple[str, ...], bool, bool]:
    """Give the segments of a pattern, whether it is for all below them, and if it has no `*`."""
    wanted = tuple(pattern.strip("/").split("/"))
    return (wanted[:-1], True, False) if wanted[-1] == "*" else (wanted, False, "*" not in pattern)


def _fits_one(pattern: str, segment: str) -> bool:
    """Compare one segment; the pieces between asterisks have to come in their order."""
    if "*" not in pattern:
        return segment == pattern
    first, *middle, last = pattern.split("*")
    if len(segment) < len(first) + len(last):
        return False
    if not (segment.startswith(first) and segment.endswith(last)):
        return False
    inner = segment[len(first) : len(segment) - len(last)]
    for piece in filter(None, middle):
        _, found, inner = inner.partition(piece)
        if not found:
            return False
    return True


def _is_plain(segment: str) -> bool:
    """Tell whether a decoded segment is text and nothing else, wide letters folded or not."""
    folded = segment
    if not segment.isascii():  # letter by letter: folding a whole text takes quadratic time
        folded = "".join(unicodedata.normalize("NFKC", letter) for letter in segment)
    return segment.isprintable() and bool(folded.strip(" .")) and _AMBIGUOUS.search(folded) is None


def _escape(path: str) -> str:
    """Escape what is not plain printable ASCII."""
    return _UNSAFE.sub(_escaped, path)


def _escaped(match: re.Match[str]) -> str:
    """Escape one character: a byte that was no UTF-8 as the byte it was, all else as UTF-8."""
    character = match.group()
    errors = "surrogateescape" if "\udc80" <= character <= "\udcff" else "surrogatepass"
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", errors))
