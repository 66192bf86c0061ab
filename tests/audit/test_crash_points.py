"""
A log is begun, written, turned, sealed, purged, taken up and closed, and killed at each call of it.

Every call to the system that changes something is a point: before it, half way through a write, and
after it, which is before the next. The walk ends at the point that is never reached.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import breaktime

HARNESS = """
import json, os, shutil, signal, sys
from datetime import timedelta
from pathlib import Path
from breaktime.audit import file, tail
from breaktime.audit.findings import Status
from breaktime.audit.opening import open_log
from breaktime.audit.purge import Purger
from breaktime.audit.raw import log_files, raw_lines
from breaktime.audit.verify import Verifier
from breaktime.core.retention import Keep
from records import VISIT
from sealed import Log

WRITES = ("write", "pwrite")
OTHERS = ("open", "fsync", "fdatasync", "ftruncate", "replace", "rename", "unlink", "mkdir",
          "chmod", "fchmod", "fchown", "close")
PIPE = None


class Killer:
    # Counts the calls that change something, and kills at one of them.
    def __init__(self, point, half):
        self.left, self.half = point, half

    def wrap(self):
        for name in WRITES + OTHERS:
            setattr(os, name, self.wrapped(name, getattr(os, name)))
        sys.addaudithook(self.hook)

    def reached(self):
        self.left -= 1
        return self.left == 0

    def hook(self, event, arguments):
        # What Python opens by itself: `Path.open` and `Path.touch` do not pass by `os.open`.
        if event == "open" and arguments[1] is not None and self.reached():
            os.kill(os.getpid(), signal.SIGKILL)

    def wrapped(self, name, really):
        def call(*arguments, **more):
            if name == "write" and arguments[0] == PIPE:
                return really(*arguments)
            if self.reached():
                if self.half and name in WRITES:
                    really(arguments[0], arguments[1][: len(arguments[1]) // 2], *arguments[2:])
                os.kill(os.getpid(), signal.SIGKILL)
            return really(*arguments, **more)
        return call


def story(log):
    # From a first start to the end of a second; says on the pipe which numbers are kept.
    def say(recorder):
        os.write(PIPE, b"%d\\n" % recorder.sequence)

    for day in (0, 1):
        at = VISIT.at + timedelta(days=day)
        opened = open_log(log.records, "gateway", log.keys, tell=lambda *_: None)
        recorder = opened.recorder
        recorder.begin(at)
        for number in range(3):
            assert recorder.put(VISIT._replace(at=at, lost=None, path="/" + "x" * 90 * number))
            say(recorder)
        recorder.lose(VISIT._replace(at=at))
        assert recorder.put(VISIT._replace(at=at))
        recorder.seal(at)
        say(recorder)
        if day:
            purge(log, recorder, at)
        recorder.close()
    os.write(PIPE, b"end\\n")


def purge(log, recorder, at):
    later = at + timedelta(days=91)
    purger = Purger(log.records, "gateway")
    for path in purger.files(Keep(), later):
        if path == recorder._store.open_path:
            continue
        ready = purger.prepare(path, Keep(), later)
        if ready is not None:
            assert recorder.put(ready.record) and recorder.seal(later)
            ready.carry_out()


def killed(log, point, half):
    global PIPE
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            PIPE = writing
            Killer(point, half).wrap()
            story(log)
        finally:
            os._exit(3)
    os.close(writing)
    said = b""
    while more := os.read(reading, 65536):
        said += more
    os.close(reading)
    os.waitpid(child, 0)
    lines = said[: said.rfind(b"\\n") + 1].split()
    ended = bool(lines) and lines[-1] == b"end"
    return max((int(line) for line in lines if line.isdigit()), default=0), ended


def look(log, acknowledged, where):
    opened = open_log(log.records, "gateway", log.keys, tell=lambda *_: None)
    assert opened.sealed and not opened.problem, (where, opened.problem)
    at = VISIT.at + timedelta(days=2)
    opened.recorder.begin(at)
    assert opened.recorder.put(VISIT._replace(at=at, lost=None)), where
    opened.recorder.seal(at)
    opened.recorder.close()
    list(Purger(log.records, "gateway").files(Keep(), at))
    assert not list(log.records.glob("*.purging")), where
    verifier, numbers = Verifier([log.anchor]), []
    for path in log_files(log.records):
        for raw in raw_lines(path):
            verifier.take(raw.file, raw.number, raw.line, whole=raw.whole)
            numbers.append(json.loads(raw.line)["event"]["sequence"])
    report = verifier.finish()
    allowed = {Status.OK, Status.PURGED, Status.GAP}
    assert report.worst in allowed, (where, [str(each) for each in report.findings])
    assert numbers == sorted(set(numbers)), where
    assert acknowledged <= numbers[-1], where
    return report.worst.name, report.purged


folder = Path(sys.argv[1])
seen, point = set(), 0
for half in (False, True):
    for point in range(1, 2000):
        log = Log(folder / f"{half}{point}")
        acknowledged, ended = killed(log, point, half)
        seen.add(look(log, acknowledged, (point, half)))
        shutil.rmtree(log.folder)
        if ended:
            break
    assert ended
print(json.dumps({"points": point, "seen": sorted(seen)}))
"""


@pytest.mark.slow
def test_killed_at_each_call_to_the_system():
    memory = Path("/dev/shm")
    roots = [Path(breaktime.__file__).parents[1], Path(__file__).parents[1]]
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        done = subprocess.run(
            [sys.executable, "-c", HARNESS, folder],
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, roots))},
            timeout=500,
            check=False,
        )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout)
    assert found["points"] > 60  # starts, turns, seals, keys and the purge
    assert {tuple(each) for each in found["seen"]} >= {("OK", 0), ("GAP", 0), ("GAP", 4)}
