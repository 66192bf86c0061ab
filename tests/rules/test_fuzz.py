"""The fuzzer of platform files runs from its corpus and finds nothing in its first inputs."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support import command

ROOT = Path(__file__).parents[2]
RUNS = 500
TIMEOUT = 300


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="atheris has no wheel for Python 3.14")
def test_the_fuzzer_finds_nothing(tmp_path):
    corpus = tmp_path / "corpus"
    shutil.copytree(ROOT / "fuzz" / "corpus" / "rules", corpus)
    words = [sys.executable, str(ROOT / "fuzz" / "rules.py"), str(corpus)]
    words += [f"-runs={RUNS}", "-seed=1", "-max_len=4096", f"-artifact_prefix={tmp_path}/"]
    done = subprocess.run(
        words, cwd=tmp_path, env=command.environment(), capture_output=True, text=True,
        timeout=TIMEOUT, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert f"Done {RUNS} runs" in done.stderr
