"""The rows of the table that are about traffic."""

from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import count

from cryptography.x509 import load_pem_x509_certificates

from lab import clocks, traffic
from lab.breaktimes import nights, sources
from lab.contest import Slice, cpu_of, there_and_back
from lab.origin import INNOCENT, SOCIAL

BLOCK_PAGE = 6500
"""Bytes of the fixed reply: as many as a block page in two languages has."""

LINES = 16
AT_ONCE = 4
WARM = 3


@dataclass(frozen=True)
class Row:
    """
    One row: what is done through each competitor.

    Fields:
        name: of the row.
        host: where to.
        request: makes the bytes of one request, by host and number.
        beside: competitors; the first two are breaktime, and breaktime again.
        against: whom the target is about.
        target: greatest ratio to that one.
        size: units of work in a piece.
        fresh: each request comes by a connection of its own.
        status: of every answer.
        lines: how many connections are open.
        clients: addresses that they come from.
    """

    name: str
    host: str
    request: object
    beside: tuple[str, ...]
    against: str
    target: float
    size: int
    fresh: bool = False
    status: int = 200
    lines: int = LINES
    clients: tuple[str, ...] = sources(LINES)


OURS = ("breaktime", "breaktime again")
OPENING = frozenset({*OURS, "mitmdump", "mitmdump, fixed reply", "squid, bump"})
TRAFFIC = (
    Row("decrypted page: decided, graded, recorded", SOCIAL, traffic.page,
        (*OURS, "mitmdump", "squid, bump"), "mitmdump", 0.55, 240),
    Row("decrypted picture of a page: decided, graded", SOCIAL, traffic.part,
        (*OURS, "mitmdump", "squid, bump"), "mitmdump", 0.55, 240),
    Row("new decrypted connection, and a page", SOCIAL, traffic.page,
        (*OURS, "mitmdump", "squid, bump"), "mitmdump", 0.60, 48, fresh=True),
    Row("request over an unopened tunnel", INNOCENT, traffic.page,
        (*OURS, "squid, splice", "privoxy"), "squid, splice", 1.15, 4000),
    Row("new unopened tunnel, to the first answer", INNOCENT, traffic.page,
        (*OURS, "squid, splice", "privoxy"), "squid, splice", 1.25, 200, fresh=True),
    Row("blocked page, connection open, recorded", SOCIAL, traffic.page,
        (*OURS, "mitmdump, fixed reply"), "mitmdump, fixed reply", 0.90, 160,
        status=403, lines=3 * LINES, clients=nights(3 * LINES)),
)  # fmt: skip


@dataclass(frozen=True)
class Idle:
    """A row about memory: so many connections that do nothing."""

    name: str
    host: str
    beside: tuple[str, ...]
    against: str
    target: float


MEMORY = (
    Idle("memory of an idle unopened tunnel", INNOCENT,
         ("breaktime", "squid, splice", "privoxy"), "squid, splice", 6),
    Idle("memory of an idle decrypted connection", SOCIAL,
         ("breaktime", "mitmdump", "squid, bump"), "mitmdump", 170),
)  # fmt: skip


def way_to(name, peer, site, host, clients=("127.0.0.1",)):
    """Return how clients reach a host through a competitor, and who has to have signed."""
    opens = name in OPENING and (host != INNOCENT or name not in OURS)
    ca = peer.ca if opens else site.ca
    subject = load_pem_x509_certificates(ca.read_bytes())[0].subject
    return traffic.Way(
        proxy=peer.port,
        named="localhost" if name == "privoxy" else host,  # it asks the system's resolver
        port=site.port,
        host=host,
        ca=ca,
        signed_by=next(iter(subject)).value,
        # In what it opens, this one goes where the request says.
        authority=f"{host}:{site.port}" if name == "squid, bump" else host,
        sources=clients,
    )


_numbers = count(1)


def wanted(options):
    """Tell whether any of these rows is asked for."""
    return any(options.only in row.name for row in (*TRAFFIC, *MEMORY))


