"""Two workers on two cores, beside one: how many requests they open in a second."""

import multiprocessing
import time

from lab import clocks, traffic
from lab.breaktimes import breaktime, has_workers, sources
from lab.contest import Slice, there_and_back
from lab.origin import SOCIAL
from lab.rows import way_to

NAME = "two workers on two cores, requests a second"
TARGET = 1.7
LINES, DRIVERS = 24, 2


def drive(way, first, seconds, told):
    """Ask on open connections for so long, and tell how many answers came; a process of its own."""
    lines = [traffic.connect(way, first + number) for number in range(LINES)]
    done, stop = 0, time.monotonic() + seconds
    while time.monotonic() < stop:
        found = traffic.keep_asking(lines, [traffic.part(SOCIAL, done + n) for n in range(96)])
        if set(found.statuses) != {200}:
            raise AssertionError(found.statuses)
        done += found.count
    told.put(done)


def run(results, folder, site, options):
    """Measure one and two, in turn; all cores are for all, as in a machine of its own."""
    if options.only not in NAME or not has_workers():
        return
    _, theirs = clocks.cores()
    every = clocks.cores()[0] | theirs
    clocks.pin(0, every)
    try:
        for number in (1, 2):
            (folder / f"w{number}").mkdir(mode=0o755)
        with (
            breaktime(folder / "w1", site, lambda _: None, gateway="  workers: 1") as one,
            breaktime(folder / "w2", site, lambda _: None, gateway="  workers: 2") as two,
        ):
            rate = {"one": one, "two": two}
            for round_ in range(2 if options.quick else 4):
                work = {
                    who: lambda gateway=gateway: Slice(_rate(gateway, site, options))
                    for who, gateway in rate.items()
                }
                there_and_back(results, NAME, round_, work)
    finally:
        clocks.pin(0, theirs)


def _rate(running, site, options):
    """Return requests a second."""
    spawning = multiprocessing.get_context("spawn")
    told = spawning.Queue()
    way = way_to("breaktime", running, site, SOCIAL, sources(LINES * DRIVERS))
    seconds = 2 if options.quick else 5
    drivers = [
        spawning.Process(target=drive, args=(way, LINES * number, seconds, told))
        for number in range(DRIVERS)
    ]
    for driver in drivers:
        driver.start()
    answers = sum(told.get(timeout=120) for _ in drivers)
    for driver in drivers:
        driver.join()
    return answers / seconds


def show(results):
    """Print what was found."""
    if not results.has(NAME, "two"):
        return
    middle, least, most = results.ratio(NAME, "two", "one")
    told = "met" if middle >= TARGET else "MISSED"
    print(NAME)
    for who in ("one", "two"):
        print(f"  {who:44} {results.each(NAME, who):8.0f}")
    print(f"  {middle:.2f} times [{least:.2f}-{most:.2f}]; at least {TARGET}: {told}")
