"""The real gateway as a subprocess, with a clock and an internet that the test sets."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from breaktime.audit.schema import LINE
from support.origin import CountingOrigin

ROOT = Path(__file__).resolve().parents[2]
STOP_SECONDS = 60
POLLS = 1200
WORKERS = os.environ.get("GATEWAY_WORKERS")
"""`GATEWAY_WORKERS=2` runs every test that starts a gateway with two workers."""

CONFIG = """
version: 1
organisation:
  {{name: Exampleshire Council, timezone: Europe/London, bank_holidays: GB-ENG,
   languages: [{languages}], domains: [{domains}]}}
controlled:
  categories: [social-network, messaging, video, image-sharing, forum]
  rules: [rules.d]
never_control: [gov.uk]
own_pages: [facebook.com/ExampleshireCouncil]
breaks:
  lunch: {{days: Mon-Fri, at: 12:00-14:00}}
everyone: {{breaks: [lunch]}}
places:
  town-hall: {{networks: [127.0.20.0/24]}}
  libraries: {{networks: [127.0.60.0/24]}}
people:
  night: {{breaks: [{{days: Mon-Sun, at: 22:00-22:30}}]}}
suspensions:
  - {{for: {{person: d.smith}}, from: 2026-11-01, until: 2026-11-30, reference: HR-1}}
exceptions:
  - {{dates: 2026-12-24, for: everyone, breaks: [{{at: 09:00-17:00}}], reason: Christmas Eve}}
blackouts:
  - {{for: {{person: phones}}, days: Mon-Fri, at: 12:30-13:00, reason: phone lines open}}
exempt:
  - {{place: libraries, reason: public network}}
business_cases:
  - id: BC-1
    for: {{person: c.lee}}
    platforms: [x]
    purpose: press
    requested_by: c.lee
    approved_by: head.of.press
    from: 2026-01-01
    until: 2027-12-31
{extra}
identity:
{identity}
gateway:
  listen: [127.0.0.1:8080]
  ca: ca
  trust: [origin-ca.pem]
  internal: [127.0.0.0/8]
{gateway}
records: {{directory: audit, seal_keys: seal, detail: {{own_page: page}}{records}}}
page: {{help: {{name: IT Service Desk, phone: 01632 960001}}{page}}}
"""

PEOPLE = {
    "a.jones": "127.0.20.5",
    "c.lee": "127.0.20.6",
    "d.smith": "127.0.20.7",
    "night": "127.0.20.8",
    "phones": "127.0.20.9",
}
LIBRARY = "127.0.60.7"
UNKNOWN = "127.0.99.9"

TESTBOOK = """
name: Testbook
category: social-network
domains: {web: [testbook.example]}
networks: [127.0.40.0/24, 203.0.113.0/24, "2001:db8:40::/48"]
sources: [tests]
"""
SOCIAL_ADDRESS = "127.0.40.1"

BY_ADDRESS = "  - {kind: addresses, table: people.csv}"
BY_PASSWORD = "  - {kind: basic, file: htpasswd}"

MONDAY = "2026-11-23"


@dataclass
class RunningGateway:
    """A gateway process and its folder."""

    folder: Path
    proxy: tuple[str, int]
    process: subprocess.Popen[str]
    origin: CountingOrigin
    ports: tuple[tuple[str, int], ...] = ()

    @property
    def url(self) -> str:
        return f"http://{self.proxy[0]}:{self.proxy[1]}"

    @property
    def ca(self) -> Path:
        return self.folder / "ca" / "mitmproxy-ca-cert.pem"

    def clock(self, wall: str, day: str = MONDAY) -> None:
        """Set the gateway's clock; the wall clock of London, in winter."""
        new = self.folder / "clock.new"
        new.write_text(f"{day}T{wall}+00:00\n")
        new.replace(self.folder / "clock")

    def lines(self) -> list[dict]:
        """Return every record in the order of writing, whatever its day; each is of the schema."""
        files = (self.folder / "audit").glob("*.jsonl")
        texts = [line for file in files for line in file.read_text("ascii").split("\n") if line]
        for text in texts:
            LINE.validate_json(text)
        lines = [json.loads(text) for text in texts]
        return sorted(lines, key=lambda line: line["event"]["sequence"])

    def visits(self) -> list[dict]:
        """Return the records of requests."""
        return [line for line in self.lines() if line["breaktime"]["verdict"] is not None]

    def await_line(self, action: str, count: int = 1) -> dict:
        """Wait for the count-th record of an action; the writer is another process."""
        for _ in range(POLLS):
            found = [line for line in self.lines() if line["event"]["action"] == action]
            if len(found) >= count:
                return found[count - 1]
            try:
                self.process.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError("the gateway has ended")
        raise AssertionError(f"no record {action}: {[x['event']['action'] for x in self.lines()]}")

    def told(self) -> str:
        """Return what stands on stderr."""
        return (self.folder / "stderr").read_text()

    def await_told(self, text: str, count: int = 1) -> str:
        """Wait until a text stands on stderr as often as that."""
        for _ in range(POLLS):
            if self.told().count(text) >= count:
                return self.told()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(0.05)
                raise AssertionError("the gateway has ended")
        raise AssertionError(f"not told: {text}\n{self.told()}")

    def hang_up(self) -> None:
        """Send SIGHUP."""
        self.process.send_signal(signal.SIGHUP)


