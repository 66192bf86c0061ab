"""Text, directory: the grammar of what names servers and attributes of a directory."""

from urllib.parse import urlsplit

from breaktime.config.problems import quoted
from breaktime.identity import Address

_PORTS = {"ldap": 389, "ldaps": 636}


def server(written: str) -> Address:
    """Read the address of a server: `ldaps://dc1.example.org`, with a port where it is another."""
    wrong = ValueError(
        f"must be the address of a server, found {quoted(written)};"
        " write for example `ldaps://dc1.example.org`"
    )
    try:
        found = urlsplit(written.strip())
        port = found.port
    except ValueError:
        raise wrong from None
    rest = (found.username, found.path.strip("/"), found.query, found.fragment)
    if found.scheme not in _PORTS or not found.hostname or any(rest):
        raise wrong
    return Address(found.hostname, port or _PORTS[found.scheme], tls=found.scheme == "ldaps")


def attribute(written: str) -> str:
    """Read the name of an attribute: letters, digits and hyphens (RFC 4512, 1.4)."""
    if not (written.isascii() and written.replace("-", "").isalnum() and written[0].isalpha()):
        raise ValueError(f"must be the name of an attribute such as `uid`, found {quoted(written)}")
    return written
