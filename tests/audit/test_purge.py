"""What has been kept for long enough is taken out; nothing else is, whenever it is killed."""

import asyncio
import json
import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from breaktime.audit import follow, own_records
from breaktime.audit.columns import columns_of, prepare
from breaktime.audit.findings import Status
from breaktime.audit.opening import open_log
from breaktime.audit.purge import Purger
from breaktime.audit.purging import purge_once
from breaktime.audit.raw import log_files, raw_lines
from breaktime.audit.tombstone import read_tombstone
from breaktime.audit.verify import Verifier
from breaktime.audit.writer import Writer
from breaktime.core.decide import Context
from breaktime.core.record import Action
from breaktime.core.retention import Keep
from records import BLOCKED, LOADED, NOON, VISIT
from sealed import Log

KEEP = Keep()
DAY = timedelta(days=1)
WORK = VISIT._replace(action=Action.VISIT_BUSINESS, context=Context.BUSINESS_CASE)
ALL = [VISIT._replace(decision="d-break"), BLOCKED._replace(decision="d-blocked"),
       WORK._replace(decision="d-work"), LOADED]  # fmt: skip


@pytest.fixture
def log(tmp_path):
    """One record of each kind on a first day, and one a day later."""
    log = Log(tmp_path)
    put(log, NOON, ALL)
    put(log, NOON + DAY, [LOADED])
    return log


def put(log, at, records):
    log.at = at
    recorder = log.open()
    for record in records:
        assert recorder.put(record._replace(at=at))
    recorder.seal(at)
    recorder.close()


def purged(log, at, keep=KEEP, held=(), *, times=1):
    """Purge as a gateway does that was started anew, and return how many files were."""

    async def main():
        opened = open_log(log.records, "gateway", log.keys, tell=print)
        writer = Writer(opened.recorder, lambda: at)
        await writer.put(LOADED._replace(at=at))
        purger = Purger(log.records, "gateway")
        counts = [
            await purge_once(
                purger, writer, open_path=lambda: opened.files.open_path, keep=keep, held=held,
                at=at, ruleset="",
            )
            for _ in range(times)
        ]  # fmt: skip
        assert await asyncio.to_thread(writer.close)
        return counts

    return asyncio.run(main())


def checked(log):
    verifier = Verifier([log.anchor])
    for path in log_files(log.records):
        for raw in raw_lines(path):
            verifier.take(raw.file, raw.number, raw.line, whole=raw.whole)
    return verifier.finish()


def left(log):
    """What can still be read of the first day."""
    path = log_files(log.records)[0]
    lines = [json.loads(raw.line) for raw in raw_lines(path) if not read_tombstone(raw.line)]
    return [line["event"]["action"] for line in lines]


CHECKPOINTS = ["integrity-checkpoint", "integrity-checkpoint"]

# fmt: off
ROWS = [
    # days since  what is left of the first day
    (90,  ["visit-allowed", "visit-blocked", "visit-business", "config-loaded"]),
    (91,  ["visit-blocked", "visit-business", "config-loaded"]),
    (181, ["visit-business", "config-loaded"]),
    (366, ["config-loaded"]),
    (401, []),
]
# fmt: on


@pytest.mark.parametrize(("days", "actions"), ROWS)
def test_each_kind_has_its_time(log, days, actions):
    midnight = datetime(2026, 11, 23, tzinfo=UTC)
    purged(log, midnight + timedelta(days=days))

    assert sorted(left(log)) == sorted(CHECKPOINTS + actions)
    assert checked(log).worst is (Status.OK if len(actions) == 4 else Status.PURGED)
    assert checked(log).purged == 4 - len(actions) + (days > 401)


def test_what_was_freed_is_nowhere_on_the_disk(log):
    purged(log, NOON + timedelta(days=500))

    data = b"".join(path.read_bytes() for path in log.records.rglob("*.*"))
    for name in (b"r.hughes", b"facebook", b"d-break", b"finance"):
        assert name not in data
    assert not list(log.records.glob("*.purging"))


def test_a_purge_is_recorded_with_rule_and_count_and_done_once(log):
    assert purged(log, NOON + timedelta(days=200), times=3) == [1, 0, 0]
    assert purged(log, NOON + timedelta(days=200)) == [0]

    records = [json.loads(raw.line) for p in log_files(log.records) for raw in raw_lines(p)]
    (record,) = [one for one in records if one.get("message", "").endswith("they are kept")]
    assert record["message"] == "2 records deleted: the time is over for which they are kept"
    assert record["breaktime"]["purge"]["rule"] == "break: 90 days, refused: 180 days"
    assert record["breaktime"]["by"] == "breaktime"
    assert record["file"]["path"] == "audit-gateway-2026-11-23.jsonl"


