"""What a new configuration ends."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from breaktime.core.decide import Context, Decision, Reason, Verdict
from breaktime.core.request import Request
from breaktime.door import Identity, Ruling, Stage
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


def conn(name, stage, identity=None):
    return SimpleNamespace(id=name, stage=stage, identity=identity)


def ended(door, *, judge=lambda _: Ruling.RELAY, people=False, leases=None):
    leases = leases or Leases(door.ended.append, lambda *_: ALLOWED)
    count = review(door, leases, judge, NOON, other_people=people)
    assert count == len(door.ended) + (door.broken is not None)
    return door.ended


@pytest.mark.parametrize("ruling", [each for each in Ruling if each is not Ruling.RELAY])
def test_a_relay_ends_that_would_no_longer_be_one(ruling):
    door = Door(conn("stays", Stage.RELAYED), conn("ends", Stage.RELAYED), conn("x", Stage.PEEK))
    rulings = {"stays": Ruling.RELAY, "ends": ruling}

    assert ended(door, judge=lambda conn: rulings[conn.id]) == ["ends"]


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
    leases = Leases(door.ended.append, lambda *_: ALLOWED)
    request = Request(("x.com",), person="ada")
    leases.grant("signed in here", "1", question_about(request), ALLOWED)
    assert ended(door, people=True, leases=leases) == ["0", "1", "2", "signed in here"]


def test_what_is_inspected_is_judged_request_by_request():
    door = Door(conn("a", Stage.INSPECTED))
    leases = Leases(door.ended.append, lambda *_: Decision(Verdict.BLOCK, Reason.SUSPENDED))
    leases.grant("a", "1", question_about(Request(("x.com",))), ALLOWED)

    assert ended(door, leases=leases) == ["a"]


def test_one_connection_that_cannot_be_ended_does_not_keep_the_others():
    door = Door(conn("bad", Stage.RELAYED), conn("good", Stage.RELAYED))
    door.broken = "bad"

    assert ended(door, judge=lambda _: Ruling.INSPECT) == ["good"]
