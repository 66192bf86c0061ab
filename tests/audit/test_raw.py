"""The lines of a log, in the order in which they were written."""

import gzip

import pytest

from breaktime.audit.raw import LONGEST, Raw, log_files, raw_lines


def test_files_stand_in_the_order_of_their_numbers(tmp_path):
    """Packed or not, whatever their day is; what has no number comes last."""
    lines = {
        "audit-g-2026-11-24.jsonl": 1,
        "audit-g-2026-11-23-0002.jsonl": 5,
        "audit-g-2026-11-23.jsonl.gz": 3,
    }
    for name, number in lines.items():
        data = b'{"event":{"sequence":%d}}\n' % number
        (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    (tmp_path / "audit-g-2026-11-01.jsonl").write_bytes(b"\x00\n")
    (tmp_path / "audit-g-2026-11-02.jsonl.gz").write_bytes(b"no gzip")
    for name in ("writer.lock", "audit-g-2026-11-23.jsonl.torn", "seal.key"):
        (tmp_path / name).touch()

    assert [path.name for path in log_files(tmp_path)] == [
        "audit-g-2026-11-24.jsonl",
        "audit-g-2026-11-23.jsonl.gz",
        "audit-g-2026-11-23-0002.jsonl",
        "audit-g-2026-11-01.jsonl",
        "audit-g-2026-11-02.jsonl.gz",
    ]
    assert log_files(tmp_path / "writer.lock") == [tmp_path / "writer.lock"]


def test_lines(tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"a\r\n\n" + b"x" * 10 * LONGEST + b"\nb\nc")

    assert list(raw_lines(path)) == [
        Raw("log.jsonl", 1, b"a\r", whole=True),
        Raw("log.jsonl", 2, b"", whole=True),
        Raw("log.jsonl", 3, b"x" * LONGEST, whole=True),
        Raw("log.jsonl", 4, b"b", whole=True),
        Raw("log.jsonl", 5, b"c", whole=False),
    ]


@pytest.mark.parametrize("spoilt", [slice(0, 30), slice(None, -9)])
def test_what_was_packed_and_damaged(tmp_path, spoilt):
    data = bytearray(gzip.compress(b"".join(b"%d\n" % n for n in range(9000)))[spoilt])
    path = tmp_path / "log.jsonl.gz"
    path.write_bytes(data)
    with pytest.raises(OSError, match=r".+"):
        list(raw_lines(path))
    data[20:40] = bytes(20)
    path.write_bytes(data)
    with pytest.raises(OSError, match=r".+"):
        list(raw_lines(path))
