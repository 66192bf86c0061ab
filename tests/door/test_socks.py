"""SOCKS 5: each message has a row; then a tunnel is a tunnel."""

# ruff: noqa: E501 - a row of a table stays on one line

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breaktime.door import Entrance, Stage, Way
from breaktime.door.reasons import MalformedError, Reason
from breaktime.door.socks import FAILED, FORBIDDEN, GRANTED, NO_COMMAND, UNREACHABLE, Socks, Wanted
from door import street

NO_AUTH = b"\x05\x01\x00"
PASSWORD = b"\x05\x02\x00\x02"
RIGHT = "Basic YWRhOnB3"  # ada:pw


def named(name=street.INNOCENT, port=443, command=1):
    return bytes((5, command, 0, 3, len(name))) + name.encode("latin-1") + port.to_bytes(2)


def addressed(packed, port=443):
    return bytes((5, 1, 0, 1 if len(packed) == 4 else 4)) + packed + port.to_bytes(2)


def login(name=b"ada", password=b"pw"):
    return bytes((1, len(name))) + name + bytes((len(password),)) + password


# fmt: off
ROWS = [
    # what the row shows         what the client sends                          what it wants, or why not
    ("a name",                   [NO_AUTH, named()],                             Wanted(street.INNOCENT, 443, None)),
    ("case and dots",            [NO_AUTH, named("ExAmple.ORG.")],               Wanted("example.org", 443, None)),
    ("an address",               [NO_AUTH, addressed(bytes((192, 0, 2, 1)))],    Wanted("192.0.2.1", 443, None)),
    ("an address of IPv6",       [NO_AUTH, addressed(bytes(15) + b"\x01")],      Wanted("::1", 443, None)),
    ("a password",               [PASSWORD, login(), named()],                   Wanted(street.INNOCENT, 443, RIGHT)),
    ("an empty password",        [PASSWORD, login(password=b""), named()],       Wanted(street.INNOCENT, 443, "Basic YWRhOg==")),
    ("SOCKS 4",                  [b"\x04\x01\x01\xbb\x7f\0\0\x01\0"],            Reason.SOCKS_VERSION),
    ("HTTP",                     [street.connect()],                             Reason.SOCKS_VERSION),
    ("no method",                [b"\x05\x00"],                                  Reason.SOCKS_METHOD),
    ("methods we do not have",   [b"\x05\x02\x01\x80"],                          Reason.SOCKS_METHOD),
    ("no name to sign in with",  [PASSWORD, login(b"")],                         Reason.SOCKS_PASSWORD),
    ("a name with a colon",      [PASSWORD, login(b"a:b")],                      Reason.SOCKS_PASSWORD),
    ("another kind of sign-in",  [PASSWORD, b"\x02" + login()[1:]],              Reason.SOCKS_VERSION),
    ("no sign-in",               [PASSWORD, named()],                            Reason.SOCKS_VERSION),
    ("BIND",                     [NO_AUTH, named(command=2)],                    Reason.SOCKS_COMMAND),
    ("UDP",                      [NO_AUTH, named(command=3)],                    Reason.SOCKS_COMMAND),
    ("a reserved byte",          [NO_AUTH, b"\x05\x01\x01" + named()[3:]],       Reason.SOCKS_REQUEST),
    ("another kind of address",  [NO_AUTH, b"\x05\x01\x00\x05" + named()[4:]],   Reason.SOCKS_REQUEST),
    ("an empty name",            [NO_AUTH, named("")],                           Reason.AUTHORITY),
    ("no host name",             [NO_AUTH, named("a b")],                        Reason.AUTHORITY),
    ("raw UTF-8",                [NO_AUTH, named("\xfc.org")],                   Reason.AUTHORITY),
    ("port 0",                   [NO_AUTH, named(port=0)],                       Reason.AUTHORITY),
]
# fmt: on


def take(messages):
    """Play a client that waits for each reply."""
    socks, found = Socks(), None
    for message in messages:
        data = bytearray(message)
        found = socks.take(data)
        assert found is None or not data
    return found


@pytest.mark.parametrize(("said", "want"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_what_a_client_wants_is_read_or_refused(said, want):
    if isinstance(want, Reason):
        with pytest.raises(MalformedError) as found:
            take(said)
        assert found.value.reason is want
    else:
        assert take(said) == want


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=6))
def test_any_bytes_are_read_or_refused(pieces):
    for start in ([], [NO_AUTH], [PASSWORD], [PASSWORD, login()]):
        socks, data = Socks(), bytearray()
        try:
            for piece in [*start, *pieces]:
                data += piece
                while data and isinstance(socks.take(data), bytes):
                    pass
        except MalformedError:
            pass


ENTRANCE = Entrance("127.0.0.1", 0, Way.SOCKS5)


def walk(play, **how):
    street.walk(play, entrance=ENTRANCE, **how)


async def greet(client, *, password=False):
    await client.send(PASSWORD if password else NO_AUTH)
    assert await client.receive(2) == (b"\x05\x02" if password else b"\x05\x00")
    if password:
        await client.send(login())
        assert await client.receive(2) == b"\x01\x00"


@pytest.mark.parametrize("way", ["send", "trickle"])
@pytest.mark.parametrize("password", [False, True])
def test_what_is_none_of_our_business_is_relayed(way, password):
    async def play(s):
        client = s.client()
        await greet(client, password=password)
        await getattr(client, way)(named())
        assert await client.receive(len(GRANTED)) == GRANTED
        await client.send(b"\x80hello")
        assert await client.receive(6) == b"\x80hello"
        assert s.police.identified == []

    walk(play)


def test_a_client_that_does_not_wait_for_replies_is_served_as_well():
    async def play(s):
        client = s.client()
        await client.send(NO_AUTH + named() + b"\x80hello")
        assert await client.receive(2 + len(GRANTED) + 6) == b"\x05\x00" + GRANTED + b"\x80hello"

    walk(play)


@pytest.mark.parametrize(("password", "who"), [(True, "ada"), (False, None)])
def test_a_controlled_site_is_inspected_for_whoever_it_is(password, who, hello):
    async def play(s):
        s.police.people = {RIGHT: "ada"}
        client = s.client()
        await greet(client, password=password)
        await client.send(named(street.SOCIAL))
        assert await client.receive(len(GRANTED)) == GRANTED
        await client.send(hello)
        conn = await s.stage(Stage.INSPECTED)
        assert conn.person == who
        assert s.taken[0].host == street.SOCIAL
        assert s.taken[0].replay == hello

    walk(play, police=street.Police(asks=True))


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (named(port=22), FORBIDDEN),
        (named("private.example"), FORBIDDEN),
        (named("self.example"), FORBIDDEN),
        (named("dead.example"), UNREACHABLE),
        (named("many.example"), FAILED),
        (named(command=2), NO_COMMAND),
        (named(command=3), NO_COMMAND),
        (named("a b"), FAILED),
    ],
)
def test_a_refusal_is_said_in_socks(asked, answer):
    async def play(s):
        client = s.client()
        await greet(client)
        await client.send(asked)
        assert await client.receive_all() == answer
        await s.empty()
        assert len(s.police.refusals) == 1

    walk(play)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (b"\x05\x01\x01", b"\x05\xff"),
        (street.connect(), b""),
        (b"\x05", b""),
        (b"", b""),
    ],
)
def test_whoever_speaks_something_else_is_closed_on(said, answer):
    async def play(s):
        client = s.client()
        await client.send(said)
        client.end()
        assert await client.receive_all() == answer
        await s.empty()

    walk(play)
