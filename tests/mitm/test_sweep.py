"""The clock is asked between any two things that happen, and costs nothing where nothing is due."""

from datetime import UTC, datetime, timedelta

import pytest

from breaktime.mitm.sweep import APART_SECONDS, LEAST_SECONDS, MOST_SECONDS, Sweep

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class Leases:
    """Something that is due at noon."""

    def __init__(self, due=NOON):
        self.due = due
        self.swept = []
        self.fault = None

    def sweep(self, at):
        self.swept.append(at)
        if self.fault:
            raise self.fault
        return 3 if at >= NOON else 0


class Clock:
    def __init__(self, now):
        self.now = now
        self.asked = 0

    def __call__(self):
        self.asked += 1
        return self.now


def sweep(leases, clock):
    told = []
    return Sweep([leases], clock, told.append), told


def test_what_is_due_ends_and_is_told_once():
    each, told = sweep(leases := Leases(), Clock(NOON))

    each.look()

    assert (leases.swept, told) == ([NOON], [3])


def test_where_nothing_has_ended_nothing_is_told():
    each, told = sweep(Leases(), Clock(NOON - timedelta(seconds=1)))

    each.look()

    assert told == []


def test_where_nothing_can_be_due_the_clock_is_not_read():
    each, _ = sweep(leases := Leases(None), clock := Clock(NOON))

    each.look()

    assert (clock.asked, leases.swept) == (0, [])
    assert each.seconds() == MOST_SECONDS


def test_who_looks_again_and_again_reads_the_clock_now_and_then():
    passed = [100.0]
    clock = Clock(NOON - timedelta(seconds=1))
    each = Sweep([leases := Leases()], clock, print, steady=lambda: passed[0])

    for passed[0] in (100.0, 100.0 + APART_SECONDS / 2, 100.0 + 2 * APART_SECONDS):
        each.look()

    assert (clock.asked, len(leases.swept)) == (2, 2)


def test_a_fault_is_not_that_of_who_has_looked(capsys):
    leases = Leases()
    leases.fault = RuntimeError("broken")
    each, told = sweep(leases, Clock(NOON))

    each.look()

    assert told == []
    assert "goes on" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("left", "seconds"),
    [(3600, MOST_SECONDS), (0.25, 0.25), (0.0001, LEAST_SECONDS), (-5, LEAST_SECONDS)],
)
def test_it_waits_until_something_is_due_and_not_long(left, seconds):
    each, _ = sweep(Leases(), Clock(NOON - timedelta(seconds=left)))

    assert each.seconds() == pytest.approx(seconds, rel=0.01)


def test_the_first_of_several_counts_and_each_is_swept():
    early, late = Leases(NOON - timedelta(seconds=0.25)), Leases()
    each, told = Sweep([late, early], Clock(NOON - timedelta(seconds=0.5)), print), []
    assert each.seconds() == pytest.approx(0.25)
    each = Sweep([late, early, Leases(None)], Clock(NOON), told.append)

    each.now()

    assert told == [9]


def test_who_asks_in_earnest_hears_of_a_fault():
    leases = Leases()
    leases.fault = RuntimeError("broken")
    each, _ = sweep(leases, Clock(NOON))

    with pytest.raises(RuntimeError):
        each.now()
