"""A witness that is the journal: a socket like its own listens here."""

import socket

import pytest

from breaktime.audit.statement import Statement
from breaktime.audit.witnesses.journal import JournalWitness

SEEN = Statement("g/1", 7, "a" * 64)


def test_a_message_in_the_words_of_the_journal(tmp_path):
    witness = JournalWitness(tmp_path / "socket")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journal:
        journal.bind(str(tmp_path / "socket"))
        journal.settimeout(60)
        witness.tell(SEEN)
        fields = dict(line.split("=", 1) for line in journal.recv(4096).decode().splitlines())

    assert fields == {
        "MESSAGE": str(SEEN),
        "PRIORITY": "5",
        "SYSLOG_IDENTIFIER": "breaktime",
        "BREAKTIME_ORIGIN": "g/1",
        "BREAKTIME_EPOCH": "7",
        "BREAKTIME_HASH": "a" * 64,
    }


def test_no_journal(tmp_path):
    with pytest.raises(OSError, match="No such file"):
        JournalWitness(tmp_path / "socket").tell(SEEN)
    assert JournalWitness().beside(tmp_path, tmp_path) == JournalWitness()
