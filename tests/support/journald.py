"""A real journal of systemd, in a mount namespace of its own: nobody else's is written to."""

import json
import os
import subprocess
import time
from pathlib import Path

import pytest

from support.debian import POLLS, require

PROGRAM = "/lib/systemd/systemd-journald"
START = f"mount -t tmpfs tmpfs /run && mkdir -p /run/log/journal && exec {PROGRAM}"


class Journald:
    """A journal that a test starts and stops; its files are gone with it."""

    def __init__(self):
        """Start nothing yet."""
        if os.geteuid() != 0 and "BREAKTIME_CI_RUN" not in os.environ:
            pytest.skip("only root may mount")
        self.reader = require("journalctl", "systemd")
        assert Path(PROGRAM).exists(), "apt-get install systemd"
        self.process = None

    def __enter__(self):
        command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", START]
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        try:
            self._await(lambda: self.socket.exists() or None)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.communicate()

    @property
    def root(self):
        return Path(f"/proc/{self.process.pid}/root/run")

    @property
    def socket(self):
        return self.root / "systemd" / "journal" / "socket"

    def entries(self, count, identifier):
        """Return the entries of a program once there are so many."""

        def found():
            folders = [f"--directory={each}" for each in (self.root / "log" / "journal").iterdir()]
            if not folders:
                return None
            command = [
                self.reader,
                *folders[:1],
                "--all",
                "--output=json",
                f"--identifier={identifier}",
            ]
            said = subprocess.run(command, capture_output=True, text=True, check=False)
            entries = [json.loads(line) for line in said.stdout.splitlines()]
            return entries if len(entries) >= count else None

        return self._await(found)

    def _await(self, ready):
        for _ in range(5 * POLLS):
            if (found := ready()) is not None:
                return found
            assert self.process.poll() is None, self.process.stderr.read()
            time.sleep(0.05)  # another process works; nothing tells when
        raise AssertionError("the journal does not answer")
