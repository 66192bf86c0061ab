"""What a balancer says of its clients: each form has a row, and nobody else is believed."""

# ruff: noqa: E501 - a row of a table stays on one line

import asyncio
from ipaddress import ip_network

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from breaktime.door import Entrance, Limits, Stage, Way
from breaktime.door.announced import MAX_ANNOUNCEMENT, SIGNATURE, read_announcement
from breaktime.door.reasons import MalformedError, Reason
from door import street

V4 = bytes((10, 1, 2, 3, 192, 0, 2, 1)) + (5555).to_bytes(2) + (8080).to_bytes(2)
V6 = b"\x20\x01\x0d\xb8" + bytes(11) + b"\x07" + bytes(15) + b"\x01" + b"\x15\xb3\x1f\x90"
MAPPED = bytes(10) + b"\xff\xff\x0a\x01\x02\x03" + bytes(16) + b"\x15\xb3\x1f\x90"
EXTRA = b"\x04\x00\x02ab" + b"\x20\x00\x00"


def announce(body=V4, command=0x21, family=0x11, length=None):
    size = len(body) if length is None else length
    return SIGNATURE + bytes((command, family)) + size.to_bytes(2) + body


# fmt: off
ROWS = [
    # what the row shows           bytes                                          client or reason
    ("a client of IPv4",           announce(),                                     ("10.1.2.3", 5555)),
    ("one of IPv6",                announce(V6, family=0x21),                      ("2001:db8::7", 5555)),
    ("IPv4 in IPv6",               announce(MAPPED, family=0x21),                  ("10.1.2.3", 5555)),
    ("more about it",              announce(V4 + EXTRA),                           ("10.1.2.3", 5555)),
    ("the balancer itself",        announce(b"", 0x20, 0),                         None),
    ("itself, with addresses",     announce(V4, 0x20),                             None),
    ("version 1",                  b"PROXY TCP4 10.1.2.3 192.0.2.1 1 2\r\n",       Reason.UNANNOUNCED),
    ("nothing at all",             street.connect(),                               Reason.UNANNOUNCED),
    ("another signature",          b"\r\n\r\n\0\r\nQUIX\n" + announce()[12:],      Reason.UNANNOUNCED),
    ("version 1 in binary",        announce(command=0x11),                         Reason.ANNOUNCEMENT),
    ("an unknown command",         announce(command=0x22),                         Reason.ANNOUNCEMENT),
    ("UDP",                        announce(family=0x12),                          Reason.ANNOUNCEMENT),
    ("a socket of Unix",           announce(bytes(216), family=0x31),              Reason.ANNOUNCEMENT),
    ("nobody",                     announce(b"", family=0),                        Reason.ANNOUNCEMENT),
    ("too few bytes",              announce(V4[:-1]),                              Reason.ANNOUNCEMENT),
    ("too few for IPv6",           announce(V4, family=0x21),                      Reason.ANNOUNCEMENT),
    ("half an extra",              announce(V4 + EXTRA[:-1]),                      Reason.ANNOUNCEMENT),
    ("an extra that is too long",  announce(V4 + b"\x04\x00\x09ab"),               Reason.ANNOUNCEMENT),
    ("too much",                   announce(length=MAX_ANNOUNCEMENT + 1),          Reason.ANNOUNCEMENT),
    ("no address",                 announce(bytes(12)),                            Reason.ANNOUNCEMENT),
    ("many addresses",             announce(b"\xe0\x00\x00\x01" + V4[4:]),         Reason.ANNOUNCEMENT),
]
# fmt: on


