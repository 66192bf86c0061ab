"""All workers together: real processes, which say what a test has them say."""

import asyncio
import os
import socket
import sys
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from breaktime.config import ConfigError
from breaktime.config.problems import Problem
from breaktime.door import Identity, Kind
from breaktime.mitm.rebuild import RebuildError
from breaktime.mitm.workers import crew as module
from breaktime.mitm.workers.channel import ChannelError
from breaktime.mitm.workers.crew import Crew, Plan
from breaktime.mitm.world import StartError

PATIENCE = 120

# It answers a configuration with the sentence in it, and ends when it is told to.
PROGRAM = f"""
import sys
sys.path[:0] = {[str(Path(__file__).parents[2])]}
import os, socket
from breaktime.config.problems import Problem
from breaktime.mitm.workers.memory import content
from breaktime.mitm.workers.messages import *
sock = socket.socket(fileno=int(sys.argv[-1]))
def say(message):
    sock.send(to_bytes(message))
inside = {{}}
while True:
    data, fds, _, _ = socket.recv_fds(sock, 1 << 20, 1)
    if not data:
        break
    message = from_bytes(data)
    if isinstance(message, Begin):
        began = content(fds[0]).decode()
        if began == "bad":
            say(Failed("it is bad", 1))
        say(Ready(""))
    elif isinstance(message, Take):
        client = socket.socket(fileno=fds[0])
        client.send(f"{{os.getpid()}} {{began}}".encode())
        inside[message.id] = client
    elif isinstance(message, Prepare):
        new = content(fds[0]).decode()
        say(eval(new.format(number=message.number)))
    elif isinstance(message, Commit):
        began = "committed"
    elif isinstance(message, Drain):
        break
"""
SOUND = "Prepared({number}, 'f', 'p')"
NEW = SimpleNamespace(policy=SimpleNamespace(fingerprint="f"), people="p")


def _lives(pid):
    return Path(f"/proc/{pid}").exists()


class Office:
    def __init__(self):
        self.released_ids, self.graves = [], []

    def put(self, hand, message):
        raise AssertionError

    def released(self, connection, *, cut=False):
        self.released_ids.append(connection)

    def belongs(self, connection, person):
        raise AssertionError

    def totalled(self, hand, message):
        raise AssertionError

    def ended(self, hand):
        pass

    async def buried(self, hand):
        self.graves.append((hand.name, _lives(hand.pid)))

    def reread(self):
        raise AssertionError


def run(body, *, count=2, config="first"):
    async def main():
        lost = []
        plan = Plan(
            count,
            (sys.executable, "-c", PROGRAM),
            Path("config.yaml"),
            "gateway",
            lambda: datetime(2026, 11, 23, tzinfo=UTC),
        )
        crew = Crew(plan, config.encode(), Office(), lost.append)
        try:
            async with asyncio.timeout(PATIENCE):
                await crew.start()
                return await body(crew, lost)
        finally:
            await crew.close()

    return asyncio.run(main())


async def ask(crew, person, client="10.0.0.7"):
    """Hand a connection over, and return who took it and what that goes by."""
    ours, theirs = socket.socketpair()
    identity = None if person is None else Identity(person)
    conn = SimpleNamespace(
        id=f"{person} {client}", client=client, client_port=1, identity=identity,
        certificate=None, when_cut=None,
    )  # fmt: skip
    with ours:
        ours.setblocking(False)
        try:
            crew.hand_over(
                SimpleNamespace(
                    conn=conn, sock=theirs, replay=b"", kind=Kind.TLS, host="x", port=443,
                    sni=None, address=None,
                )
            )  # fmt: skip
        except BaseException:
            theirs.close()
            raise
        answer = await asyncio.get_running_loop().sock_recv(ours, 100)
    pid, began = answer.decode().split(" ", 1)
    return int(pid), began


async def until(condition):
    while not condition():  # noqa: ASYNC110  what is waited for has no event
        await asyncio.sleep(0.01)


def test_people_are_spread_and_each_stays_with_one_worker():
    async def body(crew, _):
        twice = [[await ask(crew, f"person{each}") for each in range(12)] for _ in range(2)]
        unknown = {await ask(crew, None), await ask(crew, None)}
        return twice, unknown, {hand.pid for hand in crew.ready}

    (first, second), unknown, pids = run(body)

    assert first == second
    assert set(Counter(pid for pid, _ in first)) == pids
    assert len(unknown) == 1


def test_who_is_gone_is_told_of_when_the_process_is_gone(monkeypatch):
    office = Office()
    monkeypatch.setattr(f"{__name__}.Office", lambda: office)

    async def body(crew, _):
        killed = crew.ready[0]
        os.kill(killed.pid, 9)
        await until(lambda: office.graves)
        return killed.name

    name = run(body)

    assert office.graves == [(name, False)]  # and the end of all is left to the next start
    assert name == "gateway/1"


