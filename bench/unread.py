"""
What does a client cost that asks for much and does not read? Prints memory and bytes, by way in.

For each way, so many clients ask for a download without end, or send an upload without end to an
origin that does not read; nobody takes anything. Once all have come to a halt it is printed how
much the resident memory of the gateway has grown for each connection, and beside that for as many
connections of the same kind that have asked for nothing yet; and how many bytes of a download were
taken from the origin, most of which wait in buffers of the kernel.

    python bench/unread.py [connections [way ...]]
"""

import os
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from cut import PEOPLE, gateway_at, is_still
from lab.protocols import ENDLESS, INNOCENT, RAW, SOCIAL, Where
from support.crowd import Manner, connect, h2_requests

AT_ONCE = 8
WAIT = 120
PATH = "/big/2000000000000"
H2 = h2_requests(SOCIAL, (PATH,))


@dataclass(frozen=True)
class Route:
    """
    How a client comes to a site.

    Fields:
        where: where it comes in.
        host: the site.
        sent: what is asked for.
        alpn: what is offered.
        raw: it is no TLS that is spoken in the tunnel.
    """

    where: Where
    host: str = SOCIAL
    sent: bytes = ENDLESS
    alpn: tuple[str, ...] = ()
    raw: bool = False


OF_NO_CONCERN = f"GET {PATH} HTTP/1.1\r\nHost: {INNOCENT}\r\n\r\n".encode()
ROUTES = {
    "opened": Route(Where.OPENED),
    "opened-http2": Route(Where.OPENED, sent=H2, alpn=("h2",)),
    "relayed": Route(Where.OPENED, INNOCENT, OF_NO_CONCERN),
    "raw": Route(Where.OPENED, RAW, OF_NO_CONCERN, raw=True),
    "unopened": Route(Where.UNOPENED),
    "tls-opened": Route(Where.TLS),
    "tls-opened-http2": Route(Where.TLS, sent=H2, alpn=("h2",)),
    "tls-relayed": Route(Where.TLS, INNOCENT, OF_NO_CONCERN),
}


def resident(gateway):
    """Return the resident memory of the gateway, in bytes."""
    status = Path(f"/proc/{gateway.process.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) * 1024


def halt(gateway):
    until = time.perf_counter() + WAIT
    time.sleep(1)
    while time.perf_counter() < until and not is_still(gateway):
        pass


def measure(gateway, proxy, count, name):
    route = ROUTES[name]
    sources = list(PEOPLE.values())
    port = 80 if route.raw else 443
    manner = Manner(route.alpn, raw=route.raw, target=(route.host, port))

    def enter(number):
        return connect(proxy, sources[number % len(sources)], manner)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        halt(gateway)
        before = resident(gateway)
        clients = list(threads.map(enter, range(count)))
        halt(gateway)
        idle = resident(gateway)
        list(threads.map(lambda client: client.say(route.sent), clients))
        halt(gateway)
        stuck = resident(gateway)
    for client in clients:
        client.sock.close()
    each = [(held - before) / count / 1024 for held in (idle, stuck)]
    print(f"{name:18} {count:5} {each[0]:9.0f} {each[1]:9.0f} {stuck / 2**20:9.0f}", flush=True)


def run(where, names, count):
    """Measure these ways, each in a gateway of its own."""
    for name in names:
        with gateway_at(where) as (gateway, proxy):
            gateway.clock("13:30:00")
            measure(gateway, proxy, count, name)


if __name__ == "__main__":
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    chosen = sys.argv[2:] or list(ROUTES)
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{'':18} {'open':>5} {'idle KiB':>9} {'stuck KiB':>9} {'all MiB':>9}")
    for where in Where:
        run(where, [name for name in chosen if ROUTES[name].where is where], count)
