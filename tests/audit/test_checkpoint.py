"""There is one way to write a checkpoint, and what is none is none."""

import json

import pytest

from breaktime.audit.checkpoint import (
    FIRST,
    hash_of,
    is_signed_by,
    means_to_be_one,
    read_checkpoint,
)
from breaktime.audit.line import LINE_BYTES
from sealed import Log


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    log = Log(tmp_path_factory.mktemp("log"))
    log.write(2)
    return log


@pytest.fixture(scope="module")
def line(log):
    return log.data.splitlines()[-1]


def test_what_a_checkpoint_says(log, line):
    found = read_checkpoint(line)
    first = log.data.splitlines()[0]

    assert (found.origin, found.epoch, found.lines) == (log.anchor.origin, 1, 2)
    assert found.prev == hash_of(first)
    assert read_checkpoint(first).prev == FIRST
    assert is_signed_by(first, log.anchor.key)
    assert is_signed_by(line, read_checkpoint(first).next)
    assert not is_signed_by(line, log.anchor.key)


def test_it_is_a_record_like_others(line):
    """Of a length that every syslog server takes."""
    record = json.loads(line)

    assert record["event"]["action"] == "integrity-checkpoint"
    assert record["message"] == "Sealed 2 lines"
    assert len(line) < 2048 < LINE_BYTES


@pytest.mark.parametrize("key", ["", "00", "zz" * 32, "0" * 64, "f" * 64])
def test_what_is_no_key_has_signed_nothing(line, key):
    assert not is_signed_by(line, key)


SEAL = {
    "v": 1, "origin": "g/1", "epoch": 1, "lines": 2,
    "root": "a" * 64, "prev": "b" * 64, "next": "c" * 64, "sig": "d" * 128,
}  # fmt: skip


def written(**changes):
    seal = {key: value for key, value in (SEAL | changes).items() if value is not None}
    seal["sig"] = seal.pop("sig", "")
    return json.dumps({"breaktime": {"seal": seal}}, separators=(",", ":")).encode()


def test_a_checkpoint_by_its_form():
    assert read_checkpoint(written()) is not None


@pytest.mark.parametrize(
    "changes",
    [
        {"v": 2}, {"v": None}, {"origin": 1}, {"epoch": -1}, {"epoch": "1"}, {"epoch": True},
        {"epoch": 1.0}, {"epoch": 1 << 63}, {"lines": -1}, {"lines": None}, {"root": "A" * 64},
        {"root": "a" * 63}, {"prev": None}, {"prev": 1}, {"next": "c" * 65}, {"more": 1},
        {"sig": "d" * 127}, {"sig": "D" * 128}, {"sig": "d" * 129},
    ],
)  # fmt: skip
def test_what_is_none_by_its_form(changes):
    line = written(**changes)

    assert read_checkpoint(line) is None
    assert means_to_be_one(line)


@pytest.mark.parametrize(
    "line",
    [
        b"", b"{}", b',"sig":"' + b"0" * 128 + b'"}}}', b"[" * 9000 + written()[-140:],
        b'{"breaktime":1,"x":{"y":{"z":1' + written()[-140:], b"\xff" + written(),
        b'{"a":{"seal":{' + written()[21:], written() + b" ", b" " * 9 + written()[:-1],
    ],
)  # fmt: skip
def test_what_is_no_checkpoint(line):
    assert read_checkpoint(line) is None


@pytest.mark.parametrize(
    "text", ['"integrity-checkpoint"', '"seal":{', '","sig":"' + "0" * 128 + '"}}}', '\\"seal\\":{']
)
def test_nobody_can_put_one_into_a_record(text):
    """What came from outside is a JSON text in its line."""
    assert not means_to_be_one(json.dumps({"url": {"path": text}}, separators=(",", ":")).encode())
