"""
How soon does what a break has opened end with it? Prints milliseconds after the deadline.

For each protocol, so many connections are opened in a break, in the real gateway and through TLS;
then its clock is set to the end of the break and of the grace. The deadline is that instant, what
follows is measured at the clients: p50, p99 and the last one, and what they saw at the end; and at
the gateway: until it had let go of all of them, and how much of one core it had needed for that.
What was on its way to a client when its connection ended is part of what the client measures.

    python bench/cut.py [connections [protocol ...]]

One connection to a site that nobody controls asks again and again all the while: its longest wait
is printed, in a quiet second before, and around the end. The origin has a process of its own.
"""

import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from support.crowd import Other, Watch, connect, contexts, h2_requests, origin_elsewhere
from support.gateway import running
from support.wire import GOODBYE, upgrade

SOCIAL, INNOCENT = "www.facebook.com", "www.example.org"
OWN = "/ExampleshireCouncil"
PEOPLE = {f"person{number}": f"127.0.20.{number}" for number in range(1, 101)}
WAIT = 60
AT_ONCE = 8


@dataclass(frozen=True)
class Protocol:
    """
    What goes on in a connection.

    Fields:
        sent: what is asked for.
        shown: what shows that it goes on; None where nothing comes back.
        reads: the client reads what comes.
        flows: what comes does not end; else it is little, and looked at afterwards.
        alpn: what is offered; HTTP/2 ends a stream, and not the connection.
    """

    sent: bytes
    shown: bytes | None
    reads: bool = True
    flows: bool = False
    alpn: tuple[str, ...] = ()

    @property
    def keeps(self) -> bool:
        """Whether what comes is looked at afterwards."""
        return self.reads and not self.flows


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: {SOCIAL}\r\n\r\n".encode()


POST = f"POST / HTTP/1.1\r\nHost: {SOCIAL}\r\nContent-Length: 99999\r\n\r\nx".encode()
TWO_STREAMS = h2_requests(SOCIAL, ("/events", f"{OWN}/events"))
FRAMES = {"stream reset": b"\0\0\4\3\0\0\0\0\1", "connection ended": b"\7\0\0\0\0\0"}
ENDLESS = get("/big/2000000000000")

PROTOCOLS = {
    "events": Protocol(get("/events"), b"data: 1\n\n"),
    "http2-stream": Protocol(TWO_STREAMS, b"data: 1\n\n", alpn=("h2",)),
    "websocket": Protocol(upgrade(SOCIAL), b"\r\n\r\n"),
    "download": Protocol(ENDLESS, None, flows=True),
    "upload": Protocol(POST, None),
    "idle": Protocol(get("/"), b"GET / 0\n"),
    "unread-download": Protocol(ENDLESS, None, reads=False),
}


def descriptors(gateway) -> int:
    """Count what the gateway has open; of a client that does not read, nobody else can tell."""
    return sum(1 for _ in Path(f"/proc/{gateway.process.pid}/fd").iterdir())


def cpu(gateway) -> float:
    """Return the milliseconds of a core that the gateway has used."""
    fields = Path(f"/proc/{gateway.process.pid}/stat").read_text().rpartition(") ")[2].split()
    return 1000 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cuts(gateway) -> int:
    return sum(line["event"]["action"] == "connection-cut" for line in gateway.lines())


def opened(gateway, secure, count, protocol, watch):
    """Open so many connections, a few at a time; then ask on each, and wait until all go on."""
    sources = list(PEOPLE.values())
    held = descriptors(gateway)

    def begin(client):
        client.say(protocol.sent)
        if protocol.shown is not None:
            client.until(protocol.shown)
        client.sock.settimeout(0)
        if protocol.reads:
            watch.add(client)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        clients = list(
            threads.map(
                lambda number: connect(
                    gateway, secure, SOCIAL, sources[number % len(sources)], protocol
                ),
                range(count),
            )
        )
        list(threads.map(begin, clients))
    until = time.perf_counter() + WAIT
    while time.perf_counter() < until and (
        (protocol.flows and not all(client.got for client in clients))
        or (protocol.shown is None and descriptors(gateway) < held + 2 * count)
    ):
        time.sleep(0.1)
    time.sleep(1)
    return clients


def what_was_seen(client, protocol) -> str:
    if not protocol.keeps:
        return client.how
    said = client.heard()
    if GOODBYE in said:
        return "close 1008"
    if protocol.alpn:
        return " ".join(sorted({name for name, at in FRAMES.items() if at in said}))
    return client.how if not said else f"{len(said)} bytes, {client.how}"


def measure(gateway, secure, count, name, other):
    protocol = PROTOCOLS[name]
    gateway.clock("13:30:00")
    other.longest()
    time.sleep(1)
    quiet, held = other.longest(), descriptors(gateway)
    with Watch() as watch:
        clients = opened(gateway, secure, count, protocol, watch)
        before = cuts(gateway)
        streams = bool(protocol.alpn)
        other.longest()
        used, deadline = cpu(gateway), time.perf_counter()
        for client in clients:
            client.deadline = deadline
        gateway.clock("14:01:00")
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
        f"{name:16} {len(clients):5} {figures} {cuts(gateway) - before:8} "
        f"{quiet:6.0f} {during:6.0f}   {told}",
        flush=True,
    )


def main(gateway, count, names):
    secure = contexts(gateway)
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{'':16} {'open':>5} {'p50':>6} {'p99':>6} {'last':>6} {'let go':>6} {'CPU':>6} "
          f"{'records':>8} {'others, before and during':>6}   seen")  # fmt: skip
    with Other(gateway, secure, INNOCENT) as other:
        for name in names:
            measure(gateway, secure, count, name, other)
        print(f"the connection to elsewhere was asked {other.asked} times, and answered each time")


if __name__ == "__main__":
    chosen = sys.argv[2:] or list(PROTOCOLS)
    with (
        tempfile.TemporaryDirectory() as folder,
        origin_elsewhere(Path(folder)) as origin,
        running(Path(folder), origin, people=PEOPLE) as gateway,
    ):
        main(gateway, int(sys.argv[1]) if len(sys.argv) > 1 else 1000, chosen)
