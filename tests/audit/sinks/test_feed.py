"""The lines after a cursor: each once and in order, whatever is done to the files meanwhile."""

import gzip
import random
from datetime import date, timedelta

import pytest

from breaktime.audit.merkle import leaf_of
from breaktime.audit.sinks import feed as module
from breaktime.audit.sinks.cursor import Cursor
from breaktime.audit.sinks.feed import Feed
from breaktime.audit.tombstone import Tombstone, write_tombstone
from breaktime.core.record import Action
from entries import line_of
from records import LOADED

STREAM = "audit-gw-a-"
DAY = date(2026, 11, 23)


class Files:
    """Files of a log, written, purged and packed as they come to be."""

    def __init__(self, folder):
        self.folder = folder
        self.number = 0
        self.open = self.path(DAY)

    def path(self, day, part=1):
        more = "" if part == 1 else f"-{part:04}"
        return self.folder / f"{STREAM}{day}{more}.jsonl"

    def write(self, count=1, action=Action.CONFIG_LOADED):
        with self.open.open("ab") as file:
            for _ in range(count):
                self.number += 1
                file.write(line_of(LOADED._replace(action=action), self.number) + b"\n")

    def purge(self, path, number):
        """Have a tombstone take the place of a record, as a purge does."""
        new = path.with_suffix(".new")
        with new.open("wb") as file:
            for line in path.read_bytes().splitlines():
                stone = write_tombstone(Tombstone("0" * 32, leaf_of(line), number))
                file.write((stone if b'"sequence":%d,' % number in line else line) + b"\n")
        new.replace(path)

    def pack(self, path):
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()


@pytest.fixture
def files(tmp_path):
    return Files(tmp_path)


@pytest.fixture
def feed(tmp_path):
    return Feed(tmp_path, STREAM)


def numbers(batch):
    return [entry.sequence for entry in batch.entries]


def test_line_by_line_and_across_files(files, feed):
    files.write(3)
    files.open = files.path(DAY, 2)
    files.write(2)
    files.open = files.path(DAY + timedelta(days=1))
    files.write(2)

    cursor, found = Cursor(0), []
    while (batch := feed.after(cursor, 2)).entries:
        assert len(batch.entries) <= 2
        assert batch.gone == 0
        cursor, found = batch.cursor, found + numbers(batch)
    assert found == [1, 2, 3, 4, 5, 6, 7]
    assert cursor.file == files.open.name
    files.write(1)
    assert numbers(feed.after(cursor, 9)) == [8]


def test_an_empty_log(feed, files):
    assert feed.after(Cursor(0), 9).entries == ()
    files.open.touch()
    assert feed.after(Cursor(0), 9).entries == ()


def test_a_folder_that_is_gone(tmp_path):
    with pytest.raises(FileNotFoundError):
        Feed(tmp_path / "gone", STREAM).after(Cursor(0), 9)


def test_only_its_own_stream(files, feed, tmp_path):
    files.write(1)
    for name in ("audit-gw-a-2-2026-11-23.jsonl", "audit-gw-2026-11-23.jsonl", "other"):
        (tmp_path / name).write_bytes(line_of(LOADED, 2) + b"\n")
    assert numbers(feed.after(Cursor(0), 9)) == [1]


def test_it_goes_on_by_the_number_alone(files, feed):
    """Whatever the cursor says of file and place: the number is what counts."""
    files.write(5)
    for cursor in (Cursor(3), Cursor(3, "gone", 7), Cursor(3, files.open.name, 10**9)):
        assert numbers(feed.after(cursor, 9)) == [4, 5]


def test_half_a_line_waits_until_it_is_whole(files, feed):
    files.write(1)
    line = line_of(LOADED, 2)
    with files.open.open("ab") as file:
        file.write(line[:20])
    batch = feed.after(Cursor(0), 9)
    assert numbers(batch) == [1]
    with files.open.open("ab") as file:
        file.write(line[20:] + b"\n")
    assert numbers(feed.after(batch.cursor, 9)) == [2]


def test_what_is_no_record_is_passed_over(files, feed):
    files.write(1)
    with files.open.open("ab") as file:
        file.write(b"{}\n\n\xff\n" + b"x" * 40_000 + b"\n")
    files.number = 1
    files.write(1)
    batch = feed.after(Cursor(0), 9)
    assert (numbers(batch), batch.gone) == ([1, 2], 0)
    assert batch.cursor.offset == files.open.read_bytes().rindex(b'{"@')


