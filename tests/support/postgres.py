"""A PostgreSQL of the tests' own: a cluster on a Unix socket, run by somebody without rights."""

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

NEEDED = ("initdb", "pg_ctl", "postgres")
WITHOUT_RIGHTS = ("postgres", "nobody")


def programs():
    """Return the folder with PostgreSQL's programs, or None."""
    found = shutil.which("initdb")
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for place in [*places, *([Path(found).parent] if found else [])]:
        if all((place / name).exists() for name in NEEDED):
            return place
    return None


def require():
    """Return the folder of the programs; without them a build machine fails, others skip."""
    place = programs()
    if place is None:
        why = "PostgreSQL is not installed: apt-get install postgresql"
        if "CI" in os.environ or "BREAKTIME_CI_RUN" in os.environ:
            pytest.fail(why)
        pytest.skip(why)
    return place


def as_nobody(user):
    """Return what to put before a command: PostgreSQL refuses to run as root."""
    return ["runuser", "-u", user, "--"] if user else []


def user():
    if os.geteuid() != 0:
        return None
    known = Path("/etc/passwd").read_text().splitlines()
    names = {line.partition(":")[0] for line in known}
    return next(name for name in WITHOUT_RIGHTS if name in names)


class Cluster:
    """
    One cluster.

    Fields:
        address: of a database, whose name is still to be put in.
    """

    def __init__(self, folder, run):
        self.address = f"postgresql+psycopg://breaktime@/{{}}?host={folder}"
        self._folder, self._run = folder, run

    def start(self):
        """Start it, and wait until it answers."""
        options = "-c listen_addresses='' -c fsync=off"
        options += f" -c unix_socket_directories={self._folder}"
        self._control("-w", "-l", str(self._folder / "log"), "-o", options, "start")

    def stop(self):
        """Stop it as a power cut would, and wait until it has ended."""
        self._control("-w", "-m", "immediate", "stop")

    @contextmanager
    def hanging(self):
        """Have it answer nothing, and keep every connection; afterwards it goes on."""
        first = int((self._folder / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(first, signal.SIGSTOP)  # it begins no other from here on
        held = [first, *children(first)]
        for pid in held:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in held:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    def _control(self, *words):
        self._run(str(require() / "pg_ctl"), "-D", str(self._folder / "data"), *words)


def children(parent):
    """Return the processes that one has begun."""
    tasks = Path(f"/proc/{parent}/task").iterdir()
    return [int(pid) for task in tasks for pid in (task / "children").read_text().split()]


@contextmanager
def cluster():
    """Start a cluster of one's own; it may be stopped and started meanwhile."""
    place, who = require(), user()
    folder = Path(tempfile.mkdtemp(prefix="bt-pg-"))  # a socket's path must be short
    if who:
        shutil.chown(folder, who)

    def run(*command):
        subprocess.run(
            [*as_nobody(who), *command], cwd="/", check=True, timeout=120, stdout=subprocess.DEVNULL
        )

    try:
        run(str(place / "initdb"), "-D", str(folder / "data"), "-U", "breaktime", "-A", "trust",
            "-N", "-E", "UTF8", "--locale=C")  # fmt: skip
        running = Cluster(folder, run)
        running.start()
        try:
            yield running
        finally:
            with suppress(subprocess.CalledProcessError):  # a test may have stopped it
                running.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
