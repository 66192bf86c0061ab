"""
Stage 2, copies: whose page does a translator, a cache or an archive show under its own name?

Laws of this file:

1. A copy is judged by the site inside, so a translator of ordinary pages stays a translator.
2. Where an address can be read in several ways, each of them is given: who judges takes the
   strictest, because the copier may take any.
3. A copier is one line of `COPIERS`. What its addresses do not say (the short codes of some
   archives) cannot be told by anybody who does not open the copy itself, and is not guessed.
"""

import re
from typing import Final, NamedTuple
from urllib.parse import unquote

from breaktime.core.listed import Listed
from breaktime.core.names import query_values, split_address

type Values = tuple[tuple[str, str], ...]
"""Names and values of a query, decoded, in any order, those given twice included."""


class Copier(NamedTuple):
    """
    One site that shows pages of other sites.

    Fields:
        host: normal name; everything below it too.
        label: the label before `host` is the name inside, `-` for a dot and `--` for a hyphen.
        path: what stands before an address without `http://` in a path, as a regular expression;
            None where paths name no address. One with `http://` is found wherever it stands.
        parameters: of the query, lower case, whose values are addresses.
        opened: the front door has to open connections to see whose page it is. Not for hosts
            that mostly do something else, and lead to another copier anyway.
    """

    host: str
    label: bool = False
    path: str | None = None
    parameters: tuple[str, ...] = ()
    opened: bool = True


_AMP: Final = r"/[a-z]{1,2}/(?:w[0-9]+/)?(?:s/)?"
_WAYBACK: Final = r"/(?:web|save)/(?:(?:[0-9]+[a-z_]*|[a-z]{2}_|\*)\*?/)?"
_TODAY: Final = r"/(?:(?:newest|oldest|latest|timegate|timemap|\*|[0-9][0-9.-]*\*?)/)?"
# fmt: off
_GOOGLE: Final = (
    "com", "co.uk", "ie", "de", "fr", "es", "it", "pl", "pt", "ro", "nl", "be", "at", "ch", "dk",
    "se", "no", "fi", "gr", "bg", "lt", "lv", "ca", "com.au", "co.in",
)
# fmt: on

COPIERS: Final = (
    # Translators. Each form was seen in public code unless the line says otherwise.
    # https://developers.google.com/search/docs/appearance/ad-network-and-translation
    Copier("translate.goog", label=True),
    Copier("translate.googleusercontent.com", parameters=("u",)),
    # These lead to translate.goog, and know what people type for translation: never opened.
    *(Copier(f"translate.google.{end}", parameters=("u",), opened=False) for end in _GOOGLE),
    Copier("translatetheweb.com", parameters=("a",)),
    Copier("microsofttranslator.com", parameters=("a",)),
    Copier("translated.turbopages.org", path=r"/proxy_u/[^/]+/https?/"),
    Copier("turbopages.org", label=True, path=r"/", opened=False),  # own knowledge
    Copier("translate.yandex.com", parameters=("url",), opened=False),  # leads to turbopages.org
    Copier("translate.yandex.ru", parameters=("url",), opened=False),
    Copier("translate.baiducontent.com", parameters=("query",)),
    Copier("fanyi.baidu.com", parameters=("query",), opened=False),  # frames the line above
    Copier("papago.naver.net", parameters=("url",)),
    # Caches of pages for phones. https://developers.google.com/amp/cache/overview
    Copier("cdn.ampproject.org", label=True, path=_AMP, opened=False),
    Copier("bing-amp.com", label=True, path=_AMP, opened=False),
    Copier("www.bing-amp.com", label=True, path=_AMP, opened=False),
    *(Copier(f"www.google.{end}", path=r"/amp/(?:s/)?", opened=False) for end in _GOOGLE),
    # Caches of search engines.
    Copier("webcache.googleusercontent.com", parameters=("q",)),
    Copier("cc.bingj.com", parameters=("q",)),
    Copier("yandexwebcache.net", parameters=("url",)),
    # Archives. https://web.archive.org, https://archive.ph/faq
    Copier("web.archive.org", path=_WAYBACK, parameters=("url",)),
    *(
        Copier(f"archive.{end}", path=_TODAY, parameters=("url",))
        for end in ("fo", "is", "li", "md", "ph", "today", "vn")
    ),
    Copier("arquivo.pt", path=r"/(?:noFrame/replay|wayback)/[0-9]+[a-z_]*/"),  # own knowledge
    Copier("ghostarchive.org", parameters=("term",)),
    # Mirrors that leave the text.
    Copier("r.jina.ai", path=r"/"),
    Copier("12ft.io", path=r"/", parameters=("q",)),
    Copier("txtify.it", path=r"/"),
    Copier("textise.net", parameters=("strurl",)),
    Copier("removepaywall.com", path=r"/", parameters=("url",)),
    Copier("removepaywalls.com", path=r"/", parameters=("url",)),
    Copier("frogfind.com", parameters=("a",)),  # own knowledge
)
"""Every copier that is known; the longest host wins."""

