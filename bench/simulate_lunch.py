"""
Lunch: everybody comes at once. Plays it at the scale that this machine carries, and extrapolates.

    python bench/simulate_lunch.py [--people N] [--scale N] [--seconds N]

The script, for so many people (5,000 if nothing is said), in a break of two hours that ends during
the run:

- A third of them look at social media in the break, and they come within its first ten minutes;
  meanwhile all go on with what nobody controls.
- A visit: one new decrypted connection with a page and twenty pictures on it, then four pages more
  with twenty pictures each, half a minute apart, for ten minutes; and one socket that stays open.
- Everything else: thirty new unopened tunnels an hour for each person, with twenty requests each.
- One refused page for each person in an hour outside the break.

`--scale` says how many of them are played, one in five if nothing is said, for as many seconds as
`--seconds` says, at the peak rates of the script; printed are the time of the processor that the
gateway took, and whether clients were answered. What one of each costs is measured before, and
from that it is worked out how many cores and gateways 5,000 and 50,000 people need, if each core is
used for 60 % at the peak and a gateway has 8. The rates are in `peak`; put in what your logs say.
It is assumed that two workers do twice the work of one, and that TLS of the origins costs the same.
"""

import argparse
import multiprocessing
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from pathlib import Path

from lab import clocks, rows, traffic
from lab.breaktimes import breaktime, nights, sources
from lab.origin import INNOCENT, SOCIAL, origin

LUNCH_ENDS = datetime(2026, 11, 23, 14, tzinfo=UTC)
USED, CORES_EACH = 0.6, 8
SOCKET_CUT_SECONDS = 60


@dataclass(frozen=True)
class Peak:
    """
    What comes in one second of the peak.

    Fields:
        visits: new decrypted connections.
        pages, pictures: on decrypted connections.
        tunnels: new unopened ones.
        requests: over unopened tunnels.
        refused: pages.
    """

    visits: float
    pages: float
    pictures: float
    tunnels: float
    requests: float
    refused: float


def peak(people):
    """Return the rates of the busiest minute, when a third has come within ten minutes."""
    visitors = people / 3
    arrivals = visitors / 600
    reading = visitors  # whoever came in the first ten minutes is still there
    pages = reading / 120  # five pages in ten minutes
    return Peak(arrivals, pages, 20 * pages, people * 30 / 3600, people * 600 / 3600, people / 3600)


@dataclass
class Cost:
    """Seconds of the processor for one of each, as it was measured just now."""

    visits: float = 0.0
    pages: float = 0.0
    pictures: float = 0.0
    tunnels: float = 0.0
    requests: float = 0.0
    refused: float = 0.0


def measure_costs(running, site):
    """Measure what one of each costs, a few hundred of them at a time."""
    cost = Cost()
    pid = running.process.pid

    def cpu(work):
        pids = clocks.tree(pid)
        before = clocks.cpu_seconds(pids)
        work()
        time.sleep(0.1)
        return clocks.cpu_seconds(pids) - before

    def on_lines(host, make, count, status=200, clients=None):
        way = rows.way_to("breaktime", running, site, host, clients or sources(16))
        lines = [traffic.connect(way, number) for number in range(16)]
        traffic.keep_asking(lines, [make(host, number) for number in range(64)])
        asked = [make(host, 64 + number) for number in range(count)]
        found = []
        seconds = cpu(lambda: found.append(traffic.keep_asking(lines, asked)))
        if found[0].statuses != {status: count}:
            raise AssertionError(found[0].statuses)
        for line in lines:
            line.close()
        return seconds / count

    def connecting(host, make, count):
        way = rows.way_to("breaktime", running, site, host, sources(200))
        asked = [make(host, number) for number in range(count)]
        return cpu(lambda: traffic.keep_connecting(way, asked, 4)) / count

    cost.pages = on_lines(SOCIAL, traffic.page, 600)
    cost.pictures = on_lines(SOCIAL, traffic.part, 600)
    cost.requests = on_lines(INNOCENT, traffic.page, 4000)
    cost.refused = on_lines(SOCIAL, traffic.page, 300, 403, nights(16))
    cost.visits = connecting(SOCIAL, traffic.page, 120) - cost.pages
    cost.tunnels = connecting(INNOCENT, traffic.page, 300) - cost.requests
    return cost


