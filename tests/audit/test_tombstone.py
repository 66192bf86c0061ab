"""What stands where a record was: its hash and its number, and nothing that tells of it."""

import pytest

from breaktime.audit.merkle import leaf_of
from breaktime.audit.tail import sequence_of
from breaktime.audit.tombstone import Tombstone, leaf_under, read_tombstone, write_tombstone
from sealed import Log

ID = "0123456789abcdef" * 2


@pytest.fixture
def log(tmp_path):
    log = Log(tmp_path)
    log.write(1)
    return log


def test_a_tombstone_keeps_leaf_and_number(log):
    line = log.data.splitlines()[1]
    stone = write_tombstone(Tombstone(ID, leaf_of(line), sequence_of(line)))

    assert read_tombstone(stone) == Tombstone(ID, leaf_of(line), 2)
    assert leaf_under(stone) == leaf_under(line) == leaf_of(line)
    assert sequence_of(stone) == 2
    assert read_tombstone(line) is None


def test_a_hash_that_is_kept_confirms_no_guess(log):
    """All of a record but its id, which is random, is not enough to find it again."""
    line = log.data.splitlines()[1]
    kept = leaf_of(line)
    start = line.index(b'"id":"') + len(b'"id":"')
    guesses = (line[:start] + line[start : start + 24] + b"%012x" % n + line[start + 36 :]
               for n in range(10_000))  # fmt: skip

    assert kept not in {leaf_of(guess) for guess in guesses}
