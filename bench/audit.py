"""
What records cost: the event loop, the writer, and whoever verifies the log.

    python bench/audit.py

The first is the writer alone, flat out, with a checkpoint every 4,096 lines. The second verifies a
million of them. The others are all that happens on the event loop for one record, from the answer
that was decided to the request that goes on: an id, a plan, the queue, and waiting and being woken,
while so many are on their way at once. The writer's thread lays the record out as a line, writes it
and seals it meanwhile, and is not counted: it holds the event loop up only while it holds the
interpreter. Behind it stands what as many tasks cost that ask a thread for nothing at all: with few
of them the loop goes to sleep for each and is woken, which takes longer than the record.
"""

import asyncio
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections import deque
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "addon"))
sys.path.insert(0, str(Path(__file__).parent))

from breaktime.audit import Writer
from breaktime.audit.anchor import Anchor
from breaktime.audit.answers import Answers
from breaktime.audit.identifiers import decision_id
from breaktime.audit.keys import KeyFile
from breaktime.audit.opening import open_log
from breaktime.audit.raw import log_files, raw_lines
from breaktime.audit.sealer import MOST
from breaktime.audit.verify import Verifier
from breaktime.config import load
from breaktime.core.decide import decide
from breaktime.core.request import Request
from breaktime.mitm.observe import Seen
from breaktime.mitm.recording import Recording
from breaktime.mitm.state import open_for
from breaktime.pages import Asked
from record import PAGE

EACH = 128
ROUNDS = 40
LONG = 8
"""So many times as many are asked in a round: the tasks that ask are there before."""
RECORDS = int(sys.argv[1]) if sys.argv[1:] else 1_000_000


async def on_the_loop(folder, state, together):
    """
    Return microseconds of processor time of the event loop's thread for one record.

    Args:
        folder: with keys that nothing was sealed with.
        state: the configuration in force.
        together: how many are on their way at once.
    """
    log = open_log(folder / "a", "gateway", folder / "keys", tell=print)
    writer = Writer(log.recorder, lambda: PAGE.at)
    recording = Recording(writer)
    pages = (asked(state, f"/page/{number}") for number in count())

    async def requests(batch):
        for decision, seen in batch:
            plan = recording.plan(decision, decision_id(), seen, state, PAGE.at)
            assert plan.record is not None
            assert await recording.write(plan, held=True)

    cost = await median(together, pages, requests)
    await asyncio.to_thread(writer.close)
    return cost


async def nothing(together):
    """Return the same where a thread is asked for nothing, and says that it is done."""
    loop, bell, asked = asyncio.get_running_loop(), threading.Semaphore(0), deque()
    over = []
    answers = Answers(loop)

    def answer(futures):
        for future in futures:
            future.set_result(True)

    def work():
        while not over:
            bell.acquire()
            while bell.acquire(blocking=False):
                pass
            answers.say(answer, [asked.popleft() for _ in range(len(asked))])

    async def requests(batch):
        for _ in batch:
            future = loop.create_future()
            asked.append(future)
            bell.release()
            assert await future

    thread = threading.Thread(target=work)
    thread.start()
    cost = await median(together, count(), requests)
    over.append(True)
    bell.release()
    await asyncio.to_thread(thread.join)
    answers.end()
    return cost


async def median(together, things, requests):
    """Return microseconds of this thread for each of many things that so many tasks do."""
    loop, times, many = asyncio.get_running_loop(), [], EACH * LONG
    for _ in range(ROUNDS):
        batches = [[next(things) for _ in range(many // together)] for _ in range(together)]
        start = time.thread_time()
        await asyncio.gather(*[loop.create_task(requests(batch)) for batch in batches])
        times.append((time.thread_time() - start) / many * 1e6)
    return statistics.median(times)


def opened(folder):
    """Return a configuration with a break at the time of the page."""
    config = folder / "breaktime.yaml"
    config.write_text(
        "version: 1\norganisation: {name: A, timezone: Europe/London}\n"
        "breaks: {lunch: {at: 12:00-14:00}}\n"
        "everyone: {breaks: [lunch]}\nteams: {finance: {members: [r.hughes]}}\n"
        "controlled: {categories: [social-network]}\nidentity: [{kind: basic, file: htpasswd}]\n"
        "records: {seal_keys: seal}\n"
    )
    (folder / "htpasswd").write_text("")
    return open_for(load(config))


def asked(state, path):
    """Return what is answered to somebody who goes to a page, and what was seen of it."""
    name = ("www.facebook.com",)
    request = Request(name, path, person=PAGE.person, evidence=PAGE.evidence)
    seen = Seen(
        request, Asked(), "https", name[0], path, removed=("query",), wellformed=True, body=0
    )
    return decide(state.policy, request, PAGE.at), seen


def flat_out(folder):
    """Return records a second through the recorder, sealed, and the anchor of the log."""
    keys = KeyFile.open(folder / "keys")
    anchor = Anchor(keys.now.origin, 0, keys.now.public)
    keys.close()
    recorder = open_log(folder / "b", "gateway", folder / "keys", tell=print).recorder
    recorder.begin(PAGE.at)
    spent = 0.0
    for start in range(0, RECORDS, EACH):
        batch = [PAGE._replace(path=f"/page/{start + number}") for number in range(EACH)]
        began = time.perf_counter()
        assert all(recorder.put_all(batch))
        if recorder.waiting >= MOST:
            recorder.seal(PAGE.at)
        spent += time.perf_counter() - began
    recorder.seal(PAGE.at)
    recorder.close()
    return RECORDS / spent, anchor


def verified(folder, anchor):
    """Return seconds to verify the log."""
    start = time.perf_counter()
    verifier = Verifier([anchor])
    for path in log_files(folder / "b"):
        for raw in raw_lines(path):
            verifier.take(raw.file, raw.number, raw.line, whole=raw.whole)
    report = verifier.finish()
    assert (report.worst, report.sealed) == (0, -(-RECORDS // EACH) * EACH), report
    return time.perf_counter() - start


def main():
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        KeyFile.create(folder / "keys", "gateway").close()
        rate, anchor = flat_out(folder)
        print(f"writer, sealing       {rate:10,.0f} records a second")
        print(f"verify {RECORDS:,}      {verified(folder, anchor):10.1f} s")
        for together in (EACH, 32, 8, 1):
            shutil.rmtree(folder)
            KeyFile.create(folder / "keys", "gateway").close()
            state = opened(folder)
            cost = asyncio.run(on_the_loop(folder, state, together))
            state.close()
            empty = asyncio.run(nothing(together))
            told = f"{cost:10.1f} us a record, {empty:5.1f} for none"
            print(f"event loop, {together:3} at once{told}")


if __name__ == "__main__":
    main()
