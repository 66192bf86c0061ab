"""What takes long begins first."""

from pathlib import Path
from typing import NamedTuple

import pytest

from support.order import slow_first


class One(NamedTuple):
    """A test in a file, as far as its place in the order goes."""

    path: Path
    slow: bool = False

    def get_closest_marker(self, name):
        return name if self.slow and name == "slow" else None


def of(*names):
    """Make tests of files by letters; capitals are slow."""
    return [One(Path(name.lower()), name.isupper()) for name in names]


# fmt: off
ROWS = [
    # collected     processes  begun with
    ("abcd",        2,         "abcd"),
    ("abcD",        2,         "dabc"),
    ("abcDE",       2,         "daebc"),
    ("aabbDDEE",    2,         "ddaaeebb"),
    ("aDbEcF",      3,         "daebfc"),
    ("DEFa",        2,         "dfea"),
    ("DDDDab",      3,         "ddddab"),
    ("D",           3,         "d"),
    ("",            2,         ""),
]
# fmt: on


@pytest.mark.parametrize(("collected", "processes", "begun"), ROWS, ids=[r[0] for r in ROWS])
def test_slow_files_are_where_each_process_begins(collected, processes, begun):
    ordered = slow_first(of(*collected), processes)

    assert "".join(str(test.path) for test in ordered) == begun


def test_a_file_with_a_slow_test_stays_together():
    tests = [One(Path("a")), One(Path("b")), One(Path("b"), slow=True), One(Path("b"))]

    assert slow_first(tests, 2) == [tests[1], tests[2], tests[3], tests[0]]
