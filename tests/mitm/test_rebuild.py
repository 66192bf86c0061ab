"""A configuration is read in another process, and let go of a little at a time."""

import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from breaktime.config import ConfigError, load
from breaktime.core import when
from breaktime.core.decide import decide
from breaktime.core.kept import Kept
from breaktime.core.request import Request
from breaktime.mitm import rebuild as module
from breaktime.mitm.rebuild import RebuildError, let_go, rebuild
from written import LEAST, asked

MORE = "breaks: {lunch: {at: 12:00-13:00}}\neveryone: {breaks: [lunch]}\n"


@pytest.fixture
def config(tmp_path):
    config = tmp_path / "breaktime.yaml"
    config.write_text(LEAST + MORE)
    return config


def program(text):
    return (sys.executable, "-c", text)


def test_another_process_reads_the_same(config):
    here, there = load(config), asyncio.run(rebuild(config))

    assert there.policy.fingerprint == here.policy.fingerprint
    assert asked(there, "ada", "2026-11-23 12:30") == asked(here, "ada", "2026-11-23 12:30")


def test_it_finds_the_same_problems(config):
    config.write_text(LEAST + MORE + "owm_pages: []\nteams: {a: {members: [b], breaks: [lunsh]}}\n")
    with pytest.raises(ConfigError) as here:
        load(config)

    with pytest.raises(ConfigError) as there:
        asyncio.run(rebuild(config))

    assert there.value.problems == here.value.problems
    assert len(there.value.problems) == 2


def test_a_module_beside_the_configuration_is_not_run(config, monkeypatch):
    (config.parent / "breaktime.py").write_text("raise SystemExit(9)")
    monkeypatch.chdir(config.parent)

    assert asyncio.run(rebuild(config)).policy


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("import os; os.kill(os.getpid(), 9)", "was ended by signal 9"),
        ("raise MemoryError", "ended with status 1: .*MemoryError"),
        ("print('no configuration')", "wrote something else"),
        ("", "wrote something else"),
    ],
)
def test_a_process_that_fails_is_a_fault(config, text, told):
    with pytest.raises(RebuildError, match=f"(?s){told}"):
        asyncio.run(rebuild(config, command=program(text)))


def test_a_process_that_cannot_be_started_is_a_fault(config):
    with pytest.raises(OSError, match="gone"):
        asyncio.run(rebuild(config, command=("/gone/python",)))


SLEEPER = """
import os, pathlib, sys, time
pathlib.Path({file!r}).write_text(str(os.getpid()))
time.sleep(600)
"""


def has_ended(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def children():
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()


def test_a_process_that_is_too_slow_is_ended(config):
    before = children()

    with pytest.raises(RebuildError, match=r"more than 0\.2 s"):
        asyncio.run(rebuild(config, command=program("import time; time.sleep(600)"), patience=0.2))

    assert children() == before


def test_a_gateway_that_stops_ends_the_process(config):
    file = config.parent / "pid"
    os.mkfifo(file)

    async def main():
        command = program(SLEEPER.format(file=str(file)))
        reading = asyncio.create_task(rebuild(config, command=command))
        pid = int(await asyncio.to_thread(file.read_text))
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        return pid

    assert has_ended(asyncio.run(main()))


def test_what_was_kept_for_an_old_policy_goes(config, monkeypatch):
    monkeypatch.setattr(module, "DROPPED", 2)
    policy = load(config).policy
    for hour in range(5):
        request = Request(("www.facebook.com",), person=f"person{hour}")
        decide(policy, request, asked_at(hour))
    most = []
    drop = Kept.drop
    monkeypatch.setattr(Kept, "drop", lambda kept, count: most.append(count) or drop(kept, count))

    asyncio.run(let_go(policy))

    assert not any(len(kept) for kept in (*when.KEPT, *policy.kept))
    assert set(most) == {2}


def test_what_the_new_policy_needs_meanwhile_stays(config):
    config.write_text(LEAST + MORE + "places: {hall: {networks: [10.0.0.0/8]}}\n")
    old, new = load(config).policy, load(config).policy
    request = Request(("www.facebook.com",), person="ada", client="10.0.0.1")
    decide(old, request, asked_at(0))

    async def main():
        going = asyncio.create_task(let_go(old))
        decide(new, request, asked_at(0))
        await going

    asyncio.run(main())
    assert len(new.kept[0]) == len(new.kept[1]) == 1


def asked_at(days):
    return datetime(2026, 11, 23, 12, 30, tzinfo=UTC) + timedelta(days=days)
