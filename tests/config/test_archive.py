"""A policy can be had again by its fingerprint, or it is said why not; no secret is kept."""

import json

import pytest

from breaktime.config import load
from breaktime.config.archive import ArchiveError, keep, policy_of
from support import command


@pytest.fixture
def site(tmp_path):
    """A configuration that includes a file, and the folder of the archive."""
    home = tmp_path / "etc"
    (home / "teams").mkdir(parents=True)
    (home / "teams" / "finance.yaml").write_text("teams:\n  finance: {members: [a.jones]}\n")
    path = command.configuration(home, command.CONFIG + "include: [teams/*.yaml]\n")
    return path, tmp_path / "policies"


def test_the_policy_comes_out_that_went_in_although_the_files_are_others_by_now(site):
    path, folder = site
    loaded = load(path)
    keep(loaded, folder)
    (path.parent / "teams" / "finance.yaml").unlink()
    path.write_text(path.read_text().replace("12:00-14:00", "12:00-13:00"))
    assert load(path).policy.fingerprint != loaded.policy.fingerprint
    found = policy_of(folder, loaded.policy.fingerprint)
    assert found.fingerprint == loaded.policy.fingerprint
    assert found.directory.person("a.jones").teams == ("finance",)


def test_only_its_owner_reads_it_and_what_is_the_same_is_kept_once(site):
    path, folder = site
    keep(load(path), folder)
    before = set(folder.rglob("*"))
    path.write_text(path.read_text().replace("12:00-14:00", "12:00-13:00"))
    keep(load(path), folder)
    assert len(set(folder.rglob("*")) - before) == 2  # the main file, and what names the files
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {each.stat().st_mode & 0o777 for each in folder.rglob("*") if each.is_file()} == {0o600}


def test_by_what_people_are_known_is_not_kept(site):
    path, folder = site
    (path.parent / "people.csv").write_text("address,person\n10.20.0.5,canary\n")
    keep(load(path), folder)
    assert not any(b"canary" in each.read_bytes() for each in folder.rglob("*") if each.is_file())


def test_what_was_changed_or_is_missing_is_no_policy(site):
    path, folder = site
    name = load(path).policy.fingerprint
    with pytest.raises(ArchiveError, match="was not archived"):
        policy_of(folder, name)
    keep(load(path), folder)
    (manifest,) = folder.glob("*.json")
    said = json.loads(manifest.read_text())
    blob = folder / "blobs" / said["files"][str(path.absolute())]
    content = blob.read_bytes()
    blob.write_bytes(content.replace(b"14:00", b"15:00"))
    with pytest.raises(ArchiveError, match="was changed"):
        policy_of(folder, name)
    blob.write_bytes(content)
    other = folder / f"{'0' * 64}.json"
    other.write_text(manifest.read_text())
    with pytest.raises(ArchiveError, match="another policy"):
        policy_of(folder, "0" * 64)
    other.write_text("{}")
    with pytest.raises(ArchiveError, match="not whole"):
        policy_of(folder, "0" * 64)
    with pytest.raises(ArchiveError, match="names no policy"):
        policy_of(folder, "../x")
