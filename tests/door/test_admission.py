"""Who is relayed, who is inspected, and what either of them gets."""

import asyncio

import pytest

from breaktime.door import Identity, Kind, Limits, Ruling, Stage, Totals
from door import street
from door.street import ALIAS, INNOCENT, SOCIAL, SOCIAL_ADDRESS, Police, connect, walk

SSH = b"SSH-2.0-OpenSSH_9.9\r\n"
H2C = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
BRIEF = Limits(head_seconds=0.05, peek_seconds=0.05, identify_seconds=0.05, dial_seconds=0.05)


@pytest.mark.parametrize("way", ["in one piece", "one after the other", "byte by byte"])
@pytest.mark.parametrize("eager", [False, True], ids=["", "eager"])
def test_an_innocent_tunnel_is_relayed(make_hello, way, eager):
    hello = make_hello(INNOCENT)

    async def play(s):
        client = s.client()
        match way:
            case "in one piece":
                await client.connect(then=hello)
                await client.receive(len(street.GRANTED))
            case "one after the other":
                await client.tunnel(then=hello)
            case "byte by byte":
                await client.trickle(connect())
                await client.receive(len(street.GRANTED))
                await client.trickle(hello)
        assert await client.receive(len(hello)) == hello
        assert s.innocent.received == hello

        (conn,) = s.door.table.values()
        assert conn.stage is Stage.RELAYED
        assert (conn.host, conn.sni, conn.address) == (INNOCENT, INNOCENT, "127.0.0.1")
        assert s.door.totals == Totals(1, len(hello), len(hello))
        await client.send(b"more")
        assert await client.receive(4) == b"more"

        client.end()
        assert await client.receive_all() == b"goodbye"
        await s.empty()
        assert s.door.totals == Totals(1, len(hello) + 4, len(hello) + 11)
        assert s.police.judged == [(INNOCENT,), (INNOCENT, "127.0.0.1"), (INNOCENT, "127.0.0.1")]
        assert s.police.refusals == []
        assert s.taken == []

    walk(play, eager=eager)


@pytest.mark.parametrize("data", [SSH, H2C, b"get / HTTP/1.1\r\n\r\n", b"\0\1\2"])
def test_other_protocols_to_an_innocent_site_are_relayed(data):
    async def play(s):
        client = s.client()
        await client.tunnel(then=data)
        assert await client.receive(len(data)) == data

    walk(play)


def test_a_server_may_speak_first():
    async def play(s):
        client = s.client()
        await client.tunnel()
        await s.stage(Stage.RELAYED)
        await client.send(b"late")
        assert await client.receive(4) == b"late"

    walk(play, limits=BRIEF)


def test_a_client_may_end_its_side_while_the_origin_is_dialled(make_hello):
    hello = make_hello(INNOCENT)

    async def play(s):
        client = s.client()
        await client.connect(then=hello)
        client.end()
        assert await client.receive_all() == street.GRANTED + hello + b"goodbye"
        await s.empty()
        assert s.police.refusals == []

    walk(play)


def test_a_client_that_ends_its_side_without_a_word_may_still_listen():
    async def play(s):
        client = s.client()
        await client.connect()
        client.end()
        assert await client.receive_all() == street.GRANTED + b"goodbye"
        await s.empty()

    walk(play)


def test_much_may_arrive_while_somebody_is_identified(make_hello):
    """More than the door collects: it stops reading, and nothing is lost."""
    data = make_hello(INNOCENT) + bytes(300_000)
    known = asyncio.Event()
    police = Police()
    police.then = lambda names, identity: Ruling.IDENTIFY if identity is None else None

    async def identify():
        await known.wait()
        return Identity("ada")

    police.identify = lambda caller: identify()

    async def play(s):
        client = s.client()
        sending = asyncio.create_task(client.connect(then=data))
        conn = await s.stage(Stage.DECIDING)
        await street.until(lambda: not conn._intake.watching)
        assert conn._intake.gate.room == 0
        known.set()
        assert await client.receive(len(street.GRANTED)) == street.GRANTED
        assert await client.receive(len(data)) == data
        await sending
        assert conn.person == "ada"

    walk(play, police=police)


def test_a_relay_that_moves_nothing_is_ended():
    async def play(s):
        client = s.client()
        await client.tunnel(then=SSH)
        assert await client.receive_all() == SSH
        await s.empty()

    walk(play, limits=Limits(idle_seconds=0.05))


@pytest.mark.parametrize("way", ["in one piece", "one after the other", "byte by byte"])
@pytest.mark.parametrize("kind", [Kind.TLS, Kind.HTTP])
def test_a_social_tunnel_is_handed_over_and_the_origin_not_contacted(make_hello, way, kind):
    data = make_hello(SOCIAL) if kind is Kind.TLS else GET

    async def play(s):
        client = s.client()
        match way:
            case "in one piece":
                await client.connect(SOCIAL, then=data)
                await client.receive(len(street.GRANTED))
            case "one after the other":
                await client.tunnel(SOCIAL, then=data)
            case "byte by byte":
                await client.trickle(connect(SOCIAL))
                await client.receive(len(street.GRANTED))
                await client.trickle(data)
        conn = await s.stage(Stage.INSPECTED)
        (taken,) = s.taken
        assert taken.conn is conn
        assert (taken.kind, taken.host, taken.port, taken.address) == (kind, SOCIAL, 443, None)
        assert taken.sni == (SOCIAL if kind is Kind.TLS else None)
        rest = len(data) - len(taken.replay)
        assert taken.replay + await street.receive(taken.sock, rest) == data
        assert conn.client == "127.0.0.1"
        assert conn.client_port == client.sock.getsockname()[1]
        assert s.social.contacts == 0

        await client.loop.sock_sendall(taken.sock, b"page")
        assert await client.receive(4) == b"page"
        assert conn.id in s.door.table
        s.door.release(conn.id)
        assert not s.door.table
        await client.loop.sock_sendall(taken.sock, b"still open")
        assert await client.receive(10) == b"still open"

    walk(play)


