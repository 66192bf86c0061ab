"""Sinks are handed the log; one that fails or hangs catches up, and holds nobody up."""

import threading
from datetime import timedelta

import pytest

from breaktime.audit.sinks import delivery as module
from breaktime.audit.sinks.cursor import Cursor, CursorFile
from breaktime.audit.sinks.delivery import Deliveries, Delivery, Lag, Log, Told
from breaktime.audit.sinks.stdout import StdoutConfig
from breaktime.audit.sinks.syslog import SyslogConfig
from entries import line_of
from records import LOADED, NOON
from sealed import Log as Written
from support.rsyslog import Rsyslog

WAIT = 60


class Listener:
    """A sink that fails and hangs as it is told, and keeps what it took."""

    def __init__(self):
        self.taken = []
        self.fault = None
        self.tried = threading.Semaphore(0)
        self.goes = threading.Event()
        self.goes.set()
        self.closed = False

    def send(self, entries):
        self.tried.release()
        self.goes.wait()
        if self.fault is not None:
            raise self.fault
        self.taken += [entry.sequence for entry in entries]

    def close(self):
        self.closed = True


class Ear:
    """Whoever is told of trouble."""

    def __init__(self):
        self.said = []
        self.told = threading.Semaphore(0)

    def __call__(self, *what):
        self.said.append(what)
        self.told.release()


@pytest.fixture
def written(tmp_path):
    return Written(tmp_path)


@pytest.fixture
def log(written):
    written.write(2)  # numbers 1 to 4: a checkpoint at the start and at the end
    return Log(written.records, "audit-gateway-", lambda: newest(written), 4)


def newest(written):
    return written.records_written


@pytest.fixture(autouse=True)
def count(monkeypatch):
    """The number that was given last, as the recorder would say it."""
    really = Written.write

    def write(self, *intervals):
        really(self, *intervals)
        self.records_written = sum(len(path.read_bytes().splitlines())
                                   for path in self.records.glob("*.jsonl"))  # fmt: skip

    monkeypatch.setattr(Written, "write", write)


def delivery(log, sink, told=Told(), **more):  # noqa: B008  a tuple
    now = log._replace(begun=log.newest())
    later = NOON + timedelta(hours=1)
    return Delivery("listener", sink, now, told, clock=lambda: later, look=0.01, again=0.01, **more)


def end(way):
    way.leave()
    way.join(WAIT)
    assert not way._thread.is_alive()


def test_a_new_sink_begins_now_and_goes_on_after_a_restart(written, log):
    first = Listener()
    way = delivery(log, first)
    end(way)
    assert first.taken == []
    assert first.closed

    written.write(1)
    second = Listener()
    way = delivery(log, second)
    end(way)
    assert second.taken == list(range(5, newest(written) + 1))
    assert way.lag == Lag(0, 0.0)

    third = Listener()
    end(delivery(log, third))
    assert third.taken == []


def test_what_is_written_meanwhile_is_handed_over(written, log):
    sink = Listener()
    way = delivery(log, sink)
    for _ in range(3):
        written.write(1)
        assert sink.tried.acquire(timeout=WAIT)
    end(way)
    assert sink.taken == list(range(5, newest(written) + 1))


def test_one_that_fails_is_told_of_once_and_catches_up_in_order(written, log):
    ear, sink = Ear(), Listener()
    sink.fault = OSError("nobody is there")
    way = delivery(log, sink, Told(behind=ear))
    written.write(2, 1)
    behind = newest(written) - 4
    assert ear.told.acquire(timeout=WAIT)
    for _ in range(4):
        assert sink.tried.acquire(timeout=WAIT)
    assert way.lag == Lag(behind, 3597.0)  # its first record is of three seconds after noon
    sink.fault = None
    assert ear.told.acquire(timeout=WAIT)
    end(way)

    assert sink.taken == list(range(5, newest(written) + 1))
    assert [name for name, *_ in ear.said] == ["listener", "listener"]
    assert [problem for *_, problem in ear.said] == ["nobody is there", ""]
    assert ear.said[1][1] == way.lag.records == 0


