"""An archived policy is kept as long as a record refers to it, and no longer."""

import gzip
import os
from datetime import UTC, datetime, timedelta

import pytest

from breaktime.config import load
from breaktime.config.archive import keep, policy_of
from breaktime.config.archive_prune import remove, unreferred
from support import command

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
OLD = (NOW - timedelta(days=500)).timestamp()
BEFORE = NOW - timedelta(days=400)


@pytest.fixture
def site(tmp_path):
    """Three old policies, each of a main file of its own, in the archive of an empty log."""
    records = tmp_path / "records"
    records.mkdir()
    path = command.configuration(tmp_path)
    names = []
    for end in ("14:00", "13:00", "13:30"):
        path.write_text(command.CONFIG.replace("12:00-14:00", f"12:00-{end}"))
        loaded = load(path)
        keep(loaded, records / "policies")
        names.append(loaded.policy.fingerprint)
    age(records)
    return records, names


def age(records):
    for path in (records / "policies").rglob("*"):
        os.utime(path, (OLD, OLD))


def write(records, *names, packed=False):
    lines = b"".join(b'{"rule":{"ruleset":"sha256:%b"}}\n' % name.encode() for name in names)
    path = records / "audit-gateway-2026-01-01.jsonl"
    if packed:
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(lines))
    else:
        path.write_bytes(lines)


@pytest.mark.parametrize("packed", [False, True])
def test_what_a_record_refers_to_stays(site, packed):
    records, (first, second, third) = site
    folder = records / "policies"
    write(records, first, first, packed=packed)
    gone = unreferred(folder, records, BEFORE, {second})
    assert gone == {third}
    blobs = {path.name for path in (folder / "blobs").iterdir()}

    assert remove(folder, gone, BEFORE) == 1
    assert {path.stem for path in folder.glob("*.json")} == {first, second}
    assert len(blobs - {path.name for path in (folder / "blobs").iterdir()}) == 1
    assert policy_of(folder, first).fingerprint == first


def test_what_came_into_force_later_stays(site):
    records, names = site
    folder = records / "policies"
    assert unreferred(folder, records, NOW - timedelta(days=600), ()) == frozenset()
    gone = unreferred(folder, records, BEFORE, ())
    assert gone == set(names)
    keep(load(records.parent / "config.yaml"), folder)  # the third is in force again
    assert remove(folder, gone, BEFORE) == 2
    assert policy_of(folder, names[2]).fingerprint == names[2]


def test_the_log_is_not_read_for_nothing(site):
    """Where every policy is young, or spared, no file is opened."""
    records, names = site
    (records / "audit-gateway-2026-01-01.jsonl").mkdir()
    assert unreferred(records / "policies", records, BEFORE, names) == frozenset()
    assert remove(records / "policies", (), BEFORE) == 0


def test_nothing_was_ever_archived(tmp_path):
    assert unreferred(tmp_path / "policies", tmp_path, BEFORE, ()) == frozenset()
