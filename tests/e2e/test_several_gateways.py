"""Two gateways behind the balancer of `deploy/`; parts are killed while people are served."""

import os
import shutil
import signal
import ssl
import threading
from contextlib import ExitStack

import pytest

from support.balancer import BEHIND, PORT, addresses, balancer
from support.gateway import running
from support.lunch import Person, all_served_again
from support.workers import pids, until

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

OPEN, CLOSED, INNOCENT = "www.facebook.com", "www.instagram.com", "www.example.org"
NAMES = ("ada", "ben", "cas", "dot", "eve")
LATE = ("gus", "hal", "ivy")
PEOPLE = {name: f"127.0.20.{number}" for number, name in enumerate((*NAMES, *LATE), 11)}
EXTRA = """
teams:
  late:
    members: [gus, hal, ivy]
    breaks: [{days: Mon-Fri, at: 22:00-22:30}]
"""


class Failover:
    """Two gateways, their balancer, and people who never stop asking."""

    def __init__(self, folder, origin, stack):
        self.folder, self.origin, self._stack = folder, origin, stack
        self.front, *self.behind = addresses(3)
        self.gateways = [self.start(0, "\n  workers: 2"), self.start(1)]
        self.balancer = stack.enter_context(balancer(folder, self.front, *self.behind))
        self.noticed = 0
        self._stop = threading.Event()
        self.people = [
            *(self._person(name, OPEN, 200) for name in NAMES),
            *(self._person(name, INNOCENT, 200) for name in NAMES[:2]),
            *(self._person(name, CLOSED, 403) for name in LATE),
        ]

    def start(self, number, workers=""):
        """Start one of the gateways; all of them have one authority."""
        folder = self.folder / f"gateway-{number}"
        folder.mkdir(exist_ok=True)
        if number and not (folder / "ca").exists():
            shutil.copytree(self.folder / "gateway-0" / "ca", folder / "ca")
        at = f"{self.behind[number]}:{BEHIND}"
        return self._stack.enter_context(
            running(
                folder, self.origin, extra=EXTRA, people=PEOPLE,
                listen=(f"{{address: '{at}', proxy_protocol_from: [127.0.0.1]}}",),
                gateway=f"  name: gateway-{number}{workers}", wall="12:30:00",
            )
        )  # fmt: skip

    def _person(self, name, site, expected):
        context = ssl.create_default_context()
        context.load_verify_locations(self.gateways[0].ca)
        context.load_verify_locations(self.origin.ca)
        return Person(
            name, PEOPLE[name], site, expected, (self.front, PORT), context,
            lambda: self.noticed, self._stop,
        )  # fmt: skip

    def __enter__(self):
        for person in self.people:
            person.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for person in self.people:
            person.join()

    def lost(self):
        """Return the connections that were lost, by what had broken before they were begun."""
        return [lost for person in self.people for lost in person.lost]


def test_what_is_killed_takes_its_connections_with_it_and_nothing_else(tmp_path, origin):
    origin.reset()
    with ExitStack() as stack, Failover(tmp_path, origin, stack) as office:
        first = office.gateways[0]
        all_served_again(office.people)
        assert all(gateway.visits() for gateway in office.gateways)

        os.kill(min(pids(first)), signal.SIGKILL)
        first.await_line("worker-lost")
        office.noticed = 1
        all_served_again(office.people)

        first.process.kill()
        first.process.wait()
        office.noticed = 2
        all_served_again(office.people)

        before = len(first.lines())
        again = office.start(0)
        until(lambda: len(again.visits()) > before)
        all_served_again(office.people)

        assert not office.balancer.tell("set server gateways/second state drain")
        all_served_again(office.people)

    assert not [person.wrong for person in office.people if person.wrong]
    assert {lost.after for lost in office.lost()} <= {0, 1}  # none that was begun afterwards
    assert CLOSED not in origin.seen.hellos
    assert origin.seen.bytes[CLOSED] == 0