def play(way_social, way_innocent, rates, seconds, told):
    """Play one share of the lunch; in a process of its own. Tell counts and waits."""
    counts, waits, stop = Counter(), [], time.monotonic() + seconds
    lock = threading.Lock()

    def paced(rate, work):
        due = time.monotonic()
        number = 0
        while time.monotonic() < stop and rate > 0:
            due += 1 / rate
            time.sleep(max(0.0, due - time.monotonic()))
            number += 1
            try:
                work(number)
            except (OSError, AssertionError) as problem:
                with lock:
                    counts[f"failed: {type(problem).__name__}"] += 1

    def visit(number):
        start = time.monotonic()
        with traffic.connect(way_social, number) as line:
            status = traffic.ask(line, traffic.page(SOCIAL, number))
            with lock:
                waits.append(time.monotonic() - start)
                counts[f"visits {status}"] += 1
            for each in range(20 * 5):
                status = traffic.ask(line, traffic.part(SOCIAL, each))
                with lock:
                    counts[f"pictures {status}"] += 1

    def tunnel(number):
        with traffic.connect(way_innocent, number) as line:
            for each in range(20):
                status = traffic.ask(line, traffic.page(INNOCENT, each))
                with lock:
                    counts[f"innocent {status}"] += 1

    threads = [
        threading.Thread(target=paced, args=(rates.visits / 2, visit)),
        threading.Thread(target=paced, args=(rates.visits / 2, visit)),
        threading.Thread(target=paced, args=(rates.tunnels / 2, tunnel)),
        threading.Thread(target=paced, args=(rates.tunnels / 2, tunnel)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told.put((dict(counts), sorted(waits)))


def run(running, site, options):
    """Play, and print what it took."""
    rates = peak(options.scale)
    ways = [rows.way_to("breaktime", running, site, host, sources(200))
            for host in (SOCIAL, INNOCENT)]  # fmt: skip
    spawning = multiprocessing.get_context("spawn")
    told = spawning.Queue()
    sockets = [traffic.connect(ways[0], number) for number in range(options.scale // 3)]
    for number, line in enumerate(sockets):
        traffic.ask(line, traffic.part(SOCIAL, number))
    pids = clocks.tree(running.process.pid)
    before, start = clocks.cpu_seconds(pids), time.monotonic()
    player = spawning.Process(target=play, args=(*ways, rates, options.seconds, told))
    player.start()
    counts, waits = told.get(timeout=options.seconds * 10 + 120)
    player.join()
    seconds = time.monotonic() - start
    used = clocks.cpu_seconds(pids) - before
    print(
        f"the lunch of {options.scale} people: {options.seconds} s of its peak took {seconds:.0f} s"
    )
    for what, number in sorted(counts.items()):
        print(f"  {what:28} {number:7}")
    if waits:
        middle, most = 1e3 * waits[len(waits) // 2], 1e3 * waits[-1]
        print(f"  first answer of a visit: p50 {middle:.0f} ms, most {most:.0f} ms")
    print(f"  time of the processor {used:.1f} s: {100 * used / seconds:.0f} % of one core")
    await_cut(running, sockets)


def await_cut(running, sockets):
    """Wait until the end of the break has closed what was open; print how that went."""
    records = running.folder / "audit"
    left, start = list(sockets), time.monotonic()
    for line in left:
        line.settimeout(0)
    while left and time.monotonic() - start < SOCKET_CUT_SECONDS + 300:
        left = [line for line in left if not _has_ended(line)]
        time.sleep(0.05)
    lines = [file.read_text("ascii") for file in records.glob("*.jsonl")]
    cut = sum(text.count('"connection-cut"') for text in lines)
    gone = len(sockets) - len(left)
    print(f"  at the end of the break {gone} of {len(sockets)} open connections were ended,")
    print(f"  {cut} of them in the middle of something")


def _has_ended(line):
    try:
        return line.recv(4096) == b""
    except BlockingIOError:
        return False
    except OSError as problem:
        return "did not complete" not in str(problem)


def extrapolate(cost, people):
    """Print how many cores and gateways so many people need."""
    rates = peak(people)
    print(f"\n{people:,} people: in one second of the peak")
    total = 0.0
    for name in ("visits", "pages", "pictures", "tunnels", "requests", "refused"):
        rate, each = getattr(rates, name), getattr(cost, name)
        total += rate * each
        share = 100 * rate * each
        print(f"  {name:10} {rate:10.1f} at {1e6 * each:8.0f} us  {share:8.1f} % of a core")
    cores = total / USED
    gateways = ceil(cores / CORES_EACH)
    print(f"  together {total:.1f} cores busy; used for {USED:.0%} that is {ceil(cores)} of them,")
    print(f"  gateways of {CORES_EACH} cores: {gateways}, and one to spare")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=5000)
    parser.add_argument("--scale", type=int, default=0, help="so many of them are played")
    parser.add_argument("--seconds", type=int, default=60)
    options = parser.parse_args()
    options.scale = options.scale or max(30, options.people // 5)
    with tempfile.TemporaryDirectory(prefix="bt-lunch-") as name:
        folder = Path(name)
        for each in ("origin", "first", "second"):
            (folder / each).mkdir(mode=0o755)
        with origin(folder / "origin", lambda _: None) as site:
            with breaktime(folder / "first", site, lambda _: None) as running:
                cost = measure_costs(running, site)
            wall = LUNCH_ENDS - timedelta(seconds=options.seconds + 60)
            with breaktime(
                folder / "second", site, lambda _: None, wall=wall.isoformat()
            ) as running:
                run(running, site, options)
    for people in dict.fromkeys((options.people, 50_000)):
        extrapolate(cost, people)
    busy = os.getloadavg()[0]
    print(f"\nload of this machine at the end: {busy:.1f}", file=sys.stderr)


if __name__ == "__main__":
    main()
