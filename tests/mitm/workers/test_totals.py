"""Two workers see one person: one session, and one count of an hour."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from breaktime.core.decide import Context, Reason
from breaktime.core.record import Action
from breaktime.core.session import Ending, Session, begun
from breaktime.mitm.workers.channel import ChannelError
from breaktime.mitm.workers.messages import Begun, Counted, Over, from_bytes, to_bytes
from breaktime.mitm.workers.totals import RemoteTotals, Totals
from records import NOON, VISIT

KEY = ("r.hughes", None, "facebook", "break:lunch")
OTHER = ("a.jones", None, "facebook", "break:lunch")
RULESET = "f" * 64


class World:
    """A door with two workers; what they say goes the way of all messages."""

    def __init__(self):
        self.records, self.now = [], NOON
        policy = SimpleNamespace(fingerprint=RULESET)
        state = SimpleNamespace(now=SimpleNamespace(policy=policy))
        self.totals = Totals(self.records.append, state, lambda: self.now)
        self.workers = [
            RemoteTotals(lambda message, number=number: self._hear(number, message))
            for number in (1, 2)
        ]

    def _hear(self, number, message):
        self.totals.hear(number, from_bytes(to_bytes(message)))


@pytest.fixture
def world():
    return World()


def session(*seconds, sent=0):
    found = begun(VISIT._replace(at=NOON), None)
    for second in seconds:
        found.ask(NOON + timedelta(seconds=second), None)
        found.visit(NOON + timedelta(seconds=second))
    found.send(b"x" * sent)
    return found


def test_what_two_workers_saw_of_one_session_is_one_record(world):
    one, two = world.workers
    one.begin(KEY)
    two.begin(KEY)
    two.end(KEY, session(0, 5, sent=3), Ending.IDLE)
    assert world.records == []
    one.end(KEY, session(0, 600, sent=4), Ending.BREAK_ENDED)

    (record,) = world.records
    totals = record.session
    assert (totals.visits, totals.requests, totals.sent) == (4, 4, 7)
    assert totals.active_minutes == 2  # the minute that both saw is one
    assert (record.action, record.reason) == (Action.SESSION_ENDED, Ending.BREAK_ENDED)
    assert record.person == "r.hughes"


def test_sessions_of_two_people_are_two(world):
    one, two = world.workers
    one.begin(KEY)
    two.begin(OTHER)
    one.end(KEY, session(0), Ending.IDLE)
    two.end(OTHER, session(0), Ending.IDLE)

    assert [record.session.visits for record in world.records] == [1, 1]


def test_what_one_saw_is_told_when_the_other_one_has_died(world):
    one, two = world.workers
    one.begin(KEY)
    two.begin(KEY)
    one.end(KEY, session(0), Ending.IDLE)
    world.totals.gone(2)

    assert [record.session.visits for record in world.records] == [1]
    world.totals.gone(2)
    world.totals.close()
    assert len(world.records) == 1


def test_what_a_dead_worker_had_not_said_is_no_record(world):
    world.workers[0].begin(KEY)
    world.totals.gone(1)
    world.totals.close()

    assert world.records == []


def test_a_session_that_goes_on_in_the_next_worker_is_one(world):
    """Workers are replaced in the middle of a break; the new one sees the person a while later."""
    one, two = world.workers
    one.begin(KEY)
    one.end(KEY, session(0), Ending.STOPPED)
    world.totals.gone(1)
    world.now = NOON + timedelta(minutes=2)
    world.totals.look()
    assert world.records == []
    two.begin(KEY)
    two.end(KEY, session(180), Ending.BREAK_ENDED)

    (record,) = world.records
    assert (record.session.visits, record.session.active_minutes) == (2, 2)
    assert record.reason == Ending.BREAK_ENDED
    world.totals.close()
    assert len(world.records) == 1


@pytest.mark.parametrize(
    ("until", "why"),
    [(NOON + timedelta(minutes=5), Ending.BREAK_ENDED), (None, Ending.IDLE)],
)
def test_a_session_that_does_not_go_on_is_over_at_its_time(world, until, why):
    found = session(0)
    found.until = until
    world.workers[0].begin(KEY)
    world.workers[0].end(KEY, found, Ending.STOPPED)
    world.now = NOON + timedelta(minutes=4)
    world.totals.look()
    assert world.records == []
    world.now = NOON + timedelta(minutes=15)
    world.totals.look()
    world.totals.look()
    assert [record.reason for record in world.records] == [why]


def test_what_a_worker_says_after_the_end_is_told_at_once(world):
    world.workers[0].begin(KEY)
    world.totals.close()
    world.workers[0].end(KEY, session(0), Ending.STOPPED)

    assert [record.reason for record in world.records] == [Ending.STOPPED]


def test_at_the_end_everything_is_told(world):
    one, two = world.workers
    one.begin(KEY)
    two.begin(KEY)
    one.end(KEY, session(0), Ending.STOPPED)
    one.add(VISIT)
    world.totals.close()

    assert [record.action for record in world.records] == [
        Action.SESSION_ENDED,
        Action.VISITS_COUNTED,
    ]


def test_an_hour_is_one_count_and_its_people_are_those_of_all_workers(world):
    """Three here and two there are five, which neither worker could say."""
    for number, person in enumerate(("a", "b", "c", "d", "e", "e")):
        record = VISIT._replace(person=person, context=Context.BREAK, reason=Reason.BREAK_FIXED)
        world.workers[number % 2].add(record)
    for worker in world.workers:
        worker.look(NOON)
        worker.close(NOON)
    world.totals.look()
    assert world.records == []
    world.now = NOON + timedelta(hours=1)
    world.totals.look()

    (record,) = world.records
    assert (record.tally.visits, record.tally.many) == (6, True)


def test_a_door_that_has_gone_is_no_fault_of_a_worker():
    def send(_):
        raise ChannelError("the gateway has ended")

    RemoteTotals(send).add(VISIT)
    RemoteTotals(send).end(KEY, session(0), Ending.IDLE)


def test_the_messages_arrive_as_they_were():
    over = Over(KEY, session(0, 600, sent=4), Ending.IDLE)
    for message in (Counted(VISIT), Begun(KEY), over):
        assert from_bytes(to_bytes(message)) == message
    assert isinstance(from_bytes(to_bytes(over)).session, Session)