def test_what_was_purged_once_is_purged_again_of_another_kind(log):
    purged(log, NOON + timedelta(days=100))
    purged(log, NOON + timedelta(days=1000))

    report = checked(log)
    assert report.worst is Status.PURGED
    assert report.purged == 6  # and the two starts in between
    assert left(log) == CHECKPOINTS


def test_a_purge_and_its_authority_stay_for_ever(log):
    purged(log, NOON + timedelta(days=100))
    before = checked(log).purged
    purged(log, NOON + timedelta(days=3000))
    purged(log, NOON + timedelta(days=6000))

    assert checked(log).worst is Status.PURGED
    assert checked(log).purged > before


def test_what_is_held_stays_until_it_is_not(log):
    later = NOON + timedelta(days=500)
    purged(log, later, held={"d-blocked", "2"})
    assert sorted(left(log)) == sorted([*CHECKPOINTS, "visit-allowed", "visit-blocked"])
    purged(log, later)
    assert left(log) == CHECKPOINTS


def test_a_disputed_record_is_kept_as_long_as_the_note(log):
    put(log, NOON + 80 * DAY, [LOADED._replace(action=Action.RECORD_DISPUTED, about="d-break")])
    purged(log, NOON + 470 * DAY)
    assert "visit-allowed" in left(log)
    purged(log, NOON + 482 * DAY)
    assert "visit-allowed" not in left(log)
    assert checked(log).worst is Status.PURGED


def test_readers_pass_over_what_is_gone(log):
    purged(log, NOON + timedelta(days=100))

    found = list(follow(log.records, last=-1))
    assert all(each["event"]["action"] != "visit-allowed" for each in found)
    start = NOON - DAY
    own = [r["event"]["action"] for r in own_records(log.records, "r.hughes", start, NOON + DAY)]
    assert own == ["visit-blocked", "visit-business"]


def test_whoever_follows_is_not_shown_again_what_was_read(log):
    def wait():
        if not steps:
            return False
        steps.pop()
        purged(log, NOON + timedelta(days=100))
        return True

    steps = [1]
    numbers = [each["event"]["sequence"] for each in follow(log.records, last=-1, wait=wait)]
    assert numbers == sorted(set(numbers))


class Killed(BaseException):
    """The process ends here."""


def kill_at(call, monkeypatch):
    """Have one of the calls of the disk be the last."""
    count = [call]

    def wrap(name):
        really = getattr(os, name)

        def wrapped(*arguments, **more):
            count[0] -= 1
            if count[0] < 0:
                raise Killed
            return really(*arguments, **more)

        monkeypatch.setattr(os, name, wrapped)

    for name in ("open", "fsync", "fchmod", "fchown", "replace", "unlink", "rename"):
        wrap(name)


@pytest.mark.parametrize("call", range(14))
def test_killed_at_any_call_a_file_is_old_or_new(log, call, monkeypatch):
    path = log_files(log.records)[0]
    old, at = path.read_bytes(), NOON + timedelta(days=100)
    purger = Purger(log.records, "gateway")
    with monkeypatch.context() as patched:
        kill_at(call, patched)
        try:
            found, *_ = purger.files(KEEP, at)
            ready = purger.prepare(found, KEEP, at)
        except Killed:
            ready = None
    if ready is not None:
        put(log, at, [ready.record])
        with monkeypatch.context() as patched:
            kill_at(call % 3, patched)
            with suppress(Killed):
                ready.carry_out()
        if path.read_bytes() != old:
            assert b"d-break" not in path.read_bytes()
            assert checked(log).worst is Status.PURGED
            return
    assert path.read_bytes() == old
    assert checked(log).worst is Status.OK
    purged(log, at)
    assert b"d-break" not in path.read_bytes()
    assert checked(log).worst is Status.PURGED


def test_the_open_file_and_what_is_no_record_are_left_alone(log):
    path = log_files(log.records)[0]
    more = (
        b"no record\n" + b"[]\n" + b'{"event":{"action":7}}\n' + path.read_bytes().splitlines()[1]
    )
    path.write_bytes(path.read_bytes() + more)
    purger = Purger(log.records, "gateway")
    at = NOON + timedelta(days=100)
    list(purger.files(KEEP, at))
    ready = purger.prepare(path, KEEP, at)

    assert ready.record.purge.lines == 1
    assert ready.new.read_bytes().endswith(more)
    assert ready.new.stat().st_mode == path.stat().st_mode


def test_what_readers_keep_of_a_file_goes_with_what_is_taken_out_of_it(log):
    put(log, NOON, ALL)
    file = next(path for path in log_files(log.records) if f"{NOON:%Y-%m-%d}" in path.name)
    prepare(log.records)
    kept = columns_of(file)
    kept.write_bytes(b"")
    purged(log, NOON + 10 * DAY)
    assert kept.exists()
    assert purged(log, NOON + 100 * DAY)[0] >= 1
    assert not kept.exists()
