"""The writer seals by the clock, by count, at the change of files, and at the end."""

import asyncio
from datetime import timedelta

import pytest

from breaktime.audit import writer as module
from breaktime.audit.findings import Status
from breaktime.audit.opening import open_log
from breaktime.audit.raw import log_files, raw_lines
from breaktime.audit.verify import Verifier
from breaktime.audit.writer import Writer
from records import VISIT
from sealed import Log


@pytest.fixture
def log(tmp_path):
    return Log(tmp_path)


def checked(log):
    verifier = Verifier([log.anchor], log.statements)
    for path in log_files(log.records):
        for raw in raw_lines(path):
            verifier.take(raw.file, raw.number, raw.line, whole=raw.whole)
    return verifier.finish()


def written(log, body):
    """Let a writer write, with clocks of the test."""

    class Now:
        steady, wall = 0.0, log.at

    async def main():
        opened = open_log(
            log.records, "gateway", log.keys, tell=print, witness=log.statements.append
        )
        writer = Writer(opened.recorder, lambda: Now.wall, steady=lambda: Now.steady)

        async def put():
            assert await writer.put(VISIT._replace(at=Now.wall))

        await body(put, Now)
        assert await asyncio.to_thread(writer.close)

    asyncio.run(main())
    report = checked(log)
    assert report.worst is Status.OK, report.findings
    return report


def test_every_minute_also_when_nothing_happens(log):
    async def body(put, now):
        for minute in range(2, 6):
            now.steady += 60
            now.wall += timedelta(seconds=60)
            for _ in range(1000):
                if len(log.statements) == minute:
                    break
                await put()  # a record wakes the thread; without one it looks by itself
            assert len(log.statements) == minute

    assert written(log, body).checkpoints == 1 + 4 + 1


def test_no_more_lines_than_a_proof_can_bear(log, monkeypatch):
    monkeypatch.setattr(module, "MOST", 10)

    async def body(put, now):
        for _ in range(35):
            await put()

    assert written(log, body).checkpoints == 1 + 3 + 1


def test_a_file_ends_with_a_checkpoint(log):
    """At a change of day, also where the clock goes back."""

    async def body(put, now):
        for days in (0, 1, 2, -1, 0):
            now.wall = log.at + timedelta(days=days)
            await put()
            await put()

    report = written(log, body)
    files = log_files(log.records)
    assert len(files) == 5
    for path in files:
        assert b"integrity-checkpoint" in path.read_bytes().splitlines()[-1]
    assert report.checkpoints == len(log.statements)
