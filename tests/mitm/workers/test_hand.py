"""One worker as the door sees it: real processes, which say what a test has them say."""

import asyncio
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from breaktime.door import Identity, Kind
from breaktime.mitm.workers.channel import ChannelError
from breaktime.mitm.workers.hand import Hand
from breaktime.mitm.workers.memory import sealed
from breaktime.mitm.workers.messages import Begin, Prepared, Put
from breaktime.mitm.world import StartError
from records import VISIT

BEGIN = Begin("1", Path("config.yaml"), "gateway-1", datetime(2026, 11, 23, tzinfo=UTC))
PATIENCE = 60

TALK = """
import os, socket, sys
from breaktime.mitm.workers.memory import content
from breaktime.mitm.workers.messages import *
from records import VISIT
sock = socket.socket(fileno=int(sys.argv[-1]))
def hear():
    data, fds, _, _ = socket.recv_fds(sock, 1 << 20, 1)
    return from_bytes(data), fds
def say(message):
    sock.send(to_bytes(message))
begin, (config,) = hear()
assert content(config) == b"configuration"
"""
READY = TALK + "say(Ready(begin.name))\n"


def worker(program):
    paths = [str(Path(__file__).parents[2])]
    return sys.executable, "-c", f"import sys; sys.path[:0] = {paths}\n{program}"


class Office:
    """Notes what workers ask for."""

    def __init__(self):
        self.asked, self.gone, self.came = [], [], asyncio.Event()

    def _note(self, what):
        self.asked.append(what)
        self.came.set()

    def put(self, hand, message):
        self._note(message)

    def released(self, connection, *, cut=False):
        self._note(connection)

    def belongs(self, connection, person):
        self._note((connection, person))

    def totalled(self, hand, message):
        self._note(message)

    def ended(self, hand):
        pass

    async def buried(self, hand):
        pass

    def reread(self):
        self._note("reread")

    async def until(self, what):
        while what not in self.asked:
            self.came.clear()
            await self.came.wait()


def run(program, body, patience=PATIENCE):
    async def main():
        office = Office()
        hand = Hand("gateway-1", 0, office, office.gone.append)
        config = sealed(b"configuration")
        try:
            async with asyncio.timeout(PATIENCE):
                await hand.start(worker(program), BEGIN, config, patience)
                return await body(hand, office)
        finally:
            os.close(config)
            await hand.kill()
            assert hand.pid is None or not os.path.exists(f"/proc/{hand.pid}")  # noqa: ASYNC240, PTH110

    return asyncio.run(main())


async def nothing(hand, office):
    return office.asked


def inspection(sock):
    conn = SimpleNamespace(
        id="one", client="10.0.0.7", client_port=1, identity=Identity("ada"), certificate=None,
        when_cut=None,
    )  # fmt: skip
    return SimpleNamespace(
        conn=conn, sock=sock, replay=b"GET", kind=Kind.HTTP, host="x.example", port=80, sni=None,
        address=None,
    )  # fmt: skip


def pair():
    import socket  # noqa: PLC0415  the name is taken above

    return socket.socketpair()


def test_it_is_started_with_the_configuration_and_is_there_when_it_says_so():
    assert run(READY + "hear()", nothing) == []


@pytest.mark.parametrize(
    ("program", "why"),
    [
        (TALK + "say(Failed('no authority', 78)); hear()", "no authority"),
        (TALK + "raise SystemExit", "ended before it was ready"),
        # It may have gone before it is told anything.
        ("raise SystemExit", r"ended before it was ready|cannot be told"),
        (TALK + "sock.send(b'nonsense'); hear()", "ended before it was ready"),
    ],
)
def test_one_that_does_not_start_says_why(program, why):
    with pytest.raises(StartError, match=why):
        run(program, nothing)


def test_the_status_is_the_workers():
    with pytest.raises(StartError) as caught:
        run(TALK + "say(Failed('no authority', 78)); hear()", nothing)

    assert caught.value.status == 78


def test_one_that_never_gets_ready_is_not_waited_for():
    with pytest.raises(StartError, match="not ready within"):
        run(TALK + "hear()", nothing, patience=0.01)


def test_a_program_that_is_not_there_is_an_end_too():
    async def main():
        office = Office()
        hand = Hand("gateway-1", 0, office, office.gone.append)
        config = sealed(b"x")
        with pytest.raises(StartError, match="cannot be started"):
            await hand.start(["/nowhere/at/all"], BEGIN, config, PATIENCE)
        os.close(config)

    asyncio.run(main())


def test_a_connection_goes_over_and_its_end_is_told():
    client, theirs = pair()

    async def body(hand, office):
        given = inspection(theirs)
        hand.take(given)
        assert hand.connections == 1
        assert theirs.fileno() == -1
        await office.until("one")
        assert hand.connections == 0
        given.conn.when_cut()
        await office.until("reread")
        return office.asked

    program = READY + (
        "take, (fd,) = hear()\n"
        "socket.socket(fileno=fd).send(take.replay + take.identity.person.encode())\n"
        "say(Belongs('other', 'ada')); say(Belongs('one', 'bob'))\n"
        "say(Released('other')); say(Released('one'))\n"
        "assert hear()[0] == Cut('one')\n"
        "say(Reread()); hear()"
    )
    # What it does not hold, it can neither release nor say whose it is.
    assert run(program, body) == [("one", "bob"), "one", "reread"]
    with client:
        assert client.recv(100) == b"GETada"


def test_its_records_and_figures_are_heard():
    async def body(hand, office):
        await office.until(Put(1, VISIT, held=True))
        return hand.figures.leases

    assert run(READY + "say(Figures(leases=7)); say(Put(1, VISIT, True)); hear()", body) == 7


def test_when_it_dies_its_connections_are_released_and_it_takes_no_more():
    client, theirs = pair()

    async def body(hand, office):
        hand.take(inspection(theirs))
        os.kill(hand.pid, 9)
        await hand.ended.wait()
        other, unsent = pair()
        with other, unsent, pytest.raises(ChannelError):
            hand.take(inspection(unsent))
        return office.asked, office.gone == [hand]

    with client:
        assert run(READY + "hear(); hear(); hear()", body) == (["one"], True)
        assert client.recv(1) == b""


@pytest.mark.parametrize(
    ("answer", "heard"),
    [
        ("Prepared(ask.number, 'f', 'p')", Prepared(4, "f", "p")),
        ("Prepared(ask.number, fault='KeyError')", Prepared(4, fault="KeyError")),
    ],
)
def test_it_is_asked_about_a_configuration(answer, heard):
    async def body(hand, _):
        config = sealed(b"new")
        asked = hand.prepare(4, config)
        os.close(config)
        return await asked

    program = READY + f"ask, (fd,) = hear(); assert content(fd) == b'new'; say({answer}); hear()"
    assert run(program, body) == heard


def test_who_dies_while_asked_answers_nothing():
    async def body(hand, _):
        config = sealed(b"new")
        asked = hand.prepare(4, config)
        os.close(config)
        await asyncio.wait([asked])
        return asked.cancelled()

    assert run(READY + "hear()", body)


def test_one_that_is_drained_ends_by_itself():
    async def body(hand, office):
        await hand.drain(30)
        return hand.ended.is_set(), hand.leaving

    assert run(READY + "assert hear()[0] == Drain(30)", body) == (True, True)


def test_one_that_does_not_end_is_killed(monkeypatch):
    monkeypatch.setattr("breaktime.mitm.workers.hand.LEAVING_SECONDS", 0.01)

    async def body(hand, _):
        await hand.stop()
        return hand.ended.is_set()

    assert run(READY + "hear(); hear(); hear()", body)
