"""
How long a report takes, and how much memory.

    python bench/report.py [--records 10000000]

A month of records of 5,000 people, in one file a day; the log takes about a kilobyte a record. The
report is made three times: of the lines, and twice of the columns that the first one has kept; but
of the lines of the last day, which is not over. The files are a second old, and are believed as if
they were from yesterday.
"""

import argparse
import os
import random
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parent.parent / "addon"))

from breaktime.audit.ecs import Origin
from breaktime.audit.identifiers import decision_id, event_id
from breaktime.audit.line import Lines
from breaktime.audit.selection import Selection
from breaktime.core.decide import Context, Reason, Verdict
from breaktime.core.record import Action, Record
from breaktime.core.visit import Evidence
from breaktime.reports import gather
from breaktime.reports.known import Known
from breaktime.reports.query import report

DAYS = 30
PEOPLE = 5_000
TEAMS = 60
PLATFORMS = ("facebook", "instagram", "x", "tiktok", "youtube", "reddit")
START = datetime(2026, 11, 1, 7, tzinfo=UTC)
KEPT = 20_000
"""Lines that are made by the writer; the others are the same with another person and time."""

VISIT = Record(
    at=START,
    action=Action.VISIT_ALLOWED,
    message="Allowed: facebook.com, in a break",
    ruleset="5f0c9e1b7a44" * 5 + "abcd",
    verdict=Verdict.ALLOW,
    reason=Reason.BREAK_FIXED,
    context=Context.BREAK,
    because=("break:lunch",),
    place="town-hall",
    category="social-network",
    scheme="https",
    domain="www.facebook.com",
    path="/ExampleshireCouncil/posts/1",
    method="GET",
    evidence=Evidence.USER_NAVIGATION,
    counted=True,
)
REFUSED = VISIT._replace(
    action=Action.VISIT_BLOCKED,
    verdict=Verdict.BLOCK,
    reason=Reason.OUTSIDE_BREAKS,
    context=Context.OUTSIDE_BREAK,
    counted=False,
)


def day_of_lines(rng, lines, day, count):
    """Yield one day of lines; the text of a record is used for many people and times."""
    begin = day.strftime("%Y-%m-%dT%H:%M").encode()
    forms = []
    for number in range(KEPT // DAYS):
        record = rng.choices((VISIT, REFUSED), (3, 1))[0]._replace(
            at=day,
            person="@person@",
            teams=("@team@",),
            platform=rng.choice(PLATFORMS),
            decision="@decision@",
        )
        line = lines.line(record, number + 1, event_id(day)).replace(begin, b"%s", 1)
        for place in (b"@person@", b"@team@", b"@decision@"):
            line = line.replace(place, b"%s")
        forms.append(line)
    people = [(f"p{n}".encode(), f"team-{n % TEAMS}".encode()) for n in range(PEOPLE)]
    minutes = [(day + timedelta(minutes=m)).strftime("%Y-%m-%dT%H:%M").encode() for m in range(720)]
    for _ in range(count):
        yield rng.choice(forms) % (
            rng.choice(minutes),
            *rng.choice(people),
            decision_id().encode(),
        )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=300_000)
    wanted = parser.parse_args().records
    rng = random.Random(1)
    lines = Lines(Origin("gw-a", "1.0.0"))
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)
        for number in range(DAYS):
            day = START + timedelta(days=number)
            with (directory / f"audit-gw-a-{day:%Y-%m-%d}.jsonl").open("wb") as file:
                file.writelines(day_of_lines(rng, lines, day, wanted // DAYS))
        size = sum(path.stat().st_size for path in directory.iterdir())
        gather.RESTED = 0
        os.environ["XDG_STATE_HOME"] = str(directory / "state")
        print(f"{wanted:,} records, {size / 1e9:.2f} GB")
        for name in ("first", "again", "again"):
            start, cpu = time.perf_counter(), time.process_time()
            made = report(directory, Selection(), ZoneInfo("Europe/London"), START, Known.open())
            took, cpu = time.perf_counter() - start, time.process_time() - cpu
            assert made.total is not None
            assert (made.unreadable, made.changed) == (0, ())
            assert made.total.counts.visits + made.total.counts.refusals == wanted // DAYS * DAYS
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            rate = f"10,000,000 would take {1e7 * took / wanted:.0f} s"
            print(f"{name}: {took:.1f} s, {cpu:.1f} s of processors, {peak:.0f} MB at most; {rate}")


main()
