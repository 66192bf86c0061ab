"""Name servers that answer, that do not, and that are not there."""

import base64
import socket
import ssl
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager

import pytest
import trustme

from breaktime.cli import examining_names
from breaktime.cli.examining import Mark
from breaktime.cli.examining_names import Ports, name_server
from support.gateway import ROOT

HERE = "127.0.0.1"


@pytest.fixture(autouse=True)
def _patient(monkeypatch):
    monkeypatch.setattr(examining_names, "PATIENCE", 120)


def answer(question):
    """Return an answer without an address: that it comes is what counts."""
    return question[:2] + b"\x81\x80" + question[4:]


def over_stream(sock):
    question = sock.recv(65535)[2:]
    reply = answer(question)
    sock.sendall(len(reply).to_bytes(2) + reply)


def over_https(sock):
    text = sock.recv(65535).split(b"dns=")[1].split(b" ")[0]
    reply = answer(base64.urlsafe_b64decode(text + b"=="))
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: application/dns-message\r\nContent-Length: {len(reply)}"
    )
    sock.sendall(head.encode() + b"\r\n\r\n" + reply)


def no_page(sock):
    sock.recv(65535)
    sock.sendall(
        b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nno"
    )


def says_nothing(sock):
    sock.recv(65535)


@pytest.fixture(scope="module")
def context():
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("name.example").configure_cert(made)
    return made


@contextmanager
def stream(serve, context=None, port=0):
    """Serve connections one after the other, until the end."""
    listener = socket.create_server((HERE, port))

    def run():
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            try:
                with (
                    sock if context is None else context.wrap_socket(sock, server_side=True) as one
                ):
                    serve(one)
            except (OSError, IndexError):
                sock.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


@contextmanager
def datagrams(reply, port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((HERE, port))

        def run():
            while True:
                question, client = sock.recvfrom(65535)
                if not question:
                    return
                sock.sendto(reply(question), client)

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
                end.sendto(b"", sock.getsockname())
            thread.join()


def marks(ports):
    return [finding.mark for finding in name_server(HERE, ports)]


def test_one_that_answers_is_a_hole_in_each_way(context):
    with (
        stream(over_stream) as clear,
        datagrams(answer, clear),
        stream(over_stream, context) as tls,
        stream(over_https, context) as https,
    ):
        found = list(name_server(HERE, Ports(clear, tls, https)))

    assert [each.mark for each in found] == [Mark.BAD] * 4
    assert f"DNS over HTTPS at {HERE} (TCP {https}) answers past the gateway" in found[3].text


@pytest.mark.parametrize("serve", [no_page, says_nothing])
def test_whoever_gives_no_answer_may_be_the_gateway(context, serve):
    with (
        stream(says_nothing) as clear,
        datagrams(lambda _: b"who are you?", clear),
        stream(says_nothing, context) as tls,
        stream(serve, context) as https,
    ):
        assert marks(Ports(clear, tls, https)) == [Mark.LOOK] * 4
        assert marks(Ports(clear, clear, clear))[2:] == [Mark.LOOK] * 2  # no TLS is spoken there


def test_where_nobody_is_all_is_well():
    with ExitStack() as stack:  # taken, and not listened on: nobody else comes there
        taken = [stack.enter_context(socket.socket()) for _ in range(3)]
        for each in taken:
            each.bind((HERE, 0))
        ports = Ports(*(each.getsockname()[1] for each in taken))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind((HERE, ports.clear))
            other.connect((HERE, 9))  # hears from nobody else, so the kernel refuses
            assert marks(ports) == [Mark.FINE] * 4


def test_a_name_that_leads_nowhere_is_well():
    assert [each.mark for each in name_server("x" * 70)] == [Mark.FINE] * 4


PROGRAM = f"""
import subprocess, sys
sys.path[:0] = {[str(ROOT / "tests"), str(ROOT / "tests" / "cli")]}
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
from test_examining_names import answer, datagrams, over_stream, stream
with stream(over_stream, port=53), datagrams(answer, 53):
    from breaktime.cli import examining_names
    from breaktime.cli.doctor import doctor
    examining_names.PATIENCE = 120
    doctor(["--resolver", "127.0.0.1"])
"""


def test_the_verb_asks_at_the_ports_that_there_are():
    """In a network of its own, where port 53 is ours."""
    apart = ["unshare", "--user", "--map-root-user", "--net", sys.executable, "-c", PROGRAM]
    done = subprocess.run(apart, capture_output=True, text=True, timeout=120, check=False)

    marks = [line[:4].strip() for line in done.stdout.splitlines()]
    assert marks == ["BAD", "BAD", "fine", "fine"], done.stderr
    assert done.returncode == 1
