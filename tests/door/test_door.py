"""The door over real sockets: who is relayed, who is inspected, and that all others are closed."""

import asyncio
import logging
import os
import resource
import subprocess
import sys

import pytest

from breaktime.door import Door, Identity, Kind, Limits, Ruling, Stage, Totals
from breaktime.door.listener import _plain
from door import street
from door.street import ALIAS, CHALLENGE, INNOCENT, SOCIAL, SOCIAL_ADDRESS, Police, connect, walk

SSH = b"SSH-2.0-OpenSSH_9.9\r\n"
H2C = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
BRIEF = Limits(head_seconds=0.05, peek_seconds=0.05, identify_seconds=0.05, dial_seconds=0.05)


async def same(data):
    return data


# Relayed


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

    police.identify = lambda client, credentials: identify()

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


# Inspected


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


# Identified


def test_credentials_are_asked_for_and_taken_on_the_same_connection(make_hello):
    async def play(s):
        client = s.client()
        for credentials in (None, "Basic wrong"):
            await client.connect(SOCIAL, credentials=credentials)
            assert await client.receive(len(CHALLENGE)) == CHALLENGE
        await client.tunnel(SOCIAL, make_hello(SOCIAL), "Basic right")
        conn = await s.stage(Stage.INSPECTED)
        assert (conn.person, conn.identity) == ("ada", Identity("ada"))
        assert [credentials for _, credentials in s.police.identified] == [
            None,
            "Basic wrong",
            "Basic right",
        ]

    walk(play, police=Police(asks=True))


def test_nobody_is_identified_for_an_innocent_site(make_hello):
    async def play(s):
        client = s.client()
        await client.tunnel(then=make_hello(INNOCENT))
        await s.stage(Stage.RELAYED)
        assert s.police.identified == []

    walk(play, police=Police(asks=True))


@pytest.mark.parametrize("credentials", [None, "Basic right"])
def test_behind_a_social_name_in_an_innocent_tunnel_nobody_is_asked(make_hello, credentials):
    """There is no 407 in a tunnel: whoever gave no credentials is unknown."""

    async def play(s):
        client = s.client()
        await client.tunnel(INNOCENT, make_hello(SOCIAL), credentials)
        conn = await s.stage(Stage.INSPECTED)
        assert conn.identity == Identity("ada" if credentials else None)

    walk(play, police=Police(asks=True))


def test_what_a_client_sends_without_waiting_for_a_407_is_no_request():
    async def play(s):
        client = s.client()
        await client.connect(SOCIAL, then=b"GET http://b.example/ HTTP/1.1\r\n\r\n")
        assert await client.receive_all() == CHALLENGE
        client.sock.close()
        await s.empty()
        assert s.taken == []
        assert s.police.refusals == ["early-data"]

    walk(play, police=Police(asks=True))


def test_it_does_not_matter_how_much_is_read_in_one_go():
    """The head fills what is read at once; what is behind it is no request all the same."""
    head = connect(SOCIAL)[:-2] + b"X: "
    head += b"a" * (16_384 - len(head) - 4) + b"\r\n\r\n"

    async def play(s):
        client = s.client()
        await client.send(head + b"GET http://b.example/ HTTP/1.1\r\n\r\n")
        assert await client.receive_all() == CHALLENGE
        client.sock.close()
        await s.empty()
        assert s.taken == []
        assert s.police.refusals == ["early-data"]

    walk(play, police=Police(asks=True))


def test_nobody_is_asked_twice():
    police = Police()

    def judge(names, identity):
        return Ruling.IDENTIFY if identity is None or len(names) > 1 else Ruling.RELAY

    police.then = judge

    async def play(s):
        client = s.client()
        await client.connect(credentials="Basic right")
        assert (await client.receive_all()).startswith(b"HTTP/1.1 403 ")
        assert len(police.identified) == 1

    walk(play, police=police)


def test_nobody_may_guess_for_ever():
    async def play(s):
        client = s.client()
        for _ in range(3):
            await client.connect(SOCIAL)
            assert await client.receive(len(CHALLENGE)) == CHALLENGE
        assert await client.receive_all() == b""
        assert s.police.refusals == ["rounds"]

    walk(play, police=Police(asks=True), limits=Limits(rounds=3))


