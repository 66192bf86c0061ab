"""However a connection ends, nothing is left of it."""

import asyncio
from types import SimpleNamespace

import pytest

from breaktime.door import Conn, Limits, Ruling, Stage
from door import street
from door.street import CHALLENGE, INNOCENT, SOCIAL, walk

SSH = b"SSH-2.0-OpenSSH_9.9\r\n"
H2C = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
BRIEF = Limits(head_seconds=0.05, peek_seconds=0.05, identify_seconds=0.05, dial_seconds=0.05)


async def never():
    await asyncio.get_running_loop().create_future()


async def in_head(s, client, hello):
    await client.send(b"CONNECT ")
    return await s.stage(Stage.HEAD)


async def in_identify(s, client, hello):
    s.police.then = lambda names, identity: Ruling.IDENTIFY
    s.police.identify = lambda *_: never()
    await client.connect()
    return await s.stage(Stage.DECIDING)


async def in_dial(s, client, hello):
    await client.connect("slow.example")
    return await s.stage(Stage.DECIDING)


async def in_challenge(s, client, hello):
    s.police.asks = True
    await client.connect(SOCIAL)
    await client.receive(len(CHALLENGE))
    return await s.stage(Stage.HEAD)


async def in_peek(s, client, hello):
    await client.tunnel()
    return await s.stage(Stage.PEEK)


async def in_half_a_hello(s, client, hello):
    await client.tunnel(then=hello[:50])
    conn = await s.stage(Stage.PEEK)
    await street.until(lambda: conn._intake.gate.buffer)
    return conn


async def in_relay(s, client, hello):
    await client.tunnel(then=hello)
    await client.receive(len(hello))
    return await s.stage(Stage.RELAYED)


async def in_leaving(s, client, hello):
    await client.connect(INNOCENT, 22)
    await client.receive(12)
    return await s.stage(Stage.LEAVING)


PHASES = [
    in_head,
    in_identify,
    in_dial,
    in_challenge,
    in_peek,
    in_half_a_hello,
    in_relay,
    in_leaving,
]


@pytest.mark.parametrize("reach", PHASES)
@pytest.mark.parametrize("eager", [False, True], ids=["", "eager"])
def test_an_aborted_connection_leaves_nothing(hello, reach, eager):
    async def play(s):
        client = s.client()
        await reach(s, client, hello)
        client.reset()
        await s.empty()

    walk(play, eager=eager)


@pytest.mark.parametrize("reach", PHASES)
def test_a_client_that_leaves_politely_leaves_nothing(hello, reach):
    async def play(s):
        client = s.client()
        await reach(s, client, hello)
        client.sock.close()
        await s.empty()

    walk(play, limits=Limits(identify_seconds=0.05, dial_seconds=0.05))


@pytest.mark.parametrize("reach", PHASES)
@pytest.mark.parametrize("eager", [False, True], ids=["", "eager"])
def test_a_connection_can_be_cut_in_any_stage(hello, reach, eager):
    async def play(s):
        client = s.client()
        conn = await reach(s, client, hello)
        assert s.door.cut(conn.id)
        await s.empty()
        await client.receive_all()
        assert not s.door.cut(conn.id)
        assert conn.stage is Stage.ENDED

    walk(play, eager=eager)


@pytest.mark.parametrize("reach", PHASES)
def test_closing_the_door_ends_a_connection_in_any_stage(hello, reach):
    async def play(s):
        client = s.client()
        await reach(s, client, hello)
        await s.door.close()
        assert not s.door.table
        await client.receive_all()
        with pytest.raises(OSError, match="refused"):
            s.client()

    walk(play)


def test_a_connection_that_has_only_just_arrived_can_be_closed():
    """Its task has not come to its first line then."""

    async def play(s):
        client = s.client()
        s.door._listeners[0]._accept()
        assert s.door.table
        await s.door.close()
        assert await client.receive_all() == b""

    walk(play)


def test_a_connection_that_was_handed_over_is_cut_and_stays_until_released(make_hello):
    async def play(s):
        client = s.client()
        await client.tunnel(SOCIAL, then=make_hello(SOCIAL))
        conn = await s.stage(Stage.INSPECTED)
        s.door.cut(conn.id)
        assert await client.receive_all() == b""
        assert conn.id in s.door.table
        s.give_back()
        assert conn.id not in s.door.table
        s.door.release(conn.id)

    walk(play)


def test_whoever_took_over_may_say_how_to_cut(make_hello):
    async def play(s):
        client = s.client()
        await client.tunnel(SOCIAL, then=make_hello(SOCIAL))
        conn = await s.stage(Stage.INSPECTED)
        cuts = []
        conn.when_cut = lambda: cuts.append(conn.id)
        s.door.cut(conn.id)
        assert cuts == [conn.id]

    walk(play)


def test_only_what_was_handed_over_can_be_released(hello):
    async def play(s):
        client = s.client()
        conn = await in_relay(s, client, hello)
        s.door.release(conn.id)
        assert conn.id in s.door.table

    walk(play)


def test_a_policing_that_cuts_while_it_judges_is_obeyed(make_hello):
    async def play(s):
        def judge(names, identity):
            for conn_id in list(s.door.table):
                s.door.cut(conn_id)

        client = s.client()
        await client.tunnel(SOCIAL)
        s.police.then = judge
        await client.send(make_hello(SOCIAL))
        assert await client.receive_all() == b""
        await s.empty()
        assert s.taken == []

    walk(play)


@pytest.mark.parametrize(
    ("host", "sni", "address", "names"),
    [
        ("", None, None, ()),
        ("a", None, None, ("a",)),
        ("a", None, "192.0.2.1", ("a", "192.0.2.1")),
        ("a", "b", "192.0.2.1", ("a", "b", "192.0.2.1")),
        ("a", "a", "192.0.2.1", ("a", "192.0.2.1")),
        ("192.0.2.1", "b", "192.0.2.1", ("192.0.2.1", "b")),
        ("192.0.2.1", None, "192.0.2.1", ("192.0.2.1",)),
        ("", "b", "192.0.2.1", ("b", "192.0.2.1")),
        ("", "", "192.0.2.1", ("192.0.2.1",)),
        ("a", "192.0.2.1", "192.0.2.1", ("a", "192.0.2.1")),
    ],
)
def test_it_goes_by_all_its_names_once(host, sni, address, names):
    conn = SimpleNamespace(host=host, sni=sni, address=address)
    assert Conn.names.fget(conn) == names


def test_no_two_connections_have_one_id():
    async def play(s):
        for _ in range(3):
            s.client()
        await street.until(lambda: len(s.door.table) == 3)
        assert len({conn.id for conn in s.door.table.values()}) == 3

    walk(play)
