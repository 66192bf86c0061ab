# ruff: noqa: E501  a row of a table is one line
"""Another proxy on the way out: what it is asked, what it may answer, and what it never hears."""

import asyncio
import contextlib
import socket
import ssl
from collections import Counter
from ipaddress import ip_network

import pytest
import trustme

from breaktime.door import Dialler, Parent, ParentAt, ParentError, Refused, Trouble, direct_names
from breaktime.door.parent import HEAD_BYTES, asked_for
from door import street
from door.street import walk

GRANTED = b"HTTP/1.1 200 Connection established\r\n\r\n"
SITE = "www.facebook.com"


class Scripted:
    """A parent that answers what the test wants, and keeps what it was asked."""

    def __init__(self, answer=GRANTED, *, then=b"", ends=False, silent=False, context=None):
        self.answer, self.then, self.ends, self.silent = answer, then, ends, silent
        self.context = context
        self.asked = []
        self.writers = set()

    async def __aenter__(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0, ssl=self.context)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self.server.close()
        for writer in list(self.writers):
            writer.transport.abort()
        await self.server.wait_closed()

    async def serve(self, reader, writer):
        self.writers.add(writer)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            self.asked.append(await reader.readuntil(b"\r\n\r\n"))
            if self.silent:
                await reader.read()
            for piece in self.answer if isinstance(self.answer, list) else [self.answer]:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0)
            writer.write(self.then)
            if not self.ends:
                while data := await reader.read(65536):
                    writer.write(data)
                    await writer.drain()
        writer.close()
        self.writers.discard(writer)


async def resolve(host, port):
    known = {
        "private.example": "10.0.0.1",
        "two.example": "127.0.0.1",
        "parent.example": "127.0.0.1",
    }
    if host in known:
        return [(known[host], port)]
    try:
        found = socket.getaddrinfo(host, port, flags=socket.AI_NUMERICHOST)
    except OSError:
        raise OSError("no address") from None
    return [(found[0][4][0], port)]


def dialler(port, *, internal=(), host="127.0.0.1", **at):
    parent = Parent(ParentAt(host, port, **at))
    return Dialler(resolve, internal=internal, parent=parent)


def asked(answer=GRANTED, *, host=SITE, port=443, internal=(), context=None, then=b"", **at):
    """Dial through a scripted parent; return what came of it, what it was asked, and failures."""

    async def main():
        before = street.fds()
        async with Scripted(answer, context=context, then=then) as parent:
            dial = dialler(parent.port, internal=internal, **at)
            try:
                dialled = await dial.connect(host, port)
            except OSError as problem:
                found = problem
            else:
                loop = asyncio.get_running_loop()
                await loop.sock_sendall(dialled.sock, b"ping")
                said = await street.receive(dialled.sock, len(then) + 4)
                found = dialled.address, said
                dialled.sock.close()
            heard = list(parent.asked)
        await street.until(lambda: street.fds() == before)
        return found, heard, dial.parent.failures

    return asyncio.run(main())


def test_it_is_asked_for_a_tunnel_by_name_and_nothing_else_is_said():
    found, heard, failures = asked()

    assert found == (SITE, b"ping")
    assert heard == [b"CONNECT www.facebook.com:443 HTTP/1.1\r\nHost: www.facebook.com:443\r\n\r\n"]
    assert failures == {}


def test_what_an_origin_says_first_is_not_lost():
    found, _, _ = asked(then=b"220 hello\r\n")

    assert found == (SITE, b"220 hello\r\nping")


def test_an_answer_may_come_in_pieces():
    found, _, _ = asked([GRANTED[i : i + 1] for i in range(len(GRANTED))])

    assert found == (SITE, b"ping")


def test_credentials_are_told_to_the_parent_and_to_nobody_who_reads_about_it():
    at = ParentAt("parent.example", 3128, credentials="gateway:s3cret:x")
    assert "s3cret" not in repr(at)

    _, heard, _ = asked(credentials="gateway:s3cret:x")
    assert b"\r\nProxy-Authorization: Basic Z2F0ZXdheTpzM2NyZXQ6eA==\r\n" in heard[0]


