"""Sealing goes on where it stopped, or says why it cannot."""

import shutil

import pytest

from breaktime.audit.file import DayFiles
from breaktime.audit.findings import Status
from breaktime.audit.keys import KeyFile
from breaktime.audit.sealer import NotOursError
from sealed import Log, status, verified


@pytest.fixture
def log(tmp_path):
    return Log(tmp_path / "log")


def test_the_first_checkpoint_is_over_nothing_and_the_next_over_what_follows(log):
    log.write()
    assert verified(log.data, log.anchor, log.statements).checkpoints == 1
    log.write(2)
    report = verified(log.data, log.anchor, log.statements)
    assert (report.worst, report.sealed, report.checkpoints) == (Status.OK, 2, 2)


def test_lines_that_a_crash_left_unsealed_are_under_the_next_checkpoint(log):
    log.write(1)
    recorder = log.open()
    recorder.note(log.at, "service-started", "x")
    recorder.close()
    assert status(log.data, log.anchor) is Status.UNSEALED
    log.write(1)

    report = verified(log.data, log.anchor, log.statements)
    assert (report.worst, report.sealed) == (Status.OK, 3)


def test_killed_between_a_checkpoint_and_the_end_of_its_key(log, tmp_path):
    """The key is destroyed at the next start; there is one history."""
    log.write(1)
    shutil.copy(log.keys / "seal.key", tmp_path)
    log.write(1)
    shutil.copy(tmp_path / "seal.key", log.keys)
    epoch = KeyFile.open(log.keys).now.epoch
    log.open().close()
    assert KeyFile.open(log.keys).now.epoch == epoch + 1
    log.write(1)

    assert status(log.data, log.anchor, log.statements) is Status.OK


def test_a_log_that_was_cut_while_nobody_wrote(log):
    log.write(1, 1)
    lines = log.data.splitlines(keepends=True)
    log.path.write_bytes(b"".join(lines[:-2]))

    with pytest.raises(NotOursError, match="last checkpoint is not the one"):
        log.open()
    log.path.write_bytes(lines[1])
    with pytest.raises(NotOursError, match="last checkpoint is missing"):
        log.open()


def test_what_was_there_before_the_keys_stays_unsealed(log):
    log.records.mkdir()
    (log.records / "audit-gateway-2026-11-23.jsonl").write_bytes(b'{"event":{"sequence":4}}\n')
    log.write(1)

    report = verified(log.data, log.anchor, log.statements)
    assert (report.worst, report.sealed) == (Status.UNSEALED, 1)
    assert len(report.findings) == 1


def test_a_disk_that_does_not_say_whether_it_keeps_a_checkpoint(log, monkeypatch):
    """The key that has signed it signs no other: that would look like a second history."""
    recorder = log.open()

    def fails(sink):
        raise OSError

    with monkeypatch.context() as patched:
        patched.setattr(DayFiles, "sync", fails)
        assert not recorder.seal(log.at)
    assert recorder.seal(log.at)
    recorder.close()

    report = verified(log.data, log.anchor, log.statements)
    assert (report.worst, report.checkpoints) == (Status.OK, 3)
