"""Real small disks, full and gone: what was kept stays whole, and losses are told."""

import asyncio
import os
import subprocess

import pytest

from breaktime.audit import Writer, open_log
from breaktime.audit.findings import Status
from records import VISIT
from sealed import Log, status

PAGE = VISIT._replace(lost=None, path="/" + "x" * 400)

needs_root = pytest.mark.skipif(
    os.geteuid() != 0 and "BREAKTIME_CI_RUN" not in os.environ, reason="only root may mount"
)


@pytest.fixture
def disk(tmp_path):
    """A disk of 256 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount(folder, "size=256k")
    yield folder
    while folder.is_mount():
        subprocess.run(["umount", "--lazy", folder], check=True)


def mount(folder, how):
    subprocess.run(["mount", "-t", "tmpfs", "-o", how, "tmpfs", folder], check=True)


def written(log, body):
    """Run with a writer; its keys are on another disk."""

    async def main():
        opened = open_log(log.records, "gateway", log.keys, tell=lambda *_: None)
        writer = Writer(opened.recorder, lambda: log.at)
        await body(writer)
        assert await asyncio.to_thread(writer.close)

    asyncio.run(main())


@pytest.fixture
def log(tmp_path, disk):
    log = Log(tmp_path)
    log.records = disk / "records"
    return log


async def until(writer, kept):
    for _ in range(2000):
        if await writer.put(PAGE, held=True) is kept:
            return
    raise AssertionError


@needs_root
def test_a_disk_that_is_full_and_has_room_again(log, disk):
    async def body(writer):
        (disk / "ballast").write_bytes(bytes(100_000))
        await until(writer, kept=False)
        assert not writer.writable
        (disk / "ballast").unlink()
        await until(writer, kept=True)

    written(log, body)
    assert status(log.data, log.anchor) is Status.GAP
    assert b'"audit-gap"' in log.data


@needs_root
def test_a_disk_that_goes_away_and_comes_back_empty(log, disk):
    """What is written goes on in a new file, and says that the old one is gone."""

    async def body(writer):
        await until(writer, kept=True)
        mount(disk, "size=256k")  # another one, over it
        assert not await writer.put(PAGE, held=True)
        log.records.mkdir()
        await until(writer, kept=True)

    written(log, body)
    assert b'"integrity-broken"' in log.data
    assert b'"audit-gap"' in log.data