# fmt: off
TROUBLES = {
    "wants other credentials": (b"HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic\r\n\r\n", Trouble.CREDENTIALS),
    "does not let anybody there": (b"HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno", Trouble.REFUSED),
    "cannot connect there": (b"HTTP/1.1 503 Service Unavailable\r\n\r\n", Trouble.ORIGIN),
    "leads elsewhere": (b"HTTP/1.1 302 Found\r\nLocation: http://x/\r\n\r\n", Trouble.GARBAGE),
    "is not done yet": (b"HTTP/1.1 100 Continue\r\n\r\n", Trouble.GARBAGE),
    "no HTTP": (b"SSH-2.0-OpenSSH\r\n\r\n", Trouble.GARBAGE),
    "HTTP/2": (b"HTTP/2 200\r\n\r\n", Trouble.GARBAGE),
    "a status of four digits": (b"HTTP/1.1 2000 OK\r\n\r\n", Trouble.GARBAGE),
    "bare line feeds": (b"HTTP/1.1 200 OK\n\n" + b"x" * HEAD_BYTES + b"\r\n\r\n", Trouble.GARBAGE),
    "an endless head": (b"HTTP/1.1 200 OK\r\nX: " + b"x" * (3 * HEAD_BYTES), Trouble.GARBAGE),
    "nothing": (b"", Trouble.UNREACHABLE),
}
# fmt: on


@pytest.mark.parametrize("row", TROUBLES)
def test_what_is_no_tunnel_is_told_apart_and_counted(row):
    answer, trouble = TROUBLES[row]
    silent = {"seconds": 0.2} if not answer else {}
    found, heard, failures = asked(answer, **silent)

    assert isinstance(found, ParentError)
    assert found.trouble is trouble
    assert SITE not in str(found)
    assert failures == {trouble: 1}
    assert len(heard) == 1


def test_one_that_ends_at_once_is_garbage():
    async def main():
        async with Scripted(b"", ends=True) as parent:
            with pytest.raises(ParentError) as raised:
                await dialler(parent.port).connect(SITE, 443)
            assert raised.value.trouble is Trouble.GARBAGE

    asyncio.run(main())


@pytest.mark.parametrize("host", ["127.0.0.1", "parent.example", "unknown.example"])
def test_a_dead_parent_is_unreachable(host):
    async def main():
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", 0))
            dial = dialler(sock.getsockname()[1], host=host)
            with pytest.raises(ParentError) as raised:
                await dial.connect(SITE, 443)
            assert raised.value.trouble is Trouble.UNREACHABLE
            assert dial.parent.failures == Counter({Trouble.UNREACHABLE: 1})

    asyncio.run(main())


# fmt: off
REFUSED = [
    "127.0.0.1", "::1", "10.0.0.1", "169.254.169.254", "2130706433", "0x7f.1", "017700000001", "127.1",
    "localhost", "LOCALHOST.", "db.localhost", "intranet", "printer.local", "vault.internal",
    "router.home.arpa", "wiki.corp", "not a name",
]
# fmt: on


@pytest.mark.parametrize("host", REFUSED)
def test_what_leads_inward_is_not_asked_for(host):
    found, heard, _ = asked(host=host)

    assert isinstance(found, Refused)
    assert heard == []


def test_an_address_that_is_allowed_is_asked_for_as_such():
    found, heard, _ = asked(host="10.0.0.1", internal=("10.0.0.0/8",))

    assert found[0] == "10.0.0.1"
    assert heard[0].startswith(b"CONNECT 10.0.0.1:443 HTTP/1.1\r\n")
    _, heard, _ = asked(host="fd00::1", internal=("fd00::/8",))
    assert heard[0].startswith(b"CONNECT [fd00::1]:443 HTTP/1.1\r\nHost: [fd00::1]:443\r\n")


def test_where_names_are_looked_up_here_their_addresses_are_judged_and_asked_for():
    found, heard, _ = asked(host="private.example", by_address=True)
    assert isinstance(found, Refused)
    assert heard == []

    found, heard, _ = asked(host="private.example", by_address=True, internal=("10.0.0.0/8",))
    assert found[0] == "10.0.0.1"
    assert heard[0].startswith(b"CONNECT 10.0.0.1:443 ")

    found, heard, _ = asked(host="unknown.example", by_address=True)
    assert isinstance(found, OSError)
    assert heard == []


