"""The portal in the process of a test: a policy, a ledger, a log and a clock, and no socket."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

from breaktime.audit import DayFiles, Recorder
from breaktime.config import load
from breaktime.ledger import open_ledger
from breaktime.mitm.state import InForce, page_settings
from breaktime.portal import VISITOR, House, Visitor, make_app
from breaktime.portal.tokens import issue
from calendars import utc
from support.answered import Answered

NAME = "breaks.exampleshire.example"
HOME = f"https://{NAME}"
ADA, BEN, MEG, HELP = "a.jones", "b.patel", "m.finance", "h.desk"
CONFIG = """
version: 1
organisation:
  name: Exampleshire Council
  timezone: Europe/London
  domains: [example, example.org]
  languages: [en, cy]
controlled: {platforms: [facebook, x, youtube]}
breaks:
  lunch: {days: Mon-Fri, at: 12:00-13:00, platforms: [youtube]}
  own: {days: Mon-Fri, minutes: 45, between: 11:30-14:30, sittings: 2}
teams:
  finance: {members: [a.jones, b.patel, m.finance], breaks: [own]}
  legal: {members: [l.law], breaks: [lunch]}
everyone: {breaks: [lunch]}
people: {s.topped: {breaks: [lunch]}}
business_cases:
  - id: BC-1
    for: {person: l.law}
    platforms: [x]
    purpose: press
    requested_by: l.law
    approved_by: head.of.legal
    from: 2026-01-01
    until: 2026-12-31
suspensions:
  - {for: {person: s.topped}, from: 2026-11-01, until: 2026-11-30}
exempt: [{person: union.rep, reason: agreed}]
include: [cases.d/*.yaml]
identity: [{kind: addresses, table: people.csv}]
gateway: {ca: ca}
records: {directory: audit}
page:
  portal: https://breaks.exampleshire.example
  managers: {finance: [m.finance, a.jones], legal: [x.law]}
  helpdesk: [h.desk]
  documents: documents
  help: {name: HR Advice, phone: 01632 960001}
"""
NOON = utc("2026-11-23 12:00")
BROWSER = {"sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate"}


@dataclass
class Reply:
    """What came back."""

    status: int
    headers: dict
    text: str


@dataclass
class Portal:
    """A portal, and the world around it."""

    folder: Path
    now: datetime = NOON
    reloads: int = 0
    changed: list = field(default_factory=list)
    writable: bool = True

    def __post_init__(self):
        (self.folder / "people.csv").write_text("address,person\n10.0.0.5,a.jones\n")
        (self.folder / "documents").mkdir()
        (self.folder / "documents" / "policy.md").write_text("# The rules\n\nBe kind.\n")
        self.config = self.folder / "config.yaml"
        self.config.write_text(CONFIG)
        self.ledger = open_ledger(self.folder / "audit" / "ledger.sqlite")
        self.recorder = Recorder(DayFiles(self.folder / "audit", "gateway"), "gateway")
        self.reload()
        self.house = House(
            current=lambda: self.state,
            clock=lambda: self.now,
            ledger=self._ledger,
            changed=self.changed.append,
            record=lambda record: Answered(self.writable and self.recorder.put(record)),
            reload=self.reload,
            load=self.loaded,
            key=b"k" * 32,
            name="gateway",
        )
        self.app = make_app(self.house)

    def reload(self):
        loaded = load(self.config)
        self.reloads += 1
        pages = page_settings(loaded.settings)
        self.state = InForce(loaded.policy, loaded.settings, (), pages, "")

    async def loaded(self, staged):
        return load(self.config, staged=staged)

    async def _ledger(self, question):
        return await asyncio.to_thread(question, self.ledger)

    def close(self):
        self.ledger.close()
        self.recorder.close()

    def put(self, record):
        assert self.recorder.put(record)

    def get(self, path="/", who=ADA, **headers):
        return self.send("GET", path, who, headers=headers)

    def token(self, who=ADA):
        return issue(self.house.key, who, self.now)

    def post(self, path, who=ADA, *, headers=None, **fields):
        fields.setdefault("token", self.token(who))
        sent = {"origin": HOME, **BROWSER, "content-type": "application/x-www-form-urlencoded"}
        return self.send(
            "POST", path, who, headers={**sent, **(headers or {})}, body=urlencode(fields).encode()
        )

    def send(self, method, target, who=ADA, *, headers=None, body=b"", host=NAME):
        """Ask as the gateway does: who asks is said beside the request, and not in it."""
        path, _, query = target.partition("?")
        visitor = who if isinstance(who, Visitor) else Visitor(who, (), "10.0.0.5")
        named = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "https",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [
                (name.encode(), value.encode("latin-1"))
                for name, value in {"host": host, **named}.items()
                if value is not None
            ],
            "state": {VISITOR: visitor},
        }
        return asyncio.run(self._sent(scope, body))

    async def _sent(self, scope, body):
        start, pieces = {}, []

        async def receive():
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message):
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                pieces.append(message.get("body", b""))

        await self.app(scope, receive, send)
        headers = {name.decode(): value.decode() for name, value in start["headers"]}
        return Reply(start["status"], headers, b"".join(pieces).decode())
