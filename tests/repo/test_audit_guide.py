"""Does each command of the guide to the records do what the guide says?"""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from breaktime.audit import Writer, open_log
from breaktime.audit.witnesses import Round
from breaktime.config import load
from records import BLOCKED, VISIT
from support.command import CONFIG, environment

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "audit.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ (.+)$", TEXT, re.MULTILINE)
WITNESSES = re.search(r"(?ms)^```yaml\nrecords:\n(  witnesses.*?)^```", TEXT)[1]
KEEP = "  keep: {break: 10 years, refused: 10 years, business_case: 10 years, system: 10 years}\n"
SINKS = re.search(r"(?ms)^```yaml\nrecords:\n(  sinks.*?)^```", TEXT)[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a configuration, and programs as the guide calls them."""
    folder = tmp_path_factory.mktemp("council")
    records = f"records:\n  directory: audit\n  seal_keys: seal\n{KEEP}{WITNESSES}{SINKS}"
    text = CONFIG.replace("records: {directory: audit, seal_keys: seal}\n", records)
    assert "witnesses" in text
    (folder / "config.yaml").write_text(text)
    (folder / "people.csv").write_text("address,person\n10.20.0.5,a.jones\n")
    (folder / "audit").mkdir()
    shutil.copy(ROOT / "tools" / "verify_audit.py", folder)
    (folder / "bin").mkdir()
    for name, program in (("breaktime", "-m breaktime.cli"), ("python3", "")):
        path = folder / "bin" / name
        path.write_text(f'#!/bin/sh\nexec "{sys.executable}" {program} "$@"\n')
        path.chmod(0o755)
    return folder


def run(folder, command):
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        command, shell=True, cwd=folder, env=environment(PATH=path), capture_output=True, text=True,
        check=False,
    )  # fmt: skip


def gateway(folder, *, sealed):
    """Write as the gateway does, and stop."""
    records = load(folder / "config.yaml").settings.records

    async def main():
        witnesses = Round(records.witnesses)
        opened = open_log(
            records.directory, "gateway", records.seal_keys, tell=print, witness=witnesses.tell
        )
        assert opened.sealed is sealed
        writer = Writer(opened.recorder, lambda: VISIT.at)
        for who, record in (("a.jones", BLOCKED), ("colleague", VISIT), ("a.jones", VISIT)):
            assert await writer.put(record._replace(person=who, lost=None))
        assert await asyncio.to_thread(writer.close)
        await asyncio.to_thread(witnesses.close)

    asyncio.run(main())


@pytest.fixture(scope="module")
def said(folder):
    """What the commands of the guide say, one after the other."""
    said = {}
    gateway(folder, sealed=False)
    for command in COMMANDS:
        done = run(folder, command)
        said[command] = done.stdout
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        if "init" in command:
            shutil.rmtree(folder / "audit")
            gateway(folder, sealed=True)
            shutil.copytree(folder / "audit", folder / "copy")
    return said


def test_the_guide_holds_from_its_first_command_to_its_last(folder, said):
    assert len(COMMANDS) == 14
    tail, verify, second = COMMANDS[1], COMMANDS[8], COMMANDS[13]
    assert (said[tail].count("\n"), said[tail].count("  block  ")) == (1, 1)
    assert said[verify].startswith("OK: 3 records under 2 checkpoints are proved\n")
    assert said[second] == "OK: 3 lines proved, 0 deleted, 2 checkpoints; witness saw 2\n"
    assert "colleague" not in (folder / "proof.json").read_text()
    exported = json.loads((folder / "export.json").read_text())
    assert len(exported["records"]) == len(exported["proof"]["records"]) == 2
    assert "colleague" not in str(exported)
    assert not any("colleague" in path.read_text() for path in (folder / "case").iterdir())


def test_the_sinks_of_the_guide_are_sinks(folder):
    (sink,) = load(folder / "config.yaml").settings.records.sinks

    assert sink.name == "syslog+tls:siem.example.org:6514"


@pytest.mark.usefixtures("said")
def test_and_finds_what_was_done_to_a_copy(folder):
    """Both verifiers, with the exit status of the table."""
    (path,) = (folder / "copy").glob("*.jsonl")
    data = path.read_bytes()
    path.write_bytes(data.replace(b"colleague", b"collaague"))
    first, second = (run(folder, COMMANDS[number]) for number in (8, 13))
    path.write_bytes(data[: data.rindex(b"\n", 0, -1) + 1])
    cut = run(folder, COMMANDS[8])
    path.write_bytes(data)

    assert (first.returncode, second.returncode, cut.returncode) == (8, 1, 6)
    assert "NOT OK (TAMPERED)" in first.stdout
    assert "NOT OK" in second.stderr
