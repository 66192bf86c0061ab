"""A person's browser, as far as the story needs one."""

import http.client
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 10

BROWSER = {
    "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "none",
    "Sec-Fetch-User": "?1",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """
    What came back.

    Fields:
        status: HTTP status.
        body: text of the page.
        issuer: who signed the certificate that the browser saw.
    """

    status: int
    body: str
    issuer: str


def visit(url: str, source: str, proxy: tuple[str, int], trust: Path) -> Reply:
    """
    Open a page through the gateway.

    Args:
        url: an https address.
        source: address of this machine that the person sits at.
        proxy: where the gateway listens.
        trust: file with the authorities that the browser trusts.

    Raises:
        OSError: if no answer comes, or from somebody who is not trusted.
    """
    context = ssl.create_default_context(cafile=trust)
    parts = urlsplit(url)
    connection = http.client.HTTPSConnection(
        proxy[0], proxy[1], timeout=TIMEOUT_SECONDS, context=context, source_address=(source, 0)
    )
    connection.set_tunnel(parts.hostname or "", 443)
    try:
        connection.request("GET", parts.path or "/", headers=BROWSER)
        issuer = _issuer(connection.sock)
        response = connection.getresponse()
        return Reply(response.status, response.read().decode("utf-8", "replace"), issuer)
    finally:
        connection.close()


def _issuer(sock: Any) -> str:
    certificate = sock.getpeercert() if isinstance(sock, ssl.SSLSocket) else None
    issuer: Any = (certificate or {}).get("issuer", ())
    names = [pair for group in issuer for pair in group]
    return next((value for key, value in names if key == "organizationName"), "nobody")