# fmt: off
DISAGREEMENTS = [
    # what the row shows        CONNECT   hello or what else       kind       innocent contacted
    ("social, innocent name",   SOCIAL,   INNOCENT,                Kind.TLS,  0),
    ("social, no name",         SOCIAL,   None,                    Kind.TLS,  0),
    ("innocent, social name",   INNOCENT, SOCIAL,                  Kind.TLS,  1),
    ("social address",          ALIAS,    ALIAS,                   Kind.TLS,  0),
    ("HTTP in clear",           INNOCENT, GET,                     Kind.HTTP, 1),
]
# fmt: on


@pytest.mark.parametrize(
    ("host", "data", "kind", "contacts"),
    [row[1:] for row in DISAGREEMENTS],
    ids=[row[0] for row in DISAGREEMENTS],
)
def test_one_social_name_is_enough(make_hello, host, data, kind, contacts):
    data = data if isinstance(data, bytes) else make_hello(data)

    async def play(s):
        client = s.client()
        await client.tunnel(host, then=data)
        conn = await s.stage(Stage.INSPECTED)
        (taken,) = s.taken
        assert (taken.kind, taken.replay, taken.host) == (kind, data, host)
        assert conn.upstream is None
        assert (s.innocent.contacts, s.innocent.received) == (contacts, b"")
        assert s.social.received == b""
        if host == ALIAS:
            assert taken.address == SOCIAL_ADDRESS

    walk(play)


# fmt: off
TRICKS = [
    # what the row shows        bytes
    ("one letter",              b"G"),
    ("two letters",             b"GE"),
    ("a method",                b"GET"),
    ("half a request line",     b"GET / HTTP/1.1\r"),
    ("one byte of a hello",     b"\x16"),
    ("two bytes of a hello",    b"\x16\x03"),
    ("version 3.127",           b"\x16\x03\x7f\x00\x05abcde"),
    ("SSH",                     SSH),
    ("h2c",                     H2C),
    ("binary",                  b"\0\1\2"),
    ("lower case",              b"get / HTTP/1.1\r\n\r\n"),
    ("bare LF",                 b"GET / HTTP/1.1\n\n"),
    ("nothing",                 b""),
]
# fmt: on


@pytest.mark.parametrize("data", [row[1] for row in TRICKS], ids=[row[0] for row in TRICKS])
def test_raw_bytes_never_reach_a_social_site(data):
    async def play(s):
        client = s.client()
        await client.tunnel(SOCIAL, then=data)
        assert await client.receive_all() == b""
        await s.empty()
        assert s.social.contacts == 0
        assert s.taken == []
        assert len(s.police.refusals) == 1

    walk(play, limits=BRIEF)


@pytest.mark.parametrize("data", [b"G", b"\x16\x03", b"\x16\x03\x7f\x00\x05abcde"])
def test_half_a_word_is_not_relayed_to_an_innocent_site_either(data):
    async def play(s):
        client = s.client()
        await client.tunnel(then=data)
        assert await client.receive_all() == b""
        await s.empty()
        assert s.innocent.received == b""

    walk(play, limits=BRIEF)


@pytest.mark.parametrize(
    ("request_line", "host", "port"),
    [(b"GET http://a.example/ HTTP/1.1", "a.example", 80), (b"GET /proxy.pac HTTP/1.1", "", 0)],
)
def test_a_request_to_the_proxy_is_handed_over_whole(request_line, host, port):
    data = request_line + b"\r\n\r\n" + GET

    async def play(s):
        client = s.client()
        await client.send(data)
        await s.stage(Stage.INSPECTED)
        (taken,) = s.taken
        assert (taken.kind, taken.host, taken.port) == (Kind.PROXY, host, port)
        assert taken.replay == data
        assert s.police.judged == []

    walk(play)


def test_once_inspected_it_is_not_relayed_any_more(make_hello):
    """The break may begin between two questions."""
    police = Police()
    rulings = [Ruling.INSPECT, Ruling.RELAY]
    police.then = lambda names, identity: rulings.pop(0)

    async def play(s):
        client = s.client()
        await client.tunnel(SOCIAL, then=make_hello(SOCIAL))
        await s.stage(Stage.INSPECTED)
        assert s.social.contacts == 0

    walk(play, police=police)


@pytest.mark.parametrize("released", [False, True])
def test_whoever_hands_over_in_vain_closes(make_hello, caplog, released):
    async def play(s):
        def take(inspection):
            if released:
                s.door.release(inspection.conn.id)
            raise RuntimeError

        s.take = take
        client = s.client()
        await client.tunnel(SOCIAL, then=make_hello(SOCIAL))
        assert await client.receive_all() == b""
        await s.empty()
        assert s.police.refusals == ["hand-over"]

    walk(play)
    assert "could not be handed over" in caplog.text
