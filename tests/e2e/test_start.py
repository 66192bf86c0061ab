"""Starting and stopping with the real command, as an operator does."""

import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager, suppress

import pytest

from support.clients import curl
from support.gateway import ROOT, RunningGateway, write_config

pytestmark = pytest.mark.e2e

PATIENCE = 90


def environment(**extra):
    return {**os.environ, "PYTHONPATH": str(ROOT / "addon"), **extra}


def command(config, *options):
    listen = [] if "--listen" in options else ["--listen", "127.0.0.1:0"]
    return [
        sys.executable,
        "-m",
        "breaktime.cli",
        "run",
        "--config",
        str(config),
        *listen,
        *options,
    ]


def failed(config, *options, **extra):
    """Run until it gives up; return what it told."""
    done = subprocess.run(
        command(config, *options),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env=environment(**extra),
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


@contextmanager
def started(config, origin=None):
    """Run until the block ends; give the process once it listens."""
    told = config.parent / "stderr"
    with told.open("w") as stderr:
        process = subprocess.Popen(command(config), stderr=stderr, env=environment())
    try:
        found = None
        for _ in range(10 * PATIENCE):
            found = re.search(r"is ready: .*?127\.0\.0\.1:(\d+)", told.read_text())
            if found or process.poll() is not None:
                break
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.1)
        assert found, told.read_text()
        yield RunningGateway(config.parent, ("127.0.0.1", int(found.group(1))), process, origin)
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.fixture
def config(origin, tmp_path):
    (tmp_path / "origin-ca.pem").write_bytes(origin.ca.read_bytes())
    return write_config(tmp_path)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(config, number):
    with started(config) as gateway:
        assert gateway.await_line("service-started")
        gateway.process.send_signal(number)
        assert gateway.process.wait(PATIENCE) == 0

    assert [line["event"]["action"] for line in gateway.lines()] == [
        "service-started",
        "service-stopped",
    ]


def test_open_connections_do_not_keep_it_from_ending(config):
    with started(config) as gateway, socket.create_connection(gateway.proxy) as sock:
        sock.sendall(b"CONNECT www.facebook.com:443 HTTP/1.1\r\n\r\n")
        assert sock.recv(12) == b"HTTP/1.1 200"
        gateway.process.terminate()
        assert gateway.process.wait(PATIENCE) == 0
        assert b"Connection established" in sock.recv(100)
        assert sock.recv(100) == b""


def test_the_numbers_of_the_records_go_on_after_a_restart(config):
    for _ in range(2):
        with started(config) as gateway:
            gateway.await_line("service-started")
    assert [line["event"]["sequence"] for line in gateway.lines()] == [1, 2, 3, 4]


def test_after_being_killed_it_starts_again(config):
    with started(config) as gateway:
        gateway.await_line("service-started")
        gateway.process.kill()
        gateway.process.wait(PATIENCE)
    with started(config) as gateway:
        gateway.await_line("service-started", 2)


def test_its_clock_is_the_machines_and_refusals_work(config, origin):
    """The one test in which the machine's own clock decides; nobody is known, so none may pass."""
    with started(config, origin) as gateway:
        reply = curl(gateway, "https://www.facebook.com/", source="127.0.99.9")
        assert reply.status == 403


def test_a_configuration_with_problems_is_no_start(config):
    text = config.read_text().replace("version: 1", "version: 1\nown_page: []")
    config.write_text(text.replace("[lunch]", "[lunsh]"))

    told = failed(config)

    assert re.search(r"config\.yaml:\d+:\d+: .*own_page", told)
    assert re.search(r"config\.yaml:\d+:\d+: .*`lunsh`", told)
    assert "2 problems" in told
    assert not (config.parent / "audit").exists()


def test_a_configuration_that_is_not_there_is_no_start(tmp_path):
    assert "nothing.yaml" in failed(tmp_path / "nothing.yaml")


def test_a_table_that_is_not_there_is_no_start(config):
    (config.parent / "people.csv").unlink()

    assert "people.csv" in failed(config)


def test_a_port_in_use_is_no_start(config):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert "cannot listen" in failed(config, "--listen", f"127.0.0.1:{taken.getsockname()[1]}")


def test_an_audit_log_that_cannot_be_written_is_no_start(config):
    (config.parent / "audit").write_text("no folder")

    assert "audit log cannot be written" in failed(config)


def test_authorities_that_are_not_there_are_no_start(config):
    (config.parent / "origin-ca.pem").unlink()

    assert "certificates cannot be read" in failed(config)


def test_a_key_that_others_may_read_is_no_start_and_not_to_be_tried_again(config):
    with started(config):
        pass
    key = config.parent / "ca" / "mitmproxy-ca.pem"
    key.chmod(0o644)
    done = subprocess.run(
        command(config), capture_output=True, text=True, timeout=PATIENCE, env=environment(),
        check=False,
    )  # fmt: skip

    assert done.returncode == os.EX_CONFIG
    assert "its mode is 0644" in done.stderr
    assert "Traceback" not in done.stderr


def test_two_gateways_do_not_write_one_log(config):
    with started(config) as gateway:
        gateway.await_line("service-started")
        assert "another gateway writes its records here" in failed(config)


@pytest.mark.parametrize("name", ["SSLKEYLOGFILE", "MITMPROXY_SSLKEYLOGFILE"])
def test_the_keys_of_peoples_connections_are_written_nowhere(config, name):
    keys = config.parent / "keys"

    assert name in failed(config, **{name: str(keys)})
    assert not keys.exists()


def test_the_policy_can_be_tried_under_plain_mitmdump(config, origin):
    """A smoke test: refused, allowed by a page of our own, and not controlled."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    told = config.parent / "stdout"
    with told.open("w") as out:
        process = subprocess.Popen(
            [
                sys.executable, "-c", "from mitmproxy.tools.main import mitmdump; mitmdump()",
                "-s", str(ROOT / "addon" / "breaktime_addon.py"),
                "--listen-host", "127.0.0.1", "--listen-port", str(port),
                "--set", f"breaktime_config={config}",
                "--set", f"confdir={config.parent / 'trial-ca'}",
            ],
            stdout=out, stderr=subprocess.STDOUT, env=environment(),
        )  # fmt: skip
    try:
        gateway = RunningGateway(config.parent, ("127.0.0.1", port), process, origin)
        for _ in range(900):
            if "listening" in told.read_text():
                break
            try:
                process.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError(told.read_text())
        (config.parent / "ca").mkdir(exist_ok=True)
        ca = config.parent / "trial-ca" / "mitmproxy-ca-cert.pem"
        (config.parent / "ca" / ca.name).write_bytes(ca.read_bytes())
        for scheme in ("http", "https"):
            reply = curl(gateway, f"{scheme}://www.facebook.com/", source="127.0.99.9")
            assert reply.status == 403
        assert gateway.visits()[-1]["event"]["reason"] == "identity_unknown"
    finally:
        process.terminate()
        process.wait(PATIENCE)
