"""
What does a large configuration cost? Prints seconds, mebibytes and microseconds.

1. 5,000 people in YAML, 200 teams and 50 rotas: the time of a check (at most 3 s).
2. 100,000 people in a table: the time of a check (at most 5 s), and the memory that the process
   takes beyond an empty configuration, at its peak, afterwards, and after each of them was judged
   at a computer of their own (at most 60 MiB).
3. One decision with 10 people and with 100,000 of the table (at most 1.3 times).

    python bench/load.py [rounds]

Each is measured in a process of its own, because memory that was once taken is seldom given back.
"""

import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from breaktime.config import load
from breaktime.core.decide import decide
from breaktime.core.request import Request

AT = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
HOSTS = ("www.facebook.com", "x.com", "i.ytimg.com", "www.reddit.com", "www.example.org")
REQUESTS = 10_000
ROUNDS = 5
TEAMS, ROTAS = 200, 50
IN_YAML, IN_TABLE, FEW = 5_000, 100_000, 10

HEAD = """\
version: 1
organisation: {name: Exampleshire Council, timezone: Europe/London, bank_holidays: GB-ENG}
controlled: {categories: [social-network]}
identity: [{kind: basic, file: htpasswd}]
breaks:
  lunch: {days: Mon-Fri, at: 12:00-14:00, bank_holidays: exclude}
  tea: {days: Mon-Fri, at: [10:30-10:45, 15:15-15:30]}
shifts:
  early: {hours: 06:00-14:00, breaks: [09:00-09:15, 11:30-12:00]}
  night12: {hours: 19:00-07:00, breaks: [22:00-22:15, 01:30-02:15, 05:00-05:15]}
everyone: {breaks: [lunch]}
"""


def rotas():
    yield "rotas:\n"
    for number in range(ROTAS):
        yield f"  rota{number}: {{starts: 2026-11-{number % 28 + 1:02}, "
        yield "cycle: [early, early, night12, night12, off, off, off, off]}\n"


def in_yaml(people):
    yield HEAD
    yield from rotas()
    yield "teams:\n"
    for team in range(TEAMS):
        members = ", ".join(f"first.last{number}" for number in range(team, people, TEAMS))
        kind = f"rota: rota{team % ROTAS}" if team % 2 else "breaks: [lunch, tea]"
        yield f"  team{team}: {{members: [{members}], {kind}}}\n"
    yield "people:\n"
    for number in range(people):
        breaks = "[lunch, {days: Mon-Fri, at: 15:00-15:30}]"
        yield f"  first.last{number}: {{breaks: {breaks}, timezone: Europe/London}}\n"


def in_table(people):
    yield "person,team,breaks,timezone,rota\n"
    for number in range(people):
        breaks = "lunch tea" if number % 10 == 0 else ""
        zone = "Europe/Warsaw" if number % 50 == 0 else ""
        yield f"first.last{number},team{number % TEAMS},{breaks},{zone},\n"


def with_table():
    yield HEAD
    yield from rotas()
    yield "teams:\n"
    for team in range(TEAMS):
        yield f"  team{team}: {{breaks: [lunch, tea]}}\n"
    yield "people: {table: people.csv}\n"


def write(folder, what, people):
    config = folder / "breaktime.yaml"
    config.write_text("".join(in_yaml(people) if what == "yaml" else with_table()))
    (folder / "people.csv").write_text("".join(in_table(people)))
    return config


def peak_mib():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def now_mib():
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1024 / 1024


def measure(what, people, rounds):
    """Measure in this process, and print the figures as JSON."""
    with tempfile.TemporaryDirectory() as name:
        config = write(Path(name), what, people)
        start = time.perf_counter()
        loaded = load(config)
        seconds = time.perf_counter() - start
        figures = {"seconds": seconds, "peak": peak_mib(), "now": now_mib()}
    assert not [each for each in loaded.warnings if "nobody" not in each.what], loaded.warnings
    chance = random.Random(1)
    work = [
        Request(
            (chance.choice(HOSTS),), "/", person=f"first.last{chance.randrange(max(people, 1))}"
        )
        for _ in range(REQUESTS)
    ]
    figures["first"], *others = [round_microseconds(loaded.policy, work) for _ in range(rounds + 1)]
    figures["decide"] = statistics.median(others)
    for number in range(people):
        client = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
        request = Request(HOSTS[:1], "/", person=f"first.last{number}", client=client)
        decide(loaded.policy, request, AT)
    figures["judged"] = now_mib()
    print(json.dumps(figures))


def round_microseconds(policy, work):
    start = time.perf_counter_ns()
    for request in work:
        decide(policy, request, AT)
    return (time.perf_counter_ns() - start) / len(work) / 1000


def elsewhere(what, people, rounds):
    command = [sys.executable, __file__, "--measure", what, str(people), str(rounds)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main():
    if sys.argv[1:2] == ["--measure"]:
        measure(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
        return
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    yaml = elsewhere("yaml", IN_YAML, 1)
    few, many = elsewhere("table", FEW, rounds), elsewhere("table", IN_TABLE, rounds)
    empty = elsewhere("table", 0, 1)
    print(f"{IN_YAML:>7,} people in YAML   {yaml['seconds']:6.2f} s")
    print(f"{IN_TABLE:>7,} in a table       {many['seconds']:6.2f} s")
    moments = ("peak", "while loading"), ("now", "afterwards"), ("judged", "all judged once")
    for key, when in moments:
        print(f"        memory {when:15} {many[key] - empty[key]:6.1f} MiB more than without them")
    print(f"one decision, {FEW} people {few['decide']:8.2f} us")
    growth = many["decide"] / few["decide"]
    print(f"one decision, {IN_TABLE:,}  {many['decide']:8.2f} us, {growth:.2f} times")
    print(f"the first of each person {many['first']:7.2f} us")


if __name__ == "__main__":
    main()
