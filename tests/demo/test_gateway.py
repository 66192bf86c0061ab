"""The real gateway as a process of its own: what its parent can set, and what it says."""

import asyncio
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from breaktime.demo.gateway import announce, file_clock, one_origin
from support import command


def test_the_clock_reads_what_stands_in_the_file_now(tmp_path):
    file = tmp_path / "clock"
    clock = file_clock(file)
    for hour in (9, 12):
        file.write_text(f"2026-11-23T{hour:02}:00:00+00:00\n")
        assert clock() == datetime(2026, 11, 23, hour, tzinfo=UTC)


def test_every_name_lives_on_one_server():
    resolve = one_origin(("127.0.0.1", 1), ("127.0.0.1", 2))
    assert asyncio.run(resolve("x.com", 443)) == [("127.0.0.1", 1)]
    assert asyncio.run(resolve("example.org", 80)) == [("127.0.0.1", 2)]


def test_the_parent_is_told_where_it_listens(capsys):
    announce([("127.0.0.1", 8080), ("::1", 8080)])
    assert capsys.readouterr().out == "listening 127.0.0.1 8080\nlistening ::1 8080\n"


@pytest.mark.e2e
def test_a_configuration_that_does_not_load_is_said_and_status_1(tmp_path):
    clock = tmp_path / "clock"
    clock.write_text("2026-11-23T09:00:00+00:00\n")
    words = [str(tmp_path / "none.yaml"), str(clock), "127.0.0.1:0", "127.0.0.1:9"]
    done = subprocess.run(
        [sys.executable, "-m", "breaktime.demo.gateway", *words],
        capture_output=True,
        env=command.environment(),
        check=False,
        timeout=command.TIMEOUT,
    )
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.decode() == f"{tmp_path}/none.yaml: does not exist\n1 problem\n"
