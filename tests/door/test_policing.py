"""Who is asked who it is, and what happens when nobody can say."""

import asyncio

import pytest

from breaktime.door import Identity, Limits, Ruling, Stage
from door.street import CHALLENGE, INNOCENT, SOCIAL, Police, connect, walk

SSH = b"SSH-2.0-OpenSSH_9.9\r\n"
H2C = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
BRIEF = Limits(head_seconds=0.05, peek_seconds=0.05, identify_seconds=0.05, dial_seconds=0.05)


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
    police.identify = lambda caller: Identity(None)

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
