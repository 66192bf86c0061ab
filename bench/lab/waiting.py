"""What a client of an unopened tunnel waits while others are inspected as fast as can be."""

import multiprocessing
from contextlib import contextmanager

from lab import traffic
from lab.breaktimes import breaktime, has_workers, sources
from lab.contest import Slice
from lab.origin import INNOCENT, SOCIAL
from lab.rows import way_to

NAME = "wait in an unopened tunnel while inspection is at its limit"
TARGET = 2.0
LINES = 16


def saturate(way, ready, stop):
    """Ask on open connections until told to stop; in a process of its own."""
    lines = [traffic.connect(way, number) for number in range(LINES)]
    ready.set()
    number = 0
    while not stop.is_set():
        requests = [traffic.part(SOCIAL, number + each) for each in range(64)]
        number += len(requests)
        traffic.keep_asking(lines, requests)


@contextmanager
def saturated(way):
    """Keep a proxy busy with what it opens."""
    spawning = multiprocessing.get_context("spawn")
    ready, stop = spawning.Event(), spawning.Event()
    process = spawning.Process(target=saturate, args=(way, ready, stop))
    process.start()
    try:
        if not ready.wait(60):
            raise TimeoutError("the load does not begin")
        yield
    finally:
        stop.set()
        process.join(60)
        if process.is_alive():
            process.kill()
            process.join()


def run(results, folder, site, started, options):
    """Measure the wait of one client, idle and busy in turn; with a door of its own if it can."""
    if options.only in NAME:
        folder.mkdir(mode=0o755)
        parts = {"gateway": "  workers: 1"} if has_workers() else {}
        with breaktime(folder, site, started, **parts) as running:
            _run(results, running, site, options)


def _run(results, running, site, options):
    calm = way_to("breaktime", running, site, INNOCENT)
    busy = way_to("breaktime", running, site, SOCIAL, sources(LINES))
    count = 300 if options.quick else 2000
    with traffic.connect(calm) as line:
        traffic.keep_asking([line], _requests(100))
        for round_ in range(2 if options.quick else 5):
            results.add(NAME, "idle", round_, Slice(_median(line, count)))
            with saturated(busy):
                results.add(NAME, "busy", round_, Slice(_median(line, count)))


def _requests(count):
    return (traffic.page(INNOCENT, number) for number in range(count))


def _median(line, count):
    done = traffic.keep_asking([line], _requests(count))
    if done.statuses != {200: count}:
        raise AssertionError(done.statuses)
    return done.quantile(0.5)


def show(results):
    """Print what was found."""
    if not results.has(NAME, "busy"):
        return
    middle, least, most = results.ratio(NAME, "busy", "idle")
    told = "met" if middle <= TARGET else "MISSED"
    print(f"{NAME}: {'door and worker apart' if has_workers() else 'one process'}")
    for name in ("idle", "busy"):
        print(f"  {name:44} {1e3 * results.each(NAME, name):8.3f} ms")
    print(f"  {middle:.1f} times [{least:.1f}-{most:.1f}]; at most {TARGET}: {told}")
