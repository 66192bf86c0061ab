"""`breaktime demo`: the day, the stage to play on, and nothing left of either."""

import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from datetime import time as wall

import click
import pytest

from breaktime.cli.demo import wall_clock
from support import command
from support.command import breaktime, end

pytestmark = pytest.mark.e2e

ALONE = ["unshare", "--net", "--map-root-user", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]


def left_behind(folder):
    """Return the processes that have the folder on their command line."""
    done = subprocess.run(["ps", "-ewwo", "args"], capture_output=True, text=True, check=True)
    return [line for line in done.stdout.splitlines() if f"{folder}/breaktime-demo-" in line]


def played(folder, *before):
    done = breaktime("demo", before=before, TMPDIR=str(folder))
    assert (done.returncode, done.stderr) == (0, b""), done.stdout
    assert done.stdout.splitlines()[-1].startswith(b"7 of 7 scenes went as they should")
    assert not list(folder.iterdir())
    assert not left_behind(folder)


def test_every_scene_is_right_and_nothing_is_left(tmp_path):
    played(tmp_path)


def test_an_ordinary_account_can_play_it(tmp_path):
    played(tmp_path, *command.ordinary())


def test_it_needs_no_internet(tmp_path):
    if not shutil.which("unshare") or not shutil.which("ip"):
        pytest.skip("no unshare and ip here to take the network away")
    if subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode:
        pytest.skip("the network cannot be taken away here")
    played(tmp_path, *ALONE)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_it_can_be_ended_in_the_middle(tmp_path, number, status):
    process = command.start("demo", env=command.environment(TMPDIR=str(tmp_path)))
    try:
        assert process.stdout.readline().startswith(b"09:30  a.jones asks for")
        process.send_signal(number)
        _, stderr = process.communicate(timeout=command.TIMEOUT)
        assert (process.returncode, stderr) == (status, b"")
    finally:
        end(process)
    assert not list(tmp_path.iterdir())
    assert not left_behind(tmp_path)


class Served:
    """A demo that serves, with what it printed."""

    def __init__(self, folder, *arguments):
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.process = command.start(
            "demo", "--serve", "--port", "0", *arguments,
            env=command.environment(TMPDIR=str(folder)),
        )  # fmt: skip
        self.lines = []
        while not self.lines or self.lines[-1] not in {"", "Ctrl-C ends it.\n"} - {""}:
            line = self.process.stdout.readline().decode()
            assert line, self.process.stderr.read().decode()
            self.lines.append(line)

    def command(self, word):
        """Return the printed command lines that begin with a word."""
        return [line.strip() for line in self.lines if line.startswith(f"    {word} ")]


@pytest.fixture
def served(tmp_path):
    demo = Served(tmp_path / "a folder")
    try:
        yield demo
    finally:
        demo.process.terminate()  # who is killed cannot end what it has started
        with suppress(ValueError):  # it has been read to its end
            demo.process.communicate(timeout=command.TIMEOUT)
        end(demo.process)


def shell(line):
    return subprocess.run(
        line,
        shell=True,
        capture_output=True,
        text=True,
        env=command.environment(),
        check=False,
        timeout=command.TIMEOUT,
    )


def test_what_it_prints_can_be_typed(served):
    as_jones, as_lee = served.command("curl")
    for line in (as_jones, as_lee):
        done = shell(f"{line} --silent --show-error")
        assert (done.returncode, done.stderr) == (0, "")
        assert "<h1>www.facebook.com</h1>" in done.stdout
    unopened = as_jones.replace("www.facebook.com", "www.example.org")
    assert "<h1>www.example.org</h1>" in shell(f"{unopened} --silent").stdout

    (clock,) = served.command("echo")
    assert shell(clock).returncode == 0
    refused = shell(f"{as_jones} --silent --write-out '%{{response_code}}'")
    assert refused.stdout.endswith("403")

    (log,) = served.command(shlex.quote(sys.executable))
    records = shell(log.replace(" --follow", "")).stdout.splitlines()
    found = [line.split("  ")[1:3] for line in records if "www.facebook.com" in line]
    assert found == [["a.jones", "allow"], ["c.lee", "allow"], ["a.jones", "block"]]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_stage_with_all_that_is_on_it(served, number):
    assert left_behind(served.folder)
    served.process.send_signal(number)
    stdout, stderr = served.process.communicate(timeout=command.TIMEOUT)
    assert (served.process.returncode, stdout, stderr) == (0, b"\n", b"")
    assert not list(served.folder.iterdir())
    assert not left_behind(served.folder)


def test_its_clock_stands_at_the_time_of_day_that_is_asked_for(tmp_path):
    demo = Served(tmp_path, "--at", "9:05")
    try:
        assert "its clock stands at 09:05." in demo.lines[0]
        assert re.fullmatch(r"The gateway listens on 127\.0\.0\.1:\d+; .*\n", demo.lines[0])
        (clock,) = tmp_path.glob("*/clock")
        assert clock.read_text() == "2026-11-23T09:05:00+00:00\n"
    finally:
        demo.process.send_signal(signal.SIGTERM)
        demo.process.communicate(timeout=command.TIMEOUT)
        end(demo.process)


def test_a_port_that_is_taken_is_one_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = breaktime("demo", "--serve", "--port", port, TMPDIR=str(tmp_path))
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.decode() == (
        f"breaktime demo: port {port} is taken; choose another with --port\n"
    )
    assert not list(tmp_path.iterdir())


TIMES = {"12:15": wall(12, 15), "9:05": wall(9, 5), "00:00": wall(0), "23:59": wall(23, 59)}
NO_TIMES = [
    "",
    "12",
    "12:5",
    "24:00",
    "12:60",
    "12:15:30",
    "12:15Z",
    "-1:00",
    "noon",
    "1²:00",
    ":15",
]


@pytest.mark.parametrize(("text", "found"), TIMES.items())
def test_a_time_of_the_day_is_read(text, found):
    assert wall_clock(text) == found


@pytest.mark.parametrize("text", NO_TIMES)
def test_what_is_no_time_is_refused_in_a_sentence(text):
    with pytest.raises(click.BadParameter, match="is no time of the day; write for example 12:15"):
        wall_clock(text)


@pytest.mark.parametrize("arguments", [["--port", "65536"], ["--port", "x"], ["--at", "noon"]])
def test_a_command_line_that_is_not_understood_is_status_2(arguments):
    assert breaktime("demo", "--serve", *arguments).returncode == 2
