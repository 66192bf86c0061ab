"""A changed file, or a signal, asks for one reload."""

import asyncio
import os
import signal

import pytest

from breaktime.mitm.reload import Reloader

PATIENCE_SECONDS = 20


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
