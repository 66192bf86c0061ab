"""Names and ports as clients write them, in the one spelling the door understands."""

import re
from ipaddress import AddressValueError, IPv6Address

from breaktime.door.reasons import MalformedError, Reason

MAX_PORT = 65_535
MAX_NAME = 253

# Underscores and hyphens at either end of a label are not host names by the book, but resolve in
# practice. Everything that a URL parser could read as a separator is left out.
_NAME = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_AUTHORITY = re.compile(r"(\[[0-9a-f:.]+\]|[^\[\]:@/]+)(?::([0-9]{1,5}))?", re.IGNORECASE)


def clean_name(text: str) -> str | None:
    """
    Bring the name of a host into its one spelling.

    Args:
        text: a DNS name or an IPv4 address; no brackets, no port.

    Returns:
        The name in lower case without trailing dots, or None when it holds anything but labels of
        letters, digits, hyphens and underscores.
    """
    name = text.lower().rstrip(".")
    if len(name) <= MAX_NAME and name.isascii() and _NAME.fullmatch(name):
        return name
    return None


def split_authority(text: str, default_port: int | None = None) -> tuple[str, int]:
    """
    Split ``host:port``.

    Args:
        text: the authority of a request target; IPv6 addresses in brackets, no user information.
        default_port: what a missing port means; None when there has to be one.

    Returns:
        The host in its one spelling, IPv6 without brackets, and the port, 1 to 65535.

    Raises:
        MalformedError: *text* is anything else.
    """
    found = _AUTHORITY.fullmatch(text)
    if not found:
        raise MalformedError(Reason.AUTHORITY)
    port = int(found[2]) if found[2] else default_port
    host = _clean_v6(found[1][1:-1]) if found[1].startswith("[") else clean_name(found[1])
    if host is None or port is None or not 1 <= port <= MAX_PORT:
        raise MalformedError(Reason.AUTHORITY)
    return host, port


def _clean_v6(text: str) -> str | None:
    try:
        return str(IPv6Address(text))
    except AddressValueError:
        return None
