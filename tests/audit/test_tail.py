"""What a crash leaves at the ends of files, and what becomes of it."""

import json

import pytest

from breaktime.audit.tail import BLOCK, day_files, mend, sequence_of


def line(number, fill=""):
    return json.dumps({"event": {"sequence": number}, "fill": fill}).encode() + b"\n"


ONE = line(1)
HALF = b'{"event":{"sequ'
LONG = line(2, "x" * 3 * BLOCK)
ZEROS = bytes(200_000)
STRANGE = b"x\n\n[]\n{}\n"

# fmt: off
ROWS = [
    # what the row shows              good part                          set aside         number
    ("an empty file",                 b"",                               b"",              0),
    ("whole lines",                   ONE + line(2),                     b"",              2),
    ("half a line",                   ONE,                               HALF,             1),
    ("only half a line",              b"",                               HALF,             0),
    ("a whole record without end",    ONE,                               line(2)[:-1],     1),
    ("only that",                     b"",                               line(2)[:-1],     0),
    ("zeros after a power cut",       ONE,                               ZEROS,            1),
    ("zeros and an end",              ONE,                               ZEROS + b"\n",    1),
    ("strange lines",                 ONE,                               STRANGE,          1),
    ("only strange lines",            b"",                               STRANGE,          0),
    ("only line ends",                b"",                               b"\n\n\n",        0),
    ("a long line",                   ONE + LONG,                        b"",              2),
    ("half a long line",              ONE,                               LONG[:-9],        1),
    ("many lines",                    b"".join(map(line, range(9000))),  b"",              8999),
    ("a strange line in the middle",  ONE + STRANGE + line(2),           b"",              2),
]
# fmt: on


@pytest.mark.parametrize(
    ("good", "torn", "number"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS]
)
def test_ends(tmp_path, good, torn, number):
    path = tmp_path / "audit-a-2026-01-01.jsonl"
    path.write_bytes(good + torn)

    assert mend(tmp_path, "audit-a-").sequence == number
    assert path.read_bytes() == good
    aside = tmp_path / "audit-a-2026-01-01.jsonl.torn"
    assert aside.exists() is bool(torn)
    if torn:
        assert aside.read_bytes() == torn + b"\n"


def test_cut_off_anywhere(tmp_path):
    """Wherever a crash stops a write: whole lines stay, and the rest is set aside, not lost."""
    whole = line(1) + line(2) + line(3)
    ends = [len(line(1)), len(line(1) * 2), len(whole)]
    path = tmp_path / "audit-a-2026-01-01.jsonl"
    aside = tmp_path / (path.name + ".torn")
    for length in range(len(whole) + 1):
        path.write_bytes(whole[:length])
        aside.unlink(missing_ok=True)
        kept = sum(end <= length for end in ends)
        assert mend(tmp_path, "audit-a-").sequence == kept
        assert path.read_bytes() == whole[: ([0, *ends])[kept]]
        rest = whole[len(path.read_bytes()) : length]
        assert (aside.read_bytes() if aside.exists() else b"") == (rest + b"\n" if rest else b"")


def test_set_aside_twice(tmp_path):
    """What was set aside before stays."""
    path = tmp_path / "audit-a-2026-01-01.jsonl"
    for half in b"{one", b"{two":
        path.write_bytes(line(1) + half)
        mend(tmp_path, "audit-a-")

    assert (tmp_path / (path.name + ".torn")).read_bytes() == b"{one\n{two\n"


def test_the_highest_number_counts(tmp_path):
    """Where the clock was set back, the last line is in an older file."""
    (tmp_path / "audit-a-2026-01-01.jsonl").write_bytes(line(7))
    (tmp_path / "audit-a-2026-01-02.jsonl").write_bytes(line(5))
    (tmp_path / "audit-a-2026-01-03.jsonl").write_bytes(b"")
    (tmp_path / "audit-a-b-2026-01-03.jsonl").write_bytes(line(90))

    assert mend(tmp_path, "audit-a-").sequence == 7


def test_day_files(tmp_path):
    """By date, whichever gateway wrote them; nothing else counts."""
    for name in (
        "audit-b-2026-01-02.jsonl", "audit-b-2026-01-03.jsonl", "audit-z-2026-01-01.jsonl",
        "audit-b-2026-01-03.jsonl.torn", "writer.lock", "audit-2026-01-03.jsonl", "notes.txt",
    ):  # fmt: skip
        (tmp_path / name).touch()

    assert [path.name for path in day_files(tmp_path)] == [
        "audit-z-2026-01-01.jsonl",
        "audit-b-2026-01-02.jsonl",
        "audit-b-2026-01-03.jsonl",
    ]


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"[]", b"1", b'{"event":1}', b'{"event":{}}', b'{"event":{"sequence":"1"}}',
     b'{"event":{"sequence":true}}', b'{"event":{"sequence":0}}', b"\xff", b"[" * 100_000],
)  # fmt: skip
def test_no_number(text):
    assert sequence_of(text) is None
