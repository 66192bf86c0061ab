"""A purge waits for its record, and does nothing without it."""

import asyncio
from datetime import timedelta

from breaktime.audit.purge import Purger
from breaktime.audit.purging import purge_once
from breaktime.core.retention import Keep
from records import NOON, VISIT
from sealed import Log

KEEP = Keep()


def test_nothing_is_taken_out_whose_record_cannot_be_written(tmp_path):
    log = Log(tmp_path)
    recorder = log.open()
    recorder.put(VISIT._replace(at=NOON))
    recorder.close()

    class NoWriter:
        def put(self, record):
            return done(False)

        def settle(self):
            raise AssertionError

    async def done(value):
        return value

    async def main(purger):
        return await purge_once(
            purger, NoWriter(), open_path=lambda: None, keep=KEEP, held=(),
            at=NOON + timedelta(days=100), ruleset="",
        )  # fmt: skip

    before = {path.name: path.read_bytes() for path in log.records.glob("*.jsonl*")}
    purger = Purger(log.records, "gateway")
    assert asyncio.run(main(purger)) == 0
    assert {path.name: path.read_bytes() for path in log.records.glob("*.jsonl*")} == before
    assert len(list(purger.files(KEEP, NOON + timedelta(days=100)))) == 1  # it tries again
