"""The command line as a process of its own, and a configuration to ask."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = [sys.executable, "-m", "breaktime.cli"]
TIMEOUT = 120

CONFIG = """\
version: 1
organisation: {name: Exampleshire Council, timezone: Europe/London, bank_holidays: GB-ENG}
controlled: {categories: [social-network, video]}
own_pages: [facebook.com/ExampleshireCouncil]
breaks:
  lunch: {days: Mon-Fri, at: 12:00-14:00}
  early: {at: 01:00-01:20}
everyone: {breaks: [lunch]}
places:
  town-hall: {networks: [10.20.0.0/16]}
  warsaw-office: {networks: [10.40.0.0/16], timezone: Europe/Warsaw}
  library: {networks: [10.60.0.0/16]}
people:
  k.nowak: {timezone: Europe/Warsaw}
  owl: {breaks: [early]}
exempt: [{place: library, reason: public network}]
business_cases:
  - id: BC-1
    for: {person: c.lee}
    platforms: [tiktok]
    purpose: press
    requested_by: c.lee
    approved_by: head.of.press
    from: 2026-01-01
    until: 2027-12-31
identity: [{kind: addresses, table: people.csv}]
gateway: {ca: ca}
records: {directory: audit, seal_keys: seal}
"""


def environment(**more):
    """Return the environment of a verb: this checkout, and nothing that changes how it writes."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**mine, "PYTHONPATH": str(ROOT / "addon"), **more}


def breaktime(*arguments, given=b"", before=(), **environ):
    """Run a verb to its end; output as bytes. Whatever happens, nobody reads a traceback."""
    done = subprocess.run(
        [*before, *PROGRAM, *map(str, arguments)],
        input=given,
        capture_output=True,
        env=environment(**environ),
        check=False,
        timeout=TIMEOUT,
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done


def start(*arguments, **more):
    """Start a verb that goes on until somebody ends it; its output comes through pipes."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    command = [*PROGRAM, *map(str, arguments)]
    return subprocess.Popen(command, **{"env": environment(), **pipes, **more})


def end(process):
    """End a process by its id, and close its pipes."""
    if process.poll() is None:
        process.kill()
    process.wait(TIMEOUT)
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


def configuration(folder, text=CONFIG):
    """Write a configuration, and the table that it names."""
    (folder / "people.csv").write_text("address,person\n10.20.0.5,a.jones\n")
    path = folder / "config.yaml"
    path.write_text(text)
    return path


def objects(output):
    """Read JSON lines."""
    return [json.loads(line) for line in output.splitlines()]


def ordinary():
    """
    Return the words before a command that let it run without the powers of root.

    Where the tests are run by an ordinary account there is nothing to take away. Root keeps its
    number and gives away what it may do beyond its own files: the interpreter may live in a home
    that nobody else can enter.
    """
    if os.geteuid() != 0:
        return []
    words = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"]
    try:
        able = subprocess.run([*words, "true"], capture_output=True, check=False, timeout=TIMEOUT)
    except FileNotFoundError:
        pytest.skip("no setpriv here to take the powers of root away")
    if able.returncode:
        pytest.skip("the powers of root cannot be taken away here")
    return words
