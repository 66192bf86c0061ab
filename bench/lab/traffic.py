"""Clients: connections through a proxy, requests in a closed loop, new connections one by one."""

import re
import select
import socket
import ssl
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

WAIT = 60
_LENGTH = re.compile(rb"\r\nContent-Length: *(\d+)", re.IGNORECASE)

# What a Chromium sends for a page that somebody has clicked on, and for a picture on it.
_COMMON = (
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36\r\n"
    "Accept-Language: en-GB,en;q=0.9\r\nAccept-Encoding: gzip, deflate, br\r\n"
    "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark\r\n"
)
_PAGE = (
    "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\nSec-Fetch-Site: same-origin\r\n"
    "Sec-Fetch-Mode: navigate\r\nSec-Fetch-User: ?1\r\nSec-Fetch-Dest: document\r\n"
    "Upgrade-Insecure-Requests: 1\r\n"
)
_PART = (
    "Accept: image/avif,image/webp,*/*;q=0.8\r\nSec-Fetch-Site: same-origin\r\n"
    "Sec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image\r\nReferer: https://{host}/page\r\n"
)


def page(host, number):
    """Return the request of a page: what is a visit, and is recorded."""
    return f"GET /page/{number} HTTP/1.1\r\nHost: {host}\r\n{_COMMON}{_PAGE}\r\n".encode()


def part(host, number):
    """Return the request of a picture on a page: what is graded, and is no visit."""
    extra = _PART.format(host=host)
    return f"GET /part/{number}.webp HTTP/1.1\r\nHost: {host}\r\n{_COMMON}{extra}\r\n".encode()


@dataclass(frozen=True)
class Way:
    """
    How clients reach a site.

    Fields:
        proxy: port of the proxy, on 127.0.0.1.
        named: host of the CONNECT.
        port: of the origin.
        host: name in the handshake.
        ca: file with what the clients trust.
        signed_by: organisation or name in the issuer of the certificate that has to come.
        authority: what requests name.
        sources: addresses that clients come from, in turn.
    """

    proxy: int
    named: str
    port: int
    host: str
    ca: Path
    signed_by: str
    authority: str
    sources: tuple[str, ...] = ("127.0.0.1",)


@cache
def trusting(ca):
    """Return a context that trusts these authorities only."""
    context = ssl.create_default_context(cafile=ca)
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # of others; no browser asks for it
    return context


def connect(way, number=0):
    """Open one connection through the proxy to the end of the handshake; it blocks."""
    source = way.sources[number % len(way.sources)]
    sock = socket.create_connection(("127.0.0.1", way.proxy), WAIT, (source, 0))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    target = f"{way.named}:{way.port}"
    sock.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
    head = b""
    while b"\r\n\r\n" not in head:
        piece = sock.recv(4096)
        if not piece:
            raise ConnectionError(f"the proxy has closed after {head!r}")
        head += piece
    if b" 200 " not in head.split(b"\r\n", 1)[0]:
        raise ConnectionError(f"the proxy says {head[:200]!r}")
    tls = trusting(way.ca).wrap_socket(sock, server_hostname=way.host)
    issuer = {key: value for ((key, value),) in tls.getpeercert()["issuer"]}
    if way.signed_by not in issuer.values():
        raise AssertionError(f"signed by {issuer}, and not by {way.signed_by}")
    return tls


def ask(tls, request):
    """Ask one thing and read the whole answer; it blocks. Return the status."""
    tls.sendall(request)
    answer = b""
    while (size := whole(answer)) is None or len(answer) < size:
        piece = tls.recv(65536)
        if not piece:
            raise ConnectionError("the answer has no end")
        answer += piece
    return int(answer[9:12])


def whole(answer):
    """Return how long an answer is, head included; None while the head is not there."""
    head = answer.find(b"\r\n\r\n")
    if head < 0:
        return None
    length = _LENGTH.search(answer, 0, head + 2)
    return head + 4 + (int(length[1]) if length else 0)


@dataclass
class Done:
    """
    What a slice of traffic came to.

    Fields:
        count: requests that were answered.
        statuses: of the answers.
        seconds: on the wall clock.
        late: seconds until each answer was there, sorted.
    """

    count: int = 0
    statuses: Counter = field(default_factory=Counter)
    seconds: float = 0.0
    late: list = field(default_factory=list)

    def quantile(self, share):
        """Return how long this share of all clients have waited at most, in seconds."""
        return self.late[min(int(len(self.late) * share), len(self.late) - 1)]


def keep_asking(lines, requests):
    """
    Ask on all connections at once, each its next thing when it has its answer.

    Args:
        lines: connections; they do not block afterwards.
        requests: what to ask, in bytes.
    """
    done, poll = Done(), select.epoll()
    todo = iter(requests)
    began, parts, by_number = {}, {}, {line.fileno(): line for line in lines}
    start = time.perf_counter()
    busy = 0
    for number, line in by_number.items():
        line.settimeout(0)
        poll.register(number, select.EPOLLIN)
        busy += _next(line, number, todo, began, parts)
    while busy:
        ready = poll.poll(WAIT)
        if not ready:
            raise TimeoutError(f"{busy} requests have no answer")
        for number, _ in ready:
            line = by_number[number]
            piece = _read(line)
            if piece is None:
                continue
            answer = parts[number] = parts[number] + piece
            size = whole(answer)
            if size is None or len(answer) < size:
                continue
            done.late.append(time.perf_counter() - began[number])
            done.statuses[int(answer[9:12])] += 1
            busy += _next(line, number, todo, began, parts) - 1
    done.seconds = time.perf_counter() - start
    done.count = len(done.late)
    done.late.sort()
    poll.close()
    return done


def _read(line):
    """Return what has come; None if that is not a piece yet."""
    try:
        piece = line.recv(262144)  # one record of TLS at most
        while line.pending():
            piece += line.recv(262144)
    except ssl.SSLWantReadError:
        return None
    if not piece:
        raise ConnectionError("a connection was closed")
    return piece


def _next(line, number, todo, began, parts):
    request = next(todo, None)
    if request is None:
        return 0
    parts[number] = b""
    began[number] = time.perf_counter()
    line.send(request)
    return 1


def keep_connecting(way, requests, at_once):
    """Open a connection for each request, a few at a time, from CONNECT to the answer."""
    done = Done()

    def one(pair):
        number, request = pair
        start = time.perf_counter()
        with connect(way, number) as tls:
            status = ask(tls, request)
        return status, time.perf_counter() - start

    start = time.perf_counter()
    with ThreadPoolExecutor(at_once) as pool:
        for status, seconds in pool.map(one, enumerate(requests)):
            done.statuses[status] += 1
            done.late.append(seconds)
    done.seconds = time.perf_counter() - start
    done.count = len(done.late)
    done.late.sort()
    return done
