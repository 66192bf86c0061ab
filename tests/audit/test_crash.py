"""A writer is killed at any moment: whatever was acknowledged is there, and numbers go on."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import breaktime
from breaktime.audit import FileConfig

ROUNDS = 10

WRITER = """
import os, sys
from dataclasses import replace
from pathlib import Path
from records import VISIT
from breaktime.audit import FileConfig, Recorder

sink = FileConfig(kind="file", directory=Path(sys.argv[1])).open("gw-a")
recorder = Recorder(sink, "gw-a")
while True:
    assert recorder.put(replace(VISIT, path="/" + "x" * (recorder.sequence % 400)))
    os.write(1, b"%d\\n" % recorder.sequence)
"""


def killed(directory, seconds):
    """Run a writer, kill it while it writes, and return the last number it acknowledged."""
    roots = [Path(breaktime.__file__).parents[1], Path(__file__).parents[1]]
    path = os.pathsep.join(map(str, roots))
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, directory],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path},
    ) as writer:
        first = writer.stdout.readline()
        # Its output is not read meanwhile: it stops at a full pipe, and is killed there too.
        time.sleep(seconds)
        writer.send_signal(signal.SIGKILL)
        acknowledged = first + writer.stdout.read()
    return int(acknowledged.split()[-1])


def test_no_acknowledged_record_is_lost(tmp_path):
    chance = random.Random(20261123)
    for _ in range(ROUNDS):
        acknowledged = killed(tmp_path, chance.uniform(0, 0.03))
        (path,) = tmp_path.glob("audit-*.jsonl")
        sink = FileConfig(kind="file", directory=tmp_path).open("gw-a")
        sink.close()
        numbers = [json.loads(line)["event"]["sequence"] for line in path.read_bytes().splitlines()]

        assert numbers == list(range(1, len(numbers) + 1))
        assert sink.last_sequence == len(numbers)
        # One more may be there: written, and killed before it could say so.
        assert acknowledged <= len(numbers) <= acknowledged + 1
