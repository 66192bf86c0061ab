"""A changed file, or a signal, asks for one reload."""

import asyncio
import os
import signal

import pytest

from breaktime.mitm import reload as module
from breaktime.mitm.reload import Reloader, folders_of, stamps

PATIENCE_SECONDS = 60


def reloads_after(act, files, wanted=1):
    """Run a reloader, act, and return the reasons of the first reloads."""

    async def main():
        whys = []
        enough = asyncio.Event()

        async def reload(why):
            whys.append(why)
            if len(whys) >= wanted:
                enough.set()

        reloader = Reloader(lambda: files, reload)
        task = asyncio.create_task(reloader.run())
        try:
            await reloader.watching.wait()
            act()
            await asyncio.wait_for(enough.wait(), PATIENCE_SECONDS)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        return whys

    return asyncio.run(main())


def test_sighup_asks_for_a_reload(tmp_path):
    file = tmp_path / "config.yaml"
    file.write_text("a")

    assert reloads_after(lambda: os.kill(os.getpid(), signal.SIGHUP), [file]) == ["signal"]


@pytest.mark.parametrize("how", ["written", "replaced"])
def test_a_changed_file_asks_for_a_reload(tmp_path, how):
    file = tmp_path / "config.yaml"
    file.write_text("a")

    def change():
        if how == "written":
            file.write_text("b")
        else:
            (tmp_path / "new").write_text("b")
            (tmp_path / "new").replace(file)

    assert reloads_after(change, [file]) == ["file"]


def test_a_new_file_in_a_watched_folder_asks_for_a_reload(tmp_path):
    folder = tmp_path / "cases.d"
    folder.mkdir()

    assert reloads_after(lambda: (folder / "new.yaml").write_text("a"), [folder]) == ["file"]


@pytest.mark.parametrize("how", ["symbolic link", "folder"])
def test_a_replaced_folder_asks_for_a_reload(tmp_path, how):
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.yaml").write_text(name)
    current = tmp_path / "current"
    if how == "symbolic link":
        current.symlink_to("old")
    else:
        (tmp_path / "old").rename(current)

    def change():
        if how == "symbolic link":
            (tmp_path / "next").symlink_to("new")
            (tmp_path / "next").replace(current)
        else:
            current.rename(tmp_path / "away")
            (tmp_path / "new").rename(current)

    assert "file" in reloads_after(change, [current / "config.yaml"])


def test_every_folder_on_the_way_to_a_file_is_watched(tmp_path):
    (tmp_path / "a").mkdir()
    file = tmp_path / "a" / "config.yaml"
    file.write_text("a")

    assert {tmp_path, tmp_path / "a"} <= folders_of([file])
    assert file not in folders_of([file])
    assert tmp_path / "gone" not in folders_of([tmp_path / "gone" / "config.yaml"])


class Told:
    """Watchers that tell what the test wants, a script for each, and the reloads after it."""

    def __init__(self, file, *scripts, before=None):
        self.scripts = list(scripts)
        self.began = 0
        self.whys = []
        self.content = []
        self.file = file
        self.files = [file]
        self.during = lambda: None
        self.enough = asyncio.Event()
        self.wanted = 0
        self.reloader = Reloader(lambda: self.files, self.reload, before=before, watch=self.watch)

    async def watch(self, folders):
        self.began += 1
        for step in self.scripts.pop(0) if self.scripts else []:
            if isinstance(step, Exception):
                raise step
            yield step()
        if not self.wanted and not self.scripts:
            self.enough.set()
        await asyncio.Event().wait()

    async def reload(self, why):
        self.whys.append(why)
        self.content.append(self.file.read_text())
        during, self.during = self.during, lambda: None
        during()
        if len(self.whys) == self.wanted:
            self.enough.set()

    async def run(self, reloads):
        self.wanted = reloads
        task = asyncio.create_task(self.reloader.run())
        await asyncio.wait_for(self.enough.wait(), PATIENCE_SECONDS)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "config.yaml"
    file.write_text("1")
    return file


def nothing():
    return set()


def test_what_is_written_while_a_reload_runs_is_read_by_another(file):
    async def main():
        told = Told(file, [lambda: file.write_text("22") and {file}], [nothing])
        told.during = lambda: file.write_text("333")
        await told.run(2)
        return told.content

    assert asyncio.run(main()) == ["22", "333"]


def test_what_no_watcher_tells_is_found_by_looking(file):
    async def main():
        reloader = Told(file).reloader
        assert not reloader.look()
        file.write_text("22")
        return reloader.look()

    assert asyncio.run(main())


def test_files_are_looked_at_now_and_then(file):
    async def main():
        quiet = [nothing] * module.IDLE_LOOKS
        told = Told(file, [nothing, lambda: file.write_text("22") and set(), *quiet])
        await told.run(1)
        return told.whys

    assert asyncio.run(main()) == ["file"]


def test_what_changed_since_before_the_first_reading_is_found(file):
    async def main():
        before = stamps([file])
        file.write_text("22")
        told = Told(file, [nothing], before=before)
        await told.run(1)
        return told.whys

    assert asyncio.run(main()) == ["file"]


def test_files_that_are_new_in_a_configuration_are_read_once_more(file, tmp_path):
    async def main():
        told = Told(file, [lambda: {file}], [nothing])
        told.during = lambda: told.files.append(tmp_path / "more.yaml")
        await told.run(2)
        return told.whys

    assert asyncio.run(main()) == ["file", "file"]


def test_a_watcher_that_fails_is_begun_again(file, monkeypatch):
    monkeypatch.setattr(module, "RETRY_SECONDS", 0)

    async def main():
        told = Told(file, [nothing, OSError("no watch left")], [ValueError("fault")], [nothing])
        await told.run(0)
        return told.began

    assert asyncio.run(main()) == 3


def test_a_signal_before_the_watch_is_remembered(file):
    async def main():
        told = Told(file, [nothing])
        told.reloader.listen()
        os.kill(os.getpid(), signal.SIGHUP)
        await told.run(1)
        os.kill(os.getpid(), signal.SIGHUP)  # and one that comes late does no harm
        return told.whys

    assert asyncio.run(main()) == ["signal"]
