"""So many connections for each person, each address and all together, and nobody's for another."""

import resource
from types import SimpleNamespace

import pytest

from breaktime.door import Entrance, Limits, Way
from breaktime.door.room import DESCRIPTORS, KEPT_BACK, Room, affordable
from door.street import SOCIAL, Police, until, walk


def conn(number, client="10.0.0.1"):
    return SimpleNamespace(id=str(number), client=client)


def test_so_many_fit_of_one_address_and_there_is_room_again_when_one_has_left():
    room = Room(Limits(connections_per_client=2))

    assert [room.admits(conn(number)) for number in range(3)] == [True, True, False]
    assert room.admits(conn(9, "10.0.0.2"))
    for number in (2, 1):
        room.left(conn(number))
    assert room.admits(conn(3))


def test_what_belongs_to_a_person_takes_no_room_of_the_address():
    room = Room(Limits(connections_per_client=1, connections_per_person=2))
    for number in range(2):
        one = conn(number)
        assert room.admits(one)
        assert room.knows(one, "ada")

    assert room.admits(conn(2))  # somebody else at the same terminal server
    assert not room.knows(conn(2), "ada")


def test_of_whom_nobody_knows_the_address_goes_on_counting():
    room = Room(Limits(connections_per_client=1))
    room.admits(one := conn(1))

    assert room.knows(one, None)
    assert not room.admits(conn(2))


def test_nothing_is_left_of_those_who_have_left():
    room = Room(Limits())
    room.admits(one := conn(1))
    room.knows(one, "ada")
    room.left(one)
    room.left(one)

    assert room.empty


@pytest.fixture
def known():
    """Everybody who asks for something social signs in; Ada and Bob have passwords."""
    police = Police(asks=True)
    police.people |= {"Basic bob": "bob"}
    return police


def test_one_person_too_many_connections_is_told_and_nobody_else_is(hello, known):
    async def play(s):
        for _ in range(2):
            await s.client().tunnel(SOCIAL, credentials="Basic right")
        third = s.client()
        await third.connect(SOCIAL, credentials="Basic right")

        answer = await third.receive_all()
        assert answer.startswith(b"HTTP/1.1 429 ")
        assert b"close some pages" in answer
        assert s.police.refusals == ["full-for-person"]
        await s.client().tunnel(SOCIAL, credentials="Basic bob")
        await s.client().tunnel()

        s.clients[0].reset()
        await until(lambda: len(s.door.table) == 3)
        await s.client().tunnel(SOCIAL, credentials="Basic right")

    walk(play, police=known, limits=Limits(connections_per_person=2, connections_per_client=4))


def test_requests_in_clear_count_for_who_signs_in_on_them():
    ask = b"GET http://social.example/ HTTP/1.1\r\n\r\n"

    async def play(s):
        clients = [s.client() for _ in range(3)]
        for count, client in enumerate(clients, 1):
            await client.send(ask)
            await until(lambda: len(s.taken) == count)  # noqa: B023  waited for here
            s.door.belongs(s.taken[-1].conn.id, "ada")

        assert s.police.refusals == ["full-for-person"]
        assert await clients[-1].receive_all() == b""
        await s.client().tunnel()  # the address has room for three that are nobody's

        s.door.belongs("a connection that has ended", "ada")
        s.door.belongs(s.taken[-1].conn.id, "bob")
        s.door.belongs(s.taken[0].conn.id, "ada")
        assert len(s.police.refusals) == 1

    walk(play, limits=Limits(connections_per_person=2, connections_per_client=3))


def test_what_the_door_has_not_handed_over_is_counted_by_itself_alone(hello):
    async def play(s):
        await s.client().tunnel(then=hello)
        await until(lambda: s.door.totals.connections == 1)
        for _ in range(9):
            s.door.belongs(next(iter(s.door.table)), "ada")
        assert not s.police.refusals

    walk(play, limits=Limits(connections_per_person=0))


def test_whoever_comes_by_socks_to_a_full_house_is_closed():
    async def play(s):
        await s.client().send(b"\x05")
        await until(lambda: len(s.door.table) == 1)
        assert await s.client().receive_all() == b""

    walk(play, limits=Limits(connections=1), entrance=Entrance("127.0.0.1", 0, Way.SOCKS5))


def test_the_descriptors_of_the_process_are_the_end_of_all_room(monkeypatch):
    limits = [(1024, 4096)]
    monkeypatch.setattr(resource, "getrlimit", lambda _: limits[-1])
    monkeypatch.setattr(resource, "setrlimit", lambda _, pair: limits.append(pair))

    assert affordable(100) == 100
    assert limits == [(1024, 4096)]
    assert affordable(500) == 500
    assert limits[-1] == (500 * DESCRIPTORS + KEPT_BACK, 4096)
    assert affordable(8000) == (4096 - KEPT_BACK) // DESCRIPTORS
    assert limits[-1] == (4096, 4096)
    limits.append((1024, resource.RLIM_INFINITY))
    assert affordable(8000) == 8000
    limits.append((resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert affordable(8000) == 8000
