"""
What does one decision cost? Prints the median in microseconds, with few people and with many.

Three shapes: everybody has the same breaks, everybody is in one of fifty teams with breaks of
their own, and everybody has breaks of their own. The shipped catalogue is used.

    python bench/decide.py [rounds]
"""

import random
import statistics
import sys
import time
from datetime import UTC, datetime
from ipaddress import ip_network
from zoneinfo import ZoneInfo

from breaktime.config import shipped_catalogue
from breaktime.core.breaks import Break, Days
from breaktime.core.decide import decide
from breaktime.core.policy import EVERYONE, BreakList, Policy, Subject, SubjectKind
from breaktime.core.request import Request
from breaktime.core.rule import Rule
from breaktime.core.wall import Span
from breaktime.core.who import Directory, Person, Place

AT = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
FEW, MANY = 10, 10_000
REQUESTS = 10_000
ROUNDS = 15
TEAMS = 50
HOSTS = ("www.facebook.com", "x.com", "i.ytimg.com", "www.reddit.com", "www.example.org")
LUNCH = Break(Rule("break:lunch"), (Span(720, 840),), Days(weekdays=frozenset(range(5))))


def policy(people, shape):
    subjects = {
        "the same for all": [],
        "fifty teams": [Subject(SubjectKind.TEAM, f"t{number}") for number in range(TEAMS)],
        "own breaks": [Subject(SubjectKind.PERSON, f"p{number}") for number in range(people)],
    }[shape]
    lists = {EVERYONE: BreakList(Rule("everyone"), (LUNCH,))}
    for number, subject in enumerate(subjects):
        spans = (Span(700 + number % 40, 800),)
        lists[subject] = BreakList(Rule(f"list:{number}"), (Break(Rule(f"b:{number}"), spans),))
    names = [f"p{number}" for number in range(people)]
    return Policy(
        organisation="bench",
        zone=ZoneInfo("Europe/London"),
        catalogue=shipped_catalogue(),
        directory=Directory(
            {name: Person(name, (f"t{at % TEAMS}",)) for at, name in enumerate(names)},
            {},
            (Place("town-hall", (ip_network("10.0.0.0/8"),)),),
        ),
        fingerprint="bench",
        breaks=lists,
    )


def requests(people):
    chance = random.Random(1)
    for _ in range(REQUESTS):
        who = chance.randrange(people)
        yield Request(
            (chance.choice(HOSTS),),
            "/some/page",
            person=f"p{who}",
            client=f"10.0.{who >> 8}.{who & 255}",
            method="GET",
        )


def median_microseconds(people, shape, rounds):
    asked = policy(people, shape)
    work = list(requests(people))
    figures = []
    for _ in range(rounds + 1):
        start = time.perf_counter_ns()
        for request in work:
            decide(asked, request, AT)
        figures.append((time.perf_counter_ns() - start) / len(work) / 1000)
    return statistics.median(figures[1:])  # the first round fills the caches of the day


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    print(f"{'breaks':18} {FEW:>9} people {MANY:>9} people   growth")
    for shape in ("the same for all", "fifty teams", "own breaks"):
        few = median_microseconds(FEW, shape, rounds)
        many = median_microseconds(MANY, shape, rounds)
        print(f"{shape:18} {few:13.2f} us {many:13.2f} us   {many / few:6.2f}")


if __name__ == "__main__":
    main()
