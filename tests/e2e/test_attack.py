"""The list of attacks: the gateway holds against all of it, and mitmdump alone does not."""

import subprocess
import sys

import pytest

from support.gateway import ROOT

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def attack(*arguments):
    command = [sys.executable, str(ROOT / "attack"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=1500)


def test_no_attack_gets_through():
    done = attack()

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith(" passed, 0 failed\n")


def test_none_of_a_few_gets_through_to_workers():
    """`make attack ARGS="--workers 2"` tries all of them."""
    done = attack("--workers", "2", "S2", "S4", "S5", "S28", "S33", "S34")

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("row", ["S7", "S13", "S24"])
def test_an_attack_would_get_through_without_breaktime(row):
    done = attack("--bare", row)

    assert done.returncode == 1, done.stdout + done.stderr
    assert " 0 passed, " in f" {done.stdout.splitlines()[-1]}"
