"""
Headers are found by one look at each, where mitmproxy calls several functions for each.

mitmproxy asks some ten times in every request for a header that is mostly not there. What it gets
is the same; tests/mitm/test_headers.py compares the two ways.
"""

from typing import Any

from mitmproxy import http


def get_all(headers: http.Headers, name: str | bytes) -> list[str]:
    """Return the values of all headers of a name, in whatever case either is written."""
    wanted = (name.encode("utf-8", "surrogateescape") if isinstance(name, str) else name).lower()
    size = len(wanted)
    return [
        value.decode("utf-8", "surrogateescape")
        for own, value in headers.fields
        if len(own) == size and own.lower() == wanted
    ]


def get(headers: http.Headers, name: str | bytes, default: Any = None) -> Any:
    """Return the values of a header in one line, and what was given for it if there is none."""
    return ", ".join(values) if (values := get_all(headers, name)) else default


def contains(headers: http.Headers, name: object) -> bool:
    """Tell whether there is a header of a name."""
    return isinstance(name, str | bytes) and bool(get_all(headers, name))


_QUICK = {"get_all": get_all, "get": get, "__contains__": contains}


def find_quickly() -> None:
    """Have all headers found so; more than once is no different from once."""
    for name, quick in _QUICK.items():
        setattr(http.Headers, name, quick)
