"""
What records cost: the event loop, the writer, and whoever verifies the log.

    python bench/audit.py

The first figure is all that happens on the event loop for one record, from `put` to the answer that
somebody awaits; the writer's thread lays the record out, writes it and seals it meanwhile, and is
not counted: it holds the event loop up only while it holds the interpreter. The second is the
writer alone, flat out, with a checkpoint every 4,096 lines. The third verifies a million of them.
"""

import asyncio
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "addon"))
sys.path.insert(0, str(Path(__file__).parent))

from breaktime.audit import Writer
from breaktime.audit.anchor import Anchor
from breaktime.audit.keys import KeyFile
from breaktime.audit.opening import open_log
from breaktime.audit.raw import log_files, raw_lines
from breaktime.audit.sealer import MOST
from breaktime.audit.verify import Verifier
from record import PAGE

EACH = 128
ROUNDS = 200
RECORDS = int(sys.argv[1]) if sys.argv[1:] else 1_000_000


async def on_the_loop(folder, together):
    """
    Return microseconds of processor time of the event loop's thread for one record.

    Args:
        folder: with keys that nothing was sealed with.
        together: how many are on their way at once.
    """
    loop = asyncio.get_running_loop()
    log = open_log(folder / "a", "gateway", folder / "keys", tell=print)
    writer = Writer(log.recorder, lambda: PAGE.at)
    pages = (replace(PAGE, path=f"/page/{number}") for number in count())

    async def one(page):
        return await writer.put(page, held=True)

    async def nothing(page):
        return page

    async def rounds(what):
        times = []
        for _ in range(ROUNDS):
            batch = [next(pages) for _ in range(EACH)]
            start = time.thread_time()
            for first in range(0, EACH, together):
                some = batch[first : first + together]
                await asyncio.gather(*[loop.create_task(what(page)) for page in some])
            times.append((time.thread_time() - start) / EACH * 1e6)
        return statistics.median(times)

    tasks = await rounds(nothing)
    found = await rounds(one)
    await asyncio.to_thread(writer.close)
    return found - tasks


def flat_out(folder):
    """Return records a second through the recorder, sealed, and the anchor of the log."""
    keys = KeyFile.open(folder / "keys")
    anchor = Anchor(keys.now.origin, 0, keys.now.public)
    keys.close()
    recorder = open_log(folder / "b", "gateway", folder / "keys", tell=print).recorder
    recorder.begin(PAGE.at)
    spent = 0.0
    for start in range(0, RECORDS, EACH):
        batch = [replace(PAGE, path=f"/page/{start + number}") for number in range(EACH)]
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
    assert (report.worst, report.sealed) == (0, RECORDS // EACH * EACH + EACH), report
    return time.perf_counter() - start


def main():
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        KeyFile.create(folder / "keys", "gateway").close()
        rate, anchor = flat_out(folder)
        print(f"writer, sealing       {rate:10,.0f} records a second")
        print(f"verify {RECORDS:,}      {verified(folder, anchor):10.1f} s")
        for together in (EACH, 8, 1):
            shutil.rmtree(folder)
            KeyFile.create(folder / "keys", "gateway").close()
            cost = asyncio.run(on_the_loop(folder, together))
            print(f"event loop, {together:3} at once{cost:10.1f} us a record")


if __name__ == "__main__":
    main()
