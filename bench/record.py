"""
What one record costs the event loop: laid out, written as a line, given to the page cache.

    python bench/record.py

Three kinds of record: one more page of a person who is known, a watch address with its video id,
and the worst case, in which nothing repeats.
"""

import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "addon"))

from breaktime.audit import DayFiles, Recorder
from breaktime.audit.identifiers import decision_id
from breaktime.core.decide import Context, Reason, Verdict
from breaktime.core.record import Action, Record
from breaktime.core.visit import Evidence

ROUNDS = 200
EACH = 100

PAGE = Record(
    at=datetime(2026, 11, 23, 12, 7, 41, 318204, UTC),
    action=Action.VISIT_ALLOWED,
    message="Allowed: facebook.com, in a break",
    ruleset="5f0c9e1b7a44" * 5 + "abcd",
    verdict=Verdict.ALLOW,
    reason=Reason.BREAK_FIXED,
    context=Context.BREAK,
    decision=decision_id(),
    because=("break:lunch",),
    person="r.hughes",
    teams=("finance",),
    place="town-hall",
    platform="facebook",
    category="social",
    scheme="https",
    domain="www.facebook.com",
    path="/ExampleshireCouncil/posts/1",
    method="GET",
    evidence=Evidence.USER_NAVIGATION,
    counted=True,
    removed=("query",),
    changes_at=datetime(2026, 11, 23, 14, tzinfo=UTC),
)


def median(recorder, records):
    """Return microseconds for one record: the median over many hundreds."""
    times = []
    for _ in range(ROUNDS):
        batch = [next(records) for _ in range(EACH)]
        start = time.perf_counter()
        for record in batch:
            recorder.put(record)
        times.append((time.perf_counter() - start) / EACH)
    return statistics.median(times) * 1e6


def main():
    pages = (PAGE._replace(path=f"/page/{number}") for number in count())
    videos = (PAGE._replace(path="/watch", parameters={"v": f"{number:011}"}) for number in count())
    people = (PAGE._replace(person=f"p{number}", path=f"/{number}") for number in count())
    with tempfile.TemporaryDirectory() as directory:
        recorder = Recorder(DayFiles(Path(directory), "gw-a"), "gw-a")
        for name, records in ("page", pages), ("page with parameters", videos), ("worst", people):
            print(f"{name:22}{median(recorder, records):6.1f} us a record")
        assert recorder.writable
        recorder.close()


if __name__ == "__main__":
    main()
