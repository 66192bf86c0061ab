"""What becomes of sinks and witnesses is recorded once, not in a flood, and never after the end."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from breaktime.audit.keys import KeyFile
from breaktime.audit.sinks import journal
from breaktime.audit.sinks.journal import JournalConfig
from breaktime.audit.witnesses.file import FileWitness
from breaktime.config import load
from breaktime.mitm.keeping import records_kept
from records import LOADED, NOON
from support.command import configuration

RULESET = "f" * 64


class Clock:
    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def settings(tmp_path, monkeypatch):
    """A log with a witness on a share, and a sink that is not there."""
    monkeypatch.setattr(journal, "SOCKET", tmp_path / "socket")
    settings = load(configuration(tmp_path)).settings
    KeyFile.create(settings.records.seal_keys, "gateway").close()
    records = replace(
        settings.records,
        witnesses=(FileWitness(tmp_path / "witness"),),
        sinks=(JournalConfig(kind="journal"),),
    )
    return replace(settings, records=records)


def kept(settings, clock, body):
    """Run with an open log, and return what it holds of sinks and witnesses."""

    async def main():
        async with records_kept(settings, "gateway", clock, lambda: RULESET) as kept:
            await body(kept)
            await kept.writer.settle()

    asyncio.run(main())
    (path,) = settings.records.directory.glob("*.jsonl")
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    return [line for line in lines if "outlet" in line["breaktime"]]


def actions(lines):
    return [line["event"]["action"] for line in lines]


async def tell(outlets, problem):
    await asyncio.to_thread(outlets._tell_witness, "file:w", 1, problem)


def test_a_witness_that_is_missing_is_recorded_once_and_once_when_it_is_back(settings, clock):
    async def body(kept):
        for problem in ("away", "", "away", "", "away", ""):
            await tell(kept.outlets, problem)
        clock.now += timedelta(hours=1)
        await tell(kept.outlets, "away")

    lines = kept(settings, clock, body)
    assert actions(lines) == ["audit-unwitnessed", "audit-witnessed", "audit-unwitnessed"]
    assert {line["breaktime"]["outlet"] for line in lines} == {"file:w"}
    assert {line["rule"]["ruleset"] for line in lines} == {"sha256:" + RULESET}


def test_two_witnesses_are_two(settings, clock):
    async def body(kept):
        for name in ("a", "b"):
            await asyncio.to_thread(kept.outlets._tell_witness, name, 1, "away")

    assert [line["breaktime"]["outlet"] for line in kept(settings, clock, body)] == ["a", "b"]


@pytest.mark.parametrize(("count", "said"), [(1, "1 record was"), (7, "7 records were")])
def test_what_was_gone_before_a_sink_had_it_is_recorded(settings, clock, count, said):
    async def body(kept):
        await asyncio.to_thread(kept.outlets._tell_gone, "journal", count)

    (line,) = kept(settings, clock, body)
    assert line["event"]["action"] == "audit-unsent"
    assert line["breaktime"]["lost"] == count
    assert line["message"] == f"{said} not in the log any more before a sink had them"


def test_nothing_is_recorded_when_the_log_is_closed(settings, clock):
    """A sink is not told of a gap then: its cursor stays, and the next start tells of it."""
    late = []

    async def body(kept):
        late.append(kept.outlets)

    assert kept(settings, clock, body) == []
    with pytest.raises(OSError, match="is being closed"):
        late[0]._tell_gone("journal", 1)
    late[0]._tell_witness("file:w", 1, "away")


def test_how_far_they_are_behind(settings, clock):
    async def body(kept):
        await kept.writer.put(LOADED._replace(at=NOON))
        await kept.writer.settle()
        for _ in range(9000):
            states = {state.kind: state for state in kept.outlets.states()}
            if states["sink"].count and states["witness"].count == 0:
                break
            await asyncio.sleep(0.01)  # their threads work; nothing tells when
        assert states["sink"].name == "journal"
        assert states["sink"].count >= 1
        assert states["witness"].name == f"file:{settings.base / 'witness'}"

    kept(settings, clock, body)
    assert (settings.base / "witness").exists()
