"""What is to be inspected may pass unopened for a while, and is ended by whoever leases it."""

import asyncio

import pytest

from breaktime.door import Kind, Stage
from door import street
from door.street import INNOCENT, SOCIAL, SOCIAL_ADDRESS, Police, walk


def lending(*answers):
    police = Police()
    police.lends = answers
    return police


@pytest.mark.parametrize("eager", [False, True], ids=["", "eager"])
def test_a_leased_connection_is_relayed_and_given_up_at_its_end(make_hello, eager):
    hello = make_hello(SOCIAL)

    async def play(s):
        client = s.client()
        await client.tunnel(SOCIAL, then=hello)
        assert await client.receive(len(hello)) == hello
        (conn,) = s.door.table.values()
        assert (conn.stage, conn.leased) == (Stage.RELAYED, True)
        assert s.police.leased == [(SOCIAL, SOCIAL_ADDRESS)]
        assert s.taken == []
        client.end()
        assert await client.receive_all() == b"goodbye"
        await s.empty()
        assert s.police.leased == []

    walk(play, police=lending(True, True), eager=eager)


def test_whoever_leases_it_ends_it(make_hello):
    async def play(s):
        client = s.client()
        await client.tunnel(SOCIAL, then=make_hello(SOCIAL))
        conn = await s.stage(Stage.RELAYED)
        s.door.cut(conn.id)
        await s.empty()
        assert s.police.leased == []

    walk(play, police=lending(True, True))


@pytest.mark.parametrize(
    ("answers", "contacts"),
    [
        ((False, True), 0),
        ((ValueError(), True), 0),
        ((True, False), 1),
        ((True, ValueError()), 1),
    ],
    ids=["refused", "broken", "refused with its address", "broken with its address"],
)
def test_what_may_not_pass_is_inspected_and_its_origin_hears_nothing(make_hello, answers, contacts):
    async def play(s):
        client = s.client()
        await client.tunnel(SOCIAL, then=make_hello(SOCIAL))
        conn = await s.stage(Stage.INSPECTED)
        assert [each.kind for each in s.taken] == [Kind.TLS]
        assert (conn.leased, conn.upstream, s.police.leased) == (False, None, [])
        await street.until(lambda: s.social.contacts == contacts)
        assert s.social.received == b""

    walk(play, police=lending(*answers))


def test_a_request_in_clear_is_not_leased():
    async def play(s):
        client = s.client()
        await client.tunnel(SOCIAL, then=b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        await s.stage(Stage.INSPECTED)
        assert [each.kind for each in s.taken] == [Kind.HTTP]

    walk(play, police=lending(True, True))


def test_what_is_relayed_anyway_is_not_leased(make_hello):
    async def play(s):
        client = s.client()
        hello = make_hello(INNOCENT)
        await client.tunnel(then=hello)
        assert await client.receive(len(hello)) == hello
        assert s.police.leased == []

    walk(play, police=lending(True, True))


def test_a_dead_origin_is_told_and_nothing_is_leased(make_hello):
    police = lending(True, True)
    police.then = lambda names, identity: street.Ruling.INSPECT

    async def play(s):
        client = s.client()
        await client.tunnel("dead.example", then=make_hello("dead.example"))
        assert await client.receive_all() == b""
        await s.empty()
        assert s.police.refusals == ["dial"]
        assert (s.police.leased, s.taken) == ([], [])

    walk(play, police=police)


def test_one_that_is_cut_before_its_lease_is_recorded_never_passes(make_hello):
    class Slow(Police):
        async def pass_on(self, conn):
            await super().pass_on(conn)
            await asyncio.get_running_loop().create_future()

    police = Slow()
    police.lends = (True, True)

    async def play(s):
        client = s.client()
        await client.tunnel(SOCIAL, then=make_hello(SOCIAL))
        await street.until(lambda: police.leased)
        (conn,) = s.door.table.values()
        s.door.cut(conn.id)
        await s.empty()
        assert police.leased == []
        assert s.social.received == b""

    walk(play, police=police)
