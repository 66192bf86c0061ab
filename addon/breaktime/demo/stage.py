"""The stage of the demo: a folder, an internet and a gateway, started and ended again."""

import errno
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import time
from importlib import resources
from pathlib import Path

from breaktime.audit.keys import KeyFile
from breaktime.demo import QUIET
from breaktime.demo.origin import Origin

DAY = "2026-11-23"
"""A Monday in winter, so that London's wall clock is UTC."""

HOME = "127.0.0.1"
GATEWAY_CA = "mitmproxy-ca-cert.pem"
STOP_SECONDS = 10

PEOPLE = {
    "a.jones": "127.0.20.5",
    "c.lee": "127.0.20.6",
    "a visitor of the library": "127.0.60.7",
    "somebody unknown": "127.0.99.9",
}
"""Who sits where. Those whose name has a dot are known to the gateway."""


class DemoError(Exception):
    """The demo cannot be shown; the text says why."""


class EndedError(Exception):
    """SIGTERM: everything that was started has to end."""


@dataclass(frozen=True, slots=True)
class Stage:
    """
    A running gateway with its internet.

    Fields:
        folder: its configuration, clock, keys and audit log.
        proxy: where it listens.
        trust: file with the authorities that browsers have to trust: the gateway's own, and that
            of the internet.
    """

    folder: Path
    proxy: tuple[str, int]
    trust: Path

    @property
    def clock(self) -> Path:
        """The file that the gateway's clock is read from."""
        return self.folder / "clock"

    @property
    def audit(self) -> Path:
        """The folder of the audit log."""
        return self.folder / "audit"

    def set_clock(self, wall: time) -> None:
        """Set the clock of the gateway to a time of the day."""
        _set_clock(self.clock, wall)

    def records(self) -> list[dict[str, object]]:
        """Return all records of visits in the audit log."""
        lines = [
            json.loads(line)
            for file in sorted(self.audit.glob("*.jsonl"))
            for line in file.read_text("ascii").splitlines()
        ]
        return [line for line in lines if line["url"]["domain"] is not None]


def stamp(wall: time) -> str:
    """Return a time of the day as the file of the clock holds it."""
    return f"{DAY}T{wall:%H:%M}:00+00:00"


@contextmanager
def stage(port: int = 0) -> Iterator[Stage]:
    """
    Start origin and gateway, and end both afterwards, at SIGTERM too.

    Args:
        port: where the gateway listens on this machine; 0 for any free port.

    Raises:
        DemoError: if that is not possible.
        EndedError: at SIGTERM.
    """
    _look_around(port)
    before = signal.signal(signal.SIGTERM, _end)
    folder = Path(tempfile.mkdtemp(prefix="breaktime-demo-"))
    try:
        with Origin(folder) as origin, _gateway(folder, origin, port) as running:
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        signal.signal(signal.SIGTERM, before)


def _look_around(port: int) -> None:
    """Say what is in the way before anything is started."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the gateway does
        try:
            probe.bind((HOME, port))
            probe.listen()
        except OSError as problem:
            taken = problem.errno == errno.EADDRINUSE
            why = "is taken" if taken else f"cannot be used: {(problem.strerror or '').lower()}"
            raise DemoError(f"port {port} {why}; choose another with --port") from problem
    for address in PEOPLE.values():
        with socket.socket() as probe:
            try:
                probe.bind((address, 0))
            except OSError as problem:
                raise DemoError(
                    f"the people of the demo sit at addresses such as {address}, which this machine"
                    f" does not have; on macOS: sudo ifconfig lo0 alias {address}"
                ) from problem


@contextmanager
def _gateway(folder: Path, origin: Origin, port: int) -> Iterator[Stage]:
    config, clock = folder / "config.yaml", folder / "clock"
    config.write_text(resources.files(__package__).joinpath("config.yaml").read_text("utf-8"))
    known = {who: address for who, address in PEOPLE.items() if "." in who}
    rows = [f"{address},{who}" for who, address in (*known.items(), ("a.jones", HOME))]
    (folder / "people.csv").write_text("\n".join(["address,person", *rows, ""]))
    KeyFile.create(folder / "seal", "gateway").close()
    _set_clock(clock, time(9))
    command = [sys.executable, "-m", "breaktime.demo.gateway", str(config), str(clock)]
    command += [f"{HOME}:{port}", f"{HOME}:{origin.port}"]
    quiet = os.environ | {QUIET: "yes"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=quiet)  # noqa: S603  ourselves
    try:
        words = (process.stdout.readline() if process.stdout else "").split()
        if words[:1] != ["listening"]:
            raise DemoError("the gateway did not start; its own words stand above")
        trust = folder / "trust.pem"
        authorities = (folder / "ca" / GATEWAY_CA, origin.ca)
        trust.write_bytes(b"".join(each.read_bytes() for each in authorities))
        yield Stage(folder, (words[1], int(words[2])), trust)
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()


def _set_clock(clock: Path, wall: time) -> None:
    new = clock.with_suffix(".new")
    new.write_text(f"{stamp(wall)}\n", "ascii")
    new.replace(clock)  # nobody ever reads half of it


def _end(number: int, frame: object) -> None:  # noqa: ARG001  as signal handlers are called
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # what has begun to end is not disturbed
    raise EndedError
