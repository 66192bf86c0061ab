"""Is a Python found where there is one, and asked for in one sentence where there is none?"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "find-python"

# A program that passes for some Python: it runs the code it is given, as that version would.
STAND_IN = """\
#!{real}
import sys

sys.version_info = {version}
sys.executable = sys._base_executable = __file__
if not {venv}:
    sys.modules["ensurepip"] = None
exec(sys.argv[sys.argv.index("-c") + 1])
"""


def program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def python(path, version, *, venv=True):
    return program(path, STAND_IN.format(real=sys.executable, version=version, venv=venv))


@pytest.fixture
def checkout(tmp_path):
    """A checkout with the script and a pin, an empty home, and a PATH with little on it."""
    (tmp_path / "checkout" / "scripts").mkdir(parents=True)
    shutil.copy(SCRIPT, tmp_path / "checkout" / "scripts")
    (tmp_path / "checkout" / ".python-version").write_text("3.13\n")
    (tmp_path / "home").mkdir()
    (tmp_path / "bin").mkdir()
    for name in ("sh", "dirname"):
        (tmp_path / "bin" / name).symlink_to(shutil.which(name))
    return tmp_path


@pytest.fixture
def find(checkout):
    def run(*arguments, **environment):
        return subprocess.run(
            [
                shutil.which("sh"),
                "-u",
                checkout / "checkout" / "scripts" / "find-python",
                *arguments,
            ],
            env={"PATH": str(checkout / "bin"), "HOME": str(checkout / "home"), **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


def assert_found(outcome, path):
    assert (outcome.returncode, outcome.stdout) == (0, f"{path}\n"), outcome.stderr


def assert_one_sentence(outcome):
    assert (outcome.returncode, outcome.stdout) == (1, "")
    assert outcome.stderr.startswith("find-python: ")
    assert outcome.stderr.count("\n") == 1


def test_a_pyenv_version_is_found_without_its_shims(checkout, find):
    built = python(checkout / "home/.pyenv/versions/3.13.7/bin/python", (3, 13, 7))
    assert_found(find(), built)


def test_pyenv_may_live_elsewhere(checkout, find):
    built = python(checkout / "opt/versions/3.12.4/bin/python", (3, 12, 4))
    assert_found(find(PYENV_ROOT=str(checkout / "opt")), built)


def test_of_pyenvs_versions_the_pinned_one_wins_and_then_the_newest(checkout, find):
    versions = checkout / "home/.pyenv/versions"
    for name in ("3.12.9", "3.13.2", "3.14.1", "3.11.1"):
        python(versions / name / "bin/python", tuple(map(int, name.split("."))))
    newest = python(versions / "3.13.10/bin/python", (3, 13, 10))
    assert_found(find(), newest)
    (checkout / "checkout/.python-version").write_text("3.13.2\n")
    assert_found(find(), versions / "3.13.2/bin/python")
    (checkout / "checkout/.python-version").write_text("3.14\n")
    assert_found(find(), versions / "3.14.1/bin/python")


def test_python_on_path_is_found(checkout, find):
    there = python(checkout / "bin/python3.12", (3, 12, 1))
    assert_found(find(), there)


def test_a_bare_python3_will_do_if_it_is_new_enough(checkout, find):
    python(checkout / "bin/python3.11", (3, 11, 2))
    there = python(checkout / "bin/python3", (3, 14, 0))
    assert_found(find(), there)


def test_a_shim_that_fails_is_passed_over(checkout, find):
    shim = "#!/bin/sh\necho 'pyenv: python3.13: command not found' >&2\nexit 127\n"
    program(checkout / "bin/python3.13", shim)
    there = python(checkout / "bin/python3.12", (3, 12, 1))
    assert_found(find(), there)


def test_a_program_with_the_name_of_another_version_is_passed_over(checkout, find):
    python(checkout / "bin/python3.13", (3, 11, 2))
    there = python(checkout / "bin/python3", (3, 13, 0))
    assert_found(find(), there)


def test_only_an_old_python_is_one_sentence_that_names_it(checkout, find):
    python(checkout / "bin/python3", (3, 11, 2))
    outcome = find()
    assert_one_sentence(outcome)
    assert "(python3 is 3.11)" in outcome.stderr
    assert "pyenv install 3.13" in outcome.stderr


def test_no_python_at_all_is_one_sentence(find):
    assert_one_sentence(find())


def test_a_python_that_is_too_new_is_not_taken(checkout, find):
    python(checkout / "bin/python3", (3, 15, 0))
    assert_one_sentence(find())


def test_a_python_without_venv_is_told_which_package_is_missing(checkout, find):
    python(checkout / "bin/python3", (3, 12, 3), venv=False)
    outcome = find()
    assert_one_sentence(outcome)
    assert "python3.12-venv" in outcome.stderr


def test_a_python_that_is_whole_is_preferred_to_one_without_venv(checkout, find):
    python(checkout / "bin/python3.13", (3, 13, 0), venv=False)
    there = python(checkout / "bin/python3.12", (3, 12, 1))
    assert_found(find(), there)


def test_one_version_can_be_asked_for(checkout, find):
    python(checkout / "bin/python3.13", (3, 13, 0))
    assert_one_sentence(find("3.12"))
    there = python(checkout / "bin/python3.12", (3, 12, 1))
    assert_found(find("3.12"), there)


def test_the_caller_can_name_the_program(checkout, find):
    python(checkout / "bin/python3.13", (3, 13, 0))
    mine, old = checkout / "mine/python", checkout / "old/python"
    assert_found(find(PYTHON=str(python(mine, (3, 12, 1)))), mine)
    outcome = find(PYTHON=str(python(old, (3, 9, 1))))
    assert_one_sentence(outcome)
    assert f"({old} is 3.9)" in outcome.stderr


def test_uv_is_asked_last_and_may_fetch_one(checkout, find):
    fetched = checkout / "home/uv/python"
    program(
        checkout / "bin/uv",
        f"""#!/bin/sh
case "$2" in
find) [ -x {fetched}.ready ] && echo {fetched}.ready ;;
install) ln -s {fetched} {fetched}.ready; echo "Installed Python $3" ;;
esac
""",
    )
    (checkout / "bin/ln").symlink_to(shutil.which("ln"))
    python(fetched, (3, 13, 0))
    assert_found(find(), f"{fetched}.ready")


def test_the_bounds_are_those_of_the_project():
    root = SCRIPT.parents[1]
    assert 'requires-python = ">=3.12,<3.15"' in (root / "pyproject.toml").read_text()
    assert "supported='3.13 3.14 3.12'" in SCRIPT.read_text()
    assert os.access(SCRIPT, os.X_OK)