@pytest.mark.parametrize(("data", "want"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_an_announcement_is_read_or_refused(data, want):
    if isinstance(want, Reason):
        with pytest.raises(MalformedError) as found:
            read_announcement(data)
        assert found.value.reason is want
    else:
        found = read_announcement(data + b"CONNECT")
        assert (found.peer, found.size) == (want, len(data))


@pytest.mark.parametrize(
    ("data", "target"),
    [
        (announce(), ("192.0.2.1", 8080)),
        (announce(V6, family=0x21), ("::1", 8080)),
        (
            announce(MAPPED[:16] + MAPPED[:12] + bytes((192, 0, 2, 1)) + MAPPED[32:], family=0x21),
            ("192.0.2.1", 8080),
        ),
        (announce(b"", 0x20, 0), None),
    ],
)
def test_where_the_client_was_going_is_announced_too(data, target):
    assert read_announcement(data).target == target


@given(st.binary(max_size=64))
@example(b"")
def test_any_bytes_are_read_or_refused(tail):
    for start in (b"", SIGNATURE, SIGNATURE + b"\x21", SIGNATURE + b"\x21\x11"):
        try:
            found = read_announcement(start + tail)
        except MalformedError:
            continue
        assert found is None or found.size <= len(start + tail)


def test_what_is_not_complete_is_waited_for():
    whole = announce(V4 + EXTRA)
    for size in range(len(whole)):
        assert read_announcement(whole[:size]) is None


LOOPBACK = (ip_network("127.0.0.1/32"),)
BALANCED = Entrance("127.0.0.1", 0, balancers=LOOPBACK)


def walk(play, **how):
    street.walk(play, entrance=BALANCED, **how)


@pytest.mark.parametrize("way", ["send", "trickle"])
def test_the_announced_client_is_the_client(way):
    async def play(s):
        client = s.client()
        await getattr(client, way)(announce() + street.connect())
        assert await client.receive(len(street.GRANTED)) == street.GRANTED
        await client.send(b"\x80hello")
        assert await client.receive(6) == b"\x80hello"
        conn = await s.stage(Stage.RELAYED)
        assert (conn.client, conn.client_port) == ("10.1.2.3", 5555)

    walk(play)


def test_who_is_asking_is_asked_of_the_announced_address():
    async def play(s):
        s.client()
        client = s.client()
        await client.send(announce() + street.connect(street.SOCIAL, credentials="Basic right"))
        assert await client.receive(len(street.GRANTED)) == street.GRANTED
        assert [who for who, *_ in s.police.identified] == ["10.1.2.3"]

    walk(play, police=street.Police(asks=True))


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (street.connect(), "unannounced"),
        (announce(family=0x31), "announcement"),
        (b"PROXY TCP4 10.1.2.3 192.0.2.1 1 2\r\n" + street.connect(), "unannounced"),
        (announce()[:20], "cut-short"),
    ],
)
def test_whoever_is_not_announced_is_closed_on_without_a_word(said, reason):
    async def play(s):
        client = s.client()
        await client.send(said)
        client.end()
        assert await client.receive_all() == b""
        await s.empty()
        assert s.police.refusals == [reason]
        assert not s.innocent.contacts

    walk(play)


@pytest.mark.parametrize("said", [b"", announce(b"", 0x20, 0), announce(b"", 0x20, 0) + b"GET /"])
def test_a_balancer_that_looks_whether_we_live_is_no_client(said):
    async def play(s):
        client = s.client()
        await client.send(said)
        client.end()
        assert await client.receive_all() == b""
        await s.empty()
        assert s.police.refusals == []

    walk(play)


def test_nobody_but_a_balancer_may_come():
    async def play(s):
        client = s.client()
        assert await client.receive_all() == b""
        await s.empty()
        assert s.police.refusals == ["no-balancer"]

    elsewhere = Entrance("127.0.0.1", 0, balancers=(ip_network("10.0.0.0/8"),))
    street.walk(play, entrance=elsewhere)


def test_where_no_balancer_is_known_an_announcement_is_nothing_but_noise():
    async def play(s):
        client = s.client()
        await client.send(announce() + street.connect())
        assert await client.receive_all() == b""
        assert s.police.refusals == ["first-byte"]

    street.walk(play)


def test_each_announced_client_has_room_of_its_own():
    async def play(s):
        first, second, third = (s.client() for _ in range(3))
        for client in (first, second):
            await client.send(announce() + street.connect())
        ends = [first.receive_all(), second.receive_all()]
        other = announce(bytes((10, 1, 2, 4)) + V4[4:])
        await third.send(other + street.connect())
        assert await third.receive(len(street.GRANTED)) == street.GRANTED
        await street.until(lambda: s.police.refusals)
        assert s.police.refusals == ["full-for-client"]
        for end in ends:
            end.close()

    walk(play, limits=Limits(connections_per_client=1))


def test_a_client_of_socks_may_be_announced_too():
    async def play(s):
        client = s.client()
        await client.trickle(announce() + b"\x05\x01\x00")
        assert await client.receive(2) == b"\x05\x00"
        conn = await s.stage(Stage.HEAD)
        assert conn.client == "10.1.2.3"

    street.walk(play, entrance=BALANCED._replace(way=Way.SOCKS5))


def test_an_announcement_may_come_late_but_not_for_ever():
    async def play(s):
        client = s.client()
        await client.send(announce()[:5])
        assert await client.receive_all() == b""
        assert s.police.refusals == ["cut-short"]

    walk(play, limits=Limits(head_seconds=0.01))


def test_announcements_come_before_anything_is_counted_for_a_client():
    async def play(s):
        s.client()
        await s.stage(Stage.HEAD)
        assert s.door._room.empty
        await asyncio.sleep(0)

    walk(play)