def test_an_unknown_person_need_not_be_asked(make_hello):
    police = Police(asks=True)
    police.identify = lambda client, credentials: Identity(None)

    async def play(s):
        client = s.client()
        await client.tunnel(SOCIAL, make_hello(SOCIAL))
        assert (await s.stage(Stage.INSPECTED)).person is None

    walk(play, police=police)


async def never():
    await asyncio.get_running_loop().create_future()


async def failing():
    raise OSError


def raising(*_):
    raise RuntimeError


@pytest.mark.parametrize(
    "identify",
    [raising, lambda *_: failing(), lambda *_: never(), lambda *_: None],
    ids=["raises", "fails later", "never answers", "answers nonsense"],
)
@pytest.mark.parametrize("tunnel", [False, True], ids=["before the tunnel", "in the tunnel"])
def test_when_identifying_fails_the_client_is_turned_away(make_hello, identify, tunnel):
    police = Police(asks=True)
    police.identify = identify

    async def play(s):
        client = s.client()
        if tunnel:
            await client.tunnel(INNOCENT, then=make_hello(SOCIAL))
            assert await client.receive_all() == b""
        else:
            await client.connect(SOCIAL)
            assert (await client.receive_all()).startswith(b"HTTP/1.1 503 ")
        client.sock.close()
        await s.empty()
        assert s.taken == []
        assert s.police.refusals == ["identify"]

    walk(play, police=police, limits=BRIEF)


def test_when_challenging_fails_the_client_is_turned_away():
    police = Police(asks=True)
    police.challenge = raising

    async def play(s):
        client = s.client()
        await client.connect(SOCIAL)
        assert (await client.receive_all()).startswith(b"HTTP/1.1 503 ")

    walk(play, police=police)


# Turned away


# fmt: off
ANSWERS = [
    # what the row shows    bytes                                            status  reason
    ("another port",        connect(INNOCENT, 22),                           403,    "port"),
    ("a private address",   connect("private.example"),                      403,    "private"),
    ("our own listener",    connect("self.example"),                         403,   "own-listener"),
    ("nobody there",        connect("dead.example"),                         502,    "dial"),
    ("no such name",        connect("nowhere.example"),                      502,    "dial"),
    ("no answer",           connect("slow.example"),                         502,    "dial"),
    ("a head too long",     connect()[:-2] + b"X: " + b"a" * 70_000,         400,    "head-length"),
    ("a head too slow",     connect()[:-2],                                  408,    "slow-head"),
    ("a body",              connect()[:-2] + b"Content-Length: 3\r\n\r\na", 400,    "body"),
    ("no HTTP",             b"\x16\x03\x01",                                 None,   "first-byte"),
    ("SOCKS",               b"\x05\x01\x00",                                 None,   "first-byte"),
]
# fmt: on


@pytest.mark.parametrize(
    ("data", "status", "reason"), [row[1:] for row in ANSWERS], ids=[row[0] for row in ANSWERS]
)
def test_whoever_is_turned_away_can_read_why(data, status, reason):
    async def play(s):
        client = s.client()
        await client.send(data)
        answer = await client.receive_all()
        client.sock.close()
        if status is None:
            assert answer == b""
        else:
            head, _, body = answer.partition(b"\r\n\r\n")
            assert head.startswith(f"HTTP/1.1 {status} ".encode())
            assert f"Content-Length: {len(body)}\r\n".encode() in head + b"\r\n"
        await s.empty()
        assert s.police.refusals == [reason]
        assert s.innocent.contacts == s.social.contacts == 0

    walk(play, limits=BRIEF)


def test_an_answer_is_not_lost_when_the_client_goes_on_sending():
    """Closing on unread bytes would reset the connection, and the answer with it."""

    async def play(s):
        client = s.client()
        await client.send(connect(INNOCENT, 22) + bytes(500_000))
        answer = await client.receive(12)
        assert answer == b"HTTP/1.1 403"
        await client.receive_all()
        client.sock.close()
        await s.empty()

    walk(play)


def test_a_client_that_never_says_anything_is_closed_without_a_word():
    async def play(s):
        client = s.client()
        assert await client.receive_all() == b""
        await s.empty()
        assert s.police.refusals == []

    walk(play, limits=BRIEF)


