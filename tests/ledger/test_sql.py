"""Is what was had kept once for each person, in either database, whoever asks how often at once?"""

import threading
from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy.exc import OperationalError

from breaktime.core.decide import Reason
from breaktime.core.flexible import NOTHING_TAKEN, Taken
from breaktime.core.sitting import Refused, begin
from breaktime.ledger import EventKind, LedgerError
from calendars import a_break, profile, utc
from flexibly import MONDAY, flexible, minutes, sitting

HERS = profile(flexible())
OWN = ("break:own", MONDAY)


def at(text):
    return utc(f"2026-11-23 {text}")


def start(ledger, person, now, who=HERS):
    return ledger.start(person, at(now), lambda usage: begin(who, usage, at(now)))


def had(ledger, person, now):
    return ledger.usage(person, at(now)).taken.get(OWN)


def test_nobody_has_had_anything_at_first(ledger):
    assert ledger.usage("ada", at("12:00")) == NOTHING_TAKEN
    assert ledger.running() == frozenset()
    assert ledger.stop("ada", at("12:00")) is None


def test_a_sitting_goes_on_until_it_is_stopped(ledger):
    assert start(ledger, "ada", "12:00") == sitting("12:00")
    assert ledger.usage("ada", at("12:05")).running == sitting("12:00")
    assert ledger.running() == {"ada"}

    ended = ledger.stop("ada", at("12:20"))

    assert (ended.used, ended.granted, ended.reason) == (minutes(20), minutes(45), "stopped")
    assert had(ledger, "ada", "12:30") == Taken(minutes(20), 1)
    assert ledger.usage("ada", at("12:30")).running is None
    assert had(ledger, "bob", "12:30") is None


def test_what_is_left_can_be_had_later_and_no_more(ledger):
    start(ledger, "ada", "12:00")
    ledger.stop("ada", at("12:20"))

    assert start(ledger, "ada", "13:00").allowance == minutes(25)
    ledger.tick(at("13:30"))
    assert had(ledger, "ada", "13:30") == Taken(minutes(45), 2)
    assert start(ledger, "ada", "13:40").reason is Reason.BUDGET_USED


def test_a_short_sitting_costs_five_minutes(ledger):
    start(ledger, "ada", "12:00")

    assert ledger.stop("ada", at("12:01")).used == minutes(5)


def test_fixed_breaks_meanwhile_are_kept_and_cost_nothing(ledger):
    start(ledger, "ada", "11:50", profile(flexible(), a_break("lunch", "12:00-13:00")))

    assert ledger.stop("ada", at("13:10")).used == minutes(20)


def test_a_sitting_that_nobody_stopped_ends_by_itself(ledger):
    start(ledger, "ada", "14:00")

    assert start(ledger, "ada", "14:20").reason is Reason.BREAK_FLEXIBLE
    assert start(ledger, "ada", "14:31").reason is Reason.OUTSIDE_BREAKS
    assert had(ledger, "ada", "14:31") == Taken(minutes(30), 1)
    ended = [event for event in ledger.take("a", at("15:00")) if event.kind is EventKind.ENDED]
    assert [(one.reason, one.at) for one in ended] == [("span_ended", at("14:30"))]


def test_time_is_counted_while_it_goes_on(opened):
    first, second = opened(), opened()
    start(first, "ada", "12:00")

    second.tick(at("12:10"))

    running = first.usage("ada", at("12:10")).running
    assert (running.spent, running.counted) == (minutes(10), at("12:10"))
    first.tick(at("12:10:04"))  # the other has just done it
    assert second.usage("ada", at("12:11")).running == running


def test_a_clock_that_goes_back_gives_nothing(ledger):
    start(ledger, "ada", "12:00")
    ledger.tick(at("12:30"))
    ledger.tick(at("12:00"))

    assert ledger.usage("ada", at("12:00")).running.spent == minutes(30) + timedelta(seconds=15)
    ledger.tick(at("12:14:45"))
    assert had(ledger, "ada", "12:15") == Taken(minutes(45), 1)


