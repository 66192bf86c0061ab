"""`make mutate` makes the mistakes that it says, and finds those in the smallest verifier."""

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_spec = importlib.util.spec_from_file_location("mutants", ROOT / "mutate" / "mutants.py")
module = importlib.util.module_from_spec(_spec)
sys.modules["mutants"] = module
_spec.loader.exec_module(module)

# fmt: off
ROWS = {
    "a == b":           ["a != b"],
    "a < b <= c":       ["a <= b <= c", "a < b < c"],
    "a in b":           ["a not in b"],
    "a and b":          ["a or b", "b and True", "a and True"],
    "not a":            ["not not a"],
    "x = 7":            ["x = 8"],
    "x = True":         ["x = False"],
    "x = b'a'":         ["x = b'ax'"],
    "x = 'a'":          [],
    "f()":              ["None"],
    "a + b":            ["a - b"],
    "raise E(a)":       ["raise StopIteration()"],
    "if a: b":          [],  # what is run as a program
    "def f():\n    if a: b": ["not (a or True)", "a or True"],
    "@d(1)\ndef f(): 1":     ["2"],
    "def skipped(): 1":      [],
}
# fmt: on


@pytest.mark.parametrize("source", ROWS)
def test_mistakes(source):
    found = [ast.unparse(each.tree) for each in module.mutants(source, frozenset({"skipped"}))]

    assert len(found) == len(ROWS[source])
    for text, expected in zip(found, ROWS[source], strict=True):
        assert expected in text
        assert text != ast.unparse(ast.parse(source))


def test_every_mistake_in_a_tombstone_is_found():
    done = subprocess.run(
        [sys.executable, ROOT / "mutate", "tombstone"],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 left" in done.stdout
