"""
Does the gateway stay as it is for half an hour? A mixed load, which stops by itself.

    python bench/soak.py [--minutes N]

Clients browse what nobody controls and what a break has opened, on open connections and on new
ones. On the way there is a reload of 100,000 people, a directory that does not answer (package
slapd) while people sign in, and the end of the break. Printed, once a minute and at the end:
memory, descriptors and threads; and how long a client of an innocent site has waited for an answer,
by what went on: p50, p99, most. At the end everything is closed, and what is left is counted.

Clients and origin share the machine with the gateway: the waits hold theirs as well.
"""

import argparse
import base64
import contextlib
import multiprocessing
import signal
import socket
import sys
import tempfile
import threading
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from lab import clocks, rows, traffic
from lab.breaktimes import breaktime, sources, write_people
from lab.origin import INNOCENT, SOCIAL, origin
from support import slapd as slapds

MANY_PEOPLE = 100_000
LUNCH_ENDS = datetime(2026, 11, 23, 14, tzinfo=UTC)
EACH_SECOND = 50
"""Requests for an innocent site that are measured."""

RELOAD, OUTAGE, CUT = 0.25, 0.5, 0.75
"""When each of them comes, as a share of the whole."""


def browse(way, clients, pause, stop):
    """Browse on open connections, and on new ones in between; in a process of its own."""
    lines, number = {}, 0
    while not stop.is_set():
        for each in range(clients):
            number += 1
            with contextlib.suppress(OSError):
                if each not in lines or number % 40 == 0:
                    if each in lines:
                        lines.pop(each).close()
                    lines[each] = traffic.connect(way, number % 200)
                make = traffic.page if number % 8 == 0 else traffic.part
                try:
                    traffic.ask(lines[each], make(way.host, number))
                except OSError:
                    lines.pop(each).close()
            if stop.wait(pause):
                break
    for line in lines.values():
        line.close()


def sign_in(port, stop):
    """Sign in with a password for which the directory has to be asked, again and again."""
    number = 0
    while not stop.wait(0.2):
        number += 1
        token = base64.b64encode(f"b.king:wrong {number}".encode()).decode()
        request = (
            f"GET http://{SOCIAL}/ HTTP/1.1\r\nHost: {SOCIAL}\r\n"
            f"Proxy-Authorization: Basic {token}\r\n\r\n"
        )
        source = (f"127.2.0.{number % 250 + 1}", 0)
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", port), 5, source) as sock,
        ):
            sock.sendall(request.encode())
            sock.settimeout(5)
            sock.recv(65536)


class Waits(threading.Thread):
    """Asks for an innocent site at a steady pace, and notes how long each answer took."""

    def __init__(self, way):
        """Begin with nothing noted."""
        super().__init__()
        self.way, self.during = way, "ordinary traffic"
        self.late, self.failed = defaultdict(list), 0
        self.stop = threading.Event()

    def run(self):
        """Ask until told to stop."""
        line = traffic.connect(self.way)
        number = 0
        while not self.stop.wait(1 / EACH_SECOND):
            number += 1
            during, start = self.during, time.perf_counter()
            try:
                if number % EACH_SECOND == 0:  # now and then by a new tunnel
                    line.close()
                    line = traffic.connect(self.way)
                traffic.ask(line, traffic.page(INNOCENT, number))
            except OSError:
                self.failed += 1
                line = traffic.connect(self.way)
                continue
            self.late[during].append(time.perf_counter() - start)
        line.close()


def state_of(process):
    """Return MiB of memory, descriptors and threads of a gateway with all its processes."""
    pids = clocks.tree(process.pid)
    held = sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in pids)
    threads = sum(len(list(Path(f"/proc/{pid}/task").iterdir())) for pid in pids)
    return clocks.resident_kib(pids) / 1024, held, threads


def tell(began, process, what=""):
    memory, held, threads = state_of(process)
    minutes = (time.monotonic() - began) / 60
    print(f"{minutes:6.1f} min {memory:8.1f} MiB {held:6} descriptors {threads:4} threads  {what}",
          flush=True)  # fmt: skip


