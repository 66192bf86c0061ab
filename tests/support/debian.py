"""Programs of Debian that tests start: without them a build machine fails, and others skip."""

import importlib.util
import os
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager

import pytest

_PATH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin"))
POLLS = 800
STOP_SECONDS = 60


def require(program, package):
    """Return where a program is."""
    found = shutil.which(program, path=_PATH)
    if found is None:
        _without(program, package)
    return found


def require_library(name, packages):
    """Make sure that a library that is built from source is there."""
    if importlib.util.find_spec(name) is None:
        _without(name, packages)


def _without(what, packages):
    why = f"{what} is not installed: apt-get install {packages}"
    if "CI" in os.environ or "BREAKTIME_CI_RUN" in os.environ:
        pytest.fail(why)
    pytest.skip(why)


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


@contextmanager
def serving(command, port, folder, **how):
    """Run a server until it accepts connections; end it by its process id."""
    with (folder / "server.log").open("a") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", **how
        )
    try:
        await_port(port, process, folder / "server.log")
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def await_port(port, process, log):
    await_listening(("127.0.0.1", port), process, log)


def await_listening(address, process, log):
    for _ in range(POLLS):
        if process.poll() is not None:
            break
        try:
            socket.create_connection(address, 5).close()
        except OSError:
            time.sleep(0.05)  # another process gets ready; nothing tells when
        else:
            return
    said = "".join(
        one.read_text()[-2000:] for one in (log, log.with_name("cache.log")) if one.exists()
    )
    raise AssertionError(f"{process.args[0]} does not listen: {said}")
