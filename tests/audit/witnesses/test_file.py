"""A witness that is a file."""

import stat

import pytest

from breaktime.audit.statement import Statement, read_statements
from breaktime.audit.witnesses.file import FileWitness

SEEN = [Statement("g/1", epoch, "a" * 64) for epoch in range(3)]


def test_each_statement_is_a_line(tmp_path):
    witness = FileWitness(tmp_path / "witness")
    for each in SEEN:
        witness.tell(each)

    path = tmp_path / "witness"
    assert list(read_statements(path.read_bytes().splitlines())) == SEEN
    assert stat.S_IMODE(path.stat().st_mode) & 0o007 == 0


def test_a_share_that_is_away(tmp_path):
    witness = FileWitness(tmp_path / "share" / "witness")
    with pytest.raises(FileNotFoundError):
        witness.tell(SEEN[0])
    (tmp_path / "share").mkdir()
    witness.tell(SEEN[0])


def test_a_link_is_not_followed(tmp_path):
    (tmp_path / "witness").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic"):
        FileWitness(tmp_path / "witness").tell(SEEN[0])


def test_it_lies_beside_the_configuration(tmp_path):
    witness = FileWitness("w").beside(tmp_path, tmp_path)

    assert (witness.path, witness.name) == (tmp_path / "w", f"file:{tmp_path / 'w'}")