def test_a_purge_before_and_behind_the_cursor(files, feed):
    """The file is another then; nothing comes twice, and what is gone is counted."""
    files.write(6)
    batch = feed.after(Cursor(0), 3)
    files.purge(files.open, 2)
    files.purge(files.open, 5)

    batch = feed.after(batch.cursor, 9)
    assert (numbers(batch), batch.gone) == ([4, 6], 1)


def test_the_end_of_a_log_that_was_purged(files, feed):
    files.write(1)
    files.purge(files.open, 1)
    batch = feed.after(Cursor(0), 9)

    assert (batch.entries, batch.gone, batch.cursor.sequence) == ((), 1, 1)
    assert feed.after(batch.cursor, 9).gone == 0


def test_files_that_were_packed(files, feed, monkeypatch):
    files.write(4)
    first = files.open
    files.open = files.path(DAY, 2)
    files.write(1)
    batch = feed.after(Cursor(0), 2)
    files.pack(first)

    batch = feed.after(batch.cursor, 9)
    assert (numbers(batch), batch.gone) == ([3, 4, 5], 0)
    files.pack(files.open)
    assert numbers(feed.after(batch.cursor, 9)) == []
    monkeypatch.setattr(module, "_lines", None)  # it has been read to its end: not once more
    assert numbers(feed.after(batch.cursor, 9)) == []


def test_a_file_that_was_deleted(files, feed):
    files.write(3)
    batch = feed.after(Cursor(0), 1)
    files.open.unlink()
    files.open = files.path(DAY, 2)
    files.write(1)

    batch = feed.after(batch.cursor, 9)
    assert (numbers(batch), batch.gone) == ([4], 2)


def test_what_the_writer_lost_it_tells_itself(files, feed):
    files.write(1)
    files.number = 5
    files.write(1, Action.AUDIT_GAP)
    batch = feed.after(Cursor(0), 9)

    assert (numbers(batch), batch.gone) == ([1, 6], 0)


def test_a_clock_that_was_set_back(files, feed):
    """The order is that of the numbers, not of the days."""
    files.write(2)
    files.open = files.path(DAY - timedelta(days=1))
    files.write(2)
    batch = feed.after(Cursor(0), 3)
    assert numbers(batch) == [1, 2, 3]
    assert numbers(feed.after(batch.cursor, 9)) == [4]


def test_nothing_is_given_that_the_disk_does_not_have(files, feed, monkeypatch):
    files.write(1)

    def fails(fd):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(module.os, "fdatasync", fails)
    with pytest.raises(OSError, match="Input"):
        feed.after(Cursor(0), 9)


class Story:
    """A log that is written, purged, packed and read in some order."""

    def __init__(self, folder, seed):
        self.chance = random.Random(seed)
        self.folder = folder
        self.files, self.feed, self.cursor = Files(folder), Feed(folder, STREAM), Cursor(0)
        self.given, self.gone, self.part, self.left = [], 0, 1, []

    def write(self):
        self.files.write(self.chance.randrange(1, 4))

    def turn(self):
        if self.files.open.exists():
            self.left.append(self.files.open)
            self.part += 1
            self.files.open = self.files.path(DAY, self.part)

    def purge(self):
        for path in self.left[:2]:
            self.files.purge(path, self.chance.randrange(1, self.files.number + 1))

    def pack(self):
        if self.left:
            self.files.pack(self.left.pop(0))

    def start(self):
        self.feed = Feed(self.folder, STREAM)

    def read(self):
        batch = self.feed.after(self.cursor, self.chance.randrange(1, 5))
        self.cursor, self.gone = batch.cursor, self.gone + batch.gone
        self.given += numbers(batch)
        return batch.entries or batch.gone


@pytest.mark.parametrize("seed", range(40))
def test_each_number_comes_once_or_is_counted(seed, tmp_path):
    """Law: whatever is written, purged, packed and left meanwhile, in whatever order."""
    story = Story(tmp_path, seed)
    steps = [story.write, story.write, story.turn, story.purge, story.pack, story.read, story.start]
    for _ in range(80):
        story.chance.choice(steps)()
    while story.read():
        pass
    assert story.given == sorted(set(story.given))
    assert len(story.given) + story.gone == story.files.number == story.cursor.sequence
