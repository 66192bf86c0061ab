"""The journal as a sink: the real one takes what is said about a record."""

import pytest

from breaktime.audit.sinks.journal import Journal, JournalConfig
from entries import entry_of
from records import BLOCKED, LOADED
from support.journald import Journald


def test_what_stands_beside_a_record():
    with Journald() as journald:
        Journal(JournalConfig(kind="journal"), journald.socket).send([entry_of(BLOCKED, 48211)])
        (entry,) = journald.entries(1, "breaktime-audit")

    assert entry["BREAKTIME_SEQUENCE"] == "48211"
    assert entry["BREAKTIME_CODE"] == "BT1002I"
    assert entry["PRIORITY"] == "6"


def test_no_journal(tmp_path):
    sink = Journal(JournalConfig(kind="journal"), tmp_path / "socket")
    with pytest.raises(OSError, match="No such file"):
        sink.send([entry_of(LOADED)])
    sink.close()
