"""`breaktime reveal`: two people, noted first, and only then an answer."""

import fcntl
import sys
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from breaktime.audit.file import LOCK
from breaktime.audit.noted import Taken
from breaktime.audit.pseudonyms import Pseudonyms
from breaktime.audit.readings import readings
from breaktime.cli import main
from records import NOON, VISIT
from support import command

verb = sys.modules["breaktime.cli.reveal"]
CASE = ("--case", "HR-1")


class World:
    def __init__(self, folder, monkeypatch):
        self.config = command.configuration(folder)
        text = self.config.read_text()
        end = "seal_keys: seal, names: pseudonym, pseudonym_keys: keys}"
        self.config.write_text(text.replace("seal_keys: seal}", end))
        self.keys, self.log = folder / "keys", folder / "audit"
        self.log.mkdir()
        hide = Pseudonyms(self.keys).hide
        record = VISIT._replace(at=NOON, raised=None, pseudonym=None)
        self.word = hide(record._replace(person="c.lee")).pseudonym
        self.stranger = hide(record._replace(person="s.tranger")).pseudonym
        self.who, self.now = "head.of.hr", datetime(2026, 12, 1, 9, tzinfo=UTC)
        monkeypatch.setattr(verb, "reader", lambda: self.who)
        monkeypatch.setattr(verb, "now", lambda: self.now)

    def reveal(self, *more, word=None, who=None):
        self.who = who or self.who
        arguments = ["reveal", "-c", str(self.config), "--hash", word or self.word, *more]
        return CliRunner().invoke(main, arguments)

    def notes(self):
        return [
            (line["event"]["action"], line["breaktime"]["by"], line["breaktime"]["concern"]["case"])
            for line in readings(self.log)
        ]


@pytest.fixture
def world(tmp_path, monkeypatch):
    return World(tmp_path, monkeypatch)


def test_one_person_learns_nothing(world):
    for _ in range(2):
        done = world.reveal(*CASE)
        assert done.exit_code == 3
        assert "c.lee" not in done.output
    assert world.notes() == [("reveal-asked", "head.of.hr", "HR-1")] * 2


def test_the_second_learns_it_after_it_is_noted(world):
    world.reveal(*CASE)
    done = world.reveal(*CASE, who="monitoring.officer")
    assert (done.exit_code, done.output) == (0, "c.lee\n")
    assert world.notes()[1:] == [("identity-revealed", "head.of.hr, monitoring.officer", "HR-1")]


def test_another_case_and_another_word_are_another_question(world):
    world.reveal("--case", "HR-2")
    assert world.reveal(*CASE, who="monitoring.officer").exit_code == 3
    assert world.reveal(*CASE, word=world.stranger, who="head.of.hr").exit_code == 3


@pytest.mark.parametrize(
    "word", ["c.lee", "pbx4t7mzq2hd6wkr5n3", "pbx4t7mzq2hd6wkr5n31", "\x1b[2J"]
)
def test_what_is_no_pseudonym_is_told_before_anything_is_noted(world, word):
    done = world.reveal(*CASE, word=word)
    assert done.exit_code == 2
    assert "--hash: not a pseudonym" in done.output
    assert not (world.log / "readings" / "readings.jsonl").exists()


def test_a_pseudonym_may_be_written_in_capitals(world):
    world.reveal(*CASE)
    done = world.reveal(*CASE, word=f" {world.word.upper()}", who="monitoring.officer")
    assert (done.exit_code, done.output) == (0, "c.lee\n")


def test_the_first_waits_for_three_days(world):
    world.reveal(*CASE)
    world.now += timedelta(hours=72, seconds=1)
    assert world.reveal(*CASE, who="monitoring.officer").exit_code == 3


def test_what_cannot_be_noted_is_not_shown(world):
    world.reveal(*CASE)
    notes = world.log / "readings" / "readings.jsonl"
    kept = notes.with_suffix(".old")
    notes.rename(kept)
    notes.symlink_to(kept)
    done = world.reveal(*CASE, who="monitoring.officer")
    assert done.exit_code == 1
    assert "c.lee" not in done.output
    assert "nothing is shown" in done.output


def test_whoever_may_not_read_the_keys_learns_nothing(world):
    world.reveal(*CASE)
    for key in world.keys.iterdir():
        key.unlink()
    world.keys.rmdir()
    done = world.reveal(*CASE, who="monitoring.officer")
    assert (done.exit_code, "c.lee" in done.output) == (1, False)


def test_names_that_the_configuration_does_not_know_can_be_tried(world, tmp_path):
    for who in ("head.of.hr", "monitoring.officer"):
        done = world.reveal(*CASE, word=world.stranger, who=who)
    assert done.exit_code == 1
    assert "nobody's" in done.output
    people = tmp_path / "people.txt"
    people.write_text("a.b\nS.Tranger\n")
    done = world.reveal(*CASE, "--people", str(people), word=world.stranger)
    assert (done.exit_code, done.output) == (0, "s.tranger\n")


def test_a_broken_note_is_passed_over(world):
    world.reveal(*CASE)
    with (world.log / "readings" / "readings.jsonl").open("ab") as file:
        file.write(b'{"event":{"action":"reveal-asked"},"@timestamp":"never"}\n{\n[]\n')
    assert world.reveal(*CASE, who="monitoring.officer").exit_code == 0


def test_where_a_gateway_runs_nothing_is_shown_before_it_has_taken_the_note_in(world, monkeypatch):
    looks = []

    def look(_):
        looks.append(len(world.notes()))
        return Taken(offset=10**9 if len(looks) > 3 else 0)

    monkeypatch.setattr(verb, "PAUSE", 0)
    monkeypatch.setattr("breaktime.audit.noted.taken", look)
    with (world.log / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert world.reveal(*CASE).exit_code == 3
        done = world.reveal(*CASE, who="monitor")
        assert (done.exit_code, done.output) == (0, "c.lee\n")
        assert looks == [2] * 4

        monkeypatch.setattr("breaktime.audit.noted.taken", lambda _: Taken())
        done = world.reveal(*CASE, who="monitor")
        assert done.exit_code == 1
        assert "c.lee" not in done.output
        assert "has not taken in the note" in done.output
