"""Do the import contracts of pyproject.toml hold, and would a breach be seen?"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"

# Each row: the module that is changed, the line planted there, the contract that it breaks.
BREACHES = {
    "core reads the clock": ("core/when.py", "import time", "core is pure"),
    "core knows its neighbour": (
        "core/what.py",
        "import breaktime.core.who",
        "the questions do not know each other",
    ),
    "the config knows the gateway": (
        "config/__init__.py",
        "import breaktime.mitm",
        "Verbs stand on the gateway",
    ),
    "a page knows mitmproxy": (
        "pages/__init__.py",
        "import mitmproxy",
        "Only mitm speaks to mitmproxy",
    ),
    "a new folder has chosen no layer": ("extra/__init__.py", "", "Verbs stand on the gateway"),
}


def lint_imports(root):
    return subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache"],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root / "addon"), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_the_contracts_hold():
    outcome = lint_imports(ROOT)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


@pytest.mark.parametrize(("module", "line", "contract"), BREACHES.values(), ids=BREACHES)
def test_a_breach_is_seen(tmp_path, module, line, contract):
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(
        ROOT / "addon", tmp_path / "addon", ignore=shutil.ignore_patterns("__pycache__")
    )
    path = tmp_path / "addon" / "breaktime" / module
    path.parent.mkdir(exist_ok=True)
    with path.open("a") as file:
        file.write(f"\n{line}\n")

    outcome = lint_imports(tmp_path)

    assert outcome.returncode == 1, outcome.stderr
    broken = [row for row in outcome.stdout.splitlines() if row.endswith("BROKEN")]
    assert len(broken) == 1
    assert contract in broken[0]
