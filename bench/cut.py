"""
How soon does what a break has opened end with it? Prints milliseconds after the deadline.

For each protocol, so many connections are opened in a break, in the real gateway and through TLS;
then its clock is set to the end of the break and of the grace. The deadline is that instant, what
follows is measured at the clients: p50, p99 and the last one, and what they saw at the end; and at
the gateway: until it had let go of all of them, and how much of one core it had needed for that.
What was on its way to a client when its connection ended is part of what the client measures.

    python bench/cut.py [connections [protocol ...]]

A raw tunnel is never opened to what is controlled. It ends by a new configuration in which its
site is: the deadline is the signal to read it, and the record names the site and nobody.

Downloads come at the pace of a film; those at full speed are a hundred. More of them are hardly
opened: each step of a new one waits for a chunk of all the others, and clients, origin and gateway
turn over as much as two cores can.

One connection to a site that nobody controls asks again and again all the while: its longest wait
is printed, in a quiet second before, and around the end. The origin has a process of its own.
"""

import os
import resource
import statistics
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from lab.protocols import INNOCENT, PROTOCOLS, RAW, End, Where
from support.crowd import (
    Manner,
    Other,
    Proxy,
    Watch,
    certified,
    connect,
    contexts,
    origin_elsewhere,
)
from support.debian import free_port
from support.gateway import running
from support.wire import GOODBYE

PEOPLE = {f"person{number}": f"127.0.20.{number}" for number in range(1, 101)}
WAIT = 60
AT_ONCE = 8
STILL = 50
"""Milliseconds of half a second in which a gateway that has little to do has the processor."""
FRAMES = {"stream reset": b"\0\0\4\3\0\0\0\0\1", "connection ended": b"\7\0\0\0\0\0"}
TUNNELBOOK = """
name: Tunnelbook
category: social-network
domains: {web: [%s]}
sources: [the bench]
"""


def descriptors(gateway) -> int:
    """Count what the gateway has open; of a client that does not read, nobody else can tell."""
    return sum(1 for _ in Path(f"/proc/{gateway.process.pid}/fd").iterdir())


def cpu(gateway) -> float:
    """Return the milliseconds of a core that the gateway has used."""
    fields = Path(f"/proc/{gateway.process.pid}/stat").read_text().rpartition(") ")[2].split()
    return 1000 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cuts(gateway) -> int:
    return sum(line["event"]["action"] == "connection-cut" for line in gateway.lines())


def opened(gateway, proxy, count, protocol, watch):
    """Open so many connections, a few at a time; then ask on each, and wait until all go on."""
    sources = list(PEOPLE.values())
    held = descriptors(gateway)
    manner = Manner(protocol.alpn, protocol.keeps, protocol.raw, protocol.target)

    def enter(number):
        return connect(proxy, sources[number % len(sources)], manner)

    def begin(client):
        client.say(protocol.sent)
        if protocol.shown is not None:
            client.until(protocol.shown)
        client.sock.settimeout(0)
        if protocol.reads:
            watch.add(client)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        clients = list(threads.map(enter, range(count)))
        list(threads.map(begin, clients))
    until = time.perf_counter() + WAIT
    while time.perf_counter() < until and (
        (protocol.flows and not all(client.got for client in clients))
        or (protocol.shown is None and descriptors(gateway) < held + protocol.held * count)
    ):
        time.sleep(0.1)
    time.sleep(1)
    while not protocol.reads and time.perf_counter() < until and not is_still(gateway):
        pass  # what the kernel takes for a client who does not read is megabytes
    return clients


def is_still(gateway) -> bool:
    """Look for half a second whether the gateway has hardly anything to do."""
    used = cpu(gateway)
    time.sleep(0.5)
    return cpu(gateway) - used < STILL


def end(gateway, protocol):
    """Let the deadline come."""
    if protocol.end is End.CLOCK:
        gateway.clock("14:01:00")
        return
    (gateway.folder / "rules.d" / "tunnelbook.yaml").write_text(TUNNELBOOK % RAW)
    gateway.hang_up()


