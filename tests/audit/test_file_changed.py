"""What somebody else does to the open file is noticed at the next line."""

import os
from datetime import date
from pathlib import Path

import pytest

from breaktime.audit.file import DayFiles

DAY = date(2026, 11, 23)


def line(number):
    return b'{"event":{"sequence":%d}}\n' % number


def moved(path):
    path.rename(path.with_name("taken.jsonl"))


def replaced(path):
    moved(path)
    path.write_bytes(line(1))


def cut(path):
    os.truncate(path, len(line(1)) + 5)


def written(path):
    with path.open("ab") as file:
        file.write(b"{}")


# fmt: off
ROWS = [
    (Path.unlink, "The file that records are written to was moved or deleted"),
    (moved,       "The file that records are written to was moved or deleted"),
    (replaced,    "The file that records are written to was replaced"),
    (cut,         f"The file that records are written to was cut by {len(line(2)) - 5} bytes"),
    (written,     "Somebody else wrote to the file that records are written to"),
]
# fmt: on


@pytest.mark.parametrize(("happens", "told"), ROWS)
def test_what_happens_to_the_open_file_is_noticed_at_the_next_line(tmp_path, happens, told):
    """The line goes into a file of its own, whole, and it is told once."""
    path = tmp_path / "audit-gw-a-2026-11-23.jsonl"
    store = DayFiles(tmp_path, "gw-a")
    store.write(line(1) + line(2), DAY)
    happens(path)
    store.write(line(3), DAY)
    store.write(line(4), DAY)

    assert [tuple(trouble) for trouble in store.troubles()] == [
        ("integrity-broken", told, path.name)
    ]
    assert store.troubles() == []
    assert line(3) + line(4) in [each.read_bytes() for each in tmp_path.glob("audit-*.jsonl")]
    store.close()
