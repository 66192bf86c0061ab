"""
Does the gateway grow? Prints its memory, descriptors, tasks and flows, first and last.

A tenth of the requests come first, while nobody else is there. Then so many tunnels are opened,
half of them opened by us as well, and stay open while all the requests come: refused, allowed and
of no concern, over connections that are kept and new ones. With the tunnels open, the memory at
the end is to be within 5 percent of that after the first tenth of them. When the tunnels are
closed, as many tasks, descriptors, flows and connections are to be left as there were.

What is kept of the peak itself is told as well: memory when all are gone, beside that before.

    python bench/endurance.py [requests [tunnels]]
"""

import os
import resource
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from support.crowd import Manner, Proxy, connect, contexts, origin_elsewhere
from support.gateway import running
from support.walk import Remote

SOCIAL, INNOCENT, OWN = "www.facebook.com", "www.example.org", "/ExampleshireCouncil"
PEOPLE = {f"person{number}": f"127.0.20.{number}" for number in range(1, 101)}
SOURCES = list(PEOPLE.values())
KEPT = 50
THREADS = 4
WAIT = 120
EBB = 20
"""Seconds after which the gateway has given back what it needs no more."""


def get(host, path="/"):
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()


ASKED = (
    (INNOCENT, get(INNOCENT), b"GET / 0\n"),
    (SOCIAL, get(SOCIAL, OWN), f"GET {OWN} 0\n".encode()),
    (SOCIAL, get(SOCIAL), b"</html>"),  # outside of breaks: refused
)


def enter(gateway, secure, host, number):
    """Open a tunnel, as one of the people."""
    source = SOURCES[number % len(SOURCES)]
    return connect(Proxy(gateway.proxy, secure), source, Manner(target=(host, 443)))


def ask(gateway, secure, number):
    """Open a tunnel, ask in it so many times, and close it."""
    host, sent, shown = ASKED[number % len(ASKED)]
    client = enter(gateway, secure, host, number)
    with client.sock:
        for _ in range(KEPT):
            client.say(sent)
            client.until(shown)


def state(gateway, remote):
    status = Path(f"/proc/{gateway.process.pid}/status").read_text()
    memory = int(status.partition("VmRSS:")[2].split()[0]) / 1024
    return memory, remote.ask("alive") | {"descriptors": descriptors(gateway)}


def descriptors(gateway):
    return sum(1 for _ in Path(f"/proc/{gateway.process.pid}/fd").iterdir())


def settled(gateway, remote, before):
    """Wait until nothing is left of what has been closed, or for two minutes."""
    until = time.monotonic() + WAIT
    while time.monotonic() < until:
        memory, left = state(gateway, remote)
        if all(left[name] <= before[name] for name in before):
            break
        time.sleep(1)
    return memory, left


def requests(gateway, secure, count):
    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(lambda number: ask(gateway, secure, number), range(count // KEPT)))


def tunnels(gateway, secure, count):
    """Open so many, each with an answer in it; return them."""

    def one(number):
        host, sent, shown = ASKED[number % 2]
        client = enter(gateway, secure, host, number)
        client.say(sent)
        client.until(shown)
        return client

    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(one, range(count)))


def told(name, memory, left):
    print(f"{name:32} {memory:8.1f} " + " ".join(f"{left[key]:12}" for key in left), flush=True)


def main(gateway, count, many):
    secure = contexts(gateway)
    remote = Remote(gateway.folder / "walk")
    gateway.clock("09:00:00")
    requests(gateway, secure, 3 * KEPT)
    _, before = settled(gateway, remote, {})
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{'':32} {'MiB':>8} " + " ".join(f"{key:>12}" for key in before))

    def after(what, wanted):
        memory, left = settled(gateway, remote, wanted)
        told(what, memory, left)
        return memory, left

    requests(gateway, secure, count // 10)
    calm, _ = after(f"after {count // 10} requests", before)
    clients = tunnels(gateway, secure, many)
    _, held = after(f"{many} tunnels are open", {})
    requests(gateway, secure, count // 10)
    first, _ = after(f"and {count // 10} requests later", held)
    requests(gateway, secure, count - count // 10)
    last, _ = after(f"and {count} requests later", held)
    for client in clients:
        client.sock.close()
    settled(gateway, remote, before)
    time.sleep(EBB)
    left, _ = after("the tunnels are closed", before)
    print(f"with the tunnels open: {100 * (last / first - 1):+.1f} % since the first tenth")
    print(f"when they are closed: {100 * (left / calm - 1):+.1f} % since before they were opened")
    remote.close()


if __name__ == "__main__":
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with (
        tempfile.TemporaryDirectory() as folder,
        origin_elsewhere(Path(folder)) as origin,
        running(Path(folder), origin, people=PEOPLE, module="support.walked_gateway") as gateway,
    ):
        numbers = [int(argument) for argument in sys.argv[1:]]
        main(gateway, *(numbers + [100_000, 2_000][len(numbers) :]))