_BY_HOST: Final = Listed({copier.host: copier for copier in COPIERS})
_PATHS: Final = {
    copier.host: re.compile(copier.path + "(.+)", re.DOTALL)
    for copier in COPIERS
    if copier.path is not None
}

_WITH_SCHEME: Final = re.compile(r"https?:[/\\]+", re.IGNORECASE)
_DECODED: Final = 3  # so often are addresses in addresses percent-encoded, and no deeper
_ENOUGH: Final = 16  # values of one parameter, from either end: servers take the first or the last
_OF_SEARCHES: Final = re.compile(r"\s*(?:cache|url|site):(?:[\w-]{12}:)?", re.IGNORECASE)

# What follows names what was searched for there, or who: no record has it.
_SECRET: Final = re.compile(r"[?#;]|%(?:25)*(?:3f|23|3b)", re.IGNORECASE)
_USER: Final = re.compile(r"(?<=/)[^/]+?(?:@|%(?:25)*40)", re.IGNORECASE)


class Shown(NamedTuple):
    """
    An address as a copier is asked for it, or as it stands inside of one.

    Fields:
        host: normal name.
        path: from its first slash.
        values: of its query.
    """

    host: str
    path: str = "/"
    values: Values = ()


def copier_of(host: str) -> Copier | None:
    """Give the copier that a normal name belongs to, or None."""
    return _BY_HOST.find(host)


def shown_by(address: Shown) -> tuple[Shown, ...]:
    """
    Give the addresses whose page another site shows under its own name.

    Args:
        address: what is asked for.

    Returns:
        The addresses inside, most often one: `www-tiktok-com.translate.goog/@x` shows
        `www.tiktok.com/@x`, `web.archive.org/web/2023/https://x.com/y` shows `x.com/y`. None
        where *address* shows only itself.
    """
    copier = copier_of(address.host)
    if copier is None:
        return ()
    found: list[Shown] = []
    if copier.label:
        found += _in_label(copier, address)
    if copier.path is not None:
        found += _in_path(_PATHS[copier.host], address)
    values = [value for name, value in address.values if name.lower() in copier.parameters]
    for value in values[:_ENOUGH] + values[_ENOUGH:][-_ENOUGH:]:
        found += _in_value(_OF_SEARCHES.sub("", value, count=1))
    return tuple(dict.fromkeys(found))


def recorded_path(path: str) -> tuple[str, bool]:
    """
    Reduce the path of a copy to what may be written: the address in it has a query of its own.

    Args:
        path: as `core.paths.sanitise_path` gave it.

    Returns:
        The path without user names and without what stands for the query inside, and whether a
        query was cut off.
    """
    kept = _SECRET.split(path, maxsplit=1)[0]
    return _USER.sub("", kept), len(kept) < len(path)


def _in_label(copier: Copier, address: Shown) -> list[Shown]:
    """
    Read the name inside out of the label before the copier's host.

    Google cuts long names in two and puts the first part into a parameter, and marks names that
    would look like something else.
    """
    label = address.host.removesuffix(copier.host).rstrip(".").rpartition(".")[2]
    first = [value for name, value in address.values if name == "_x_tr_hp"]
    found: list[Shown] = []
    for whole in [each + label for each in first] or [label]:
        plain = whole.removeprefix("1-")
        named = [_dotted(whole), _dotted(plain)]
        if plain.startswith("0-"):
            named.append("xn--" + _dotted(plain.removeprefix("0-")))
        for dotted in dict.fromkeys(named):
            found += [each._replace(path=address.path) for each in _read(dotted, address)]
    return found


def _dotted(label: str) -> str:
    return re.sub(r"\b-\b", ".", label).replace("--", "-")


def _in_path(pattern: re.Pattern[str], address: Shown) -> list[Shown]:
    """Read addresses out of a path, however it is encoded."""
    found: list[Shown] = []
    for path in _decodings(address.path):
        scheme = _WITH_SCHEME.search(path)
        if scheme is not None:
            found += _read(path[scheme.start() :], address)
        bare = pattern.search(re.sub(r"/{2,}", "/", path))
        if bare is not None:
            found += _read(bare[1], address)
    return found


def _in_value(value: str) -> list[Shown]:
    """Read a value of a query as an address, however often it is encoded."""
    words = value.split(maxsplit=1)
    return [each for text in _decodings(words[0]) for each in _read(text)] if words else []


def _read(text: str, around: Shown | None = None) -> list[Shown]:
    """Read one address; the query around it is its own too."""
    host, path, query = split_address(text)
    if host is None or "." not in host:
        return []
    values = query_values(query)
    if around is not None:
        values += around.values
    return [Shown(host, path, values)]


def _decodings(text: str) -> list[str]:
    """Give a text as it is, and decoded once, twice and so on while that makes a difference."""
    found = [text]
    for _ in range(_DECODED):
        decoded = unquote(found[-1], errors="replace")
        if decoded == found[-1]:
            break
        found.append(decoded)
    return found
