"""systemd listens, and the gateway is started with its socket."""

import os
import shlex
import socket
import subprocess
import sys

from support.debian import free_port, require
from support.gateway import ROOT, write_config

SOCKET = ROOT / "deploy" / "systemd" / "breaktime.socket"
PATIENCE = 120


def activated(folder, listens_on, config):
    """Start the gateway's command line as systemd does at the first client."""
    activate = require("systemd-socket-activate", "systemd")
    command = [activate, f"--listen={listens_on}", sys.executable, "-m", "breaktime.cli", "run"]
    command += ["--config", str(config)]
    stderr = (folder / "stderr").open("w")
    with stderr:
        return subprocess.Popen(
            command, stderr=stderr, stdin=subprocess.DEVNULL, cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT / "addon")},
        )  # fmt: skip


def asked(address, process):
    """Ask for the proxy's own page as soon as somebody listens; return the first line."""
    while True:
        assert process.poll() is None
        try:
            with socket.create_connection(address, PATIENCE) as sock:
                sock.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n")
                return sock.makefile("rb").readline()
        except ConnectionRefusedError:
            process_is_starting(process)


def process_is_starting(process):
    try:
        process.wait(0.05)
    except subprocess.TimeoutExpired:
        return
    raise AssertionError("it has ended")


def ended(process):
    process.terminate()
    return process.wait(PATIENCE)


def configured(folder, port, origin):
    config = write_config(folder, listen=(f"127.0.0.1:{port}",))
    (folder / "origin-ca.pem").write_bytes(origin)
    return config


def test_a_client_that_comes_before_the_gateway_is_answered_by_it(tmp_path, origin):
    address = ("127.0.0.1", free_port())
    config = configured(tmp_path, address[1], origin.ca.read_bytes())
    process = activated(tmp_path, "{}:{}".format(*address), config)
    try:
        assert asked(address, process).startswith(b"HTTP/1.1 ")
        assert f"127.0.0.1:{address[1]} as their proxy" in (tmp_path / "stderr").read_text()
    finally:
        assert ended(process) == 0


def test_a_socket_that_the_configuration_does_not_name_is_said(tmp_path, origin):
    address, other = ("127.0.0.1", free_port()), free_port()
    config = configured(tmp_path, other, origin.ca.read_bytes())
    process = activated(tmp_path, "{}:{}".format(*address), config)
    try:
        while True:
            try:
                socket.create_connection(address, PATIENCE).close()
                break
            except ConnectionRefusedError:
                process_is_starting(process)
        assert process.wait(PATIENCE) == 1
    finally:
        process.kill()
        process.wait()
    told = (tmp_path / "stderr").read_text()
    assert f"a socket for 127.0.0.1:{address[1]} was passed, which nothing is to listen on" in told


def test_the_unit_listens_where_the_example_says_and_is_no_problem_to_systemd(tmp_path):
    analyze = require("systemd-analyze", "systemd")
    (tmp_path / "breaktime.socket").write_text(SOCKET.read_text())
    (tmp_path / "breaktime.service").write_text("[Service]\nExecStart=/bin/true\n")
    done = subprocess.run(
        [analyze, "verify", "--man=no", tmp_path / "breaktime.socket"],
        capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    ours = [line for line in (done.stdout + done.stderr).splitlines() if "breaktime" in line]
    assert not ours, shlex.join(ours)
