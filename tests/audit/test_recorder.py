"""Numbers and losses."""

import json
from datetime import timedelta

import pytest

from breaktime.audit import Recorder
from breaktime.audit.losses import Loss
from records import BLOCKED, NOON, VISIT


class Fragile:
    """A store in memory, which fails as long as it is told to."""

    def __init__(self, last_sequence=0):
        self.last_sequence = last_sequence
        self.lines = []
        self.fault = None
        self.closed = False
        self.loss = Loss(0, 0)
        self.day = None
        self.full = False

    def troubles(self):
        return ()

    def turn(self):
        self.day = None

    def note(self, loss):
        self.loss = loss

    def write(self, line, day):
        if self.fault is not None:
            raise self.fault
        self.lines += map(json.loads, line.splitlines())

    def close(self):
        self.closed = True

    def told(self):
        """Number, action and count of losses of each line."""
        return [
            (line["event"]["sequence"], line["event"]["action"], line["breaktime"].get("lost"))
            for line in self.lines
        ]


@pytest.fixture
def store():
    return Fragile(last_sequence=41)


@pytest.fixture
def recorder(store):
    return Recorder(store, "gw-a", "1.0.0")


VISITED = VISIT._replace(lost=None)


def test_numbers_go_on(recorder, store):
    assert recorder.put(VISITED)
    assert recorder.put(VISITED)

    assert store.told() == [(42, "visit-allowed", None), (43, "visit-allowed", None)]
    assert store.lines[0]["observer"]["name"] == "gw-a"
    assert (recorder.writable, recorder.lost, recorder.fault) == (True, 0, None)
    assert recorder.sequence == 43


def test_losses_are_gaps_that_are_told_of(recorder, store):
    """Missing numbers are exactly the lost records, and the next line says how many."""
    recorder.put(VISITED)
    store.fault = OSError(28, "No space left on device")
    assert not recorder.put(VISITED)
    assert not recorder.put(VISITED)
    assert not recorder.writable
    assert recorder.lost == 2
    assert recorder.fault is store.fault
    store.fault = None
    assert recorder.put(BLOCKED)

    assert recorder.writable
    assert recorder.lost == 0
    assert store.told()[1:3] == [(45, "audit-gap", 2), (46, "visit-blocked", 3)]
    assert store.lines[1]["message"] == "2 records could not be written"
    assert store.lines[1]["event"]["code"] == "BT3001E"


def test_room_for_the_gap_only(recorder, store):
    """What was told of is not told of again."""
    store.fault = OSError()
    recorder.put(VISITED)
    store.fault = None
    write = store.write

    def write_once(line, day):
        write(line, day)
        store.fault = OSError()

    store.write = write_once
    assert not recorder.put(VISITED)
    store.fault, store.write = None, write
    assert recorder.put(VISITED)

    assert store.told() == [
        (43, "audit-gap", 1),
        (45, "audit-gap", 1),
        (46, "visit-allowed", None),
    ]
    assert store.lines[0]["message"] == "1 record could not be written"


def test_a_record_that_cannot_be_laid_out_is_lost(recorder, store):
    """A fault of ours is a loss like any other: told, not raised."""
    assert not recorder.put(VISITED._replace(at=None))
    assert isinstance(recorder.fault, (AttributeError, TypeError))
    assert store.lines == []


def test_closing_closes_the_store(recorder, store):
    recorder.close()

    assert store.closed


def test_losses_of_a_process_that_ended_are_told_by_the_next(recorder, store):
    """A restart gives no number twice, and begins with the gap."""
    recorder.put(VISITED)
    store.fault = OSError()
    for _ in range(5):
        recorder.put(VISITED)
    recorder.close()
    store.fault, store.last_sequence = None, 42
    second = Recorder(store, "gw-a")
    assert (second.lost, second.sequence) == (5, 47)
    second.put(VISITED)
    store.last_sequence = 49

    assert store.told()[1:] == [(48, "audit-gap", 5), (49, "visit-allowed", None)]
    assert Recorder(store, "gw-a").lost == 0


def test_what_was_told_of_is_not_told_of_after_a_crash(store):
    """The gap has been written, and the note of it has not been taken back."""
    store.loss = Loss(40, 5)

    assert Recorder(store, "gw-a").lost == 0


def test_closing_tells_of_losses_if_it_can(recorder, store):
    store.fault = OSError()
    recorder.put(VISITED)
    store.fault = None
    recorder.close()

    assert store.told() == [(43, "audit-gap", 1)]
    assert store.loss == Loss(43, 0)


def test_the_operator_is_told_at_first_then_once_a_minute_and_at_the_end(store):
    said = []
    recorder = Recorder(store, "gw-a", tell=lambda lost, fault: said.append((lost, fault)))
    recorder.put(VISITED)
    assert said == []
    store.fault = OSError(28, "No space left on device")
    for seconds in (0, 10, 59, 60, 61, 120):
        recorder.put(VISITED._replace(at=NOON + timedelta(seconds=seconds)))
    assert said == [(lost, store.fault) for lost in (1, 4, 6)]
    store.fault = None
    recorder.put(VISITED)
    assert said[3:] == [(6, None)]


def test_an_operator_who_cannot_be_told_stops_nothing(store):
    def broken(*_):
        raise BrokenPipeError

    recorder = Recorder(store, "gw-a", tell=broken)
    store.fault = OSError()
    assert not recorder.put(VISITED)
    store.fault = None
    assert recorder.put(VISITED)
