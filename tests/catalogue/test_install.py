"""Is an update in force as a whole or not at all, whatever happens?"""

import fcntl
import signal
import subprocess
import sys

import pytest

from breaktime.catalogue import install
from breaktime.catalogue.install import Refused, rollback, update
from breaktime.config import ConfigError, Problem
from breaktime.config.installed import read_installed
from breaktime.config.rules import read_rules
from support import command
from support.catalogues import platform_file, ten


def fine(catalogue):
    assert read_rules(catalogue=catalogue).problems == ()


@pytest.fixture
def shipped(tmp_path, files, monkeypatch):
    """Let the small catalogue be the shipped one."""
    folder = tmp_path / "shipped"
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    monkeypatch.setattr("breaktime.config.rules.rules_dir", lambda: folder)
    monkeypatch.setattr(install, "rules_dir", lambda: folder)
    return folder


@pytest.fixture
def folder(tmp_path, shipped):
    return tmp_path / "updates"


@pytest.fixture
def put(folder, packed, public):
    """Return what installs files as an edition."""

    def do(files, edition="2026-11-21", never=(), check=fine):
        return update(folder, packed(files, edition), public, never, check)

    return do


def names(folder):
    installed = read_installed(folder)
    return set(read_rules(catalogue=folder / installed.current).catalogue.platforms)


def left(folder):
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith(".lock"))


def test_an_update_is_in_force_and_the_one_before_is_kept(folder, put, files):
    more = {**files, "new.yaml": platform_file("New", "new.example")}
    edition, found = put(more)
    assert edition == "2026-11-21"
    assert found.platforms_added == ("new",)
    assert names(folder) == {"chat", "talk", "new"}
    put(files, "2026-11-22")
    assert names(folder) == {"chat", "talk"}
    assert len(left(folder)) == 3
    put(more, "2026-11-23")
    assert len(left(folder)) == 3
    rollback(folder, fine)
    assert names(folder) == {"chat", "talk"}
    rollback(folder, fine)
    assert names(folder) == {"chat", "talk", "new"}


def test_before_the_first_update_was_the_shipped_catalogue(folder, put, files, shipped):
    put(files)
    seen = []
    assert rollback(folder, seen.append) is None
    assert seen == [shipped]
    assert read_installed(folder) is None
    with pytest.raises(Refused, match="no update is installed"):
        rollback(folder, fine)


def test_nothing_was_ever_installed(folder):
    with pytest.raises(Refused, match="no update is installed"):
        rollback(folder, fine)


def wrong(catalogue):
    raise ConfigError([Problem(f"{catalogue}/chat.yaml", 3, 1, "", "is wrong")])


@pytest.mark.parametrize(
    ("change", "never", "check", "says"),
    [
        ({"chat.yaml": platform_file("Chat", "chat-1.example")}, (), fine, "from 20 to 11"),
        ({"new.yaml": platform_file("New", *ten("new"))}, (), fine, "from 20 to 30"),
        ({"new.yaml": platform_file("New", "a.nhs.uk")}, ("nhs.uk",), fine, "`a.nhs.uk`"),
        ({"new.yaml": platform_file("New", "co.uk")}, (), fine, "anybody"),
        ({"new.yaml": platform_file("New", "chat-1.example")}, (), fine, "belongs to `chat`"),
        ({"new.yaml": b"name: New\n"}, (), fine, "`category` is missing"),
        ({"new.yaml": b"\xff"}, (), fine, "is not UTF-8"),
        ({}, (), wrong, "chat.yaml:3:1: is wrong"),
    ],
)
def test_what_is_refused_changes_nothing(folder, put, files, change, never, check, says):
    put(files)
    before = left(folder), names(folder)
    with pytest.raises(Refused) as caught:
        put({**files, **change}, "2026-11-22", never, check)
    assert any(says in reason for reason in caught.value.reasons), caught.value.reasons
    assert not any(str(folder) in reason for reason in caught.value.reasons)
    assert (left(folder), names(folder)) == before


def test_an_old_archive_is_not_installed_again(folder, put, files):
    put(files, "2026-11-21.2")
    for edition in ("2026-11-20", "2026-11-21", "2026-11-21.2"):
        with pytest.raises(Refused, match="is not newer than"):
            put(files, edition)


def test_a_wrong_signature_does_not_even_make_the_folder(folder, packed, files):
    with pytest.raises(Refused, match="not signed"):
        update(folder, packed(files), bytes(31) + b"\1", (), fine)
    assert not folder.exists()


def test_going_back_to_what_does_not_hold_is_refused(folder, put, files):
    put(files)
    put(files, "2026-11-22")
    with pytest.raises(Refused, match="is wrong"):
        rollback(folder, wrong)
    assert read_installed(folder).current.startswith("2026-11-22-")


def test_one_at_a_time(folder, put, files):
    put(files)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Refused, match="another update"):
            put(files, "2026-11-22")


def test_what_says_which_edition_is_in_force_is_not_guessed(folder, put, files):
    put(files)
    (folder / "installed.json").write_text('{"current": "../../etc", "previous": null}')
    with pytest.raises(Refused, match="does not name the editions"):
        put(files, "2026-11-22")


def test_what_somebody_keeps_there_is_left_alone(folder, put, files):
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    (folder / "2026-plans").mkdir()
    put(files)
    assert {"notes.txt", "2026-plans"} <= set(left(folder))


KILLED = """
import os, signal, sys
from pathlib import Path
from breaktime.catalogue import install

def die(*_args, **_more):
    os.kill(os.getpid(), signal.SIGKILL)

folder, archive, key, where = sys.argv[1:]
if where == "check":
    check = die
else:
    check = lambda catalogue: None
    setattr(install, where, die)
install.update(Path(folder), Path(archive).read_bytes(), bytes.fromhex(key), (), check)
"""


@pytest.mark.parametrize("where", ["_write", "check", "_place", "_name"])
def test_who_is_killed_in_the_middle_leaves_the_old(folder, put, files, packed, public, where):
    base = {f"p{number}.yaml": platform_file(f"P{number}", f"{number}.example") for number in "12"}
    put(files)
    before = read_installed(folder)
    archive = folder.parent / "next.tar"
    archive.write_bytes(packed({**files, **base}, "2026-11-22"))
    words = [sys.executable, "-c", KILLED, str(folder), str(archive), public.hex(), where]
    done = subprocess.run(words, env=command.environment(), check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    assert read_installed(folder) == before
    assert names(folder) == {"chat", "talk"}
    put({**files, **base}, "2026-11-22")
    assert names(folder) == {"chat", "talk", "p1", "p2"}
    assert len(left(folder)) == 3, "what was left behind is cleared"
