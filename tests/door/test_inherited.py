"""Sockets that somebody else has opened are taken where they are meant for us, and listen."""

import os
import socket
import subprocess
import sys

import pytest

from breaktime.door import take_inherited

PATIENCE = 60

CHILD = """
import os, sys
if os.environ["FOR"] == "us":
    os.environ["LISTEN_PID"] = str(os.getpid())
from breaktime.door import take_inherited
try:
    found = take_inherited(os.environ)
except OSError as problem:
    sys.exit(str(problem))
left = [name for name in os.environ if name.startswith("LISTEN_")]
print(*(f"{host} {port} {sock.get_inheritable()}" for (host, port), sock in found.items()), left)
"""


def child(sock, *, meant_for="us", count="1"):
    """Start a process whose descriptor 3 is this socket."""
    keep = os.dup(sock.fileno())

    def arrange():
        os.dup2(keep, 3)

    environment = {**os.environ, "FOR": meant_for, "LISTEN_FDS": count, "LISTEN_PID": "1"}
    try:
        return subprocess.run(
            [sys.executable, "-c", CHILD],
            env=environment, pass_fds=(3,), preexec_fn=arrange, close_fds=True,
            capture_output=True, text=True, check=False, timeout=PATIENCE,
        )  # fmt: skip
    finally:
        os.close(keep)


@pytest.fixture
def listening():
    with socket.create_server(("127.0.0.1", 0)) as sock:
        yield sock


def test_a_socket_that_listens_is_taken_and_kept_from_children(listening):
    port = listening.getsockname()[1]

    assert child(listening).stdout == f"127.0.0.1 {port} False []\n"


def test_what_is_meant_for_another_process_is_left_alone(listening):
    assert child(listening, meant_for="another").stdout == "[]\n"


@pytest.mark.parametrize("count", ["", "x", "-1"])
def test_what_says_nothing_sensible_is_nothing(listening, count):
    assert child(listening, count=count).stdout == "[]\n"


def test_what_does_not_listen_is_said():
    with socket.socket() as sock:
        done = child(sock)

    assert done.returncode == 1
    assert done.stderr == "descriptor 3 is no socket that listens for TCP\n"


def test_without_a_supervisor_there_is_nothing():
    assert take_inherited({}) == {}
