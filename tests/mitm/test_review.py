"""What a new configuration ends."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from breaktime.core.decide import Context, Decision, Reason, Verdict
from breaktime.core.flexible import NOTHING_TAKEN
from breaktime.core.request import Request
from breaktime.core.signin import Strength
from breaktime.door import Identity, Ruling, Stage
from breaktime.mitm.endings import Opened
from breaktime.mitm.leases import Leases
from breaktime.mitm.review import review
from support.asked import question_about

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ADA = Identity("ada")
ALLOWED = Decision(Verdict.ALLOW, Reason.BREAK_FIXED, Context.BREAK)


class Door:
    """A table of connections, and what was cut out of it."""

    def __init__(self, *conns):
        self.table = {conn.id: conn for conn in conns}
        self.ended = []
        self.broken = None

    def cut(self, connection):
        if connection == self.broken:
            raise OSError
        self.ended.append(connection)


def conn(name, stage, identity=None, *, leased=False):
    return SimpleNamespace(id=name, stage=stage, identity=identity, leased=leased)


def ended(door, *, judge=lambda _: Ruling.RELAY, people=False, leases=None, passing=None, **more):
    leases = leases or Leases(door.ended.append, lambda *_: ALLOWED)
    passing = passing or Leases(door.cut, lambda *_: ALLOWED)
    count = review(door, leases, judge, NOON, passing=passing, other_people=people, **more)
    assert count == len(door.ended) + (door.broken is not None)
    return door.ended


@pytest.mark.parametrize("ruling", [each for each in Ruling if each is not Ruling.RELAY])
def test_a_relay_ends_that_would_no_longer_be_one(ruling):
    door = Door(conn("stays", Stage.RELAYED), conn("ends", Stage.RELAYED), conn("x", Stage.PEEK))
    rulings = {"stays": Ruling.RELAY, "ends": ruling}

    assert ended(door, judge=lambda conn: rulings[conn.id]) == ["ends"]


def test_a_relay_that_ends_is_told_of_once_and_what_cannot_be_told_keeps_none_open():
    door = Door(*(conn(name, Stage.RELAYED) for name in ("stays", "ends", "untold", "bad")))
    door.broken = "bad"
    told = []

    def tell(conn):
        told.append(conn.id)
        if conn.id == "untold":
            raise OSError

    def judge(conn):
        return Ruling.RELAY if conn.id == "stays" else Ruling.INSPECT

    assert ended(door, judge=judge, tell=tell) == ["ends", "untold"]
    assert told == ["ends", "untold"]


def test_a_relay_that_cannot_be_judged_ends():
    def judge(_):
        raise ValueError

    assert ended(Door(conn("a", Stage.RELAYED)), judge=judge) == ["a"]


def test_whoever_was_recognised_by_old_tables_is_asked_again():
    stages = [Stage.PEEK, Stage.RELAYED, Stage.INSPECTED]
    conns = [conn(str(number), stage, ADA) for number, stage in enumerate(stages)]
    conns += [conn("nobody", Stage.INSPECTED), conn("signed in here", Stage.INSPECTED)]

    assert ended(Door(*conns)) == []
    door = Door(*conns)
    told = []
    leases = Leases(door.ended.append, lambda *_: ALLOWED, tell=lambda *why: told.append(why))
    request = Request(("x.com",), person="ada")
    leases.grant("signed in here", "1", question_about(request), ALLOWED)
    assert ended(door, people=True, leases=leases) == ["0", "1", "2", "signed in here"]
    ((what, why, at),) = told  # of the others nothing was going on
    assert (what.decision, why, at) == (ALLOWED, Reason.IDENTITY_UNKNOWN, NOON)


def test_what_is_inspected_is_judged_request_by_request():
    door = Door(conn("a", Stage.INSPECTED))
    leases = Leases(door.ended.append, lambda *_: Decision(Verdict.BLOCK, Reason.SUSPENDED))
    leases.grant("a", "1", question_about(Request(("x.com",))), ALLOWED)

    assert ended(door, leases=leases) == ["a"]


def test_one_connection_that_cannot_be_ended_does_not_keep_the_others():
    door = Door(conn("bad", Stage.RELAYED), conn("good", Stage.RELAYED))
    door.broken = "bad"

    assert ended(door, judge=lambda _: Ruling.INSPECT) == ["good"]


def leasing(door, answer=ALLOWED):
    told = []
    passing = Leases(door.cut, lambda *_: answer, tell=lambda _, why, __: told.append(why))
    what = Opened(ALLOWED, Strength.NONE, "x.com", "https", None)
    asked = Request(("x.com",), person="ada"), NOTHING_TAKEN
    passing.hold("a", "1", asked, what, timedelta(0), by_sitting=False)
    return passing, told


def test_what_passes_for_a_while_goes_on_while_its_lease_does():
    door = Door(conn("a", Stage.RELAYED, ADA, leased=True))
    passing, told = leasing(door)

    assert ended(door, judge=lambda _: Ruling.INSPECT, passing=passing) == []
    assert told == []


@pytest.mark.parametrize(
    ("answer", "why"),
    [(Decision(Verdict.BLOCK, Reason.SUSPENDED), Reason.SUSPENDED), (None, None)],
    ids=["refused", "to be opened"],
)
def test_what_passes_no_more_ends_and_is_told(answer, why):
    door = Door(conn("a", Stage.RELAYED, ADA, leased=True))
    passing, told = leasing(door, answer)

    assert ended(door, judge=lambda _: Ruling.INSPECT, passing=passing) == ["a"]
    assert told == [why]


def test_what_passes_ends_when_people_are_recognised_by_other_tables():
    door = Door(conn("a", Stage.RELAYED, ADA, leased=True))
    passing, told = leasing(door)

    assert ended(door, people=True, passing=passing) == ["a"]
    assert told == [Reason.IDENTITY_UNKNOWN]
