"""
What does the gateway cost beside others that do a part of its work? Prints a table of ratios.

    python bench/peers.py [--quick] [--generations N] [--only WORD]      (or: make bench-peers)

Beside breaktime, with everything switched on, run a bare mitmdump, Squid that opens nothing and
Squid that opens everything and has time rules, privoxy, and squidGuard for the decision alone;
what is not installed is named and left out. An nginx of this machine is the origin.

The figure to trust is the time of the processor that a proxy's processes have used, in the
kernel's own accounting, for one request: it does not depend on what the clients cost. In a
generation all proxies are started afresh; within it each is measured in turn, there and back, in
several rounds. A ratio is that of one round; the table shows the median of all rounds, the least
and the greatest. breaktime runs twice: the ratio of the one to the other (A/A) is what a
difference has to exceed. The proxies have the first core for themselves, the rest is for clients
and origin, as far as the machine is quiet. Every count, status and certificate is checked.
"""

import argparse
import contextlib
import platform
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from lab import clocks, decisions, others, rows, scaling, waiting
from lab.breaktimes import breaktime
from lab.contest import Results
from lab.origin import origin

PROGRAMS = {"squid": "squid-openssl", "privoxy": "privoxy", "squidGuard": "squidguard"}


def missing():
    """Return what is not installed, as (program, package)."""
    absent = [(name, package) for name, package in PROGRAMS.items() if others.find(name) is None]
    if not absent and not others.CERTGEN.exists():
        absent.append(("squid with OpenSSL", "squid-openssl"))
    return absent


@contextlib.contextmanager
def generation(folder, site, absent):
    """Start one of each, and end them all."""
    gone = {name for name, _ in absent}
    ours, _ = clocks.cores()

    def started(process):
        clocks.pin(process.pid, ours)

    kinds = {
        "breaktime": lambda place: breaktime(place, site, started),
        "breaktime again": lambda place: breaktime(place, site, started),
        "mitmdump": lambda place: others.mitmdump(place, site, started),
        "mitmdump, fixed reply": lambda place: others.mitmdump(
            place, site, started, fixed=rows.BLOCK_PAGE
        ),
    }
    if "squid" not in gone:
        kinds["squid, splice"] = lambda place: others.squid(place, site, started, bump=False)
        kinds["squid, bump"] = lambda place: others.squid(place, site, started, bump=True)
    if "privoxy" not in gone:
        kinds["privoxy"] = lambda place: others.privoxy(place, site, started)
    with contextlib.ExitStack() as stack:
        running = {}
        for number, (name, start) in enumerate(kinds.items()):
            place = folder / f"p{number}"
            place.mkdir(mode=0o755)
            running[name] = stack.enter_context(start(place))
        yield running


def measure(folder, options, absent):
    """Measure all rows of traffic; return the results."""
    results = Results()
    _, theirs = clocks.cores()
    clocks.pin(0, theirs)
    place = folder / "origin"
    place.mkdir()
    with origin(place, lambda process: clocks.pin(process.pid, theirs)) as site:
        for number in range(options.generations if rows.wanted(options) else 0):
            fresh = folder / f"g{number}"
            fresh.mkdir(mode=0o755)
            start = time.perf_counter()
            with generation(fresh, site, absent) as running:
                rows.run(results, running, site, number, options)
            print(
                f"# generation {number + 1} of {options.generations}: "
                f"{time.perf_counter() - start:.0f} s",
                file=sys.stderr, flush=True,
            )  # fmt: skip
        ours, _ = clocks.cores()
        started = lambda process: clocks.pin(process.pid, ours)  # noqa: E731  a bench
        waiting.run(results, folder / "waiting", site, started, options)
        scaling.run(results, folder, site, options)
    return results


def machine():
    """Describe the machine, and say how busy it was when it began."""
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    memory = int(Path("/proc/meminfo").read_text().split()[1]) / 1024**2
    cores = len(clocks.cores()[0] | clocks.cores()[1])
    load = Path("/proc/loadavg").read_text().split()[0]
    python = platform.python_version()
    return f"{cores} cores ({model}), {memory:.0f} GiB, Python {python}; load when it began {load}"


def versions(absent):
    """Return what is measured, in its versions."""
    found = [f"mitmproxy {version('mitmproxy')}"]
    gone = {name for name, _ in absent}
    for program, package in {**PROGRAMS, "nginx": "nginx-light"}.items():
        if program not in gone:
            found.append(f"{package} {others.version_of(package)}")
    return ", ".join(found)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[1])
    parser.add_argument("--quick", action="store_true", help="one minute or two: fewer rounds")
    parser.add_argument("--generations", type=int, help="how often all is started afresh")
    parser.add_argument("--only", default="", help="rows whose name holds this")
    options = parser.parse_args()
    options.generations = options.generations or (1 if options.quick else 5)
    absent = missing()
    print(f"machine: {machine()}")
    print(f"beside:  {versions(absent)}")
    for name, package in absent:
        print(f"missing: {name}, and its rows (apt-get install {package})")
    with tempfile.TemporaryDirectory(prefix="bt-peers-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        results = measure(folder, options, absent)
        rows.show(results)
        waiting.show(results)
        scaling.show(results)
        if "squidGuard" not in dict(absent):
            decisions.show(folder, options)


if __name__ == "__main__":
    main()
