"""One file a day: whole lines or none, across crashes, full disks and days."""

import fcntl
import json
import os
import resource
import stat
import threading
import time
from datetime import date
from pathlib import Path

import pytest

from breaktime.audit import file as module
from breaktime.audit.file import LOCK, DayFiles
from breaktime.audit.losses import NAME

DAY = date(2026, 11, 23)
NEXT = date(2026, 11, 24)
OPEN = Path("/proc/self/fd")


def line(number, fill=0):
    return json.dumps({"event": {"sequence": number}, "fill": "x" * fill}).encode() + b"\n"


@pytest.fixture
def directory(tmp_path):
    return tmp_path / "records" / "breaktime"


@pytest.fixture
def opened(directory):
    stores = []

    def opened(gateway="gw-a"):
        stores.append(DayFiles(directory, gateway))
        return stores[-1]

    yield opened
    for store in stores:
        store.close()


@pytest.fixture
def path(directory):
    return directory / "audit-gw-a-2026-11-23.jsonl"


def test_each_day_has_its_file(opened, directory):
    store = opened()
    store.write(line(1), DAY)
    store.write(line(2), NEXT)

    assert (directory / "audit-gw-a-2026-11-23.jsonl").read_bytes() == line(1)
    assert (directory / "audit-gw-a-2026-11-24.jsonl").read_bytes() == line(2)


def test_what_was_left_is_never_written_to_again(opened, directory):
    """Where the clock goes back, the day has another file: files stand in the order of numbers."""
    store = opened()
    for number, day in enumerate((DAY, NEXT, DAY, NEXT, NEXT), 1):
        store.write(line(number), day)

    written = {path.name[11:-6]: path.read_bytes() for path in directory.glob("*.jsonl")}
    assert written == {
        "2026-11-23": line(1),
        "2026-11-24": line(2),
        "2026-11-23-0002": line(3),
        "2026-11-24-0002": line(4) + line(5),
    }


def test_a_file_becomes_only_so_large(directory):
    store = DayFiles(directory, "gw-a", size=2 * len(line(1)))
    for number in range(1, 6):
        if store.full:
            store.turn()
        store.write(line(number), DAY)
    store.close()
    again = DayFiles(directory, "gw-a")
    again.write(line(6), DAY)
    again.close()

    written = {path.name[11:-6]: path.read_bytes() for path in directory.glob("*.jsonl")}
    assert written == {
        "2026-11-23": line(1) + line(2),
        "2026-11-23-0002": line(3) + line(4),
        "2026-11-23-0003": line(5) + line(6),
    }


def test_numbers_go_on_after_a_restart(opened, path):
    store = opened()
    store.write(line(1), DAY)
    store.close()

    again = opened()
    again.write(line(2), DAY)

    assert again.last_sequence == 1
    assert path.read_bytes() == line(1) + line(2)


def test_half_a_line_is_mended_at_the_start(opened, path):
    store = opened()
    store.write(line(1), DAY)
    store.close()
    with path.open("ab") as file:
        file.write(b'{"event":')

    again = opened()
    again.write(line(2), DAY)

    assert path.read_bytes() == line(1) + line(2)
    assert path.with_name(path.name + ".torn").read_bytes() == b'{"event":\n'
    (trouble,) = again.troubles()
    assert (trouble.action, trouble.file) == ("integrity-recovered", path.name)
    assert trouble.message.startswith("9 bytes at the end of a file were no whole line")


def test_nobody_else_can_read(opened, directory, path):
    """Whatever the umask says, in both directions."""
    for umask in (0, 0o077):
        before = os.umask(umask)
        try:
            store = opened()
            store.write(line(1), DAY)
            store.close()
        finally:
            os.umask(before)

        assert stat.S_IMODE(path.stat().st_mode) == 0o640
        assert stat.S_IMODE(directory.stat().st_mode) == 0o750
        assert not stat.S_IMODE((directory / LOCK).stat().st_mode) & 0o037
        path.unlink()
        assert not stat.S_IMODE((directory / NAME).stat().st_mode) & 0o037
        (directory / LOCK).unlink()
        (directory / NAME).unlink()
        directory.rmdir()


def test_a_link_is_not_followed(opened, directory, path, tmp_path):
    store = opened()
    path.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(OSError, match="symbolic"):
        store.write(line(1), DAY)

    assert not (tmp_path / "elsewhere").exists()


def test_only_files_are_written_to(opened, path):
    store = opened()
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with pytest.raises(OSError, match="not a file"):
            store.write(line(1), DAY)
    finally:
        os.close(reader)


def test_two_writers_are_one_too_many(opened, directory):
    """The second is refused in plain words, and may go on when the first has ended."""
    first = opened()

    with pytest.raises(BlockingIOError, match="another gateway writes its records here"):
        opened("gw-b")
    first.close()

    assert opened("gw-b").last_sequence == 0