def events(running, slapd, waits, whole, began):
    """Let come what comes on the way; between them, tell how it is once a minute."""

    def until(share):
        while (left := began + whole * share - time.monotonic()) > 0:
            time.sleep(min(left, 60))
            if left > 60:
                tell(began, running.process)

    until(RELOAD)
    waits.during = f"reload of {MANY_PEOPLE:,} people"
    before = _records(running, "config-loaded")
    write_people(running.folder, MANY_PEOPLE)
    running.process.send_signal(signal.SIGHUP)
    for _ in range(1200):
        if _records(running, "config-loaded") > before:
            break
        time.sleep(0.1)
    tell(began, running.process, f"reloaded: {MANY_PEOPLE:,} people")
    waits.during = "ordinary traffic"
    until(OUTAGE)
    if slapd is not None:
        waits.during = "the directory does not answer"
        slapd.freeze()
        time.sleep(min(30, whole / 10))
        slapd.thaw()
        tell(began, running.process, "the directory has not answered for a while")
        waits.during = "ordinary traffic"
    until(CUT - 3 / whole)
    waits.during = "the end of the break"
    until(CUT + 10 / whole)
    tell(began, running.process, f"cut: {_records(running, 'connection-cut')} on record")
    waits.during = "ordinary traffic"
    until(1)


def _records(running, action):
    files = sorted((running.folder / "audit").glob("*.jsonl"))
    return sum(file.read_text("ascii").count(f'"{action}"') for file in files)


def soak(running, site, slapd, whole):
    """Load a gateway for so many seconds, and print what was seen."""
    ways = [
        rows.way_to("breaktime", running, site, host, sources(200)) for host in (SOCIAL, INNOCENT)
    ]
    spawning = multiprocessing.get_context("spawn")
    stop = spawning.Event()
    load = [
        spawning.Process(target=browse, args=(ways[0], 40, 0.02, stop)),
        spawning.Process(target=browse, args=(ways[1], 40, 0.02, stop)),
        spawning.Process(target=sign_in, args=(running.port, stop)),
    ]
    tell(time.monotonic(), running.process, "before")
    waits = Waits(rows.way_to("breaktime", running, site, INNOCENT))
    began = time.monotonic()
    try:
        for process in load:
            process.start()
        waits.start()
        events(running, slapd, waits, whole, began)
    finally:
        stop.set()
        waits.stop.set()
        waits.join(60)
        for process in load:
            process.join(60)
            if process.is_alive():
                process.kill()
    time.sleep(5)  # the last connections end
    tell(began, running.process, "after, everything closed")
    print(f"\n{'an innocent site, ms':36} {'answers':>8} {'p50':>8} {'p99':>8} {'most':>8}")
    for during, late in waits.late.items():
        ordered = sorted(1e3 * each for each in late)
        p50, p99 = (ordered[int(len(ordered) * share)] for share in (0.5, 0.99))
        print(f"{during:36} {len(late):8} {p50:8.1f} {p99:8.1f} {ordered[-1]:8.1f}")
    print(f"not answered: {waits.failed}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=30)
    whole = 60 * parser.parse_args().minutes
    with tempfile.TemporaryDirectory(prefix="bt-soak-") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        for each in ("origin", "gateway", "slapd"):
            (folder / each).mkdir(mode=0o755)
        site = stack.enter_context(origin(folder / "origin", lambda _: None))
        slapd = None
        parts = {}
        if slapds_here():
            slapd = stack.enter_context(slapds.directory(folder / "slapd"))
            parts = {"extra": slapd.section, "identity": "  - {kind: directory}"}
        else:
            print("missing: slapd (apt-get install slapd); without the outage of a directory")
        # Loading takes a while; the clock begins with the process.
        wall = LUNCH_ENDS - timedelta(seconds=whole * CUT + 5)
        running = stack.enter_context(
            breaktime(folder / "gateway", site, lambda _: None, wall=wall.isoformat(), **parts)
        )
        soak(running, site, slapd, whole)


def slapds_here():
    from lab.others import find

    return find("slapd") is not None and find("slapadd") is not None


if __name__ == "__main__":
    main()
