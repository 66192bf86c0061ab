"""`breaktime check`: each problem with its place, how many there are, and the status."""

import sys
from pathlib import Path

# ruff: noqa: E501 - a row of a table stays on one line
import pytest

from support.command import CONFIG, ROOT, breaktime, configuration, ordinary

WRONG = CONFIG.replace("at: 12:00-14:00", "at: 14:00-12:00x").replace(
    "breaks: [lunch]", "breaks: [lunsh]"
)

# Its breaks of the small hours do not happen when the clocks go forward, and it says so.
QUIET = CONFIG.replace("at: 01:00-01:20", "at: 03:00-03:20")
TODAY = ("--today", "2026-11-23")


def test_nothing_wrong(tmp_path):
    done = breaktime("check", configuration(tmp_path, QUIET), *TODAY)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"0 problems\n", b"")


def test_the_example_is_right():
    done = breaktime("check", ROOT / "config.example.yaml")
    assert (done.returncode, done.stdout) == (0, b"0 problems\n")


def test_each_problem_is_one_line_with_its_place(tmp_path):
    path = configuration(tmp_path, WRONG)
    done = breaktime("check", path)
    assert (done.returncode, done.stderr) == (1, b"")
    first, second, count = done.stdout.decode().splitlines()
    assert first.startswith(f"{path}:6:30: breaks.lunch.at: ")
    assert second == (
        f"{path}:8:21: everyone.breaks[1]: there is no break `lunsh`; did you mean `lunch`"
    )
    assert count == "2 problems"


def test_one_problem_is_not_two(tmp_path):
    done = breaktime("check", configuration(tmp_path, "version: 1\nversion: 1\n"))
    assert done.returncode == 1
    assert done.stdout.decode().endswith(
        "config.yaml:2:1: version: given twice; first at line 1\n1 problem\n"
    )


def test_what_is_only_doubtful_is_on_stderr_alone(tmp_path):
    path = configuration(tmp_path, QUIET)
    (tmp_path / "people.csv").unlink()
    done = breaktime("check", path, *TODAY)
    assert (done.returncode, done.stdout) == (0, b"0 problems\n")
    (warning,) = done.stderr.decode().splitlines()
    assert warning.startswith(f"warning: {path}:")
    assert "people.csv` cannot be read" in warning


def test_what_depends_on_the_day_is_told_for_the_day_that_is_asked_for(tmp_path):
    path = configuration(tmp_path, QUIET)
    done = breaktime("check", path, "--today", "2028-01-01")
    assert (done.returncode, done.stdout) == (0, b"0 problems\n")
    assert done.stderr.decode() == (
        f"warning: {path}:25:12: business_cases[1].until: the case `BC-1` has ended; "
        "have it approved anew, or remove it\n"
    )


def test_a_day_that_is_none_is_not_understood(tmp_path):
    done = breaktime("check", configuration(tmp_path), "--today", "2026-02-30")
    assert done.returncode == 2
    assert b"`2026-02-30` is no date" in done.stderr


def test_the_tables_are_looked_into(tmp_path):
    path = configuration(tmp_path)
    (tmp_path / "people.csv").write_text("address,person\n10.20.0.500,a.jones\n")
    done = breaktime("check", path)
    assert done.returncode == 1
    problem, count = done.stdout.decode().splitlines()
    assert problem.startswith(f"{path}:")
    assert ": identity[1]: " in problem
    assert count == "1 problem"


# fmt: off
FILES = {
    "nothing there":     (lambda path: None,                              "does not exist"),
    "a folder":          (lambda path: path.mkdir(),                      "is a folder; name the files in it"),
    "an empty file":     (lambda path: path.touch(),                      "must be keys with values, found nothing; begin with `version: 1`"),
    "a picture":         (lambda path: path.write_bytes(bytes(range(256))), None),
    "a program":         (lambda path: path.write_bytes(Path(sys.executable).read_bytes()), None),
}
# fmt: on


@pytest.mark.parametrize(("make", "sentence"), FILES.values(), ids=FILES)
def test_what_is_no_configuration_is_a_problem(tmp_path, make, sentence):
    path = tmp_path / "config.yaml"
    make(path)
    done = breaktime("check", path)
    assert (done.returncode, done.stderr) == (1, b"")
    *problems, count = done.stdout.decode().splitlines()
    assert problems
    assert all(problem.startswith(str(path)) for problem in problems)
    assert all(letter.isprintable() for problem in problems for letter in problem)
    assert sentence is None or problems[0].endswith(f": {sentence}")
    assert count == f"{len(problems)} problem{'s'[: len(problems) - 1]}"


def test_a_file_that_this_account_may_not_read(tmp_path):
    path = configuration(tmp_path)
    path.chmod(0)
    done = breaktime("check", path, before=ordinary())
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout.decode() == f"{path}: may not be read by this account\n1 problem\n"
