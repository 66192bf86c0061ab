"""
Two workers beside one: how many requests they open while the busiest of them uses one second.

Clients and origin need cores of their own, which a small machine has not: a second on its clock
says how the clients share them with the workers. So what counts here is the time of the processor
that the busiest process of the gateway has used: that one sets the pace once there are cores
enough. What comes off for a door between them, for work that is shared out badly, and for work
that is done twice is in it; what several cores lose to each other for memory is not. What the clock
has shown is printed too.
"""

import multiprocessing
import time

from lab import clocks, traffic
from lab.breaktimes import breaktime, has_workers, sources
from lab.contest import Slice
from lab.origin import SOCIAL
from lab.rows import way_to

NAME = "two workers, requests in a second of the busiest process"
CLOCK = "the same in a second on the clock, clients and origin on the same cores"
TARGET = 1.7
LINES, DRIVERS = 48, 2
"""
Connections of each driver, and how many drivers there are. Each connection is of somebody else: a
person stays with one worker, and of few people one worker has more by chance, as in no office.
"""


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
                for who in ("one", "two", "two", "one"):
                    paced, wall = _rates(rate[who], site, options)
                    results.add(NAME, who, round_, Slice(paced))
                    results.add(CLOCK, who, round_, Slice(wall))
    finally:
        clocks.pin(0, theirs)


def _rates(running, site, options):
    """Return requests in a second of the busiest process, and in one on the clock."""
    spawning = multiprocessing.get_context("spawn")
    told = spawning.Queue()
    way = way_to("breaktime", running, site, SOCIAL, sources(LINES * DRIVERS))
    seconds = 2 if options.quick else 5
    drivers = [
        spawning.Process(target=drive, args=(way, LINES * number, seconds, told))
        for number in range(DRIVERS)
    ]
    pids = clocks.tree(running.process.pid)
    before = [clocks.cpu_seconds([pid]) for pid in pids]
    for driver in drivers:
        driver.start()
    answers = sum(told.get(timeout=120) for _ in drivers)
    for driver in drivers:
        driver.join()
    after = [clocks.cpu_seconds([pid]) for pid in pids]
    busiest = max(late - early for early, late in zip(before, after, strict=True))
    return answers / busiest, answers / seconds


def show(results):
    """Print what was found."""
    if not results.has(NAME, "two"):
        return
    middle, least, most = results.ratio(NAME, "two", "one")
    told = "met" if middle >= TARGET else "MISSED"
    for name, goal in ((NAME, f"; at least {TARGET}: {told}"), (CLOCK, "")):
        print(name)
        for who in ("one", "two"):
            print(f"  {who:44} {results.each(name, who):8.0f}")
        middle, least, most = results.ratio(name, "two", "one")
        print(f"  {middle:.2f} times [{least:.2f}-{most:.2f}]{goal}")
