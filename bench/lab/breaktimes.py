"""The gateway as the benches start it: everything that an office would switch on is on."""

import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

from lab.origin import free_port, stop

MONDAY_LUNCH = "2026-11-23T12:01:00+00:00"
PEOPLE = 10_000
NIGHTS = 200
"""How many people have their break at night."""

_CONFIG = """
version: 1
organisation:
  {{name: Exampleshire Council, timezone: Europe/London, bank_holidays: GB-ENG,
   languages: [en, cy]}}
controlled: {{categories: [social-network, messaging, video, image-sharing, forum, dating]}}
never_control: [gov.uk, nhs.uk]
own_pages: [facebook.com/ExampleshireCouncil, "youtube.com/@ExampleshireCouncil"]
breaks:
  lunch: {{days: Mon-Fri, at: 12:00-14:00, bank_holidays: exclude}}
  tea: {{days: Mon-Fri, at: [10:30-10:45, 15:15-15:30]}}
places: {{town-hall: {{networks: [127.1.0.0/16]}}}}
teams:
{teams}
everyone: {{breaks: [lunch, tea]}}
people: {{table: staff.csv}}
identity:
  - {{kind: addresses, table: addresses.csv}}
{identity}
{extra}
gateway:
  listen: [127.0.0.1:{port}]
  ports: [80, 443, {origin}]
  ca: ca
  trust: [{trust}]
  internal: [127.0.0.0/8]
  metrics: {{listen: 127.0.0.1:{metrics}}}
{gateway}
records: {{directory: audit, seal_keys: seal, witnesses: ["file:witness.txt"]}}
ledger: {{path: ledger.sqlite}}
page:
  help: {{name: IT Service Desk, phone: 01632 960001}}
  portal: https://breaks.exampleshire.example
"""
_TEAMS = 50


def has_workers():
    """Tell whether this gateway can have a door and workers of its own."""
    from breaktime.mitm.world import World  # not above: every client would load all of it

    return any(field.name == "worker" for field in fields(World))


def sources(number):
    """Return addresses of so many people."""
    return tuple(f"127.1.{each // 250}.{each % 250 + 1}" for each in range(number))


def nights(number):
    """Return addresses of so many people whose break is at night."""
    return tuple(f"127.1.200.{each + 1}" for each in range(number))


def write_people(folder, number):
    """Write tables of so many people, a tenth of them with breaks of their own."""
    staff, known = ["person,team,breaks"], ["address,person"]
    for each, address in enumerate(nights(NIGHTS)):
        staff.append(f"n{each},,night")
        known.append(f"{address},n{each}")
    for each in range(number):
        own = "lunch tea" if each % 10 == 0 else ""
        staff.append(f"p{each},team{each % _TEAMS},{own}")
    for each, address in enumerate(sources(min(number, PEOPLE))):
        known.append(f"{address},p{each}")
    (folder / "staff.csv").write_text("\n".join([*staff, ""]))
    (folder / "addresses.csv").write_text("\n".join([*known, ""]))


def write_config(folder, origin, *, gateway="", extra="", identity=""):
    """Write a configuration of many people, and the tables that it needs."""
    write_people(folder, PEOPLE)
    teams = "\n".join(f"  team{number}: {{breaks: [lunch, tea]}}" for number in range(_TEAMS))
    port, metrics = free_port(), free_port()
    config = folder / "config.yaml"
    text = _CONFIG.format(
        teams=teams, port=port, metrics=metrics, origin=origin.port, trust=origin.ca,
        gateway=gateway, extra=extra, identity=identity,
    )  # fmt: skip
    night = "  night: {days: Mon-Sun, at: 22:00-22:30}\nplaces:"
    config.write_text(text.replace("places:", night, 1))
    return config


@dataclass(frozen=True)
class Running:
    """
    A gateway that runs.

    Fields:
        port: where browsers reach it, on 127.0.0.1.
        process: its process.
        ca: file with its authority.
        folder: all it reads and writes.
    """

    port: int
    process: subprocess.Popen
    ca: Path
    folder: Path

    def records(self):
        """Return how many records there are."""
        files = (self.folder / "audit").glob("*.jsonl")
        return sum(file.read_bytes().count(b"\n") for file in files)

    def told(self):
        """Return what stands on stderr."""
        return (self.folder / "stderr").read_text()


@contextmanager
def breaktime(folder, origin, started, *, wall=MONDAY_LUNCH, **parts):
    """
    Start a gateway; end it by its process.

    Args:
        folder: a folder of its own.
        origin: what is behind every name.
        started: is called with its process, before it has done anything.
        wall: what its clock begins at.
        parts: of the configuration, as `write_config` takes them: further lines of the section
            `gateway` (two blanks before each), further sections, further providers of identity.
    """
    config = write_config(folder, origin, **parts)
    keys = [sys.executable, "-m", "breaktime.cli", "audit", "init", "--config", str(config)]
    subprocess.run(keys, check=True, capture_output=True)
    # As in the unit: -I takes nothing from the environment, -O leaves out what is for checkers.
    command = [sys.executable, "-I", "-O", str(Path(__file__).with_name("gateway.py")), str(config)]
    command += [wall, str(origin.port), str(origin.plain)]
    with (folder / "stderr").open("w") as stderr:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=stderr, text=True, cwd=folder
        )
    try:
        started(process)
        said = process.stdout.readline()
        if not said.startswith("listening "):
            process.wait(20)
            raise RuntimeError((folder / "stderr").read_text())
        ca = folder / "ca" / "mitmproxy-ca-cert.pem"
        yield Running(int(said.split()[1]), process, ca, folder)
    finally:
        stop(process)
        process.stdout.close()
