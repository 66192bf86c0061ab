"""People who go on asking while something breaks, and what became of each connection."""

import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from support.clients import BROWSER, exchange

PATIENCE = 120
EACH = 8
"""Requests on one connection; then a new one is opened, as browsers do."""

PAUSE = 0.05
"""Seconds between two requests of one person, so that many fit on one machine."""


@dataclass(frozen=True)
class Lost:
    """A connection that ended without an answer: when it was begun, by which count, and why."""

    person: str
    after: int
    why: str


@dataclass
class Person:
    """
    One person at one site, request after request, until told to stop.

    Fields:
        name: whose address it is.
        source: the address.
        site: what is asked for.
        expected: status of every answer.
        proxy: where the proxy is.
        context: the authorities that are trusted.
        epoch: returns how many things have broken by now and were noticed.
        answered: answers with that status.
        wrong: other answers.
        lost: connections that ended instead.
    """

    name: str
    source: str
    site: str
    expected: int
    proxy: tuple[str, int]
    context: ssl.SSLContext
    epoch: Callable[[], int]
    stopped: threading.Event
    answered: int = 0
    wrong: list[str] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)
    _thread: threading.Thread | None = None

    def start(self):
        self._thread = threading.Thread(target=self._run, name=self.name)
        self._thread.start()

    def join(self):
        self._thread.join()

    def _run(self):
        while not self.stopped.is_set():
            begun = self.epoch()
            try:
                self._browse()
            except OSError as why:  # those of TLS are some of these
                self.lost.append(Lost(self.name, begun, repr(why)))
                self.stopped.wait(PAUSE)

    def _browse(self):
        with self._opened() as sock:
            for number in range(EACH):
                if self.stopped.wait(PAUSE):
                    return
                reply = exchange(sock, self._request(number))
                if reply.status == 0:
                    raise ConnectionResetError("closed instead of an answer")
                if reply.status == self.expected:
                    self.answered += 1
                else:
                    self.wrong.append(f"{self.name}: {reply.status} from {self.site}")

    def _opened(self):
        sock = socket.create_connection(self.proxy, PATIENCE, source_address=(self.source, 0))
        try:
            there = f"{self.site}:443"
            reply = exchange(sock, f"CONNECT {there} HTTP/1.1\r\nHost: {there}\r\n\r\n".encode())
            if reply.status not in {0, 200}:
                self.wrong.append(f"{self.name}: {reply.status} from the proxy")
            return self.context.wrap_socket(sock, server_hostname=self.site)
        except BaseException:
            sock.close()
            raise

    def _request(self, number):
        headers = "".join(f"{name}: {value}\r\n" for name, value in BROWSER.items())
        return f"GET /{number} HTTP/1.1\r\nHost: {self.site}\r\n{headers}\r\n".encode()


def all_served_again(people, count=EACH):
    """Wait until everybody has had so many answers more."""
    goals = [(each, each.answered + count) for each in people]
    end = time.monotonic() + PATIENCE
    while any(each.answered < goal for each, goal in goals):
        assert time.monotonic() < end, [
            (each.name, each.site, goal - each.answered, each.wrong[:3], each.lost[-3:])
            for each, goal in goals
            if each.answered < goal
        ]
        time.sleep(0.05)