@pytest.mark.parametrize("nth", [0, 1, 2], ids=["host", "address", "server name"])
@pytest.mark.parametrize("how", ["raises", "denies", "asks twice", "nonsense"])
def test_without_a_ruling_nothing_passes(make_hello, nth, how):
    police = Police()
    count = iter(range(10))

    def judge(names, identity):
        if next(count) < nth:
            return None
        if how == "raises":
            raise RuntimeError
        return {"denies": Ruling.DENY, "asks twice": Ruling.IDENTIFY}.get(how, "relay")

    police.then = judge
    police.identify = lambda client, credentials: Identity("ada")

    async def play(s):
        client = s.client()
        await client.connect(then=make_hello(INNOCENT))
        answer = await client.receive_all()
        assert answer.startswith(street.GRANTED if nth == 2 else b"HTTP/1.1 403 ")
        client.sock.close()
        await s.empty()
        assert s.innocent.received == b""
        assert s.taken == []
        assert s.police.refusals == ["judge" if how == "raises" else "denied"]

    walk(play, police=police)


def test_a_policing_that_cannot_be_told_changes_nothing(caplog):
    police = Police()
    police.refused = raising

    async def play(s):
        client = s.client()
        await client.connect(INNOCENT, 22)
        assert (await client.receive_all()).startswith(b"HTTP/1.1 403 ")

    walk(play, police=police)
    assert "could not be told" in caplog.text


def test_a_fault_of_ours_closes(caplog):
    async def play(s):
        s.dialler.connect = raising
        client = s.client()
        await client.connect()
        assert await client.receive_all() == b""
        await s.empty()
        assert s.police.refusals == ["fault"]

    walk(play)
    assert "could not be admitted" in caplog.text


# Aborted, cut, closed


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


# Limits


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(connections=2), "full"),
        (Limits(connections_per_client=2), "full-for-client"),
    ],
)
def test_there_is_room_for_so_many(hello, limits, reason):
    async def play(s):
        first, second = s.client(), s.client()
        await first.tunnel(then=hello)
        await second.send(b"C")
        await street.until(lambda: len(s.door.table) == 2)

        assert await s.client().receive_all() == b""
        assert s.police.refusals == [reason]

        first.reset()
        await street.until(lambda: len(s.door.table) == 1)
        await s.client().tunnel(then=hello)

    walk(play, limits=limits)


def test_without_descriptors_accepting_pauses():
    async def play(s):
        clients = [s.client() for _ in range(3)]
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (next_fd(), hard))
        try:
            await street.until(lambda: s.door._listeners[0].paused)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for client in clients:
            await client.connect(INNOCENT, 22)
            assert await client.receive(12) == b"HTTP/1.1 403"

    walk(play, limits=Limits(pause_seconds=0.05))


def next_fd():
    fd = os.dup(0)
    os.close(fd)
    return fd


def test_a_door_that_cannot_listen_everywhere_does_not_listen():
    async def main():
        with street.socket.create_server(("127.0.0.1", 0)) as taken:
            for second, error in [(taken.getsockname(), OSError), (("nonsense", 0), ValueError)]:
                door = Door(
                    Police(),
                    raising,
                    listen=[("127.0.0.1", 0), second],
                    dialler=street.Dialler(same),
                )
                with pytest.raises(error):
                    await door.start()
                assert door.addresses == []

    asyncio.run(main())


def test_one_door_may_listen_on_both_versions():
    async def main():
        door = Door(
            Police(), raising, listen=[("127.0.0.1", 0), ("::1", 0)], dialler=street.Dialler(same)
        )
        await door.start()
        client = street.Client(door.addresses[1])
        await street.until(lambda: door.table)
        (conn,) = door.table.values()
        assert conn.client == "::1"
        client.sock.close()
        await door.close()

    asyncio.run(main())


def test_addresses_of_clients_have_one_spelling():
    assert _plain("::ffff:192.0.2.1") == "192.0.2.1"
    assert _plain("fe80::1%eth0") == "fe80::1"


def test_the_door_knows_no_mitmproxy():
    code = "import sys, breaktime.door; sys.exit(any('mitmproxy' in name for name in sys.modules))"
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": "addon"})


@pytest.fixture(autouse=True)
def _no_fault_of_ours(caplog, request):
    """Whatever asyncio would only log is a failure."""
    yield
    assert [r for r in caplog.records if r.name == "asyncio" and r.levelno >= logging.ERROR] == []
