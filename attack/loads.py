"""More than anybody needs: storms, thousands of connections, and what grows when it is opened."""

import resource
import socket
import threading
from contextlib import ExitStack, suppress
from pathlib import Path

from street import CLOSED, OWN_PAGE, PATIENCE_SECONDS, Street, attack, get
from support.clients import connect, read_reply
from support.origin import packed_gigabyte
from support.wire import client_hello

CROWD = tuple(f"127.0.20.{number}" for number in range(10, 15))
HALF_OPEN = 2_000
MEMORY = 300_000_000
PAUSE = 0.01


@attack("S39", "a storm of refused pages by one person")
def storm(street: Street) -> None:
    before = street.log_size()
    with suppress(OSError), connect(street.gateway, f"{CLOSED}:80") as sock:
        for _ in range(500):
            street.tries += 1
            sock.sendall(get(CLOSED, "/storm"))
            if read_reply(sock).status == 0:
                break
    grown = street.log_size() - before
    street.insist(that=grown < 200_000, else_=f"the log grew by {grown:,} bytes")
    street.insist(that=street.innocent_is_served(), else_="the innocent site was not served")


def half_a_connect(street: Street, source: str) -> socket.socket:
    """Stop in the middle of the first line."""
    sock = socket.create_connection(street.gateway.proxy, PATIENCE_SECONDS, (source, 0))
    sock.sendall(b"CONNECT " + CLOSED.encode())
    return sock


def half_a_request(street: Street, source: str) -> socket.socket:
    """Stop in the middle of a request that is looked at."""
    sock = connect(street.gateway, f"{CLOSED}:80", source=source)
    sock.sendall(get(CLOSED)[:-2])
    return sock


def half_a_body(street: Street, source: str) -> socket.socket:
    """Stop in the middle of a form."""
    sock = connect(street.gateway, f"{CLOSED}:80", source=source)
    sock.sendall(f"POST / HTTP/1.1\r\nHost: {CLOSED}\r\nContent-Length: 9\r\n\r\nx".encode())
    return sock


def affordable_half_open() -> int:
    """Return how many connections a gateway takes with the descriptors that it may have here."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    return HALF_OPEN if most == resource.RLIM_INFINITY else min(HALF_OPEN, max(100, most // 5))


@attack("S21", "two thousand connections that stop half way, in four places")
def half_words(street: Street) -> None:
    greeting = client_hello(street.gateway, CLOSED)[0]

    def half_a_greeting(street: Street, source: str) -> socket.socket:
        sock = connect(street.gateway, f"{CLOSED}:443", source=source)
        sock.sendall(greeting[:60])
        return sock

    ways = (half_a_connect, half_a_greeting, half_a_request, half_a_body)
    held, many = 0, affordable_half_open()
    with ExitStack() as stack:
        for number in range(many):
            street.tries += 1
            with suppress(OSError):
                stack.enter_context(ways[number % 4](street, CROWD[number % 5]))
                held += 1
        street.insist(that=street.innocent_is_served(), else_="the innocent site was not served")
    street.insist(that=held == many, else_=f"only {held} connections were let in")


@attack("S21", "heads without an end, and a million headers", recorded=False)
def endless_heads(street: Street) -> None:
    for head in (b"a: b\r\n" * 1_000_000, b"a: " + b"b" * 8_000_000):
        with street.dialled() as sock:
            sock.sendall(f"GET http://{CLOSED}/ HTTP/1.1\r\n".encode())
            sock.sendall(head)
        with suppress(OSError), connect(street.gateway, f"{CLOSED}:80") as sock:
            street.tries += 1
            sock.sendall(b"GET / HTTP/1.1\r\n" + head)
    street.insist(that=street.innocent_is_served(), else_="the innocent site was not served")


@attack("S21", "a gigabyte that is packed into one megabyte, up and down", own_page=True)
def bomb(street: Street) -> None:
    before = peak(street.gateway.process.pid)
    packed = packed_gigabyte()
    file = street.gateway.folder / "bomb"
    file.write_bytes(packed)
    up = ("-H", "Content-Encoding: gzip", "-H", "Expect:", "--data-binary", f"@{file}")
    for scheme, version in (("https", "--http2"), ("https", "--http1.1"), ("http", "--http1.1")):
        reply = street.curl(f"{scheme}://{CLOSED}{OWN_PAGE}", version, *up)
        whole = reply.body.endswith(f" {len(packed)}\n".encode())
        street.insist(that=whole, else_="an upload to the own page was changed")
        street.curl(f"{scheme}://{CLOSED}/feed", version, *up)
        reply = street.curl(f"{scheme}://{CLOSED}{OWN_PAGE}?bomb", version)
        street.insist(that=reply.body == packed, else_="what the own page sent was changed")
    file.unlink()
    grown = peak(street.gateway.process.pid) - before
    street.insist(that=grown < MEMORY, else_=f"memory grew by {grown:,} bytes")


@attack("S36", "reloads back to back, of good files and bad ones, under requests")
def reloads(street: Street) -> None:
    config = street.gateway.folder / "config.yaml"
    good = config.read_text()
    over = threading.Event()
    seen: list[int] = []

    def ask() -> None:
        while not over.is_set():
            with suppress(OSError), connect(street.gateway, f"{CLOSED}:80", source=CROWD[0]) as one:
                while not over.wait(PAUSE):
                    street.tries += 1
                    one.sendall(get(CLOSED, "/reload"))
                    seen.append(read_reply(one).status)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        for number in range(street.reloads):
            wrong = ("never_control: [facebook.com]\n", "controlled: {}\n", "version: [\n")
            changed = good.replace("12:00-14:00", ("12:00-14:00", "12:30-14:00")[number % 2])
            config.write_text(changed + wrong[number // 2 % 3] * (number % 2))
            street.gateway.hang_up()
            told = ("config-loaded", "config-rejected")[number % 2]
            street.gateway.await_line(told, 1 + number // 2)
    finally:
        over.set()
        asking.join()
        config.write_text(good)
    street.insist(
        that=403 in seen and set(seen) <= {0, 403}, else_=f"it answered with {sorted(set(seen))}"
    )
    loaded = [line for line in street.gateway.lines() if line["event"]["action"] == "config-loaded"]
    used = {line["rule"]["ruleset"] for line in street.gateway.visits()}
    valid = {line["rule"]["ruleset"] for line in loaded}
    street.insist(that=used <= valid, else_="something else was in force than a valid file")


def peak(process: int) -> int:
    """Return the most bytes of memory that a process and its children have had at a time."""
    found = 0
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        for child in children.read_text().split():
            found += peak(int(child))
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            found += int(line.split()[1]) * 1024
    return found
