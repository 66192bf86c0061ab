"""A writer is killed at any moment: whatever was acknowledged is there, and the log holds."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import breaktime

ROUNDS = 500

# One process that forks writers, so that five hundred of them take seconds. A writer says on a pipe
# which numbers are kept; the harness kills it by the clock, or it kills itself at a call of `os`.
HARNESS = """
import json, os, random, select, signal, sys, time
from pathlib import Path
from breaktime.audit import file, keys
from breaktime.audit.findings import Status
from breaktime.audit.opening import open_log
from breaktime.audit.raw import log_files, raw_lines
from breaktime.audit.verify import Verifier
from records import VISIT
from sealed import Log


def write(log, pipe, arm):
    recorder = open_log(log.records, "gateway", log.keys, tell=lambda *_: None).recorder
    recorder.begin(VISIT.at)
    arm()
    for number in range(10_000):
        length = number * 37 % 900
        batch = [VISIT._replace(path="/" + "x" * length)] * (1 + number % 3)
        assert all(recorder.put_all(batch))
        os.write(pipe, b"%d\\n" % recorder.sequence)
        if number % 4 == 3:
            recorder.seal(VISIT.at)


def killed(log, arm, seconds):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            write(log, writing, arm)
        finally:
            os._exit(3)
    os.close(writing)
    said = b""
    if seconds is not None:
        select.select([reading], [], [], 20)
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    while more := os.read(reading, 65536):
        said += more
    os.close(reading)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL, status
    lines = said[: said.rfind(b"\\n") + 1].split()
    return int(lines[-1]) if lines else 0


def look(log, acknowledged):
    # A start mends what was left; then all that was acknowledged is there, in one history.
    opened = open_log(log.records, "gateway", log.keys, tell=lambda *_: None)
    assert opened.sealed and not opened.problem, opened.problem
    opened.recorder.begin(VISIT.at)
    opened.recorder.seal(VISIT.at)
    opened.recorder.close()
    verifier, numbers = Verifier([log.anchor]), []
    for path in log_files(log.records):
        for raw in raw_lines(path):
            verifier.take(raw.file, raw.number, raw.line, whole=raw.whole)
            numbers.append(json.loads(raw.line)["event"]["sequence"])
    report = verifier.finish()
    assert report.worst is Status.OK, report.findings
    assert numbers == list(range(1, len(numbers) + 1))
    assert acknowledged <= len(numbers)


def at_call(number):
    # Before the call, half way through it, or after it.
    count = [number]

    def arm():
        for module in (file, keys):
            for name in ("write", "fdatasync", "fsync", "pwrite"):
                wrap(module.os, name)

    def wrap(module, name):
        really = getattr(module, name)
        if hasattr(really, "wrapped"):
            return
        def call(fd, *arguments):
            if name == "write" and len(arguments[0]) < 100:
                return really(fd, *arguments)  # the pipe
            count[0] -= 1
            if count[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            if count[0] == 0 and name in ("write", "pwrite"):
                really(fd, arguments[0][: len(arguments[0]) // 2], *arguments[1:])
                os.kill(os.getpid(), signal.SIGKILL)
            return really(fd, *arguments)
        call.wrapped = True
        setattr(module, name, call)

    return arm


folder, how, rounds = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
chance = random.Random(20261123)
torn = 0
for round in range(rounds):
    if round % 10 == 0:
        torn += log_torn if round else 0
        log = Log(folder / str(round))
    if how == "clock":
        acknowledged = killed(log, lambda: None, chance.uniform(0, 0.012))
    else:
        acknowledged = killed(log, at_call(round), None)
    look(log, acknowledged)
    log_torn = len(list(log.records.glob("*.torn")))
print(json.dumps({"rounds": rounds, "torn": torn + log_torn}))
"""


def survived(how, rounds):
    # What a killed process has written is kept by the kernel, whatever the disk: memory will do.
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        return run_in(folder, how, rounds)


def run_in(folder, how, rounds):
    roots = [Path(breaktime.__file__).parents[1], Path(__file__).parents[1]]
    done = subprocess.run(
        [sys.executable, "-c", HARNESS, folder, how, str(rounds)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, roots))},
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


@pytest.mark.slow
def test_killed_at_any_moment_no_acknowledged_record_is_lost():
    assert survived("clock", ROUNDS)["rounds"] == ROUNDS


def test_killed_at_each_call_of_the_writer():
    """Before each write, half way through it, before and after each sync, and between the keys."""
    found = survived("call", 60)

    assert found["torn"] > 0  # half a line was set aside, and kept
