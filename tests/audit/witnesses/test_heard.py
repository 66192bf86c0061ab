"""What a gateway writes down of another one's log: what that log has signed, and nothing else."""

import json
import shutil

import pytest

from breaktime.audit.checkpoint import hash_of, means_to_be_one, read_checkpoint
from breaktime.audit.statement import Statement, read_statements
from breaktime.audit.witnesses.heard import FOLDER_MODE, ForkedError, Heard, RefusedError
from sealed import Log, Status, status


@pytest.fixture
def log(tmp_path):
    log = Log(tmp_path / "a")
    log.write(2, 2, 2)
    return log


def checkpoints(log):
    return [line for line in log.data.splitlines() if means_to_be_one(line)]


def seen(folder):
    (path,) = folder.glob("*.witness")
    return list(read_statements(path.read_bytes().splitlines()))


def test_each_is_taken_in_its_turn_and_once(log, tmp_path):
    folder = tmp_path / "witnessed"
    heard = Heard(folder, log.anchor)
    lines = checkpoints(log)

    assert [heard.take(line) for line in lines] == log.statements
    assert [heard.take(line) for line in lines] == log.statements  # known: nothing is added
    assert seen(folder) == log.statements
    assert heard.due == len(lines)
    assert folder.stat().st_mode & 0o777 == FOLDER_MODE


def test_it_goes_on_after_a_start_and_after_half_a_line(log, tmp_path):
    lines = checkpoints(log)
    Heard(tmp_path / "w", log.anchor).take(lines[0])
    (path,) = (tmp_path / "w").glob("*")
    with path.open("ab") as file:
        file.write(b"breaktime-seal origin=" + log.anchor.origin.encode())

    heard = Heard(tmp_path / "w", log.anchor)
    for line in lines[1:]:
        heard.take(line)

    assert seen(tmp_path / "w") == log.statements


def spoilt(lines, log):
    """What must not be taken, after the first one, and what is said of it."""
    second = lines[1]
    other = log.anchor._replace(origin="gw-b/1")
    changed = second.replace(b'"lines":2', b'"lines":3')
    assert changed != second
    yield "no checkpoint", b"{}", "this is no checkpoint"
    yield "one byte changed", changed, "not signed"
    yield "of another log", second.replace(b"gateway/", b"gatewax/"), "another log"
    yield "too early", lines[2], "checkpoint 1 has to come first"
    yield "known, and changed", lines[0].replace(b'"lines":0', b'"lines":1'), "nor signed"
    assert other != log.anchor


def test_what_is_not_the_next_one_is_refused_and_not_written_down(log, tmp_path):
    lines = checkpoints(log)
    heard = Heard(tmp_path / "w", log.anchor)
    heard.take(lines[0])

    for name, line, why in spoilt(lines, log):
        with pytest.raises(RefusedError, match=why):
            heard.take(line)
        assert len(seen(tmp_path / "w")) == 1, name


def test_a_machine_that_was_restored_is_a_second_history_and_both_are_kept(tmp_path):
    log = Log(tmp_path / "a")
    log.write(1)
    shutil.copytree(log.folder, tmp_path / "snapshot")
    log.write(1)
    heard = Heard(tmp_path / "w", log.anchor)
    for line in checkpoints(log):
        heard.take(line)

    shutil.rmtree(log.folder)
    shutil.copytree(tmp_path / "snapshot", log.folder)
    log.write(2)
    again = checkpoints(log)
    for line in again[:2]:
        heard.take(line)  # what was sealed before the snapshot is the same
    with pytest.raises(ForkedError, match="another checkpoint 2 was seen before"):
        heard.take(again[2])

    kept = {(each.epoch, each.hash) for each in seen(tmp_path / "w")}
    assert (2, hash_of(again[2])) in kept
    assert len([1 for epoch, _ in kept if epoch == 2]) == 2
    assert status(log.data, log.anchor, seen(tmp_path / "w")) is Status.FORKED


def test_what_it_keeps_shows_that_the_end_is_missing(log, tmp_path):
    heard = Heard(tmp_path / "w", log.anchor)
    for line in checkpoints(log):
        heard.take(line)
    cut = log.data.splitlines(keepends=True)[:-3]

    assert status(b"".join(cut), log.anchor) is Status.OK
    assert status(b"".join(cut), log.anchor, seen(tmp_path / "w")) is Status.TRUNCATED


def test_a_log_may_be_witnessed_from_a_later_anchor_on(log, tmp_path):
    lines = checkpoints(log)
    first = read_checkpoint(lines[0])
    heard = Heard(tmp_path / "w", log.anchor._replace(epoch=1, key=first.next))

    assert [heard.take(line).epoch for line in lines[1:]] == [1, 2, 3]


def test_no_name_of_a_log_leads_out_of_the_folder(log, tmp_path):
    Heard(tmp_path / "w", log.anchor._replace(origin="../../x/1"))

    assert [path.name for path in (tmp_path / "w").iterdir()] == ["..-..-x-1.witness"]


def test_nothing_of_a_record_is_in_what_is_kept(log, tmp_path):
    heard = Heard(tmp_path / "w", log.anchor)
    for line in checkpoints(log):
        heard.take(line)
    (path,) = (tmp_path / "w").iterdir()

    texts = {json.loads(line)["message"] for line in log.data.splitlines()}
    assert not any(text in path.read_text() for text in texts)
    assert isinstance(seen(tmp_path / "w")[0], Statement)
