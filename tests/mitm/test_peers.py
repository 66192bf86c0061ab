"""The door at which other gateways say what they have sealed: who may, and what is told of it."""

import asyncio
import socket
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from breaktime.audit.statement import read_statements
from breaktime.audit.witnesses.heard import FOLDER
from breaktime.audit.witnesses.peer import PeerWitness
from breaktime.config import load
from breaktime.config.text import Endpoint
from breaktime.core.record import Action
from breaktime.mitm.peers import FROM_ONE, GUESTS, Peers
from sealed import Log
from support.command import configuration


@pytest.fixture
def log(tmp_path):
    log = Log(tmp_path / "a")
    log.write(2, 2)
    return log


@pytest.fixture
def settings(tmp_path, log):
    settings = load(configuration(tmp_path)).settings
    records = replace(settings.records, peers_at=Endpoint("127.0.0.1", 0), peers=(log.anchor,))
    return replace(settings, records=records)


@asynccontextmanager
async def listening(settings):
    told = []
    peers = Peers(settings, lambda *what: told.append(what))
    where = await peers.open()
    try:
        yield peers, where, told
    finally:
        peers.close()


def witness(peers, where, log):
    return PeerWitness(*where, peers._key.public, log.records)


def run(body):
    async def main():
        async with asyncio.timeout(120):
            await body

    asyncio.run(main())


def test_checkpoints_are_taken_and_written_down(settings, log):
    async def body():
        async with listening(settings) as (peers, where, told):
            for statement in log.statements:
                await asyncio.to_thread(witness(peers, where, log).tell, statement)
            assert told == []

    run(body())
    (path,) = (settings.records.directory / FOLDER).iterdir()
    assert list(read_statements(path.read_bytes().splitlines())) == log.statements


def test_nobody_is_listened_to_where_nobody_is_witnessed(settings):
    records = replace(settings.records, peers_at=None, peers=())

    async def body():
        peers = Peers(replace(settings, records=records), print)
        assert await peers.open() is None
        peers.look(1e9)
        peers.close()

    run(body())
    assert not (records.directory / FOLDER).exists()


@pytest.mark.parametrize(
    "said",
    [b"GET / HTTP/1.1\r\n", b"breaktime-witness 1 gw-c/1\n", b"\xff\n", b"\n", b"x" * 100_000],
    ids=["http", "another", "bytes", "nothing", "long"],
)
def test_whoever_else_comes_is_told_nothing_and_changes_nothing(settings, said):
    async def body():
        async with listening(settings) as (_, where, told):
            reader, writer = await asyncio.open_connection(*where)
            try:
                writer.write(said)
                answer = await reader.read()
            except ConnectionError:
                answer = b""
            writer.close()
            assert answer in {b"refused this log is not witnessed here\n", b""}
            assert told == []

    run(body())


def test_a_second_history_is_told_once(settings, log, tmp_path):
    other = Log(tmp_path / "b")
    other.write(1)

    async def body():
        async with listening(settings) as (peers, where, told):
            for statement in log.statements:
                await asyncio.to_thread(witness(peers, where, log).tell, statement)
            one = peers._logs[log.anchor.origin]
            taken = one.heard.take

            def fork(line):
                one.heard.take = taken
                one.heard._prev, one.heard.due, one.heard._key = "0" * 64, *before
                return taken(line)

            before = (len(log.statements) - 1, _key_of(log, len(log.statements) - 2))
            for _ in range(2):
                one.heard.take = fork
                with pytest.raises(OSError, match="follows another checkpoint"):
                    await asyncio.to_thread(witness(peers, where, log).tell, log.statements[-1])
            assert [what[0] for what in told] == [Action.PEER_FORKED]
            assert told[0][2] == log.anchor.origin

    run(body())


def _key_of(log, epoch):
    """The key that a checkpoint promises for the next one."""
    from breaktime.audit.checkpoint import read_checkpoint  # noqa: PLC0415

    return read_checkpoint(log.statements[epoch].line).next


def test_silence_is_told_once_and_so_is_its_end(settings, log):
    async def body():
        async with listening(settings) as (peers, where, told):
            begun = peers._logs[log.anchor.origin].at
            peers.look(begun + 179)
            assert told == []
            for later in (180, 181, 1000):
                peers.look(begun + later)
            assert [what[0] for what in told] == [Action.PEER_SILENT]
            for statement in log.statements:
                await asyncio.to_thread(witness(peers, where, log).tell, statement)
            assert [what[0] for what in told] == [Action.PEER_SILENT, Action.PEER_HEARD]

    run(body())


def test_silence_is_three_intervals_and_never_less_than_three_minutes(settings):
    async def body():
        for interval, silence in ((1, 180), (60, 180), (120, 360)):
            seal_every = timedelta(seconds=interval)
            records = replace(settings.records, seal_every=seal_every)
            assert Peers(replace(settings, records=records), print)._patience == silence

    run(body())


def test_one_address_cannot_keep_others_out(settings, log):
    assert FROM_ONE < GUESTS

    async def body():
        async with listening(settings) as (peers, where, _):
            held = [socket.create_connection(where) for _ in range(FROM_ONE)]
            while peers._guests.total() < FROM_ONE:  # noqa: ASYNC110  nothing tells
                await asyncio.sleep(0.01)
            with pytest.raises(OSError, match=r"does not answer|reset"):
                await asyncio.to_thread(witness(peers, where, log).tell, log.statements[0])
            for sock in held:
                sock.close()
            while peers._guests.total():  # noqa: ASYNC110  nothing tells
                await asyncio.sleep(0.01)
            await asyncio.to_thread(witness(peers, where, log).tell, log.statements[0])

    run(body())


def test_a_disk_that_is_full_is_told_and_no_lie(settings, log):
    async def body():
        async with listening(settings) as (peers, where, _):
            heard = peers._logs[log.anchor.origin].heard

            def full(_):
                raise OSError("the disk is full")

            heard.take, take = full, heard.take
            with pytest.raises(OSError, match="it cannot be kept"):
                await asyncio.to_thread(witness(peers, where, log).tell, log.statements[0])
            heard.take = take
            await asyncio.to_thread(witness(peers, where, log).tell, log.statements[0])

    run(body())
