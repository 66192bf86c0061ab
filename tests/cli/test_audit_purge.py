"""`breaktime audit purge`: by hand, on somebody's authority, and never behind a gateway's back."""

import fcntl
import gzip
import json
import os
from datetime import UTC, datetime

import pytest

from breaktime.audit.file import LOCK
from breaktime.cli.options import now
from breaktime.config import load
from records import VISIT
from sealed import Log
from support.command import breaktime, configuration

LONG_AGO = datetime(2020, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
def config(tmp_path):
    return configuration(tmp_path)


@pytest.fixture
def log(config, tmp_path):
    """A log of long ago, in the place that the configuration names."""
    log = Log(tmp_path)
    records = load(config).settings.records
    records.directory.rmdir() if records.directory.is_dir() else None
    log.keys.rename(records.seal_keys)
    log.records, log.keys, log.at = records.directory, records.seal_keys, LONG_AGO
    recorder = log.open()
    for _ in range(3):
        assert recorder.put(VISIT._replace(at=LONG_AGO))
    recorder.seal(LONG_AGO)
    recorder.close()
    log.at = now()
    recorder = log.open()
    assert recorder.put(VISIT._replace(at=log.at))
    recorder.seal(log.at)
    recorder.close()
    (tmp_path / "anchor").write_text(f"{log.anchor}\n")
    return log


def purge(config, by="head.of.it"):
    done = breaktime("audit", "purge", "-c", config, "--by", by)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def verify(config):
    done = breaktime("audit", "verify", "-c", config, "-a", config.parent / "anchor")
    return done.returncode, done.stdout.decode()


@pytest.mark.parametrize("packed", [False, True])
def test_it_is_done_recorded_and_verified(config, log, packed):
    path = log.records / "audit-gateway-2020-03-04.jsonl"
    if packed:
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
        path = path.with_name(path.name + ".gz")
    status, said, _ = purge(config)

    assert status == 0
    assert said.splitlines() == [
        f"{path.name}: 3 records deleted: the time is over for which they are kept",
        "records were deleted from 1 file",
    ]
    data = gzip.decompress(path.read_bytes()) if packed else path.read_bytes()
    assert data.count(b'"purged"') == 3
    status, said = verify(config)
    assert status == 3
    assert "by head.of.it under `break: 90 days" in said
    later = [each.read_bytes() for each in log.records.glob("*.jsonl") if each != path]
    (record,) = [
        line
        for line in map(json.loads, b"".join(later).splitlines())
        if line["event"]["action"] == "audit-purged"
    ]
    assert record["breaktime"]["by"] == "head.of.it"
    assert purge(config)[:2] == (0, "no record is due\n")


def test_behind_a_gateway_nothing_is_deleted(config, log):
    path = log.records / "audit-gateway-2020-03-04.jsonl"
    before = path.read_bytes()
    fd = os.open(log.records / LOCK, os.O_RDWR)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        status, _, told = purge(config)
    finally:
        os.close(fd)
    assert (status, path.read_bytes()) == (1, before)
    assert "a gateway writes to this log" in told


def test_without_keys_nothing_is_deleted(config, log):
    (log.keys / "seal.key").rename(log.keys / "elsewhere")
    path = log.records / "audit-gateway-2020-03-04.jsonl"
    before = path.read_bytes()
    status, _, told = purge(config)

    assert (status, path.read_bytes()) == (1, before)
    assert "could not be sealed" in told


@pytest.mark.parametrize("by", ["", " ", "x" * 101, "\x1b[2J"])
def test_somebody_has_to_be_named(config, by):
    status, _, told = purge(config, by)
    assert status == 2
    assert "--by" in told


def test_a_gateway_with_a_name_of_its_own_has_its_files_purged(config, log):
    """They bear its name, and no other gateway's are touched."""
    config.write_text(
        config.read_text().replace("gateway: {ca: ca}", "gateway: {ca: ca, name: gw-a}")
    )
    for path in log.records.glob("audit-gateway-*"):
        path.rename(path.with_name(path.name.replace("audit-gateway-", "audit-gw-a-")))
    other = log.records / "audit-gw-b-2020-03-04.jsonl"
    other.write_bytes(next(log.records.glob("audit-gw-a-2020*")).read_bytes())

    assert "audit-gw-a-2020-03-04.jsonl: 3 records deleted" in purge(config)[1]
    assert b'"purged"' in next(log.records.glob("audit-gw-a-2020*")).read_bytes()
    assert b'"purged"' not in other.read_bytes()
