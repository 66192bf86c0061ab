"""Does the event loop get what the ledger says, in time, and nothing where it says nothing?"""

import asyncio
from datetime import date, timedelta
from threading import Event as Gate

import pytest

from breaktime.core.flexible import HEARTBEAT, UNKNOWN
from breaktime.core.record import Action
from breaktime.core.sitting import begin
from breaktime.ledger import Event, EventKind, LedgerError, open_ledger
from breaktime.mitm import books as module
from breaktime.mitm.books import BEAT, Books, message_of, record_of
from calendars import profile, utc
from flexibly import flexible, minutes
from support.answered import Answered

NOON = utc("2026-11-23 12:00")
HERS = profile(flexible())


def kept(_):
    return Answered(True)


class Switch:
    """A ledger that can be broken, or slow, and that counts what it is asked."""

    def __init__(self, ledger):
        self.ledger, self.broken, self.asked = ledger, False, []
        self.hung_up = 0
        self.answers = Gate()
        self.answers.set()

    def hang_up(self):
        self.hung_up += 1

    def __getattr__(self, name):
        def method(*arguments):
            self.asked.append(name)
            self.answers.wait(60)
            if self.broken and name != "close":
                raise LedgerError("the ledger cannot be used (Broken)")
            return getattr(self.ledger, name)(*arguments)

        return method


@pytest.fixture
def switch(tmp_path):
    ledger = open_ledger(tmp_path / "ledger.sqlite")
    yield Switch(ledger)
    ledger.close()


def start(switch, at=NOON):
    switch.ledger.start("ada", at, lambda usage: begin(HERS, usage, at))


def running(test, switch, monkeypatch, **limits):
    for name, value in limits.items():
        monkeypatch.setattr(module, name, value)

    async def whole():
        clock = [NOON]
        books = Books(lambda: switch, lambda: clock[0], "gateway")
        try:
            await test(books, clock)
        finally:
            await books.close()

    asyncio.run(whole())


def test_a_change_made_elsewhere_is_seen_when_the_answer_is_old(switch, monkeypatch):
    async def test(books, _):
        assert (await books.usage("ada")).running is None
        start(switch)
        assert (await books.usage("ada")).running is None
        monkeypatch.setattr(module, "FRESH", 0.0)
        assert (await books.usage("ada")).running

    running(test, switch, monkeypatch, FRESH=60.0)


def test_many_who_ask_at_once_ask_once(switch, monkeypatch):
    async def test(books, _):
        switch.answers.clear()
        asking = asyncio.gather(*(books.usage("ada") for _ in range(50)))
        await asyncio.sleep(0.05)
        switch.answers.set()
        await asking
        assert switch.asked == ["usage"]

    running(test, switch, monkeypatch)


def test_a_slow_ledger_does_not_stop_the_loop(switch, monkeypatch):
    async def test(books, _):
        switch.answers.clear()
        asking = asyncio.create_task(books.usage("ada"))
        for _ in range(100):
            await asyncio.sleep(0)
        assert not asking.done()
        switch.answers.set()
        assert (await asking).known

    running(test, switch, monkeypatch)


@pytest.mark.parametrize("way", ["broken", "slow"])
def test_a_ledger_that_does_not_say_is_unknown_and_left_alone_for_a_while(switch, monkeypatch, way):
    async def test(books, _):
        now = [0.0]
        monkeypatch.setattr(module, "_now", lambda: now[0])
        switch.broken = way == "broken"
        if way == "slow":
            switch.answers.clear()
            monkeypatch.setattr(module, "PATIENCE", 0.05)
        assert await books.usage("ada") is UNKNOWN
        assert await books.usage("ada") is UNKNOWN
        assert switch.asked == ["usage"]
        assert switch.hung_up == (way == "slow")
        assert await books.go_round(kept) is None
        switch.broken = False
        switch.answers.set()
        monkeypatch.setattr(module, "PATIENCE", 60.0)
        now[0] = module.PAUSE
        assert (await books.usage("ada")).known
        assert books.fault is None

    running(test, switch, monkeypatch)


def test_who_waits_for_a_ledger_at_the_end_is_hung_up_on(switch, monkeypatch):
    monkeypatch.setattr(switch, "hang_up", switch.answers.set, raising=False)

    async def test(books, _):
        assert (await books.usage("ada")).known
        monkeypatch.setattr(module, "PATIENCE", 0.05)
        switch.answers.clear()
        begun = Gate()
        books._threads.submit(lambda: begun.set() or switch.answers.wait(60))
        assert await asyncio.to_thread(begun.wait, 60)

    running(test, switch, monkeypatch)
    assert switch.answers.is_set()


def test_a_sitting_that_is_known_to_go_on_does_so_without_the_ledger(switch, monkeypatch):
    async def test(books, clock):
        start(switch)
        sitting = (await books.usage("ada")).running
        switch.broken = True
        assert (await books.usage("ada")).running == sitting
        assert await books.usage("bob") is UNKNOWN

        clock[0] = sitting.ends_at() - timedelta(seconds=1)
        assert (await books.usage("ada")).running == sitting
        clock[0] = sitting.ends_at()
        assert await books.usage("ada") is UNKNOWN

    running(test, switch, monkeypatch, FRESH=0.0)