def what_was_seen(client, protocol) -> str:
    if not protocol.keeps:
        return client.how
    said = client.heard()
    if GOODBYE in said:
        return "close 1008"
    if protocol.alpn:
        return " ".join(sorted({name for name, at in FRAMES.items() if at in said}))
    return client.how if not said else f"{len(said)} bytes, {client.how}"


def measure(gateway, proxy, count, name, other):
    protocol = PROTOCOLS[name]
    gateway.clock("13:30:00")
    other.longest()
    time.sleep(1)
    quiet, held = other.longest(), descriptors(gateway)
    with Watch() as watch:
        clients = opened(gateway, proxy, min(count, protocol.most), protocol, watch)
        before = cuts(gateway)
        streams = bool(protocol.alpn)
        other.longest()
        used, deadline = cpu(gateway), time.perf_counter()
        for client in clients:
            client.deadline = deadline
        end(gateway, protocol)
        rest = held + 2 * count if streams else held
        while not streams and descriptors(gateway) > rest and time.perf_counter() < deadline + WAIT:
            time.sleep(0.005)
        gone = 1000 * (time.perf_counter() - deadline)
        used = cpu(gateway) - used
        while protocol.reads and time.perf_counter() < deadline + WAIT:
            if all(client.ended for client in clients):
                break
            time.sleep(0.01)
        during = other.longest()
        late = sorted(1000 * (client.ended - deadline) for client in clients if client.ended)
        time.sleep(2)  # the writer is another process
        saw = Counter(what_was_seen(client, protocol) for client in clients if client.ended)
        for client in clients:
            client.sock.close()
    figures = " ".join(f"{'-':>6}" for _ in range(3))
    if late:
        p99 = late[int(len(late) * 0.99)]
        figures = f"{statistics.median(late):6.0f} {p99:6.0f} {late[-1]:6.0f}"
    figures += f" {'-':>6} {'-':>6}" if streams else f" {gone:6.0f} {used:6.0f}"
    told = ", ".join(f"{how}: {n}" for how, n in saw.most_common()) or "nothing: it does not read"
    print(
        f"{name:17} {len(clients):5} {figures} {cuts(gateway) - before:8} "
        f"{quiet:6.0f} {during:6.0f}   {told}",
        flush=True,
    )


def main(gateway, proxy, count, names):
    with Other(Proxy(gateway.proxy, proxy.secure), INNOCENT) as other:
        for name in names:
            measure(gateway, proxy, count, name, other)
        print(f"the connection to elsewhere was asked {other.asked} times, and answered each time")


def settings_of(where, port):
    """Return what is special in the configuration of a gateway."""
    if where is Where.UNOPENED:
        return "  decrypt_during_breaks: false"
    tls = f"{{listen: 127.0.0.1:{port}, certificate: proxy.pem, key: proxy-key.pem}}"
    return f"  tls: {tls}" if where is Where.TLS else ""


@contextmanager
def gateway_at(where):
    """Have a gateway of this kind; give it, and how its clients ask."""
    with tempfile.TemporaryDirectory() as name, origin_elsewhere(Path(name)) as origin:
        folder, port = Path(name), free_port()
        trust = certified(folder)
        settings = settings_of(where, port)
        with running(folder, origin, people=PEOPLE, gateway=settings) as gateway:
            proxy = Proxy(gateway.proxy, contexts(gateway))
            if where is Where.TLS:
                proxy = replace(proxy, address=("127.0.0.1", port), tls=trust)
            yield gateway, proxy


if __name__ == "__main__":
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    chosen = sys.argv[2:] or list(PROTOCOLS)
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{'':17} {'open':>5} {'p50':>6} {'p99':>6} {'last':>6} {'let go':>6} {'CPU':>6} "
          f"{'records':>8} {'others, before and during':>6}   seen")  # fmt: skip
    for where in Where:
        names = [name for name in chosen if PROTOCOLS[name].where is where]
        if names:
            with gateway_at(where) as (gateway, proxy):
                main(gateway, proxy, count, names)