def test_many_starts_at_once_are_one(opened):
    """Devices, sessions and gateways: one sitting, and everybody else is told that it goes on."""
    ledgers = [opened() for _ in range(4)]
    found = []

    def try_it(ledger):
        found.extend(start(ledger, "ada", "12:00") for _ in range(5))

    threads = [threading.Thread(target=partial(try_it, ledger)) for ledger in ledgers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [one for one in found if not isinstance(one, Refused)] == [sitting("12:00")]
    assert {one.reason for one in found if isinstance(one, Refused)} == {Reason.BREAK_FLEXIBLE}
    assert had(ledgers[0], "ada", "12:00") == Taken(minutes(0), 1)


def test_many_stops_at_once_are_charged_once(opened):
    ledgers = [opened() for _ in range(4)]
    start(ledgers[0], "ada", "12:00")
    found = []
    threads = [
        threading.Thread(target=lambda one=one: found.append(one.stop("ada", at("12:10"))))
        for one in ledgers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len([one for one in found if one]) == 1
    assert had(ledgers[0], "ada", "12:10") == Taken(minutes(10), 1)


def test_what_happened_waits_until_it_is_recorded(opened):
    first, second = opened(), opened()
    start(first, "ada", "12:00")
    start(first, "ada", "12:01")
    first.stop("ada", at("12:10"))

    events = first.take("a", at("12:10"))

    assert [(one.kind, one.reason, one.sitting) for one in events] == [
        (EventKind.STARTED, "break_flexible", 1),
        (EventKind.REFUSED, "break_flexible", 0),
        (EventKind.ENDED, "stopped", 1),
    ]
    assert second.take("b", at("12:11")) == ()
    assert first.take("a", at("12:11")) == events  # it may have died before it recorded them
    assert second.take("b", at("12:14")) == events  # or for good
    second.drop(events)
    second.drop([])
    assert first.take("a", at("12:20")) == ()


def test_old_days_are_forgotten(ledger):
    start(ledger, "ada", "12:00")
    ledger.stop("ada", at("12:20"))

    ledger.forget(MONDAY)
    assert had(ledger, "ada", "12:30")
    ledger.forget(MONDAY + timedelta(days=1))
    assert had(ledger, "ada", "12:30") is None


def test_only_recent_days_are_read(ledger):
    start(ledger, "ada", "12:00")
    ledger.stop("ada", at("12:20"))

    assert ledger.usage("ada", utc("2026-11-27 00:00")).taken == {}
    assert date(2026, 11, 23) == MONDAY


def test_what_goes_wrong_is_told_without_details(ledger):
    def broken(_):
        raise OperationalError("secret statement", {}, Exception("secret"))

    with pytest.raises(LedgerError, match=r"the ledger cannot be used \(Exception\)") as problem:
        ledger.start("ada", at("12:00"), broken)
    assert "secret" not in str(problem.value)
    assert ledger.usage("ada", at("12:00")) == NOTHING_TAKEN


def test_an_allowance_can_be_given_anew(ledger):
    start(ledger, "ada", "12:00")
    ledger.tick(at("12:50"))
    assert start(ledger, "ada", "13:00").reason is Reason.BUDGET_USED

    ledger.reset("ada", at("13:00"), [MONDAY])

    assert had(ledger, "ada", "13:00") == Taken(minutes(0), 0)
    assert start(ledger, "ada", "13:01") == sitting("13:01")


def test_a_sitting_that_goes_on_is_not_forgotten_with_the_rest(ledger):
    start(ledger, "ada", "12:00")
    ledger.reset("ada", at("12:10"), [MONDAY])

    assert ledger.running() == {"ada"}
    assert had(ledger, "ada", "12:10") == Taken(minutes(0), 1)


def test_an_allowance_of_another_day_stays(ledger):
    start(ledger, "ada", "12:00")
    ledger.stop("ada", at("12:20"))
    ledger.reset("ada", at("12:30"), [MONDAY + timedelta(days=1)])
    assert had(ledger, "ada", "12:30") == Taken(minutes(20), 1)