def write_config(
    folder: Path,
    *,
    extra: str = "",
    identity: str = BY_ADDRESS,
    records: str = "",
    listen: tuple[str, ...] = (),
    gateway: str = "",
    domains: str = "",
    people: dict[str, str] = PEOPLE,
    page: str = "",
    languages: str = "en",
) -> Path:
    """Write a configuration and the tables it needs."""
    (folder / "rules.d").mkdir(exist_ok=True)
    (folder / "rules.d" / "testbook.yaml").write_text(TESTBOOK)
    rows = [f"{address},{who}" for who, address in people.items()]
    (folder / "people.csv").write_text("\n".join(["address,person", *rows, ""]))
    config = folder / "config.yaml"
    if WORKERS and "workers:" not in gateway:
        gateway += f"\n  workers: {WORKERS}"
    parts = {"extra": extra, "identity": identity, "records": records, "page": page}
    text = CONFIG.format(**parts, gateway=gateway, domains=domains, languages=languages)
    if listen:
        text = text.replace("listen: [127.0.0.1:8080]", f"listen: [{', '.join(listen)}]")
    config.write_text(text)
    return config


@contextmanager
def running(
    folder: Path,
    origin: CountingOrigin,
    *,
    extra: str = "",
    identity: str = BY_ADDRESS,
    records: str = "",
    gateway: str = "",
    domains: str = "",
    page: str = "",
    languages: str = "en",
    module: str = "breaktime.demo.gateway",
    environment: dict[str, str] | None = None,
    listen: tuple[str, ...] = (),
    people: dict[str, str] = PEOPLE,
    wall: str = "09:00:00",
) -> Iterator[RunningGateway]:
    """Start a gateway, and end it by its process id; without `listen`, on any port of its own."""
    parts = {"extra": extra, "identity": identity, "records": records, "page": page}
    parts |= {"gateway": gateway, "domains": domains, "languages": languages}
    config = write_config(folder, **parts, listen=listen, people=people)
    (folder / "origin-ca.pem").write_bytes(origin.ca.read_bytes())
    (folder / "clock").write_text(f"{MONDAY}T{wall}+00:00\n")
    paths = os.pathsep.join([str(ROOT / "addon"), str(ROOT / "tests")])
    command = [sys.executable, "-m", module, str(config), str(folder / "clock")]
    command += ["-" if listen else "127.0.0.1:0"]
    command += [f"127.0.0.1:{origin.port}", f"127.0.0.1:{origin.plain_port}"]
    with (folder / "stderr").open("w") as stderr:
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            env={**os.environ, "PYTHONPATH": paths, **(environment or {})},
        )
    try:
        ports = []
        for _ in listen or ("any",):
            found = re.fullmatch(r"listening (\S+) (\d+)\n", process.stdout.readline())
            if found is None:
                process.wait(STOP_SECONDS)
                raise AssertionError((folder / "stderr").read_text())
            ports.append((found.group(1), int(found.group(2))))
        yield RunningGateway(folder, ports[0], process, origin, tuple(ports))
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
