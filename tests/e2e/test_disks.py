"""A real gateway on real small disks: full, read only, gone; what is innocent goes on."""

import os
import subprocess
from contextlib import suppress
from itertools import count

import pytest

from support.clients import as_browser, curl
from support.gateway import running

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(
        os.geteuid() != 0 and "BREAKTIME_CI_RUN" not in os.environ, reason="only root may mount"
    ),
]

PAGES = count(1)


class Disk:
    """A small disk that a test fills, covers and takes away."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        self.mount("size=4m")

    def mount(self, how):
        subprocess.run(["mount", "-t", "tmpfs", "-o", how, "tmpfs", self.folder], check=True)

    def unmount(self):
        subprocess.run(["umount", "--lazy", self.folder], check=True)

    def fill(self):
        """Leave not a byte."""
        with (self.folder / "ballast").open("wb", buffering=0) as file, suppress(OSError):
            while file.write(bytes(4096)):
                pass

    def close(self):
        while self.folder.is_mount():
            self.unmount()


@pytest.fixture
def disk(tmp_path):
    disk = Disk(tmp_path / "disk")
    yield disk
    disk.close()


def visit(gateway, host="www.facebook.com"):
    return curl(gateway, f"https://{host}/{next(PAGES)}", *as_browser()).status


def until(gateway, status):
    """Visit again and again; each visit tries the disk."""
    for _ in range(300):
        if visit(gateway) == status:
            return
    raise AssertionError(gateway.told()[-2000:])


def innocent(gateway):
    return visit(gateway, "www.example.org") == 200


@pytest.fixture
def recorded(disk, origin, tmp_path):
    """Start a gateway whose records are on the disk, its keys elsewhere."""

    def start(setting):
        how = f", if_records_cannot_be_written: {setting}"
        folder = tmp_path / "gateway"
        folder.mkdir()
        (folder / "audit").symlink_to(disk.folder / "audit")
        (disk.folder / "audit").mkdir()
        return running(folder, origin, records=how)

    return start


def test_where_what_is_controlled_is_blocked(recorded, disk):
    """Full, then read only, then gone: each time the gateway closes, says so, and comes back."""
    with recorded("block") as gateway:
        gateway.clock("12:30:00")
        assert visit(gateway) == 200

        disk.fill()
        until(gateway, 403)
        assert innocent(gateway)
        (disk.folder / "ballast").unlink()
        until(gateway, 200)
        assert gateway.await_line("audit-gap")["breaktime"]["lost"] >= 1

        disk.mount("ro,size=4m")
        until(gateway, 403)
        page = curl(gateway, "https://www.facebook.com/", *as_browser())
        assert b"The network keeps a record when it opens social media" in page.body
        assert innocent(gateway)
        disk.unmount()
        until(gateway, 200)
        gateway.await_line("audit-gap", 2)
        gateway.await_line("integrity-broken")

        disk.unmount()
        until(gateway, 403)
        assert innocent(gateway)
        disk.mount("size=4m")
        (disk.folder / "audit").mkdir()
        until(gateway, 200)
        (gap,) = [line for line in gateway.lines() if line["event"]["action"] == "audit-gap"]
        assert gap["breaktime"]["lost"] >= 1
        assert "records cannot be written and are lost" in gateway.told()
        assert "records can be written again" in gateway.told()


def test_where_what_is_controlled_goes_on_unrecorded(recorded, disk):
    with recorded("allow") as gateway:
        gateway.clock("12:30:00")
        assert visit(gateway) == 200
        disk.mount("ro,size=4m")
        assert [visit(gateway) for _ in range(5)] == [200] * 5
        assert innocent(gateway)
        disk.unmount()
        assert visit(gateway) == 200
        assert gateway.await_line("audit-gap")["breaktime"]["lost"] == 5
