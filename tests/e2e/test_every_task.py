"""
Whatever function fails in the background, what a break has opened ends with it.

Either the gateway goes on, or it ends as a whole and its supervisor begins a new one: no part of
it stops without the others. The functions are found by looking on; see `support.walk`.
"""

import socket
import subprocess
import time
from contextlib import ExitStack, suppress
from itertools import cycle

import pytest

from breaktime.mitm.loops import FAILED
from support.clients import connect, exchange, tls
from support.gateway import running
from support.walk import Remote

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

SOCIAL, INNOCENT = "www.facebook.com", "www.example.org"
STOPS = "a part of the gateway has ended; the gateway stops"
THE_LOOP = "door/lookout.py:_Lookout.select:"
ROUND = 80
"""Polls after which what has not been called is not called in this round."""


class Running:
    """A gateway, and another one where that has ended."""

    def __init__(self, origin, folders):
        self._origin, self._folders = origin, folders
        self._stack = ExitStack()
        self.gateway, self.walk = None, None

    def begin(self):
        """Have one that runs."""
        if self.gateway is not None:
            if self.asked("lost") == []:
                return
            self.gateway.process.wait(60)  # else a part has ended, and the gateway has not
        self.close()
        folder = self._folders.mktemp("gateway")
        opened = running(folder, self._origin, module="support.walked_gateway")
        self.gateway = self._stack.enter_context(opened)
        self.walk = Remote(folder / "walk")
        self._stack.callback(self.walk.close)
        self.walk.ask("idle")

    def asked(self, *words):
        """Ask the walk; None where the gateway has ended."""
        with suppress(OSError, ValueError):
            return self.walk.ask(*words)
        return None

    def close(self):
        self._stack.close()


@pytest.fixture(scope="module")
def service(origin, tmp_path_factory):
    service = Running(origin, tmp_path_factory)
    service.begin()
    yield service
    service.close()


def in_a_break(gateway):
    """Open something that goes on until it is ended."""
    gateway.clock("12:30:00")
    sock = tls(gateway, connect(gateway, f"{SOCIAL}:443"), SOCIAL)
    sock.sendall(f"GET /events HTTP/1.1\r\nHost: {SOCIAL}\r\n\r\n".encode())
    assert sock.recv(65536)
    return sock


def the_break_ends(gateway):
    gateway.clock("14:30:00")


def ends(sock):
    """Wait for the end of a connection; tell whether it has come."""
    with sock:
        sock.settimeout(60)
        try:
            while sock.recv(65536):
                pass
        except TimeoutError:
            return False
        except OSError:
            pass
        return True


def called(service):
    """Return what is called in the background when a break ends, and while nothing happens."""
    sock = in_a_break(service.gateway)
    service.walk.ask("record", True)
    the_break_ends(service.gateway)
    assert ends(sock)
    time.sleep(2)  # what beats has beaten; what has not is not looked at
    return service.walk.ask("recorded")


def is_hit(service):
    """Wait until the function has failed, or the gateway has ended; else it was not called."""
    for _ in range(ROUND):
        if service.gateway.process.poll() is not None or service.asked("how_often") != 0:
            return True
        time.sleep(0.05)
    return False


def what_is_wrong(service, origin):
    """Let it happen; say what is not as it has to be, None where nothing has failed."""
    gateway = service.gateway
    the_break_ends(gateway)
    if not ends(service.sock):
        return "what the break had opened goes on"
    if not is_hit(service):
        return None
    origin.reset()
    closed, other = ask(gateway, SOCIAL), ask(gateway, INNOCENT)
    if origin.seen.hosts not in ([INNOCENT], []):
        return f"the site has heard {origin.seen.heard}"
    if service.asked("lost") != []:  # or it has ended already
        with suppress(subprocess.TimeoutExpired):
            gateway.process.wait(60)
        if not gateway.process.returncode:
            return "a part has ended, and the gateway has not, or as if all were well"
        return "" if STOPS in gateway.told() else "nobody is told why it has ended"
    return "" if (closed, other) == (403, 200) else f"answers are {closed} and {other}"


@pytest.mark.parametrize("fault", ["fault", "system"])
def test_where_the_loop_itself_fails_the_gateway_ends(service, origin, fault):
    service.begin()
    gateway = service.gateway
    with in_a_break(gateway) as sock:
        gateway.await_line("visit-allowed")
        service.walk.ask("record")
        ask(gateway, INNOCENT)
        name = next(each for each in service.walk.ask("recorded") if each.startswith(THE_LOOP))

        service.asked("fail", name, fault)

        assert gateway.process.wait(60) == FAILED
        assert ends(sock)
    assert "the event loop has failed; the process ends" in gateway.told()
    last = gateway.lines()[-1]
    assert last["event"]["action"] == "service-stopped"
    assert "its event loop has failed" in last["message"]
    origin.reset()
    assert ask(gateway, SOCIAL) == 0
    assert origin.seen.hosts == []


def ask(gateway, host):
    """Return the status of an answer, 0 where there is none."""
    request = f"GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
    try:
        with socket.create_connection(gateway.proxy, 60, source_address=("127.0.20.5", 0)) as sock:
            return exchange(sock, request).status
    except (OSError, IndexError):
        return 0


def test_what_a_break_has_opened_ends_whatever_fails(service, origin):
    service.begin()
    wrong, failed, faults = [], 0, cycle(("fault", "system"))
    for name in called(service):
        service.begin()
        service.sock = in_a_break(service.gateway)
        service.asked("fail", name, next(faults), True)
        found = what_is_wrong(service, origin)
        service.asked("mend")
        failed += found is not None
        if found:
            wrong.append(f"{name}: {found}\n{service.gateway.told()[-2000:]}")
    assert not wrong, "\n".join(wrong)
    assert failed
