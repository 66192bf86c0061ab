"""A PostgreSQL of the tests' own: a cluster on a Unix socket, run by somebody without rights."""

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
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


@contextmanager
def cluster():
    """Start a cluster, and give what stands before the name of a database in its addresses."""
    place, who = require(), user()
    folder = Path(tempfile.mkdtemp(prefix="bt-pg-"))  # a socket's path must be short
    if who:
        shutil.chown(folder, who)
    data, log = folder / "data", folder / "log"

    def run(*command):
        subprocess.run(
            [*as_nobody(who), *command], cwd="/", check=True, timeout=120, stdout=subprocess.DEVNULL
        )

    try:
        run(str(place / "initdb"), "-D", str(data), "-U", "breaktime", "-A", "trust", "-N",
            "-E", "UTF8", "--locale=C")  # fmt: skip
        options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
        control = str(place / "pg_ctl")
        run(control, "-D", str(data), "-w", "-l", str(log), "-o", options, "start")
        try:
            yield f"postgresql+psycopg://breaktime@/{{}}?host={folder}"
        finally:
            run(control, "-D", str(data), "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
