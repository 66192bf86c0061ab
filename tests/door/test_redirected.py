"""Clients that a firewall sent here or to a balancer; real ones: tests/e2e/test_transparent.py."""

from ipaddress import ip_address, ip_network

import pytest

from breaktime.door import Entrance, Ruling, Stage, Way, conn
from breaktime.door.announced import SIGNATURE
from breaktime.door.redirected import original_destination
from door import street
from door.street import INNOCENT, SOCIAL

ENTRANCE = Entrance("127.0.0.1", 0, Way.TRANSPARENT)
SOCIAL_IP = street.SOCIAL_ADDRESS


@pytest.fixture
def walk(monkeypatch):
    def walk(play, *, to="127.0.0.1", port=443, **how):
        monkeypatch.setattr(conn, "original_destination", lambda _: (to, port))
        street.walk(play, entrance=ENTRANCE, **how)

    return walk


def at_origins(s, innocent="127.0.0.1"):
    """Let each address lead to the origin that lives there, whatever the port."""
    resolve = s.dialler._resolve
    asked = []

    async def by_address(host, port):
        asked.append(host)
        known = {innocent: s.innocent.address, SOCIAL_IP: s.social.address}
        return [known[host]] if host in known else await resolve(host, port)

    s.dialler._resolve = by_address
    return asked


def test_an_innocent_name_is_relayed_to_where_it_was_going(walk, make_hello):
    async def play(s):
        asked = at_origins(s)
        client, hello = s.client(), make_hello(INNOCENT)
        await client.trickle(hello)
        assert await client.receive(len(hello)) == hello
        found = await s.stage(Stage.RELAYED)
        assert (found.host, found.address) == (INNOCENT, "127.0.0.1")
        assert asked == ["127.0.0.1"]

    walk(play)


def test_a_controlled_name_is_opened_as_if_it_had_been_asked_for(walk, make_hello):
    async def play(s):
        client, hello = s.client(), make_hello(SOCIAL)
        await client.send(hello)
        await s.stage(Stage.INSPECTED)
        (taken,) = s.taken
        assert (taken.host, taken.port, taken.address) == (SOCIAL, 443, "127.0.0.1")
        assert taken.replay == hello
        assert s.police.identified == [("127.0.0.1", None)]
        assert taken.conn.person is None

    walk(play, police=street.Police(asks=True))


def test_an_innocent_name_at_a_controlled_address_is_opened(walk, make_hello):
    async def play(s):
        await s.client().send(make_hello(INNOCENT))
        await s.stage(Stage.INSPECTED)
        assert not s.social.contacts

    walk(play, to=SOCIAL_IP)


def test_a_name_left_in_peace_is_connected_to_where_it_is_not_where_it_is_claimed(walk, make_hello):
    """Otherwise such a name would open every address of a controlled site."""

    async def play(s):
        asked = at_origins(s)
        s.police.then = lambda names, _: Ruling.RELAY if INNOCENT in names else None
        client, hello = s.client(), make_hello(INNOCENT)
        await client.send(hello)
        assert await client.receive(len(hello)) == hello
        assert asked == [INNOCENT]
        assert not s.social.contacts

    walk(play, to=SOCIAL_IP)


@pytest.mark.parametrize("to", ["127.0.0.1", SOCIAL_IP])
def test_without_a_name_the_address_decides(walk, make_hello, to):
    async def play(s):
        at_origins(s)
        client, hello = s.client(), make_hello(None)
        await client.send(hello)
        found = await s.stage(Stage.INSPECTED if to == SOCIAL_IP else Stage.RELAYED)
        assert found.host == to

    walk(play, to=to)


def test_a_request_in_clear_is_opened_wherever_it_goes(walk):
    async def play(s):
        await s.client().send(b"GET / HTTP/1.1\r\n")
        await s.stage(Stage.INSPECTED)
        assert (s.taken[0].host, s.taken[0].port) == ("127.0.0.1", 80)

    walk(play, port=80)


@pytest.mark.parametrize(
    ("to", "port", "said", "reason"),
    [
        ("127.0.0.1", 22, b"", "port"),
        ("127.0.0.1", 443, b"SSH-2.0\r\n", "not-inspectable"),
        ("127.0.0.1", 443, b"get / HTTP/1.1\n\n", "not-inspectable"),
        ("127.0.0.1", 80, b"", "not-inspectable"),
        ("10.0.0.1", 443, None, "private"),
        ("169.254.169.254", 443, None, "metadata"),
    ],
)
def test_what_has_no_name_and_what_is_no_destination_is_closed(
    walk, make_hello, to, port, said, reason
):
    async def play(s):
        client = s.client()
        await client.send(make_hello(INNOCENT) if said is None else said)
        client.end()
        assert await client.receive_all() == b""
        await s.empty()
        assert s.police.refusals == [reason]

    async def resolve(host, port):
        return [(host, port)]

    async def as_it_is(s):
        if said is None:
            s.dialler._resolve = resolve
        await play(s)

    walk(as_it_is, to=to, port=port)


def test_whoever_was_not_sent_here_is_closed_on():
    async def play(s):
        assert await s.client().receive_all() == b""
        assert s.police.refusals == ["not-sent-here"]

    street.walk(play, entrance=ENTRANCE)


BALANCED = ENTRANCE._replace(balancers=(ip_network("127.0.0.1/32"),))
FAR = "192.0.2.9"


def announced(address, port=443):
    """Say as a balancer does that 10.1.2.3 was going somewhere."""
    ends = bytes((10, 1, 2, 3)) + ip_address(address).packed + bytes((4, 1)) + port.to_bytes(2)
    return SIGNATURE + b"\x21\x11\x00\x0c" + ends


@pytest.mark.parametrize("way", ["send", "trickle"])
def test_who_was_sent_to_a_balancer_goes_on_to_where_it_was_going(make_hello, way):
    async def play(s):
        asked = at_origins(s, FAR)
        client, hello = s.client(), make_hello(INNOCENT)
        await getattr(client, way)(announced(FAR) + hello)
        assert await client.receive(len(hello)) == hello
        found = await s.stage(Stage.RELAYED)
        assert (found.client, found.client_port, found.host) == ("10.1.2.3", 1025, INNOCENT)
        assert s.police.judged[0] == (INNOCENT, FAR)
        assert asked == [FAR]

    street.walk(play, entrance=BALANCED)


def test_who_was_sent_to_a_balancer_is_judged_by_the_address_too(make_hello):
    async def play(s):
        client = s.client()
        await client.send(announced(SOCIAL_IP) + make_hello(INNOCENT))
        conn = await s.stage(Stage.INSPECTED)
        assert (s.taken[0].address, conn.client) == (SOCIAL_IP, "10.1.2.3")
        assert not s.social.contacts

    street.walk(play, entrance=BALANCED)


@pytest.mark.parametrize(
    ("target", "reason"), [(("127.0.0.1", 443), "not-sent-here"), ((FAR, 22), "port")]
)
def test_who_was_going_to_the_balancer_itself_or_elsewhere_is_closed(make_hello, target, reason):
    async def play(s):
        client = s.client()
        await client.send(announced(*target) + make_hello(INNOCENT))
        assert await client.receive_all() == b""
        await s.empty()
        assert s.police.refusals == [reason]
        assert not s.police.judged

    street.walk(play, entrance=BALANCED)


def test_a_socket_that_nobody_redirected_has_no_other_destination():
    async def play(s):
        with pytest.raises(OSError, match=r"."):
            original_destination(s.client().sock)

    street.walk(play)
