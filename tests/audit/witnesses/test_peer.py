"""A witness that is another gateway: what it is told, and that its answer has to be its own."""

import socket
import threading
from contextlib import contextmanager, suppress

import pytest

from breaktime.audit.checkpoint import means_to_be_one
from breaktime.audit.statement import Statement
from breaktime.audit.witnesses import read_witness
from breaktime.audit.witnesses.cosign import WitnessKey
from breaktime.audit.witnesses.heard import Heard, RefusedError
from breaktime.audit.witnesses.peer import PeerWitness, read_peer
from sealed import Log

KEY = "3b" * 32


@pytest.fixture
def log(tmp_path):
    log = Log(tmp_path / "a")
    log.write(2, 2, 2)
    return log


@contextmanager
def peer(heard, key, answer=lambda text: text):
    """Listen as another gateway does, one guest after the other."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        with suppress(OSError):
            while True:
                way, _ = listener.accept()
                with way, way.makefile("rwb") as file:
                    assert file.readline().startswith(b"breaktime-witness 1 ")
                    _say(file, f"due {heard.due}")
                    while line := file.readline():
                        try:
                            said = f"seen {key.sign(heard.take(line[:-1]))}"
                        except RefusedError as why:
                            said = f"refused {why}"
                        _say(file, answer(said))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(60)


def _say(file, text):
    file.write(text.encode() + b"\n")
    file.flush()


@pytest.fixture
def heard(log, tmp_path):
    return Heard(tmp_path / "w", log.anchor)


@pytest.fixture
def key(tmp_path):
    return WitnessKey.of(tmp_path / "b")


def test_it_sees_each_checkpoint(log, heard, key):
    with peer(heard, key) as port:
        witness = PeerWitness("127.0.0.1", port, key.public)
        for statement in (*log.statements, log.statements[-1]):  # an answer may be lost
            witness.tell(statement)

    assert heard.due == len(log.statements)


def test_what_it_has_missed_is_read_from_the_log(log, heard, key):
    with peer(heard, key) as port:
        witness = PeerWitness("127.0.0.1", port, key.public).beside(log.folder, log.records)
        witness.tell(log.statements[-1])

    assert heard.due == len(log.statements)


def test_without_the_line_at_hand_it_is_read_from_the_log(log, heard, key):
    last = log.statements[-1]
    with peer(heard, key) as port:
        witness = PeerWitness("127.0.0.1", port, key.public).beside(log.folder, log.records)
        witness.tell(Statement(last.origin, last.epoch, last.hash))

    assert heard.due == len(log.statements)


def test_what_is_not_in_the_log_any_more_cannot_be_seen(log, heard, key, tmp_path):
    (tmp_path / "empty").mkdir()
    with peer(heard, key) as port:
        witness = PeerWitness("127.0.0.1", port, key.public, tmp_path / "empty")
        with pytest.raises(OSError, match="checkpoint 0 is not in the log"):
            witness.tell(log.statements[-1])


def test_who_has_another_key_is_not_the_peer(log, heard, key):
    with peer(heard, key) as port, pytest.raises(OSError, match="not signed with the key"):
        PeerWitness("127.0.0.1", port, KEY).tell(log.statements[0])


def test_why_it_refuses_is_told(log, heard, key):
    line = next(line for line in log.data.splitlines() if means_to_be_one(line))
    changed = line.replace(b'"lines":0', b'"lines":9')
    statement = Statement(log.anchor.origin, 0, "0" * 64, changed)
    with peer(heard, key) as port, pytest.raises(OSError, match="not signed with the key that it"):
        PeerWitness("127.0.0.1", port, key.public).tell(statement)


@pytest.mark.parametrize("answer", ["seen " + "0" * 127, "", "\x1b[2J", "refused \x1b[2J"])
def test_an_answer_that_is_none(log, heard, key, answer):
    with (
        peer(heard, key, lambda _: answer) as port,
        pytest.raises(OSError, match="does not answer"),
    ):
        PeerWitness("127.0.0.1", port, key.public).tell(log.statements[0])


def test_nobody_there():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(OSError):  # noqa: PT011  which one says the kernel
        PeerWitness("127.0.0.1", port, KEY).tell(Statement("g/1", 0, "a" * 64, b"x"))


def test_it_is_one_line_of_the_configuration():
    assert read_peer(f"10.0.0.2:8447 key={KEY}") == PeerWitness("10.0.0.2", 8447, KEY)
    assert read_peer(f"[2001:db8::1]:8447 key={KEY}") == PeerWitness("2001:db8::1", 8447, KEY)
    assert read_witness(f"peer:gw-b.example:8447 key={KEY}").name == "peer:gw-b.example:8447"


@pytest.mark.parametrize(
    "text",
    ["", "gw-b", "gw-b:8447", f"gw-b:0 key={KEY}", f"gw-b:65536 key={KEY}", "gw-b:1 key=ab",
     f"gw-b:8447  key={KEY}", f"gw-b:8447 key={KEY.upper()}"],
)  # fmt: skip
def test_what_is_none_is_told_in_words(text):
    assert read_peer(text) is None
    with pytest.raises(ValueError, match="the line that `breaktime audit peer` prints"):
        read_witness(f"peer:{text}")
