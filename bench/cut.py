"""
How soon does what a break has opened end with it? Prints milliseconds after the deadline.

For each protocol, so many connections are opened in a break, in the real gateway and through TLS;
then its clock is set to the end of the break and of the grace. The deadline is that instant, what
follows is measured at the clients: p50, p99 and the last one, and what they saw at the end; and at
the gateway, until it had let go of all of them. Clients and origin share the machine with the
gateway, so the figures hold theirs as well: of a download, what was on its way is still read.

    python bench/cut.py [connections]

Connections to a site that nobody controls are open all the while; they have to work afterwards.
"""

import asyncio
import contextlib
import logging
import ssl
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from support.gateway import running
from support.origin import CountingOrigin
from support.wire import upgrade

SOCIAL, INNOCENT = "www.facebook.com", "www.example.org"
PEOPLE = {f"person{number}": f"127.0.20.{number}" for number in range(1, 101)}
AT_ONCE = 20
OTHERS = 50
GOODBYE = b"\x88\x15\x03\xf0the break has ended"
WAIT = 60


def get(path):
    return f"GET {path} HTTP/1.1\r\nHost: {SOCIAL}\r\n\r\n".encode()


POST = f"POST / HTTP/1.1\r\nHost: {SOCIAL}\r\nContent-Length: 99999\r\n\r\nx".encode()

# fmt: off
PROTOCOLS = {
    # what goes on                what is sent                           what shows that it does
    "an event stream":            (get("/events"),                       b"data: 1\n\n"),
    "a WebSocket":                (upgrade(SOCIAL),                      b"\r\n\r\n"),
    "a download":                 (get("/big/20000000"),                 b"xxxx"),
    "an upload":                  (POST,                                 None),
    "an idle connection":         (get("/"),                             b"GET / 0\n"),
    "a client that does not read": (get("/big/20000000"),                None),
}
# fmt: on


@dataclass
class Client:
    """One connection: what it saw, and when it ended, in seconds."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    last: bytes = b""
    ended: float = 0.0
    how: str = "the end"

    async def until(self, text):
        """Read until this has come."""
        while text not in self.last:
            piece = await self.reader.read(4096)
            if not piece:
                raise ConnectionError(self.last)
            self.last = (self.last + piece)[-4096:]

    async def watch(self):
        """Read to the end."""
        try:
            while piece := await self.reader.read(65536):
                self.last = (self.last + piece)[-4096:]
        except (OSError, ssl.SSLError) as problem:
            self.how = type(problem).__name__
        self.ended = time.perf_counter()
        if self.last.endswith(GOODBYE):
            self.how = "close 1008"


async def connect(gateway, context, host, source):
    proxy, port = gateway.proxy
    reader, writer = await asyncio.open_connection(proxy, port, local_addr=(source, 0))
    writer.write(f"CONNECT {host}:443 HTTP/1.1\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    if b" 200 " not in head:
        raise ConnectionError(head)
    await writer.start_tls(context, server_hostname=host)
    return Client(reader, writer)


async def opened(gateway, context, count, host, sent, shown):  # noqa: PLR0913,PLR0917  a bench
    """Open so many connections, a few at a time, and wait until something goes on in each."""
    few = asyncio.Semaphore(AT_ONCE)
    sources = list(PEOPLE.values())

    async def one(number):
        async with few:
            client = await connect(gateway, context, host, sources[number % len(sources)])
            client.writer.write(sent)
            if shown is not None:
                await client.until(shown)
            return client

    return await asyncio.gather(*map(one, range(count)))


def descriptors(gateway):
    """Count what the gateway has open; of a client that does not read, nobody else can tell."""
    return sum(1 for _ in Path(f"/proc/{gateway.process.pid}/fd").iterdir())


async def let_go(gateway, held, deadline):
    """Wait until the gateway has closed all; return how many milliseconds that took."""
    while descriptors(gateway) > held and time.perf_counter() < deadline + WAIT:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    return 1000 * (time.perf_counter() - deadline)


def cuts(gateway):
    return sum(line["event"]["action"] == "connection-cut" for line in gateway.lines())


async def measure(gateway, context, count, name):
    sent, shown = PROTOCOLS[name]
    gateway.clock("13:30:00")
    held = descriptors(gateway)
    clients = await opened(gateway, context, count, SOCIAL, sent, shown)
    if shown is None:
        await asyncio.sleep(3)  # until all of them have arrived; nothing comes back that tells
    before = cuts(gateway)
    reads = "not read" not in name
    if not reads:
        for client in clients:
            client.writer.transport.pause_reading()
    deadline = time.perf_counter()
    gateway.clock("14:01:00")
    gone = asyncio.create_task(let_go(gateway, held, deadline))
    if reads:
        watched = asyncio.gather(*(client.watch() for client in clients))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(watched, WAIT)
    late = sorted(1000 * (client.ended - deadline) for client in clients if client.ended)
    last = await gone
    await asyncio.sleep(1)  # the writer is another process
    saw = Counter(client.how for client in clients if client.ended)
    for client in clients:
        client.writer.transport.abort()
    figures = " ".join(f"{'-':>7}" for _ in range(3))
    if late:
        p99 = late[int(len(late) * 0.99)]
        figures = f"{statistics.median(late):7.0f} {p99:7.0f} {late[-1]:7.0f}"
    figures += f" {last:8.0f}"
    told = ", ".join(f"{how}: {n}" for how, n in saw.most_common()) or "nothing: it does not read"
    print(f"{name:28} {len(clients):6} {figures} {cuts(gateway) - before:8}   {told}", flush=True)


async def main(gateway, count):
    context = ssl.create_default_context(cadata=gateway.ca.read_text())
    context.load_verify_locations(gateway.origin.ca)
    asked = f"GET / HTTP/1.1\r\nHost: {INNOCENT}\r\n\r\n".encode()
    others = await opened(gateway, context, OTHERS, INNOCENT, asked, b"GET / 0\n")
    print(
        f"{'':28} {'open':>6} {'p50':>7} {'p99':>7} {'last':>7} {'let go':>8} {'records':>8}   seen"
    )
    for name in PROTOCOLS:
        await measure(gateway, context, count, name)
    for other in others:
        other.last = b""
        other.writer.write(asked)
        await other.until(b"GET / 0\n")
        other.writer.transport.abort()
    print(f"{len(others)} connections to elsewhere were open all the while, and work")


if __name__ == "__main__":
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # the origin's writes to who has gone
    with (
        tempfile.TemporaryDirectory() as folder,
        CountingOrigin(Path(folder)) as origin,
        running(Path(folder), origin, people=PEOPLE) as gateway,
    ):
        asyncio.run(main(gateway, int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
