"""pages."""

from dataclasses import dataclass
from breaktime.core.request import Fetch


@dataclass(frozen=True)
class Asked:
    method: str
    fetch: Fetch
    accept: str
    accept_language: str
    upgrade: str
    preflight: bool
    content_type: str


@dataclass(frozen=True)
class Page:
    status: int
    headers: tuple
    body: bytes


@dataclass(frozen=True)
class Site:
    organisation: str


def challenge_page(site):
    return Page(
        407, (("Proxy-Authenticate", 'Basic realm="breaktime"'), ("Content-Length", "0")), b""
    )


def fault_page():
    return Page(503, (("Content-Length", "5"),), b"fault")


def malformed_page():
    return Page(400, (("Content-Length", "3"),), b"bad")


def block(text):
    return Page(403, (("Content-Length", str(len(text))),), text)
