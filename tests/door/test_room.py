"""So many connections for each person, each address and all together, and nobody's for another."""

import resource
from types import SimpleNamespace

import pytest

from breaktime.door import Entrance, Limits, Way
from breaktime.door.room import DESCRIPTORS, KEPT_BACK, Room, affordable
from door.street import SOCIAL, Police, until, walk


def conn(number, client="10.0.0.1", person=None):
    return SimpleNamespace(id=str(number), client=client, person=person)


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
        one = conn(number, person="ada")
        assert room.admits(one)
        assert room.knows(one)

    assert room.admits(conn(2))  # somebody else at the same terminal server
    assert not room.knows(conn(2, person="ada"))


def test_of_whom_nobody_knows_the_address_goes_on_counting():
    room = Room(Limits(connections_per_client=1))
    room.admits(one := conn(1))

    assert room.knows(one)
    assert not room.admits(conn(2))


def test_nothing_is_left_of_those_who_have_left():
    room = Room(Limits())
    room.admits(one := conn(1, person="ada"))
    room.knows(one)
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