@pytest.mark.parametrize("way", ["seen by the next look", "seen by a round", "told"])
def test_a_sitting_that_is_known_to_have_ended_does_not_go_on(switch, monkeypatch, way):
    async def test(books, _):
        start(switch)
        assert (await books.usage("ada")).running
        switch.ledger.stop("ada", NOON)
        if way == "seen by the next look":
            await books.usage("ada")
        elif way == "seen by a round":
            await books.running()
        else:
            books.forget_usage("ada")
        switch.broken = True
        assert await books.usage("ada") is UNKNOWN

    running(test, switch, monkeypatch, FRESH=0.0)


def test_a_ledger_that_cannot_be_opened_is_tried_again(monkeypatch, tmp_path):
    async def test():
        (tmp_path / "folder").touch()
        books = Books(
            lambda: open_ledger(tmp_path / "folder" / "l.sqlite"), lambda: NOON, "gateway"
        )
        assert await books.usage("ada") is UNKNOWN
        (tmp_path / "folder").unlink()
        await asyncio.sleep(0.06)
        assert (await books.usage("ada")).known
        await books.close()

    monkeypatch.setattr(module, "PAUSE", 0.05)
    asyncio.run(test())


def test_running_sittings_are_counted_and_named(switch, monkeypatch):
    async def test(books, clock):
        assert await books.go_round(kept) == frozenset()
        start(switch)
        clock[0] = NOON + minutes(1)
        assert await books.go_round(kept) == {"ada"}
        assert switch.ledger.usage("ada", NOON).running.spent == minutes(1)
        assert await books.go_round(kept) == {"ada"}

    running(test, switch, monkeypatch, BEAT=0.0)


def test_a_beat_comes_in_time():
    assert timedelta(seconds=BEAT + module.ROUND) < HEARTBEAT


def test_what_was_noted_is_recorded_once_and_again_if_it_was_not_kept(switch, monkeypatch):
    async def test(books, _):
        start(switch)
        told = []
        await books.go_round(lambda event: Answered(told.append(event) is not None))
        await books.go_round(lambda event: Answered(told.append(event) is None))
        await books.go_round(lambda event: Answered(told.append(event) is None))
        assert [event.kind for event in told] == [EventKind.STARTED] * 2

    running(test, switch, monkeypatch)


def test_old_days_are_forgotten_now_and_then(switch, monkeypatch):
    async def test(books, _):
        for _ in range(3):
            await books.go_round(kept)
        assert switch.asked.count("forget") == 1

    running(test, switch, monkeypatch)


def event(kind=EventKind.ENDED, **more):
    values = {
        "id": "e", "at": NOON, "kind": kind, "person": "ada", "break_id": "break:own",
        "reason": "stopped", "granted": minutes(45), "used": timedelta(seconds=1200.5),
        "sitting": 1,
    }  # fmt: skip
    return Event(**{**values, **more})


def test_a_record_says_what_was_granted_and_used():
    record = record_of(event(), NOON + minutes(1), "f" * 64)

    assert (record.at, record.action, record.reason) == (NOON, Action.BREAK_ENDED, "stopped")
    assert (record.granted, record.used, record.sitting) == (2700, 1201, 1)
    assert (record.because, record.person) == (("break:own",), "ada")


def test_a_refusal_was_granted_nothing():
    record = record_of(event(EventKind.REFUSED, break_id="", reason="outside_breaks"), NOON, "f")

    assert (record.granted, record.used, record.sitting, record.because) == (None, None, None, ())
    assert record.message == "Break not started: flexible"
    assert record_of(event(EventKind.STARTED), NOON, "f").used is None


def test_the_log_does_not_go_back_a_day_nor_ahead():
    late, early = NOON + timedelta(days=1), NOON - minutes(1)

    assert record_of(event(), late, "f").at == late
    assert record_of(event(), early, "f").at == early
    assert date(2026, 11, 23) == NOON.date()


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        (EventKind.STARTED, "Break started: own, 45 minutes at most"),
        (EventKind.ENDED, "Break ended: own, 21 of 45 minutes"),
        (EventKind.REFUSED, "Break not started: own"),
    ],
)
def test_every_event_is_a_sentence(kind, says):
    assert message_of(event(kind)) == says


def test_time_that_a_clock_does_not_show_is_counted(switch, monkeypatch):
    async def test(books, clock):
        start(switch)
        await books.go_round(kept)
        clock[0] = NOON - timedelta(seconds=1.5)
        await books.go_round(kept)
        spent = switch.ledger.usage("ada", NOON).running.spent
        assert timedelta(seconds=1.5) <= spent < timedelta(seconds=10)

    running(test, switch, monkeypatch, BEAT=0.0)
