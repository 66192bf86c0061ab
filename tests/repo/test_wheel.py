"""Is what we ship whole: installed from the wheel, somewhere else, does it work?"""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import breaktime

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


def run(*command, cwd, given=""):
    """Run a command that knows nothing of this checkout; its standard output."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV"))
    }
    outcome = subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env=environment,
        input=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert outcome.returncode == 0, f"{command}: {outcome.stdout}\n{outcome.stderr}"
    return outcome.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder]
    run(*build, ROOT, cwd=folder)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(tmp_path_factory, wheel):
    """A clean environment with the locked runtime and the wheel; the folder of its programs."""
    venv = tmp_path_factory.mktemp("clean") / "venv"
    run(sys.executable, "-m", "venv", venv, cwd=venv.parent)
    pip = [
        venv / "bin" / "python",
        "-m",
        "pip",
        "--quiet",
        "--disable-pip-version-check",
        "install",
    ]
    lock = ROOT / "requirements" / "runtime.txt"
    run(*pip, "--require-hashes", "--requirement", lock, cwd=venv.parent)
    run(*pip, "--no-deps", wheel, cwd=venv.parent)
    return venv / "bin"


def test_the_wheel_holds_the_code_and_the_catalogue_and_nothing_else(wheel):
    assert wheel.name.startswith(f"breaktime-{breaktime.__version__}-")
    names = set(zipfile.ZipFile(wheel).namelist())
    catalogue = {path.name for path in (ROOT / "rules").glob("*.yaml")}
    assert catalogue
    assert {f"breaktime/_rules/{name}" for name in catalogue} <= names
    assert {"breaktime/__init__.py", "breaktime/py.typed"} <= names
    foreign = {name for name in names if not re.match(r"breaktime(/|_addon\.py$|-[^/]*/)", name)}
    assert not foreign
    assert not {name for name in names if "__pycache__" in name}


def test_every_file_of_the_package_is_in_the_wheel(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    package = ROOT / "addon" / "breaktime"
    files = {
        path.relative_to(package.parent).as_posix()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert files <= names


def test_nothing_is_missing_beside_the_wheel(installed, tmp_path):
    run(installed / "python", "-m", "pip", "check", cwd=tmp_path)


def test_the_installed_program_knows_its_version(installed, tmp_path):
    assert breaktime.__version__ in run(installed / "breaktime", "--version", cwd=tmp_path)


def test_the_installed_program_has_the_catalogue(installed, tmp_path):
    given = "https://www.tiktok.com/\nhttps://example.org/\n"
    assert "tiktok" in run(installed / "breaktime", "match", cwd=tmp_path, given=given)


def test_the_installed_program_checks_the_example(installed, tmp_path):
    run(installed / "breaktime", "check", ROOT / "config.example.yaml", cwd=tmp_path)