def run(results, running, site, generation, options):
    """Measure each row once in this generation, in several rounds."""
    for row in MEMORY:  # first: what was used before and is free again would be used again
        for name in row.beside:
            if options.only in row.name and name in running:
                way = way_to(name, running[name], site, row.host, sources(200))
                number = 100 if options.quick else 400
                results.add(row.name, name, generation, Slice(_held(running[name], way, number)))
    for row in TRAFFIC:
        if options.only in row.name:
            beside = {name: running[name] for name in row.beside if name in running}
            _run_one(results, row, beside, site, generation, options)


def _run_one(results, row, beside, site, generation, options):  # noqa: PLR0913,PLR0917  a bench
    size, rounds = (row.size // 2, 2) if options.quick else (row.size, 4)
    with ExitStack() as stack:
        pieces = {}
        for name, peer in beside.items():
            way = way_to(name, peer, site, row.host, row.clients)
            try:
                piece = _prepare(stack, row, way, peer)
            except Exception as problem:
                problem.add_note(f"through {name}: {row.name}")
                raise
            pieces[name] = partial(piece, size)
        for round_ in range(rounds):
            there_and_back(results, row.name, (generation, round_), pieces)


def _prepare(stack, row, way, peer):
    """Open what stays open, warm the proxy up, and return what does a piece of so many."""
    if row.fresh:
        piece = partial(_piece, row, way, peer, partial(_connecting, way))
        piece(WARM * AT_ONCE)
        return piece
    lines = [stack.enter_context(traffic.connect(way, number)) for number in range(row.lines)]
    piece = partial(_piece, row, way, peer, partial(traffic.keep_asking, lines))
    piece(WARM * row.lines)
    return piece


def _connecting(way, requests):
    return traffic.keep_connecting(way, list(requests), AT_ONCE)


def _piece(row, way, peer, ask, size):
    requests = [row.request(way.authority, next(_numbers)) for _ in range(size)]
    statuses = {}

    def work():
        done = ask(requests)
        statuses.update(done.statuses)
        return done

    piece = cpu_of(peer.process.pid, work, size)
    if statuses != {row.status: size}:
        raise AssertionError(f"{row.name}: {statuses}")
    return piece


def _held(peer, way, number):
    """Return how many KiB one idle connection holds; each of them has answered once."""
    traffic.connect(way).close()
    pids = clocks.tree(peer.process.pid)
    before = clocks.resident_kib(pids)
    lines = [traffic.connect(way, each) for each in range(number)]
    for line in lines:
        if traffic.ask(line, traffic.part(way.authority, 0)) != 200:
            raise AssertionError("an idle connection was refused")
    after = clocks.resident_kib(pids)
    for line in lines:
        line.close()
    return (after - before) / number


def show(results):
    """Print what was found."""
    print(
        f"\n{'time of the processor':46} {'us each':>8} {'waited':>8}   ratio to it, of the rounds"
    )
    for row in TRAFFIC:
        if not results.has(row.name, "breaktime"):
            continue
        print(row.name)
        for name in row.beside:
            if not results.has(row.name, name):
                continue
            figures = f"{1e6 * results.each(row.name, name):8.0f} "
            figures += f"{results.waited(row.name, name):5.2f} ms"
            print(f"  {name:44} {figures}   {_compared(results, row, name)}")
    for row in MEMORY:
        if results.has(row.name, "breaktime"):
            print(row.name)
            for name in row.beside:
                if results.has(row.name, name):
                    told = _met(results.each(row.name, name) <= row.target) if name in OURS else ""
                    goal = f"   at most {row.target} KiB: {told}" if told else ""
                    print(f"  {name:44} {results.each(row.name, name):8.1f} KiB{goal}")


def _compared(results, row, name):
    if name == row.beside[0]:
        if not results.has(row.name, row.against):
            return ""
        middle, least, most = results.ratio(row.name, name, row.against)
        goal = f"at most {row.target}: {_met(middle <= row.target)}"
        return f"{middle:.2f} [{least:.2f}-{most:.2f}] of {row.against}; {goal}"
    middle, least, most = results.ratio(row.name, row.beside[0], name)
    what = "A/A" if name == row.beside[1] else "breaktime to it"
    return f"{middle:.2f} [{least:.2f}-{most:.2f}] {what}"


def _met(met):
    return "met" if met else "MISSED"
