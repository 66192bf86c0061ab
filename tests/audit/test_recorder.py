"""Numbers, losses, and one record that stands for many."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from breaktime.audit import Coalescer, Recorder, topic_of
from breaktime.audit.losses import Loss
from breaktime.core.record import Action
from breaktime.core.visit import Evidence
from records import BLOCKED, NOON, VISIT


class Fragile:
    """A sink in memory, which fails as long as it is told to."""

    def __init__(self, last_sequence=0):
        self.last_sequence = last_sequence
        self.lines = []
        self.fault = None
        self.closed = False
        self.loss = Loss(0, 0)

    def note(self, loss):
        self.loss = loss

    def write(self, line, day):
        if self.fault is not None:
            raise self.fault
        self.lines.append(json.loads(line))

    def close(self):
        self.closed = True

    def told(self):
        """Number, action and count of losses of each line."""
        return [
            (line["event"]["sequence"], line["event"]["action"], line["breaktime"].get("lost"))
            for line in self.lines
        ]


@pytest.fixture
def sink():
    return Fragile(last_sequence=41)


@pytest.fixture
def recorder(sink):
    return Recorder(sink, "gw-a", "1.0.0")


VISITED = replace(VISIT, lost=None)


def test_numbers_go_on(recorder, sink):
    assert recorder.put(VISITED)
    assert recorder.put(VISITED)

    assert sink.told() == [(42, "visit-allowed", None), (43, "visit-allowed", None)]
    assert sink.lines[0]["observer"]["name"] == "gw-a"
    assert (recorder.writable, recorder.lost, recorder.fault) == (True, 0, None)
    assert recorder.sequence == 43


def test_losses_are_gaps_that_are_told_of(recorder, sink):
    """Missing numbers are exactly the lost records, and the next line says how many."""
    recorder.put(VISITED)
    sink.fault = OSError(28, "No space left on device")
    assert not recorder.put(VISITED)
    assert not recorder.put(VISITED)
    assert not recorder.writable
    assert recorder.lost == 2
    assert recorder.fault is sink.fault
    sink.fault = None
    assert recorder.put(BLOCKED)

    assert recorder.writable
    assert recorder.lost == 0
    assert sink.told()[1:3] == [(45, "audit-gap", 2), (46, "visit-blocked", 3)]
    assert sink.lines[1]["message"] == "2 records could not be written"
    assert sink.lines[1]["event"]["code"] == "BT3001E"


def test_room_for_the_gap_only(recorder, sink):
    """What was told of is not told of again."""
    sink.fault = OSError()
    recorder.put(VISITED)
    sink.fault = None
    write = sink.write

    def write_once(line, day):
        write(line, day)
        sink.fault = OSError()

    sink.write = write_once
    assert not recorder.put(VISITED)
    sink.fault, sink.write = None, write
    assert recorder.put(VISITED)

    assert sink.told() == [
        (43, "audit-gap", 1),
        (45, "audit-gap", 1),
        (46, "visit-allowed", None),
    ]
    assert sink.lines[0]["message"] == "1 record could not be written"


def test_a_record_that_cannot_be_laid_out_is_lost(recorder, sink):
    """A fault of ours is a loss like any other: told, not raised."""
    assert not recorder.put(replace(VISITED, at=None))
    assert isinstance(recorder.fault, (AttributeError, TypeError))
    assert sink.lines == []


def test_closing_closes_the_sink(recorder, sink):
    recorder.close()

    assert sink.closed


def test_losses_of_a_process_that_ended_are_told_by_the_next(recorder, sink):
    """A restart gives no number twice, and begins with the gap."""
    recorder.put(VISITED)
    sink.fault = OSError()
    for _ in range(5):
        recorder.put(VISITED)
    recorder.close()
    sink.fault, sink.last_sequence = None, 42
    second = Recorder(sink, "gw-a")
    assert (second.lost, second.sequence) == (5, 47)
    second.put(VISITED)
    sink.last_sequence = 49

    assert sink.told()[1:] == [(48, "audit-gap", 5), (49, "visit-allowed", None)]
    assert Recorder(sink, "gw-a").lost == 0


def test_what_was_told_of_is_not_told_of_after_a_crash(sink):
    """The gap has been written, and the note of it has not been taken back."""
    sink.loss = Loss(40, 5)

    assert Recorder(sink, "gw-a").lost == 0


def test_closing_tells_of_losses_if_it_can(recorder, sink):
    sink.fault = OSError()
    recorder.put(VISITED)
    sink.fault = None
    recorder.close()

    assert sink.told() == [(43, "audit-gap", 1)]
    assert sink.loss == Loss(43, 0)


def test_the_operator_is_told_at_first_then_once_a_minute_and_at_the_end(sink):
    said = []
    recorder = Recorder(sink, "gw-a", tell=lambda lost, fault: said.append((lost, fault)))
    recorder.put(VISITED)
    assert said == []
    sink.fault = OSError(28, "No space left on device")
    for seconds in (0, 10, 59, 60, 61, 120):
        recorder.put(replace(VISITED, at=NOON + timedelta(seconds=seconds)))
    assert said == [(lost, sink.fault) for lost in (1, 4, 6)]
    sink.fault = None
    recorder.put(VISITED)
    assert said[3:] == [(6, None)]


def test_an_operator_who_cannot_be_told_stops_nothing(sink):
    def broken(*_):
        raise BrokenPipeError

    recorder = Recorder(sink, "gw-a", tell=broken)
    sink.fault = OSError()
    assert not recorder.put(VISITED)
    sink.fault = None
    assert recorder.put(VISITED)


def later(minutes=0, **changes):
    return replace(BLOCKED, at=NOON + timedelta(minutes=minutes), **changes)


CLIENT = "10.20.0.5"


def told(first, second, client=CLIENT):
    coalescer = Coalescer()
    coalescer.remember(topic_of(first, CLIENT), first)
    return coalescer.earlier(topic_of(second, client), second.at)


FIRST = later(decision="d-first")

# fmt: off
ROWS = [
    ("the same again",             later(1),                               "d-first"),
    ("the last moment",            later(9.99),                            "d-first"),
    ("ten minutes later",          later(10),                              None),
    ("a clock that goes back",     later(-1),                              "d-first"),
    ("a clock that was set back",  later(-60),                             None),
    ("another person",             later(person="j.bloggs"),               None),
    ("nobody known",               later(person=None),                     None),
    ("another platform",           later(platform="x"),                    None),
    ("another action",             later(action=Action.VISIT_OWN_PAGE),    None),
    ("another reason",             later(reason="suspended"),              None),
    ("another policy",             later(ruleset="0e0e"),                  None),
    ("another address",            later(domain="m.facebook.com"),         "d-first"),
]
# fmt: on


@pytest.mark.parametrize(("record", "earlier"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_one_record_stands_for_many(record, earlier):
    assert told(FIRST, record) == earlier


@pytest.mark.parametrize("page", [{"path": "/b"}, {"domain": "x.org"}, {"parameters": {"v": "2"}}])
def test_each_page_that_a_program_asks_for_is_one_of_its_own(page):
    first = later(decision="d-first", evidence=Evidence.APP)

    assert told(first, replace(first)) == "d-first"
    assert told(first, replace(first, **page)) is None


def test_unknown_people_go_by_their_computer():
    first = later(person=None, decision="d-first")

    assert told(first, later(person=None)) == "d-first"
    assert told(first, later(person=None), client="10.20.0.6") is None


def test_nobody_is_taken_for_somebody_who_is_called_like_a_computer():
    assert told(later(person=None), later(person=CLIENT)) is None


def test_a_person_is_the_same_at_another_computer():
    assert told(FIRST, later(), client="10.20.0.6") == "d-first"


def test_the_next_one_counts_from_itself():
    coalescer = Coalescer()
    topic = ("a topic",)
    coalescer.remember(topic, FIRST)
    coalescer.remember(topic, later(10, decision="d-second"))

    assert coalescer.earlier(topic, later(19).at) == "d-second"


def test_what_has_no_id_stands_for_nothing():
    assert told(later(decision=None), later()) is None


def test_the_memory_is_bounded():
    coalescer = Coalescer(size=3)
    for number in range(10):
        coalescer.remember((number,), later())

    assert coalescer.earlier((6,), NOON) is None
    assert coalescer.earlier((7,), NOON) is not None
