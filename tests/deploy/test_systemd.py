"""The unit is hardened, its command line runs, and the gateway tells systemd how it is."""

import os
import shlex
import signal
import socket
import subprocess
import sys

import pytest

from support.debian import require
from support.gateway import ROOT, write_config

UNITS = ROOT / "deploy" / "systemd"
UNIT = UNITS / "breaktime.service"
WORST = 2.5
PATIENCE = 60

WITHOUT_WRITTEN_CODE = """
import ctypes, os, sys
ctypes.CDLL(None).prctl(65, 1, 0, 0, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""
"""`PR_SET_MDWE`, as `MemoryDenyWriteExecute=` wants it. Older kernels do not know it: no matter."""


def settings(name):
    lines = UNIT.read_text().splitlines()
    return [line.partition("=")[2] for line in lines if line.startswith(f"{name}=")]


def test_the_unit_is_hardened():
    analyze = require("systemd-analyze", "systemd")
    done = subprocess.run(
        [analyze, "security", "--offline=true", f"--threshold={WORST * 10:.0f}", UNIT],
        capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Overall exposure level" in done.stdout


WALLS = {
    "User": ["breaktime"],
    "NoNewPrivileges": ["yes"],
    "CapabilityBoundingSet": [""],
    "AmbientCapabilities": [""],
    "ProtectSystem": ["strict"],
    "ProtectHome": ["yes"],
    "PrivateTmp": ["yes"],
    "PrivateDevices": ["yes"],
    "ReadWritePaths": ["-/etc/breaktime/cases.d"],
    "RestrictAddressFamilies": ["AF_INET AF_INET6 AF_UNIX"],
    "MemoryDenyWriteExecute": ["yes"],
    "SystemCallFilter": ["@system-service", "~@privileged"],
    "UMask": ["0077"],
    "LimitCORE": ["0"],
    "MemoryMax": ["4G"],
}


@pytest.mark.parametrize("name", WALLS)
def test_each_wall_of_the_unit_stands(name):
    """Any one of them may fall, and the sum above would still be good enough."""
    assert settings(name) == WALLS[name]


@pytest.mark.parametrize(
    ("name", "words"), [("breaktime.sysusers", {"u"}), ("breaktime.tmpfiles", {"d"})]
)
def test_users_and_folders_are_of_the_kinds_that_are_meant(name, words):
    lines = (UNITS / name).read_text().splitlines()
    assert {line.split()[0] for line in lines if not line.startswith("#")} == words


def test_users_and_folders_are_made(tmp_path):
    """In a root of its own; nothing of this machine is touched."""
    users, files = require("systemd-sysusers", "systemd"), require("systemd-tmpfiles", "systemd")
    (tmp_path / "etc").mkdir()
    for command in (
        [users, f"--root={tmp_path}", UNITS / "breaktime.sysusers"],
        [files, f"--root={tmp_path}", "--create", UNITS / "breaktime.tmpfiles"],
    ):
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=PATIENCE
        )
        assert done.returncode == 0, done.stderr
    assert "breaktime:" in (tmp_path / "etc" / "passwd").read_text()
    made = tmp_path / "etc" / "breaktime"
    if os.getuid() == 0:
        assert made.stat().st_uid == 0
        assert (made / "cases.d").stat().st_uid != 0
    assert made.stat().st_mode & 0o777 == 0o750


@pytest.mark.e2e
def test_its_command_line_runs_and_systemd_is_told(origin, tmp_path):
    (tmp_path / "origin-ca.pem").write_bytes(origin.ca.read_bytes())
    config = write_config(tmp_path)
    (start,) = settings("ExecStart")
    python, *rest = shlex.split(start)
    assert python == "/opt/breaktime/bin/python"
    assert rest[-1] == "/etc/breaktime/config.yaml"
    program = [sys.executable, *rest[:-1], str(config), "--listen", "127.0.0.1:0"]
    command = [sys.executable, "-c", WITHOUT_WRITTEN_CODE, *program]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(tmp_path / "notify"))
        heard.settimeout(PATIENCE)
        told = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "1000000"}
        with (tmp_path / "stderr").open("w") as stderr:
            process = subprocess.Popen(command, stderr=stderr, env={**os.environ, **told}, cwd="/")
        try:
            assert heard.recv(100) == b"READY=1", (tmp_path / "stderr").read_text()
            assert heard.recv(100) == b"WATCHDOG=1"
            process.send_signal(signal.SIGTERM)
            rest = [heard.recv(100)]
            while rest[-1] == b"WATCHDOG=1":
                rest.append(heard.recv(100))
            assert rest[-1] == b"STOPPING=1"
            assert process.wait(PATIENCE) == 0
        finally:
            process.terminate()
            process.wait(PATIENCE)
