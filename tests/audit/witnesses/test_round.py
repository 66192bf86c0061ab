"""Witnesses are told in order; one that does not listen holds nobody up, and its lag is known."""

import threading
from pathlib import Path

import pytest

from breaktime.audit.statement import Statement
from breaktime.audit.witnesses import Round, read_witness
from breaktime.audit.witnesses.file import FileWitness
from breaktime.audit.witnesses.journal import JournalWitness
from breaktime.audit.witnesses.syslog import SyslogWitness

SEEN = [Statement("g/1", epoch, "a" * 64) for epoch in range(5)]


class Listener:
    def __init__(self, name="listener"):
        self.name = name
        self.heard = []
        self.fault = None
        self.changed = threading.Semaphore(0)

    def tell(self, statement):
        self.changed.release()
        if self.fault is not None:
            raise self.fault
        self.heard.append(statement)


def test_everything_is_told_in_order_before_the_end():
    listeners = [Listener("a"), Listener("b")]
    round_ = Round(listeners)
    for each in SEEN:
        round_.tell(each)
    round_.close()

    assert [listener.heard for listener in listeners] == [SEEN, SEEN]
    assert round_.lags() == {"a": 0, "b": 0}


@pytest.mark.parametrize("fault", [OSError("the share is away"), ValueError("the share is away")])
def test_one_that_fails_is_behind_and_catches_up(fault):
    said = []
    told = threading.Semaphore(0)

    def tell(*what):
        said.append(what)
        told.release()

    deaf, good = Listener("deaf"), Listener("good")
    deaf.fault = fault
    round_ = Round([deaf, good], tell, again=0.01)
    for each in SEEN:
        round_.tell(each)
    assert told.acquire(timeout=60)
    for _ in range(3):  # it is tried again and again, and told of once
        assert deaf.changed.acquire(timeout=60)
    assert said == [("deaf", said[0][1], "the share is away")]
    assert round_.lags()["deaf"] == 5
    deaf.fault = None
    assert told.acquire(timeout=60)
    assert said[1:] == [("deaf", 0, "")]
    round_.close()

    assert deaf.heard == good.heard == SEEN


def test_one_that_never_listens_does_not_keep_the_gateway_from_ending():
    deaf = Listener()
    deaf.fault = OSError("no")
    round_ = Round([deaf], again=1000)
    round_.tell(SEEN[0])
    assert deaf.changed.acquire(timeout=60)
    round_.close()

    assert round_.lags() == {"listener": 1}


# fmt: off
ROWS = {
    "journal":                       JournalWitness(),
    "file:/mnt/worm/w":              FileWitness(Path("/mnt/worm/w")),
    "file:w:1":                      FileWitness(Path("w:1")),
    "syslog:siem.example.org:514":   SyslogWitness("siem.example.org", 514, tls=False),
    "syslog+tls:[2001:db8::1]:6514": SyslogWitness("2001:db8::1", 6514, tls=True),
    "syslog+tls:s:1 trust=a ca.pem": SyslogWitness("s", 1, tls=True, authorities=Path("a ca.pem")),
}
# fmt: on


@pytest.mark.parametrize("text", ROWS)
def test_witnesses_of_a_configuration(text):
    assert read_witness(text) == ROWS[text]


@pytest.mark.parametrize(
    "text",
    ["", "journal:x", "file:", "file", "syslog", "syslog:host", "syslog::1", "syslog:h:0",
     "syslog:h:65536", "syslog:h:x", "syslog:h:\u0661", "http://x", "\x1b[2J",
     "syslog+tls:h:1 trust=", "syslog:h:1 trust=x", "syslog+tls:h:1 trust", "syslog+tls:h trust=x"],
)  # fmt: skip
def test_what_is_no_witness(text):
    with pytest.raises(ValueError, match="must be `journal`") as told:
        read_witness(text)
    assert str(told.value).isprintable()
