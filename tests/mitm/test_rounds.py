"""What is done again and again is done until something ends."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace

import pytest

from breaktime.core.record import Action
from breaktime.mitm import rounds
from breaktime.mitm.clock import ForwardClock
from breaktime.mitm.rounds import keep_books, sweep, tell_steps, until_one_ends
from records import NOON


class Notes:
    def __init__(self):
        self.told = []

    def note(self, action, message):
        self.told.append((action, message))


async def for_ever(ended):
    try:
        await asyncio.Event().wait()
    finally:
        ended.append("ended")


class Over(Exception):  # noqa: N818  not an error: the end of a test
    """Ends a part."""


async def raises():
    raise Over


def test_when_one_part_ends_the_others_are_ended():
    ended = []

    asyncio.run(until_one_ends({"stop": asyncio.sleep(0), "other": for_ever(ended)}))

    assert ended == ["ended"]


def test_what_a_part_raises_is_raised_once_the_others_have_ended():
    ended = []

    with pytest.raises(Over):
        asyncio.run(until_one_ends({"bad": raises(), "other": for_ever(ended)}))

    assert ended == ["ended"]


def test_whoever_is_cancelled_leaves_no_part_behind():
    ended = []

    async def main():
        whole = asyncio.create_task(until_one_ends({"other": for_ever(ended)}))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        whole.cancel()
        with pytest.raises(asyncio.CancelledError):
            await whole

    asyncio.run(main())
    assert ended == ["ended"]


def test_it_is_swept_again_and_again_and_a_fault_of_it_ends_the_gateway():
    asked = []

    class Sweep:
        def seconds(self):
            return 0

        def now(self):
            asked.append("asked")
            if len(asked) == 3:
                raise Over

    with pytest.raises(Over):
        asyncio.run(sweep(Sweep()))

    assert len(asked) == 3


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (timedelta(hours=1), "The clock was set forward by 3600 seconds"),
        (timedelta(minutes=-5), "The clock was set back by 300 seconds"),
    ],
)
def test_a_clock_that_is_set_is_noted_once(step, said):
    shown, notes = [NOON], Notes()
    clock = ForwardClock(lambda: shown[0], lambda: 0.0)

    tell_steps(clock, notes)
    shown[0] += step
    tell_steps(clock, notes)
    tell_steps(clock, notes)

    assert notes.told == [(Action.CLOCK_STEPPED, said)]


def test_a_clock_that_knows_of_no_steps_has_none_to_tell():
    notes = Notes()

    tell_steps(lambda: NOON, notes)

    assert not notes.told


def in_force(*, flexible, portal=None):
    settings = SimpleNamespace(page=SimpleNamespace(portal=portal))
    return SimpleNamespace(
        now=SimpleNamespace(policy=SimpleNamespace(flexible=flexible), settings=settings)
    )


@pytest.mark.parametrize(
    ("flexible", "portal", "gone_through"),
    [(False, None, False), (True, None, True), (False, "breaks.example", True)],
)
def test_the_ledger_is_gone_through_where_somebody_writes_to_it(
    monkeypatch, flexible, portal, gone_through
):
    """What was asked for is forgotten at its time, also where no break is flexible."""
    monkeypatch.setattr(rounds, "ROUND", 0)
    went = []

    class Books:
        looks = 0

        @property
        def fault(self):
            self.looks += 1
            if self.looks == 3:
                raise Over

        async def go_round(self, _):
            went.append(True)

    state = in_force(flexible=flexible, portal=portal)
    with pytest.raises(Over):
        asyncio.run(keep_books(Books(), (), state, lambda: NOON, None, None))
    assert bool(went) is gone_through


def test_it_is_recorded_once_that_the_ledger_is_lost_and_once_that_it_is_back(monkeypatch):
    monkeypatch.setattr(rounds, "ROUND", 0)
    faults = [None, "gone", "gone", "still gone", None, None]
    noted = []

    class Books:
        @property
        def fault(self):
            if not faults:
                raise Over
            return faults.pop(0)

    state = in_force(flexible=False)

    def note(action, message):
        noted.append((len(faults), action))
        assert message

    with pytest.raises(Over):
        asyncio.run(keep_books(Books(), (), state, lambda: NOON, None, note))

    assert noted == [(4, Action.LEDGER_LOST), (1, Action.LEDGER_REGAINED)]
