"""A gateway deletes by what is in force, and goes on where it cannot."""

import asyncio
import os
from datetime import timedelta
from types import SimpleNamespace

import pytest

from breaktime.audit.opening import open_log
from breaktime.audit.writer import Writer
from breaktime.core.retention import Keep
from breaktime.mitm import retaining
from breaktime.mitm.retaining import Retaining
from records import LOADED, NOON, VISIT
from sealed import Log


@pytest.fixture
def log(tmp_path):
    log = Log(tmp_path)
    recorder = log.open()
    recorder.put(VISIT._replace(at=NOON))
    recorder.seal(NOON)
    recorder.close()
    return log


def state_of(log, keep=None):
    records = SimpleNamespace(
        directory=log.records, keep=keep or Keep(), held=lambda day: set(), names=True
    )
    now = SimpleNamespace(
        settings=SimpleNamespace(records=records), policy=SimpleNamespace(fingerprint="f")
    )
    return SimpleNamespace(now=now)


def run(log, state, at, body):
    async def main():
        opened = open_log(log.records, "gateway", log.keys, tell=print)
        writer = Writer(opened.recorder, lambda: at)
        await writer.put(LOADED._replace(at=at))
        try:
            return await body(Retaining(state, opened.files, writer, "gateway", lambda: at))
        finally:
            assert await asyncio.to_thread(writer.close)

    return asyncio.run(main())


def test_it_asks_each_time_what_is_in_force(log):
    state = state_of(log)

    async def body(retaining):
        first = await retaining.look()
        state.now.settings.records.keep = Keep(break_=timedelta(days=10))
        return first, await retaining.look()

    assert run(log, state, NOON + timedelta(days=20), body) == (0, 1)


def test_what_goes_wrong_is_told_of_and_tried_again(log, monkeypatch):
    """A folder that cannot be read now can be in an hour."""
    state, turns = state_of(log, Keep(break_=timedelta(days=1))), []

    async def no_time(_seconds):
        turns.append(1)
        if len(turns) == 3:
            raise asyncio.CancelledError
        if len(turns) == 2:
            monkeypatch.setattr(broken, "files", really)

    async def body(retaining):
        nonlocal broken, really
        broken, really = retaining._purger, retaining._purger.files
        faults = iter([OSError("gone"), ValueError("odd")])

        def files(*_):
            raise next(faults)

        monkeypatch.setattr(broken, "files", files)
        with pytest.raises(asyncio.CancelledError):
            await retaining.run()

    broken = really = None
    monkeypatch.setattr(retaining, "asyncio", SimpleNamespace(sleep=no_time))
    run(log, state, NOON + timedelta(days=20), body)
    assert len(turns) == 3
    assert b"facebook" not in min(log.records.glob("*.jsonl")).read_bytes()


def test_a_policy_that_no_record_refers_to_is_deleted_once_that_is_recorded(log):
    """Both were in force long ago; records of one are still there."""
    folder = log.records / "policies"
    (folder / "blobs").mkdir(parents=True)
    for name in ("a" * 64, "b" * 64, "f" * 64):
        (folder / f"{name}.json").write_text('{"files": {}}')
        os.utime(folder / f"{name}.json", (1, 1))
    state = state_of(log)
    state.now.policy.fingerprint = "f" * 64
    at = NOON + timedelta(days=1)

    async def body(retaining):
        await retaining._writer.put(LOADED._replace(at=at, ruleset="a" * 64))
        return await retaining.look(), await retaining.look()

    assert run(log, state, at, body) == (0, 0)
    assert {path.stem for path in folder.glob("*.json")} == {"a" * 64, "f" * 64}
    text = b"".join(path.read_bytes() for path in log.records.glob("*.jsonl"))
    assert text.count(b'"audit-policies-purged"') == 1
