"""A gateway seals what it can, and says where it cannot."""

import json
import shutil

import pytest

from breaktime.audit.opening import open_log
from records import NOON
from sealed import Log


@pytest.fixture
def log(tmp_path):
    return Log(tmp_path)


def opened(log):
    found = open_log(log.records, "gateway", log.keys, tell=print, witness=log.statements.append)
    found.recorder.begin(NOON)
    found.recorder.close()
    return found


def actions(log):
    return [json.loads(line)["event"]["action"] for line in log.data.splitlines()]


def test_with_keys_it_is_sealed(log):
    found = opened(log)

    assert (found.sealed, found.problem) == (True, "")
    assert actions(log) == ["integrity-checkpoint"]
    assert len(log.statements) == 1


def test_without_keys_it_is_not(log):
    shutil.rmtree(log.keys)
    found = opened(log)

    assert not found.sealed
    assert found.problem == f"there are no keys in {log.keys}; `breaktime audit init` makes them"


def test_keys_that_cannot_be_used_stop_the_start(log):
    (log.keys / "seal.key").chmod(0o644)
    for _ in range(2):  # and what was opened is let go
        with pytest.raises(PermissionError, match="others may read it"):
            opened(log)


def test_a_log_that_was_cut_is_told_of_and_sealed(log):
    log.write(1, 1)
    log.path.write_bytes(b"".join(log.data.splitlines(keepends=True)[:-2]))
    found = opened(log)

    assert found.sealed
    assert found.problem == "the log's last checkpoint is not the one that was sealed last"
    assert actions(log)[-1] == "integrity-broken"


def test_keys_that_are_older_seal_nothing(log):
    log.write(1)
    shutil.copytree(log.keys, log.folder / "old")
    log.write(1, 1)
    shutil.rmtree(log.keys)
    (log.folder / "old").rename(log.keys)
    found = opened(log)

    assert not found.sealed
    assert "nothing can be sealed with them" in found.problem
    assert actions(log)[-1] == "integrity-broken"


def test_whoever_may_read_the_log_has_a_place_to_note_it(log):
    opened(log)
    readings = log.records / "readings"
    assert readings.stat().st_mode & 0o777 == 0o770
    assert list(readings.iterdir()) == []
