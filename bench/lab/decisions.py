"""
One decision with a million names and ten thousand people, beside squidGuard's.

squidGuard reads lines from a pipe and writes its answers to another; what it needs to start is
taken off. breaktime's decision is measured in a process of its own, twice: alone, and as a program
that reads the same lines and writes the same answers. In squidGuard all people share one rule: it
cannot load ten thousand with a rule each. In breaktime each has breaks of their own.
"""

import json
import os
import random
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

NAMES, PEOPLE, LINES = 1_000_000, 10_000, 200_000
AT = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
TARGET = 0.4

_CONF = """
dbhome {folder}/db
logdir {folder}/log
src staff {{
  userlist {folder}/staff
}}
dest social {{
  domainlist social/domains
}}
acl {{
  staff {{
    pass !social all
    redirect http://127.0.0.1/blocked
  }}
  default {{
    pass none
    redirect http://127.0.0.1/nobody
  }}
}}
"""


def names(number):
    """Return so many controlled names; none is below another, which squidGuard would miss."""
    return [f"name-{each}.more-{each % 977}.example" for each in range(number)]


def write(folder, quick):
    """Write the list, the people and the lines that are asked, half of them about the list."""
    number = NAMES // 10 if quick else NAMES
    (folder / "db" / "social").mkdir(parents=True)
    (folder / "log").mkdir()
    listed = names(number)
    (folder / "db" / "social" / "domains").write_text("\n".join([*listed, ""]))
    (folder / "staff").write_text("".join(f"p{each}\n" for each in range(PEOPLE)))
    conf = folder / "squidGuard.conf"
    conf.write_text(_CONF.format(folder=folder))
    chance = random.Random(1)
    lines = []
    for each in range(LINES // 4 if quick else LINES):
        hit = each % 2 == 0
        host = f"www.{chance.choice(listed)}" if hit else f"www.innocent-{chance.random()}.example"
        lines.append(f"http://{host}/page 10.0.0.1/- p{chance.randrange(PEOPLE)} GET\n")
    (folder / "lines").write_text("".join(lines))
    return conf, number, len(lines)


def cpu_of(command, lines):
    """Return the seconds of the processor that a program takes for these lines, and its answers."""
    with lines.open() as given:
        done = subprocess.Popen(command, stdin=given, stdout=subprocess.PIPE, text=True)
        answers = done.stdout.read()
        _, status, used = os.wait4(done.pid, 0)
    done.returncode = os.waitstatus_to_exitcode(status)
    if done.returncode:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}")
    return used.ru_utime + used.ru_stime, answers.splitlines()


def show(folder, options):
    """Measure and print."""
    if options.only and options.only not in "one decision":
        return
    place = folder / "squidguard"
    place.mkdir()
    conf, number, count = write(place, options.quick)
    guard = ["squidGuard", "-c", str(conf)]
    subprocess.run([*guard, "-C", "all"], check=True, stderr=subprocess.DEVNULL)
    (place / "none").write_text("")
    program = [sys.executable, "-O", __file__, str(number), str(place / "lines")]
    ours, alone, theirs = [], [], []
    asked = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    for _ in range(2 if options.quick else 5):
        for _ in range(2):  # there and back
            empty, _ = cpu_of(guard, place / "none")
            full, answers = cpu_of(guard, place / "lines")
            theirs.append(1e6 * (full - empty) / count)
        asked.stdin.write("again\n")
        asked.stdin.flush()
        found = json.loads(asked.stdout.readline())
        ours.append(found["line"])
        alone.append(found["decide"])
        refused = sum("blocked" in answer for answer in answers)
        if not refused == found["refused"] == count // 2:
            raise AssertionError(f"refused {refused} and {found['refused']} of {count // 2}")
    asked.stdin.close()
    asked.wait(60)
    asked.stdout.close()
    middle = statistics.median(theirs)
    print(f"one decision, {number:,} names, {PEOPLE:,} people")
    print(f"  {'squidGuard, one rule for all, lines in and out':52} {middle:6.2f} us")
    for name, figure in (
        ("breaktime, breaks of their own, the decision alone", statistics.median(alone)),
        ("breaktime, breaks of their own, lines in and out", statistics.median(ours)),
    ):
        share = figure / middle
        told = "met" if share <= TARGET else "MISSED"
        print(f"  {name:52} {figure:6.2f} us   {share:.2f} of it; at most {TARGET}: {told}")


def policy(number):
    """Return a policy in which each person has breaks of their own; none is now."""
    from zoneinfo import ZoneInfo

    from breaktime.config.rules import read_rules
    from breaktime.core.breaks import Break
    from breaktime.core.platforms import Platform, Role
    from breaktime.core.policy import EVERYONE, BreakList, Policy, Subject, SubjectKind
    from breaktime.core.rule import Rule
    from breaktime.core.wall import Span
    from breaktime.core.what import Catalogue
    from breaktime.core.who import Directory, Person

    domains = dict.fromkeys(names(number), Role.WEB)
    known = read_rules().platforms.values()
    catalogue = Catalogue([*known, Platform("more", "More", "forum", domains=domains)])
    lists = {EVERYONE: BreakList(Rule("everyone"), ())}
    people = [f"p{each}" for each in range(PEOPLE)]
    for each, name in enumerate(people):
        own = Break(Rule(f"b:{each}"), (Span(900 + each % 120, 1080),))
        lists[Subject(SubjectKind.PERSON, name)] = BreakList(Rule(f"list:{each}"), (own,))
    return Policy(
        organisation="bench",
        zone=ZoneInfo("Europe/London"),
        catalogue=catalogue,
        directory=Directory({name: Person(name, ()) for name in people}),
        fingerprint="bench",
        breaks=lists,
    )


def decide_all(number, file):
    """Decide all lines once for each line of stdin; print the figures as JSON."""
    from breaktime.core.decide import decide
    from breaktime.core.request import Request

    asked = policy(number)
    lines = file.read_text().splitlines()
    requests = []
    for line in lines:
        url, client, person, method = line.split(" ")
        host, _, path = url.removeprefix("http://").partition("/")
        client = client.partition("/")[0]
        requests.append(Request((host,), "/" + path, person=person, client=client, method=method))
    for request in requests:  # what is kept for the day is kept
        decide(asked, request, AT)
    for _ in sys.stdin:
        print(json.dumps(_decide_once(asked, requests, lines)), flush=True)


def _decide_once(asked, requests, lines):
    """Return microseconds for one, alone and as a program would, and how many were refused."""
    from breaktime.core.decide import Verdict, decide
    from breaktime.core.request import Request

    start = time.process_time_ns()
    refused = sum(decide(asked, request, AT).verdict is Verdict.BLOCK for request in requests)
    alone = time.process_time_ns() - start
    start = time.process_time_ns()
    with Path(os.devnull).open("w") as out:
        for line in lines:
            url, client, person, method = line.split(" ")
            host, _, path = url.removeprefix("http://").partition("/")
            client = client.partition("/")[0]
            request = Request((host,), "/" + path, person=person, client=client, method=method)
            blocked = decide(asked, request, AT).verdict is Verdict.BLOCK
            out.write("OK url=http://127.0.0.1/blocked\n" if blocked else "ERR\n")
    whole = time.process_time_ns() - start
    count = 1000 * len(lines)
    return {"decide": alone / count, "line": whole / count, "refused": refused}


if __name__ == "__main__":
    decide_all(int(sys.argv[1]), Path(sys.argv[2]))