def test_whatever_a_sink_raises_it_is_tried_again(written, log):
    ear, sink = Ear(), Listener()
    sink.fault = KeyError()
    way = delivery(log, sink, Told(behind=ear))
    written.write(1)
    assert ear.told.acquire(timeout=WAIT)
    sink.fault = None
    assert ear.told.acquire(timeout=WAIT)
    end(way)
    assert ear.said[0][2] == "KeyError"
    assert sink.taken


def test_one_that_hangs_holds_nobody_up(written, log, monkeypatch):
    """Neither the other sinks nor the end; what it did not take, it is handed after the start."""
    hangs, good = Listener(), Listener()
    hangs.goes.clear()
    first, second = delivery(log, hangs), delivery(log, good)
    written.write(1)
    assert hangs.tried.acquire(timeout=WAIT)
    assert good.tried.acquire(timeout=WAIT)
    end(second)
    assert good.taken
    first.leave()
    first.join(0.01)
    assert first._thread.is_alive()
    assert first.lag.records == newest(written) - 4
    hangs.fault = OSError()
    hangs.goes.set()
    end(first)

    CursorFile.of(log.directory, log.stream, "listener").keep(Cursor(4))
    again = Listener()
    end(delivery(log, again))
    assert again.taken == good.taken


def test_what_is_gone_is_told_of(written, log):
    """A file is deleted while the sink is away: the numbers are counted, and told of once."""
    gone, sink = Ear(), Listener()
    end(delivery(log, sink))
    written.write(1)
    last = newest(written)
    written.path.unlink()
    later = written.records / "audit-gateway-2026-11-24.jsonl"
    later.write_bytes(line_of(LOADED, last + 1) + b"\n")
    more = log._replace(newest=lambda: last + 1)
    end(delivery(more, sink, Told(gone=gone)))

    assert gone.said == [("listener", last - 4)]
    assert sink.taken == [last + 1]
    end(delivery(more, sink, Told(gone=gone)))
    assert len(gone.said) == 1


def test_a_cursor_of_another_log_is_not_believed(written, log):
    """The folder was restored, or begun anew: what is written from now on is handed over."""
    CursorFile.of(log.directory, log.stream, "listener").keep(Cursor(1000))
    sink = Listener()
    way = delivery(log, sink)
    written.write(1)
    end(way)
    assert sink.taken == list(range(5, newest(written) + 1))


def test_a_disk_that_keeps_no_cursor_keeps_no_record_back(written, log, monkeypatch):
    def full(self, cursor):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(CursorFile, "keep", full)
        sink = Listener()
        way = delivery(log, sink)
        written.write(1)
        end(way)
    assert sink.taken == list(range(5, newest(written) + 1))


def test_several_sinks_and_their_lags(written, log, tmp_path, monkeypatch):
    taken = []
    monkeypatch.setattr(module, "LOOK", 0.01)
    ways = Deliveries([StdoutConfig(kind="stdout")], tmp_path, log, Told(), lambda: NOON)
    ways._ways[0]._sink.send = taken.extend
    assert ways.lags() == {"stdout": Lag(0, 0.0)}
    written.write(1)
    ways.close()
    assert [entry.sequence for entry in taken] == list(range(5, newest(written) + 1))


def test_a_real_server_that_was_away_has_everything_in_order(written, log, tmp_path):
    """An outage that a restart of the gateway falls into: each record comes, and in order."""
    ear = Ear()
    server = Rsyslog(tmp_path)
    server.start()
    config = SyslogConfig(kind="syslog", to=server.address, tls=False)

    def begin():
        sink, told = config.open(tmp_path), Told(ear)
        now = log._replace(begun=newest(written))
        return Delivery(config.name, sink, now, told, clock=lambda: NOON, look=0.01, again=0.05)

    try:
        way = begin()
        written.write(3)
        first = newest(written) - 4
        assert len(server.taken(first)) == first
        server.stop()
        written.write(2)
        assert ear.told.acquire(timeout=WAIT)
        end(way)
        way = begin()
        written.write(400)
        server.start()
        count = newest(written) - 4
        found = server.taken(count, "said")
        end(way)
    finally:
        server.stop()
    lines = written.data.splitlines()[4:]
    assert [line.encode() for line in found] == lines