def test_a_directory_that_cannot_be_locked_is_let_go(opened, monkeypatch):
    def flock(fd, how):
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(OSError, match="No locks"):
        opened()
    monkeypatch.undo()
    assert opened().last_sequence == 0


def test_what_cannot_be_mended_is_not_written_to(opened, path, directory):
    """And the lock is free again."""
    directory.mkdir(parents=True)
    path.mkdir()

    with pytest.raises(OSError, match="directory"):
        opened()
    path.rmdir()

    assert opened().last_sequence == 0


@pytest.mark.parametrize("name", ["", "../x", "a/b", "a b", "-a", "a-", "ä", "x" * 65, "a\n"])
def test_names_that_do_not_do_for_a_file(opened, name):
    with pytest.raises(ValueError, match="does not do for a gateway"):
        opened(name)


@pytest.mark.parametrize("name", ["a", "gw-a", "GW_1.example.org", "x" * 64])
def test_names_that_do(opened, name):
    assert opened(name).last_sequence == 0


def test_a_full_disk(opened, path):
    """The kernel takes half a line: it is cut off, the caller is told, and it goes on later."""
    store = opened()
    store.write(line(1), DAY)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(line(1)) + 20, hard))
    try:
        for _ in range(3):
            with pytest.raises(OSError, match="No space"):
                store.write(line(2, 100), DAY)
            assert path.read_bytes() == line(1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    store.write(line(2), DAY)

    assert path.read_bytes() == line(1) + line(2)


def test_a_disk_that_takes_nothing(opened, path, monkeypatch):
    store = opened()
    store.write(line(1), DAY)

    def write(fd, data):
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(module.os, "write", write)
        with pytest.raises(OSError, match="Input/output"):
            store.write(line(2), DAY)
    store.write(line(3), DAY)

    assert path.read_bytes() == line(1) + line(3)


def test_half_a_line_that_cannot_be_cut_off_at_once(opened, path, monkeypatch):
    """It is cut off before anything follows it, on another day too."""
    store = opened()
    store.write(line(1), DAY)

    def short(fd, data, write=os.write):
        return write(fd, data[:5])

    def fails(fd, size):
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(module.os, "write", short)
        patched.setattr(module.os, "ftruncate", fails)
        for _ in range(2):
            with pytest.raises(OSError, match=r"No space|Input/output"):
                store.write(line(2), DAY)
        with pytest.raises(OSError, match="Input/output"):
            store.write(line(2), NEXT)
    assert path.read_bytes() == line(1) + line(2)[:5]
    store.write(line(2), NEXT)

    assert path.read_bytes() == line(1)


def eventually(true):
    for _ in range(6000):
        if true():
            return True
        time.sleep(0.01)
    return False


def test_a_file_that_somebody_deleted_is_made_anew(opened, path):
    store = opened()
    store.write(line(1), DAY)
    path.unlink()
    store.write(line(2), DAY)

    assert path.read_bytes() == line(2)


def test_what_was_written_is_synced(opened, monkeypatch):
    """Within a moment, by a thread, and once for many lines."""
    synced = []

    def fdatasync(fd, really=os.fdatasync):
        synced.append(threading.current_thread().name)
        really(fd)

    monkeypatch.setattr(module.os, "fdatasync", fdatasync)
    store = opened()
    for number in range(1, 200):
        store.write(line(number), DAY)

    assert eventually(lambda: synced)
    assert set(synced) == {"breaktime-sync"}
    assert len(synced) < 100


def test_a_sync_that_fails_is_told_of(opened, path, monkeypatch):
    """By the next write, once; then it goes on."""
    failed = threading.Event()

    def fdatasync(fd):
        failed.set()
        raise OSError(5, "Input/output error")

    store = opened()
    with monkeypatch.context() as patched:
        patched.setattr(module.os, "fdatasync", fdatasync)
        store.write(line(1), DAY)
        assert failed.wait(60)
        assert eventually(lambda: store._syncer._fault)
    with pytest.raises(OSError, match="Input/output"):
        store.write(line(2), DAY)
    store.write(line(3), DAY)

    assert path.read_bytes() == line(1) + line(3)


def test_closing_syncs(opened, monkeypatch):
    """And everything is let go even if the disk fails then."""
    store = opened()
    store.write(line(1), DAY)

    def fsync(fd):
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(module.os, "fsync", fsync)
        with pytest.raises(OSError, match="Input/output"):
            store.close()

    assert opened().last_sequence == 1


def test_nothing_is_written_after_the_end(opened):
    store = opened()
    store.close()

    with pytest.raises(OSError, match="closed"):
        store.write(line(1), DAY)


def test_no_descriptor_is_left(directory):
    """Opening, changing days and closing gives back whatever it took."""
    before = len(list(OPEN.iterdir()))
    store = DayFiles(directory, "gw-a")
    for day in (DAY, NEXT, DAY):
        store.write(line(1), day)
    store.close()

    assert len(list(OPEN.iterdir())) == before
