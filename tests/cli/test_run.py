"""`breaktime run`: what it says when it is ready, and when it cannot be."""

import re
import select
import signal
import socket

import click
import pytest
from click.testing import CliRunner

from breaktime.audit.keys import KeyFile
from breaktime.cli.run import address, run
from support import command
from support.command import CONFIG, breaktime, end

pytestmark = pytest.mark.e2e


def configuration(folder, text=CONFIG):
    """Write a configuration, and make the keys that records are sealed with."""
    KeyFile.create(folder / "seal", "gateway").close()
    return command.configuration(folder, text)


# fmt: off
ADDRESSES = {
    "127.0.0.1:8080":   ("127.0.0.1", 8080),
    "0.0.0.0:0":        ("0.0.0.0", 0),
    "[::1]:0":          ("::1", 0),
    "[::]:65535":       ("::", 65535),
    "[0:0::1]:8080":    ("::1", 8080),
    ":8080":            ("0.0.0.0", 8080),
}
NO_ADDRESSES = (
    "", ":", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:-1", "127.0.0.1 :80",
    "127.0.0.1:65536", "127.0.0.1:99999999999999999999", "127.0.0.1:8\N{SUPERSCRIPT TWO}",
    "::1:8080", "[127.0.0.1]:80", "[::1]", "[::1", "localhost:8080", "1:2:3",
)
# fmt: on


@pytest.mark.parametrize(("text", "found"), ADDRESSES.items())
def test_an_address_is_read(text, found):
    assert address(text) == found


@pytest.mark.parametrize("text", NO_ADDRESSES)
def test_what_is_no_address_is_refused_in_a_sentence(text):
    with pytest.raises(click.BadParameter, match=r"^must (be|have) .+, found "):
        address(text)


def started(folder, *listen, config=CONFIG):
    process = command.start("run", "--config", configuration(folder, config), *listen)
    return process, process.stderr.readline().decode()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_browsers_find_it_and_ends_quietly(tmp_path, number):
    process, line = started(tmp_path, "--listen", "127.0.0.1:0", "--listen", "[::1]:0")
    try:
        found = re.fullmatch(
            r"breaktime is ready: browsers can use 127\.0\.0\.1:(\d+) and \[::1\]:(\d+)"
            r" as their proxy\n",
            line,
        )
        assert found, line
        for host, port in (("127.0.0.1", found[1]), ("::1", found[2])):
            socket.create_connection((host, int(port)), command.TIMEOUT).close()
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=command.TIMEOUT)
        assert (process.returncode, stdout, stderr) == (0, b"", b"")
    finally:
        end(process)
    assert (tmp_path / "ca/mitmproxy-ca-cert.pem").is_file()


def test_ctrl_c_while_it_starts_is_quiet(tmp_path):
    """A pipe that nobody writes into: the gateway waits for its table when the signal comes."""
    path = configuration(tmp_path)
    (tmp_path / "people.csv").unlink()
    command.os.mkfifo(tmp_path / "people.csv")
    process = command.start("run", "-c", path, "--listen", "127.0.0.1:0")
    try:
        with (tmp_path / "people.csv").open("wb"):  # opens once the gateway reads
            process.send_signal(signal.SIGINT)
            stdout, stderr = process.communicate(timeout=command.TIMEOUT)
        assert (process.returncode, stdout, stderr) == (130, b"", b"")
    finally:
        end(process)


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGUSR2])
def test_a_request_while_it_starts_does_not_end_it(tmp_path, number):
    path = configuration(tmp_path)
    table = (tmp_path / "people.csv").read_bytes()
    (tmp_path / "people.csv").unlink()
    command.os.mkfifo(tmp_path / "people.csv")
    process = command.start("run", "-c", path, "--listen", "127.0.0.1:0")
    try:
        with (tmp_path / "people.csv").open("wb") as pipe:  # opens once the gateway reads
            process.send_signal(number)
            pipe.write(table)
        assert b"breaktime is ready" in process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=command.TIMEOUT)
        assert process.returncode == 0
    finally:
        end(process)


def test_problems_of_the_configuration_mean_no_start(tmp_path):
    path = configuration(tmp_path, CONFIG.replace("12:00-14:00", "noon"))
    done = breaktime("run", "--config", path, "--listen", "127.0.0.1:0")
    assert (done.returncode, done.stdout) == (1, b"")
    problem, count = done.stderr.decode().splitlines()
    assert problem.startswith(f"{path}:6:30: breaks.lunch.at: ")
    assert count == "1 problem"
    assert not (tmp_path / "ca").exists()


def test_a_table_that_is_not_there_means_no_start(tmp_path):
    path = configuration(tmp_path)
    (tmp_path / "people.csv").unlink()
    done = breaktime("run", "--config", path, "--listen", "127.0.0.1:0")
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"people.csv` cannot be read" in done.stderr


def test_an_address_that_is_taken_is_one_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        done = breaktime("run", "-c", configuration(tmp_path), "--listen", listen)
    assert (done.returncode, done.stdout) == (1, b"")
    assert re.fullmatch(rb"breaktime cannot start: cannot listen: .*in use.*\n", done.stderr)


def test_keys_that_would_be_written_down_mean_no_start(tmp_path):
    log = str(tmp_path / "keys")
    done = breaktime("run", "-c", configuration(tmp_path), SSLKEYLOGFILE=log)
    assert done.returncode == 1
    assert done.stderr.startswith(b"breaktime cannot start: SSLKEYLOGFILE is set")


@pytest.mark.parametrize("listen", ["localhost:8080", "8080", "127.0.0.1:http"])
def test_a_command_line_that_is_not_understood_is_status_2(config, listen):
    done = breaktime("run", "--config", config, "--listen", listen)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"\nError: Invalid value for '--listen': must " in done.stderr


def test_there_is_no_gateway_without_a_configuration():
    assert breaktime("run").returncode == 2


def test_another_system_than_linux_is_told_in_a_sentence(tmp_path, monkeypatch):
    monkeypatch.delattr(select, "epoll")

    done = CliRunner().invoke(run, ["--config", str(configuration(tmp_path))])

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "breaktime cannot start: the gateway needs Linux\n"