def test_who_resolves_says_which_addresses_are_known():
    async def main():
        by_name = dialler(1)
        assert await by_name.resolve("private.example", 80) == ()
        assert await by_name.resolve("10.0.0.1", 80) == ("10.0.0.1",)
        by_address = dialler(1, by_address=True)
        assert await by_address.resolve("private.example", 80) == ("10.0.0.1",)

    asyncio.run(main())


@pytest.mark.parametrize("host", ["two.example", "a.two.example", "127.0.0.1"])
def test_what_is_excepted_is_connected_to_directly(host):
    names, networks = direct_names(["two.example", "127.0.0.0/8"])

    async def look_up(_, port):
        return [("127.0.0.1", port)]

    async def main():
        async with Scripted() as parent, Scripted() as origin:
            at = ParentAt("127.0.0.1", parent.port, names=names, networks=networks)
            dial = Dialler(look_up, internal=["127.0.0.0/8"], parent=Parent(at))
            dialled = await dial.connect(host, origin.port)
            assert dialled.sock.getpeername() == ("127.0.0.1", origin.port)
            assert dialled.address == "127.0.0.1"
            dialled.sock.close()
            (await dial.connect("nottwo.example", 443)).sock.close()
            assert len(parent.asked) == 1

    asyncio.run(main())


def test_except_is_parted_into_names_and_networks():
    assert direct_names(["a.example", "10.0.0.0/8"]) == (
        frozenset({"a.example"}),
        (ip_network("10.0.0.0/8"),),
    )


@pytest.mark.parametrize(
    ("host", "name"),
    [("WWW.Facebook.com.", SITE), ("2130706433", "127.0.0.1"), ("localhost", None), ("", None)],
)
def test_names_are_asked_for_in_their_normal_spelling(host, name):
    assert asked_for(host) == name


def test_it_may_be_spoken_to_in_tls():
    authority, other = trustme.CA(), trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(server)
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(ours)

    found, heard, _ = asked(context=server, tls=ours, then=b"hello")
    assert found == (SITE, b"helloping")
    assert heard[0].startswith(b"CONNECT www.facebook.com:443 ")

    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    other.configure_trust(theirs)
    found, heard, failures = asked(context=server, tls=theirs, credentials="gateway:s3cret")
    assert isinstance(found, ParentError)
    assert (heard, failures) == ([], {Trouble.UNREACHABLE: 1})
    found, heard, _ = asked(tls=ours, seconds=1.0)  # it speaks no TLS
    assert isinstance(found, ParentError)


def test_a_listener_of_ours_is_no_parent(make_hello):
    async def play(s):
        s.dialler.parent = Parent(ParentAt(*s.address))
        client = s.client()
        await client.connect("other.example")
        assert (await client.receive_all()).startswith(b"HTTP/1.1 502 ")
        assert s.police.refusals == ["parent"]
        assert len(s.police.judged) == 1

    walk(play)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 407 Who?\r\n\r\n", "parent"),
        (b"garbage\r\n\r\n", "parent"),
        (b"HTTP/1.1 403 No\r\n\r\n", "dial"),
        (b"HTTP/1.1 502 Dead\r\n\r\n", "dial"),
    ],
)
def test_a_client_is_told_as_of_a_dead_origin(answer, reason):
    async def play(s):
        async with Scripted(answer) as parent:
            s.dialler.parent = Parent(ParentAt("127.0.0.1", parent.port))
            client = s.client()
            await client.connect("other.example", credentials="Basic bXk6b3du")
            said = await client.receive_all()
            assert said.startswith(b"HTTP/1.1 502 ")
            assert s.police.refusals == [reason]
            assert b"authorization" not in parent.asked[0].lower()

    walk(play)


def test_it_is_told_once_that_it_does_not_work_and_once_that_it_does():
    told = []

    async def main():
        async with Scripted(b"HTTP/1.1 407 Who?\r\n\r\n") as parent:
            dial = dialler(parent.port)
            dial.parent = Parent(dial.parent.at, tell=told.append)
            for _ in range(2):
                with pytest.raises(ParentError):
                    await dial.connect(SITE, 443)
            for parent.answer in (b"HTTP/1.1 503 Dead\r\n\r\n", b"HTTP/1.1 403 No\r\n\r\n"):
                with pytest.raises(ParentError):
                    await dial.connect(SITE, 443)
            parent.answer = GRANTED
            (await dial.connect(SITE, 443)).sock.close()

    asyncio.run(main())
    assert told == [Trouble.CREDENTIALS, None]
