"""A bundle is one folder that needs nothing else, and holds nobody else."""

import json
import subprocess
import sys
from datetime import timedelta

import pytest

from breaktime.config import load
from breaktime.core.record import Action
from records import BLOCKED, NOON, VISIT
from sealed import Log
from support.command import breaktime, configuration

NAMES = {
    "README.txt", "records.html", "records.json", "proof.json", "anchor.txt", "check_proof.py",
}  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A sealed log of two people, in the place that the configuration names."""
    folder = tmp_path_factory.mktemp("council")
    config = configuration(folder)
    log = Log(folder)
    records = load(config).settings.records
    log.keys.rename(records.seal_keys)
    log.records, log.keys = records.directory, records.seal_keys
    (log.keys / "seal.anchor").write_text(f"{log.anchor}\n")
    recorder = log.open()
    for minute, person in enumerate(("c.lee", "canary", "c.lee", "canary")):
        record = (VISIT, BLOCKED)[minute % 3 % 2]._replace(by=None, raised=None)
        assert recorder.put(record._replace(person=person, at=NOON + timedelta(minutes=minute)))
    recorder.seal(NOON + timedelta(minutes=5))
    recorder.close()
    return config


def bundle(site, folder, *more):
    return breaktime("export", "-c", site, "--subject", "c.lee", "--bundle", folder, *more)


def test_it_is_whole_and_of_one_person(site, tmp_path):
    done = bundle(site, tmp_path / "case")
    assert (done.returncode, done.stderr) == (0, b"")

    files = {path.name: path for path in (tmp_path / "case").iterdir()}
    assert set(files) == NAMES
    assert not any("canary" in path.read_text() for path in files.values())
    assert {path.stat().st_mode & 0o777 for path in files.values()} == {0o600}
    assert (tmp_path / "case").stat().st_mode & 0o777 == 0o700
    readme = files["README.txt"].read_text()
    assert "2, of 2026-11-23 to 2026-11-23" in readme
    assert readme.isascii()
    records = json.loads(files["records.json"].read_text())["records"]
    assert [one["event"]["action"] for one in records] == [Action.VISIT_ALLOWED] * 2


def test_what_the_readme_says_works_without_breaktime(site, tmp_path):
    assert bundle(site, tmp_path / "case").returncode == 0
    ran = subprocess.run(
        [sys.executable, "-I", "check_proof.py", "anchor.txt", "proof.json"],
        cwd=tmp_path / "case", capture_output=True, check=False, text=True,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    *lines, last = ran.stdout.splitlines()
    shown = json.loads((tmp_path / "case" / "records.json").read_text())["records"]
    assert [json.loads(line) for line in lines] == shown
    assert last.startswith("PROVED: 2 records")


def test_a_folder_that_is_there_is_left_alone(site, tmp_path):
    (tmp_path / "case").mkdir()
    done = bundle(site, tmp_path / "case")
    assert done.returncode == 1
    assert b"file exists" in done.stderr
    assert not any((tmp_path / "case").iterdir())


def test_what_is_not_sealed_is_no_bundle(site, tmp_path):
    key = site.parent / "seal" / "seal.anchor"
    text = key.read_text()
    key.unlink()
    try:
        done = bundle(site, tmp_path / "case")
    finally:
        key.write_text(text)
    assert done.returncode == 1
    assert b"not all of the records are sealed" in done.stderr
    assert not (tmp_path / "case").exists()
