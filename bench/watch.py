"""
What does it cost to count a request, and to answer whoever asks for the metrics?

    python bench/watch.py

Counting is part of every request that is judged; the rest happens once in each scrape.
"""

import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "addon"))

from breaktime.core.reasons import Reason, Verdict
from breaktime.watch import Sources, Tally, exposition
from breaktime.watch.metrics import PolicyState, RecordsState, Relayed

ROUNDS = 50
EACH = 10_000


def main():
    tally = Tally()
    times = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        for _ in range(EACH):
            tally.judged(Verdict.PASS, Reason.NOT_CONTROLLED, 0.0004)
        times.append((time.process_time() - begun) / EACH)
    print(f"counting one request: {statistics.median(times) * 1e6:.2f} microseconds")
    for verdict in Verdict:
        for reason in Reason:
            tally.judged(verdict, reason, 0.001)
    sources = Sources(
        tally,
        lambda: {"relayed": 1000},
        lambda: Relayed(1, 2, 3),
        lambda: 1,
        lambda: RecordsState(writable=True, lost=0),
        lambda: PolicyState("0" * 64, 1.0),
        dict,
    )
    times = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        text = exposition(sources)
        times.append(time.process_time() - begun)
    lines = text.count(b"\n")
    print(f"one scrape of {lines} lines: {statistics.median(times) * 1e3:.2f} milliseconds")


if __name__ == "__main__":
    main()
