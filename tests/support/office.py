"""A whole office: a gateway with a portal, and a browser in which each person has their own way."""

import base64
import hashlib
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from support.browser import Browser, Tab, browsing
from support.doors import Doors
from support.gateway import RunningGateway, running
from support.origin import CountingOrigin

NAME = "breaks.exampleshire.example"
HOME = f"https://{NAME}"
STAFF, BOSS, DESK = "b.rowser", "m.boss", "h.desk"
PEOPLE = {STAFF: "127.0.20.5", BOSS: "127.0.20.6", DESK: "127.0.20.7", "o.ther": "127.0.20.8"}

_EXTRA = f"""
teams:
  choosers:
    members: [{STAFF}, o.ther]
    breaks: [{{days: Mon-Fri, minutes: 45, between: 11:30-14:30, sittings: 3}}]
include: [cases.d/*.yaml]
ending: {{grace: 1 seconds}}
"""
_PAGE = (
    f", portal: 'https://{NAME}', managers: {{choosers: [{BOSS}]}}, helpdesk: [{DESK}],"
    " documents: documents"
)
_RULES = "# The rules\n\nBe kind.\n\n- Breaks are for you.\n\n[More](https://www.example.org/)\n"


@dataclass
class Office:
    """What stands in it, and which day it is there."""

    gateway: RunningGateway
    browser: Browser
    doors: Doors
    day: date = date(2026, 11, 23)

    def next_monday(self) -> None:
        """Begin a test on a Monday of its own, at noon: what was done is no matter of the next."""
        self.day += timedelta(days=7)
        self.clock("12:00:00")

    def clock(self, wall: str) -> None:
        """Set the time of day."""
        self.gateway.clock(wall, self.day.isoformat())

    def days_on(self, days: int) -> str:
        """Return a later date, as forms have it."""
        return (self.day + timedelta(days=days)).isoformat()

    def take(self, tab: Tab, name: str) -> None:
        """Keep a picture, where somebody who wants to look at the pages has named a folder."""
        folder = os.environ.get("BREAKTIME_PICTURES")
        if folder:
            (Path(folder) / f"{name}.png").write_bytes(tab.picture())

    def tab(self, person: str = STAFF) -> AbstractContextManager[Tab]:
        """Open a page in somebody's own browser."""
        return self.browser.tab(self.doors.of(person))


def key(gateway: RunningGateway) -> str:
    """Give the hash of the gateway's key, as Chromium wants it."""
    public = x509.load_pem_x509_certificate(gateway.ca.read_bytes()).public_key()
    data = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


@contextmanager
def open_office(folder: Path) -> Iterator[Office]:
    """Start all of it, and end it."""
    for name in ("documents", "origin", "profile"):
        (folder / name).mkdir()
    for name in ("policy", "questions", "advice"):
        (folder / "documents" / f"{name}.md").write_text(_RULES)
    with (
        CountingOrigin(folder / "origin") as origin,
        running(
            folder, origin, extra=_EXTRA, page=_PAGE, people=PEOPLE, languages="en, cy"
        ) as gateway,
        Doors(gateway.proxy, PEOPLE) as doors,
        browsing(folder / "profile", gateway.url, key(gateway)) as browser,
    ):
        yield Office(gateway, browser, doors)
