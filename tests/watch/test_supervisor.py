"""systemd is told what it wants to know, and nobody else is told anything."""

import os
import socket

import pytest

from breaktime.watch import Supervisor


@pytest.fixture
def heard(tmp_path):
    """Give the address of a socket, and a function that returns what has been heard there."""
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(str(path))
        sock.setblocking(False)

        def hear():
            found = []
            try:
                while True:
                    found.append(sock.recv(100))
            except BlockingIOError:
                return found

        yield str(path), hear


def test_it_says_what_goes_on(heard):
    address, hear = heard
    supervisor = Supervisor({"NOTIFY_SOCKET": address})
    supervisor.ready()
    supervisor.stopping()

    assert hear() == [b"READY=1", b"STOPPING=1"]


def test_the_watchdog_hears_four_times_in_its_time_and_not_more(heard):
    address, hear = heard
    at = [0.0]
    environment = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "20000000"}
    supervisor = Supervisor(environment, lambda: at[0])
    told = []
    for second in range(21):
        at[0] = float(second)
        supervisor.alive()
        told += [second] * len(hear())

    assert supervisor.watchdog == 20
    assert told == [0, 5, 10, 15, 20]


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"WATCHDOG_USEC": "soon"},
        {"WATCHDOG_USEC": "0"},
        {"WATCHDOG_USEC": "20000000", "WATCHDOG_PID": str(os.getpid() + 1)},
    ],
)
def test_a_watchdog_of_nobody_or_of_another_hears_nothing(heard, environment):
    address, hear = heard
    supervisor = Supervisor({"NOTIFY_SOCKET": address, **environment})
    supervisor.alive()

    assert supervisor.watchdog is None
    assert hear() == []


def test_a_name_without_a_file_is_reached():
    name = f"breaktime-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(f"\0{name}")
        sock.settimeout(60)
        Supervisor({"NOTIFY_SOCKET": f"@{name}"}).ready()
        assert sock.recv(100) == b"READY=1"


def test_a_supervisor_that_is_gone_stops_nobody(tmp_path):
    Supervisor({"NOTIFY_SOCKET": str(tmp_path / "gone")}).ready()
    Supervisor({}).ready()
