"""A new configuration is taken whole, or the old one stays."""

import asyncio
from pathlib import Path

import pytest

from breaktime.config import load
from breaktime.core.record import Action
from breaktime.mitm import taking as module
from breaktime.mitm.notes import Notes
from breaktime.mitm.state import State, open_for
from breaktime.mitm.taking import Taking
from breaktime.watch import Cut, Reload, Tally
from records import NOON
from support.command import CONFIG, configuration


class Office:
    """A configuration in force, and what was noted and counted."""

    def __init__(self, folder: Path):
        self.path = configuration(folder)
        loaded = load(self.path)
        self.state = State(open_for(loaded))
        self.records, self.tally = [], Tally()
        notes = Notes(self.records.append, lambda: NOON, self.state, self.path.name)
        self.taking = Taking(self.path, loaded, self.state, notes, self.tally)

    def take(self, text, why="file"):
        self.path.write_text(text)
        asyncio.run(self.taking.take(why))
        return [(record.action, record.problems) for record in self.records]


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def test_a_sound_one_comes_into_force_and_is_noted_under_its_own_fingerprint(office):
    old = office.state.now.policy.fingerprint
    reviewed = []
    office.taking.review = lambda people: reviewed.append(people) or 2

    told = office.take(CONFIG.replace("12:00-14:00", "12:00-13:00"))

    assert told == [(Action.CONFIG_LOADED, None)]
    assert office.records[0].ruleset == office.state.now.policy.fingerprint != old
    assert reviewed == [False]
    assert office.tally.cuts[Cut.CONFIGURATION] == 2
    assert office.tally.reloads[Reload.TAKEN] == 1


def test_one_with_problems_is_not_taken_and_it_is_noted_how_many_there_are(office):
    old = office.state.now

    told = office.take(CONFIG.replace("12:00-14:00", "noon") + "nonsense: 1\n")

    assert told == [(Action.CONFIG_REJECTED, 2)]
    assert office.state.now is old
    assert office.tally.reloads[Reload.REFUSED] == 1


def test_a_fault_of_ours_leaves_the_old_one_in_force(office, monkeypatch):
    old = office.state.now

    async def fails(_):
        raise KeyError

    monkeypatch.setattr(module, "read", fails)

    assert office.take(CONFIG) == [(Action.CONFIG_REJECTED, 0)]
    assert office.state.now is old


def test_a_changed_file_of_the_same_meaning_is_not_noted_but_a_signal_is(office):
    assert office.take(CONFIG + "# a comment\n") == []
    assert office.tally.reloads[Reload.SAME] == 1
    assert office.take(CONFIG, "signal") == [(Action.CONFIG_LOADED, None)]