def test_who_dies_is_missed_and_replaced_and_the_others_serve_meanwhile():
    async def body(crew, lost):
        killed = crew.ready[0]
        survivor = crew.ready[1].pid
        os.kill(killed.pid, 9)
        await killed.ended.wait()
        meanwhile = {(await ask(crew, f"person{each}"))[0] for each in range(6)}
        await until(lambda: len(crew.ready) == 2)
        later = {(await ask(crew, f"person{each}"))[0] for each in range(12)}
        return lost == [killed.name], meanwhile == {survivor}, survivor in later, len(later)

    assert run(body) == (True, True, True, 2)


def test_where_nobody_is_left_nothing_is_taken(monkeypatch):
    async def body(crew, _):
        async def never():
            await asyncio.Event().wait()

        monkeypatch.setattr(crew, "_new", never)
        os.kill(crew.ready[0].pid, 9)
        await until(lambda: not crew.ready)
        with pytest.raises(ChannelError, match="no worker"):
            await ask(crew, "ada")

    run(body, count=1)


def test_a_configuration_that_everybody_opens_comes_into_force_everywhere():
    async def body(crew, _):
        await crew.agree(SOUND.encode(), NEW)
        before = {(await ask(crew, f"person{each}"))[1] for each in range(6)}
        crew.commit()
        after = {(await ask(crew, f"person{each}"))[1] for each in range(6)}
        os.kill(crew.ready[0].pid, 9)
        await until(lambda: len(crew.ready) == 1)
        await until(lambda: len(crew.ready) == 2)
        later = {(await ask(crew, f"person{each}"))[1] for each in range(12)}
        return before, after, later

    before, after, later = run(body)

    assert (before, after) == ({"first"}, {"committed"})
    assert later == {"committed", SOUND}  # whoever comes later begins with it


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("Prepared({number}, problems=(Problem('a.yaml', 1, 1, 'x', 'is wrong'),))", ConfigError),
        ("Prepared({number}, fault='KeyError')", RebuildError),
        ("Prepared({number}, 'another', 'p')", RebuildError),
        ("Prepared({number}, 'f', 'others')", RebuildError),
    ],
)
def test_what_one_of_them_cannot_open_comes_into_force_nowhere(answer, error):
    async def body(crew, _):
        one = f"{answer} if os.getpid() == {crew.ready[0].pid} else {SOUND}"
        with pytest.raises(error) as caught:
            await crew.agree(one.encode(), NEW)
        crew.forget()
        crew.commit()  # there is nothing to put in force
        began = {(await ask(crew, f"person{each}"))[1] for each in range(6)}
        return caught.value, began

    problem, began = run(body)

    assert began == {"first"}
    if error is ConfigError:
        assert problem.problems == (Problem("a.yaml", 1, 1, "x", "is wrong"),)


def test_one_that_never_answers_is_killed_and_nothing_is_taken(monkeypatch):
    monkeypatch.setattr(module, "ANSWER_SECONDS", 0.2)

    async def body(crew, _):
        pids = {hand.pid for hand in crew.ready}
        with pytest.raises(RebuildError, match="in time"):
            await crew.agree(b"__import__('time').sleep(1000)", NEW)
        crew.forget()
        await until(lambda: len(crew.ready) == 2 and not pids & {one.pid for one in crew.ready})
        return {(await ask(crew, f"person{each}"))[1] for each in range(6)}

    assert run(body) == {"first"}


def test_one_after_the_other_is_replaced():
    async def body(crew, lost):
        old = [hand.pid for hand in crew.ready]
        crew.roll()
        crew.roll()  # once is enough
        await until(lambda: not {hand.pid for hand in crew.ready} & set(old))
        await until(lambda: not any(_lives(pid) for pid in old))
        served = {(await ask(crew, f"person{each}"))[0] for each in range(12)}
        return served == {hand.pid for hand in crew.ready}, lost

    assert run(body) == (True, [])


def test_where_a_new_one_does_not_start_the_old_ones_stay():
    async def body(crew, lost):
        await crew.agree(SOUND.encode(), NEW)
        crew.forget()
        old = [hand.pid for hand in crew.ready]
        os.close(crew._config)
        crew._config = module.sealed(b"bad")
        crew.roll()
        await crew._rolling
        return [hand.pid for hand in crew.ready] == old, lost

    assert run(body) == (True, [])


def test_a_crew_that_cannot_be_started_says_why():
    with pytest.raises(StartError, match="it is bad"):
        run(lambda *_: None, config="bad")


def test_who_hangs_is_killed_and_replaced(monkeypatch):
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.01)

    async def body(crew, lost):
        hung = crew.ready[0]
        looking = asyncio.create_task(crew.run())
        await until(hung.ended.is_set)
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking
        await until(lambda: bool(crew.ready))
        return lost[0] == hung.name

    assert run(body, count=1)


def _lives(pid):
    return Path(f"/proc/{pid}").exists()
