"""Whoever is turned away can read why."""

import pytest

from breaktime.door import Identity, Limits, Ruling
from door import street
from door.street import INNOCENT, Police, connect, walk

SSH = b"SSH-2.0-OpenSSH_9.9\r\n"
H2C = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
BRIEF = Limits(head_seconds=0.05, peek_seconds=0.05, identify_seconds=0.05, dial_seconds=0.05)


def raising(*_):
    raise RuntimeError


# fmt: off
ANSWERS = [
    # what the row shows    bytes                                            status  reason
    ("another port",        connect(INNOCENT, 22),                           403,    "port"),
    ("a private address",   connect("private.example"),                      403,    "private"),
    ("our own listener",    connect("self.example"),                         403,   "own-listener"),
    ("nobody there",        connect("dead.example"),                         502,    "dial"),
    ("no such name",        connect("nowhere.example"),                      502,    "dial"),
    ("too many names",      connect("many.example"),                         503,    "look-ups"),
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
    police.identify = lambda caller: Identity("ada")

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
