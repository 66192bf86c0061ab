"""Each fuzzer runs from its corpus and finds nothing in its first inputs."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUNS = 20_000


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="atheris has no wheel for Python 3.14")
@pytest.mark.parametrize("target", ["gate", "names"])
def test_the_fuzzer_finds_nothing(tmp_path, target):
    corpus = tmp_path / "corpus"
    shutil.copytree(ROOT / "fuzz" / "corpus" / target, corpus)
    command = [sys.executable, str(ROOT / "fuzz" / f"{target}.py"), str(corpus)]

    done = subprocess.run(
        [*command, f"-runs={RUNS}", "-seed=1", "-max_len=4096"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT / "addon")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-2000:]
    assert "Done" in done.stderr
