"""The connections of a worker, from when it is given them to their end."""

import asyncio
import socket
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from breaktime.core.decide import Context, Decision, Reason, Verdict
from breaktime.door import Identity, Kind
from breaktime.mitm.leases import Leases
from breaktime.mitm.workers.guests import Guests
from breaktime.mitm.workers.messages import Take

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ALLOWED = Decision(Verdict.ALLOW, Reason.BREAK_FIXED, Context.BREAK)
TAKE = Take(
    "one", "10.0.0.7", 40000, Identity("ada"), b"certificate", b"GET", Kind.HTTP,
    "www.facebook.com", 80, None, "192.0.2.1",
)  # fmt: skip


class House:
    """A worker's connections, and a client."""

    def __init__(self, taking=None):
        self.client, self.theirs = socket.socketpair()
        self.taken, self.left, self.people = [], [], []
        self.guests = Guests(
            taking or self.taken.append,
            lambda *left: self.left.append(left),
            lambda *who: self.people.append(who),
        )

    def take(self, message=TAKE):
        self.guests.take(message, self.theirs.detach())

    def close(self):
        self.client.close()
        for inspection in self.taken:
            inspection.sock.close()


@pytest.fixture
def house():
    house = House()
    yield house
    house.close()


def test_a_connection_is_opened_with_all_that_the_door_knew(house):
    house.take()

    (inspection,) = house.taken
    conn = inspection.conn
    assert (conn.id, conn.client, conn.client_port) == ("one", "10.0.0.7", 40000)
    assert (conn.identity, conn.certificate) == (Identity("ada"), b"certificate")
    assert (inspection.replay, inspection.kind) == (b"GET", Kind.HTTP)
    assert (inspection.host, inspection.port) == ("www.facebook.com", 80)
    assert (inspection.sni, inspection.address) == (None, "192.0.2.1")
    assert not inspection.sock.getblocking()
    inspection.sock.send(b"hello")
    assert house.client.recv(100) == b"hello"


def test_what_cannot_be_opened_is_closed_and_the_door_is_told():
    def fails(_):
        raise KeyError

    house = House(fails)

    with pytest.raises(KeyError):
        house.take()

    assert house.client.recv(100) == b""
    assert house.left == [("one", False)]
    assert not house.guests.table
    house.close()


def test_the_end_of_one_is_told_once_and_the_worker_is_empty_when_all_have_ended(house):
    assert house.guests.empty.is_set()
    house.take()
    assert not house.guests.empty.is_set()

    house.guests.release("one")
    house.guests.release("one")

    assert house.left == [("one", False)]
    assert house.guests.empty.is_set()


def test_who_signs_in_is_told_of_connections_that_are_here(house):
    house.take()

    house.guests.belongs("one", "ada")
    house.guests.belongs("another", "ada")

    assert house.people == [("one", "ada")]


def test_whoever_owns_it_wakes_up_when_it_is_cut(house):
    house.take()

    house.guests.cut("one")
    house.guests.cut("another")

    assert house.client.recv(100) == b""


def test_nothing_more_is_sent_when_all_are_cut(house):
    house.take()

    house.guests.cut_all()

    with pytest.raises(BrokenPipeError):
        house.taken[0].sock.send(b"a page that says no")
    assert house.client.recv(100) == b""


@pytest.mark.parametrize(
    ("identity", "other_people", "ended"),
    [
        (Identity("ada"), True, ["one"]),
        (Identity("ada"), False, []),
        (None, True, []),
    ],
)
def test_whoever_was_recognised_by_old_tables_is_ended(house, identity, other_people, ended):
    cut = []
    house.take(replace(TAKE, identity=identity))
    leases = Leases(cut.append, lambda *_: ALLOWED)

    assert house.guests.review(leases, NOON, other_people=other_people) == len(ended)

    assert cut == ended


def test_nobody_is_left_behind_by_a_loop_that_has_ended():
    async def main():
        house = House()
        house.take()
        waiting = asyncio.ensure_future(house.guests.empty.wait())
        house.guests.release("one")
        await asyncio.wait_for(waiting, 60)
        house.close()

    asyncio.run(main())
