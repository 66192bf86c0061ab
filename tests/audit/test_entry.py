"""What a line of the log is read as, and what is none."""

import json

import pytest

from breaktime.audit.entry import read_entry
from entries import line_of
from records import NOON, VISIT

GOOD = {"@timestamp": "2026-11-23T12:07:41.318204Z", "event": {"sequence": 7, "action": "x"}}


def test_a_line_of_ours():
    line = line_of(VISIT, 48211)
    entry = read_entry(line)

    assert (entry.sequence, entry.at, entry.line) == (48211, NOON, line)
    assert entry.record["user"]["name"] == "r.hughes"


# fmt: off
STRANGE = [
    b"", b"{", b"[]", b"null", b"7", b"[" * 100_000, b"\xff", b'{"event": 1}',
    json.dumps({**GOOD, "event": {"sequence": 0, "action": "x"}}).encode(),
    json.dumps({**GOOD, "event": {"sequence": True, "action": "x"}}).encode(),
    json.dumps({**GOOD, "event": {"sequence": "7", "action": "x"}}).encode(),
    json.dumps({**GOOD, "event": {"sequence": 7, "action": 1}}).encode(),
    json.dumps({**GOOD, "@timestamp": "yesterday"}).encode(),
    json.dumps({**GOOD, "@timestamp": 7}).encode(),
    json.dumps({**GOOD, "@timestamp": "0001-01-01T00:00:00+14:00"}).encode(),
    json.dumps({**GOOD, "x": "\u202e"}, ensure_ascii=False).encode(),
    json.dumps(GOOD).encode() + b"\r",
]
# fmt: on


@pytest.mark.parametrize("line", STRANGE)
def test_what_is_no_record_of_ours(line):
    assert read_entry(json.dumps(GOOD).encode()) is not None
    assert read_entry(line) is None
